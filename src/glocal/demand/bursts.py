"""Choices of one week that are not independent of each other: a bot without a name, a class of pupils, a link shared.

Choices of an ordinary week in a region are Dirichlet-multinomial around what the region chose in all its *other* weeks
(and what that week did everywhere), with the over-dispersion ρ that the weeks show; a rare week is a burst, whose
choices hang together by ρ = ½, and which counts as one voice. Each week counts by the probability of either: a
contaminated model, as in Berger, "Robust Bayesian analysis: sensitivity to the prior" (Journal of Statistical Planning
and Inference 25, 1990). Growth and holidays are asked the same and stay: they choose as the region does in other
weeks, or as other regions do in that week. Weeks that confirm each other may be a new taste, if it is one that a region
may have: what chooses hardly anything but one option, far from what regions choose, is one voice until it has gone on
for longer than what was before. Then nobody can tell it from a taste without a source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glocal.demand.dirichlet import JEFFREYS, UNMEASURED_RHO, Floats, effective, overdispersion

RARE = 1e-3  # of the weeks that are busy, a burst, before it is looked at
BURST_RHO = 0.5
CHANGES = 0.05  # of regions whose busy weeks go on, want something else from then on
BUSY = 2.0  # times the usual week; a quieter week cannot move much
FEWEST = 6.0  # choices; below that a week is never called a burst
FEWEST_WEEKS = 3  # of its own that can say what is usual in a region
COMMON_CHOICES = 20.0  # of other regions in a week, before what it did everywhere is believed by half
ROUNDS = 8
HARDLY_IN_DOUBT = 0.95  # such a week counts whole


@dataclass(frozen=True, slots=True)
class Burst:
    """A week of a region that counts as one voice: ``most`` of its ``total`` choices were ``option``."""

    region: str
    week: str
    option: str
    most: float
    total: float

    def in_words(self) -> str:
        """Return which week it was and what came."""
        return f"{self.region} in {self.week} ({self.option}: {self.most:.0f} of {self.total:.0f})"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an ordinary week of a region looks like.

    Parameters
    ----------
    network : (J,) float
        Shares.
    strength : float
        κ: choices of a region's own that weigh as much as the network.
    rho : float
        Over-dispersion of ordinary weeks.
    """

    network: Floats
    strength: float
    rho: float

    def odds_of_burst(self, counts: Floats, others: Floats, tilt: Floats | None = None) -> Floats:
        """Return the probability that weeks are bursts, (T,).

        Parameters
        ----------
        counts : (T, J) float
            Choices of each week.
        others : (T, J) float
            Effective choices of its region in all other weeks.
        tilt : (T, J) float or None
            What the week did to every option in other regions, 1 for nothing.
        """
        shares = self.strength * self.network + others
        own = shares.sum(axis=1, keepdims=True)
        shares = shares / own * (1.0 if tilt is None else tilt)
        shares = np.maximum(shares / shares.sum(axis=1, keepdims=True), 1e-9)
        rho = max(self.rho, UNMEASURED_RHO)
        alike = rho + (1 - rho) / (own + 1)  # ρ of the week, and what is not known of the region
        ordinary = _log_odds(counts, shares, 1 / alike - 1)
        burst = _log_odds(counts, shares, np.full_like(own, 1 / BURST_RHO - 1))
        return np.asarray(1 / (1 + (1 - RARE) / RARE * np.exp(np.clip(ordinary - burst, -700, 700))))

    def worth(self, counts: Floats, others: Floats, tilt: Floats | None = None) -> Floats:
        """Return the share of each week's choices that counts, (T,): a burst is one voice."""
        total = np.maximum(counts.sum(axis=1), 1.0)
        return np.asarray(1 - self.odds_of_burst(counts, others, tilt) * (1 - 1 / total))


def is_busy(total: Floats | float, usual: Floats | float) -> NDArray[np.bool_]:
    """Say whether a week is so far above a region's usual one that it is worth looking at."""
    return np.asarray(total >= np.maximum(BUSY * np.asarray(usual), FEWEST))


