"""How regions differ, from counts alone: a Dirichlet–multinomial hierarchy fitted by empirical Bayes.

A region's shares p_r ~ Dirichlet(κ m), its choices n_r ~ Multinomial(p_r). The network's shares m are found by Minka's
fixed point ("Estimating a Dirichlet distribution", 2000), κ is integrated over with a uniform prior on the correlation
1/(1+κ) of two choices in one region, and the uncertainty of m follows from the expected number of "tables" in the
Chinese-restaurant view (Teh et al., "Hierarchical Dirichlet processes", JASA 2006). Choices of one region and week are
over-dispersed, so the n-th of them counts f(n) − f(n−1) with f(n) = n / (1 + (n−1) ρ).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

JEFFREYS = 0.5  # prior count of each option for the network's own shares
CORRELATIONS = 40  # grid points of the correlation 1/(1+κ)
FIXED_POINT_ROUNDS = 60
LARGEST_RHO = 0.9
UNMEASURED_RHO = 0.02
"""ρ where no region has two periods: what one week wants cannot be told from what the region wants. Sales of shops, by
week, have 0.005 to 0.03 where it can be measured."""
RHO_PRIOR = 100.0  # as many pairs of choices without any likeness: a handful of choices cannot show a large ρ


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What all regions together say.

    Parameters
    ----------
    strength : (K,) float
        Grid of κ: how many choices of one's own weigh as much as the network.
    odds : (K,) float
        Posterior probability of each grid point.
    tables : (K, J) float
        Independent observations of the network's shares, by grid point and option.
    """

    strength: Floats
    odds: Floats
    tables: Floats

    def network_shares(self) -> Floats:
        """Return the network's shares, (J,)."""
        counts = self.tables + JEFFREYS
        return np.asarray(self.odds @ (counts / counts.sum(axis=1, keepdims=True)))

    def widened(self, options: int) -> Hierarchy:
        """Return the hierarchy with room for ``options`` options; nobody has chosen the new ones yet."""
        room = np.zeros((len(self.strength), options - self.tables.shape[1]))
        return Hierarchy(self.strength, self.odds, np.hstack([self.tables, room]))

    def weight_in_choices(self) -> float:
        """Return how many of a region's own choices the network weighs as much as."""
        return float(1.0 / (self.odds @ (1.0 / (1.0 + self.strength))) - 1.0)

    def own_voice(self, choices: float) -> float:
        """Return the weight, 0 to 1, that a region with this many (effective) choices has in its own answer."""
        return float(self.odds @ (choices / (choices + self.strength)))

    def draw(self, counts: Floats, draws: int, rng: np.random.Generator, *, expected: Floats | None = None) -> Floats:
        """Return draws of one region's shares from their posterior.

        Parameters
        ----------
        counts : (J,) float
            The region's effective choices.
        expected : (draws, J) float or None
            What is expected of the region instead of the network's shares: those of its area.

        Returns
        -------
        (draws, J) float
        """
        which = rng.choice(len(self.odds), size=draws, p=self.odds)
        network = dirichlet_draws(self.tables[which] + JEFFREYS, rng) if expected is None else expected
        return dirichlet_draws(self.strength[which, None] * network + counts, rng)


def dirichlet_draws(alpha: Floats, rng: np.random.Generator) -> Floats:
    """Return one draw per row; drawn through log-gammas so that small parameters do not underflow to all zeros."""
    alpha = np.maximum(alpha, 1e-12)
    logs = np.log(rng.gamma(alpha + 1.0)) + np.log(rng.uniform(size=alpha.shape)) / alpha
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def fit_hierarchy(counts: Floats) -> Hierarchy:
    """Learn the network's shares and how far regions stray from them.

    Parameters
    ----------
    counts : (R, J) float
        Effective choices; regions without any add nothing.
    """
    counts = counts[counts.sum(axis=1) > 0]
    regions, options = counts.shape
    root = (np.arange(CORRELATIONS) + 0.5) / CORRELATIONS  # correlation = root², so that strong pooling is resolved
    strength, prior = 1.0 / root**2 - 1.0, root / root.sum()
    if regions == 0 or options == 1:
        return Hierarchy(strength, prior, np.zeros((CORRELATIONS, options)))
    rows, times = np.unique(counts, axis=0, return_counts=True)
    fits = [_fit_shares(rows, times.astype(float), kappa) for kappa in strength]
    evidence = np.array([log_evidence for log_evidence, _ in fits])
    odds = prior * np.exp(evidence - evidence.max())
    return Hierarchy(strength, odds / odds.sum(), np.array([tables for _, tables in fits]))


def _fit_shares(rows: Floats, times: Floats, kappa: float) -> tuple[float, Floats]:
    """Return the log evidence of one κ and the table counts at its best shares."""
    from scipy.special import digamma, gammaln

    shares = (times @ rows) + JEFFREYS
    shares /= shares.sum()
    tables = np.zeros_like(shares)
    for _ in range(FIXED_POINT_ROUNDS):
        alpha = kappa * shares
        tables = alpha * (times @ (digamma(rows + alpha) - digamma(alpha)))
        fresh = (tables + JEFFREYS) / (tables.sum() + JEFFREYS * len(shares))
        done = np.abs(fresh - shares).max() < 1e-7
        shares = fresh
        if done:
            break
    alpha = kappa * shares
    totals = rows.sum(axis=1)
    per_row = gammaln(kappa) - gammaln(totals + kappa) + (gammaln(rows + alpha) - gammaln(alpha)).sum(axis=1)
    prior = float((JEFFREYS * np.log(shares)).sum())
    return float(times @ per_row) + prior, tables


def overdispersion(weekly: Floats, region: NDArray[np.intp]) -> float:
    """Return ρ, how alike choices of one region and week are beyond the region's own taste, by Pearson moments.

    Parameters
    ----------
    weekly : (W, J) float
        Choices of each region-week.
    region : (W,) int
        Which region each row belongs to, 0 to R−1.

    Returns
    -------
    float
        ``UNMEASURED_RHO`` where no region has several choices in each of two weeks.
    """
    totals = weekly.sum(axis=1)
    sums = np.zeros((int(region.max()) + 1 if len(region) else 0, weekly.shape[1]))
    np.add.at(sums, region, weekly)
    weeks = np.bincount(region, weights=totals > 0, minlength=len(sums))
    usable = (totals > 1) & (weeks[region] > 1)
    if not usable.any():
        return UNMEASURED_RHO
    expected = (sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-12))[region] * totals[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(expected > 0, (weekly - expected) ** 2 / expected, 0.0).sum(axis=1)
    freedom = (np.count_nonzero(expected > 0, axis=1) - 1) * (1.0 - 1.0 / weeks[region])
    scale = float((freedom * (totals - 1))[usable].sum())
    return (
        float(np.clip((pearson - freedom)[usable].sum() / (scale + RHO_PRIOR), 0.0, LARGEST_RHO)) if scale > 0 else 0.0
    )


def effective(choices: Floats | float, rho: float) -> Floats:
    """Return f(n) = n / (1 + (n−1) ρ): how many independent choices n choices of one region and week are worth."""
    n = np.asarray(choices, dtype=float)
    return np.where(n > 1, n / (1.0 + np.maximum(n - 1.0, 0.0) * rho), n)