def weigh_bursts(counts: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> Floats:
    """Return the share of each region-week's choices that counts, (W,): 1 but for bursts.

    Parameters
    ----------
    counts : (W, J) float
        Choices by region and week.
    region, week : (W,) int
    """
    worth, totals = np.ones(len(counts)), counts.sum(axis=1)
    usual = usual_weeks(totals, region)[region]
    busy = is_busy(totals, usual) & (totals > 0)
    if not busy.any() or counts.shape[1] < 2:
        return worth
    calm = counts * ~busy[:, None]
    rho = overdispersion(calm, region)
    sums = _sums(calm * _per_choice(calm, rho)[:, None], region)
    strength = 1 / max(overdispersion(sums, np.zeros(len(sums), dtype=np.intp)), 1e-4) - 1
    single = _per_choice(counts, rho)[:, None] * counts
    vote = np.minimum(1.0, usual / np.maximum(totals, 1e-12))[:, None]  # bots in a few regions are no holiday
    for _ in range(ROUNDS):
        heard = single * worth[:, None]
        own, everything = _sums(heard, region), heard.sum(axis=0)
        network = everything - heard[busy] + JEFFREYS
        base = Baseline(network / network.sum(axis=1, keepdims=True), strength, rho)
        tilt = done_everywhere(heard * vote, region, week)[busy]
        fresh = base.worth(counts[busy], own[region[busy]] - heard[busy], tilt)
        settled = np.abs(fresh - worth[busy]).max() < 1e-3
        worth[busy] = fresh
        if settled:
            break
    alone = _one_voice(single, busy, region, strength)[region][busy]  # then no busy week confirms another
    quiet = _sums(single * ~busy[:, None], region)[region[busy]]
    worth[busy] = np.where(alone, np.minimum(worth[busy], base.worth(counts[busy], quiet, tilt)), worth[busy])
    return np.where(worth > HARDLY_IN_DOUBT, 1.0, worth)


def _one_voice(heard: Floats, busy: NDArray[np.bool_], region: NDArray[np.intp], strength: float) -> NDArray[np.bool_]:
    """Say of which regions' busy weeks, taken together, one voice is likelier than the people there, (R,).

    Weeks that confirm each other may be a new taste; but a taste is as near to the network's as those of regions are,
    and seldom one option alone.
    """
    calm, loud = _sums(heard * ~busy[:, None], region), _sums(heard * busy[:, None], region)
    network = calm.sum(axis=0) - calm + JEFFREYS
    network = network / network.sum(axis=1, keepdims=True)
    own = strength * network + calm
    total = own.sum(axis=1, keepdims=True)
    ordinary = _log_odds(loud, own / total, total)
    changed = _log_odds(loud, network, np.full_like(total, strength)) + np.log(CHANGES)
    voice = _log_odds(loud, network, np.full_like(total, 1 / BURST_RHO - 1)) + np.log(RARE)
    return np.asarray(voice > np.logaddexp(ordinary, changed))


def usual_weeks(totals: Floats, region: NDArray[np.intp]) -> Floats:
    """Return the median week of each region, (R,): of all regions where it has fewer than three."""
    everybody = float(np.median(totals))
    order = np.argsort(region, kind="stable")
    weeks = np.split(totals[order], np.cumsum(np.bincount(region))[:-1])
    return np.array([np.median(own) if len(own) >= FEWEST_WEEKS else everybody for own in weeks])


def done_everywhere(heard: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> Floats:
    """Return what each row's week did to every option in the *other* regions, (W, J): chosen over expected."""
    own = _sums(heard, region)
    network = own.sum(axis=0) + JEFFREYS
    network = network / network.sum()
    shares = own + COMMON_CHOICES * network
    expected = heard.sum(axis=1, keepdims=True) * (shares / shares.sum(axis=1, keepdims=True))[region]
    _, at = np.unique(week, return_inverse=True)
    chosen_then, expected_then = _sums(heard, at)[at] - heard, _sums(expected, at)[at] - expected
    return np.asarray((chosen_then + COMMON_CHOICES * network) / (expected_then + COMMON_CHOICES * network))


def _per_choice(counts: Floats, rho: float) -> Floats:
    totals = counts.sum(axis=1)
    return np.asarray(effective(totals, rho) / np.maximum(totals, 1e-12))


def _sums(rows: Floats, group: NDArray[np.intp]) -> Floats:
    sums = np.zeros((int(group.max()) + 1, rows.shape[1]))
    np.add.at(sums, group, rows)
    return sums


def _log_odds(counts: Floats, shares: Floats, strength: Floats) -> Floats:
    """Return the log probability of each row under a Dirichlet-multinomial, but for what depends on counts alone."""
    from scipy.special import gammaln

    alpha = strength * shares
    total = counts.sum(axis=1)
    each = np.where(counts > 0, gammaln(counts + alpha) - gammaln(alpha), 0.0).sum(axis=1)
    return np.asarray(gammaln(strength[:, 0]) - gammaln(total + strength[:, 0]) + each)
