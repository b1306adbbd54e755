"""Questions with very many options (names, words, colours): national counts × what each region makes of each option.

A region's share of option j is the network's share m_j times a deviation that is Gamma(κ, κ) over regions and options,
so that after C_rj choices where E_rj = n_r m_j were expected it is Gamma(C_rj + κ, E_rj + κ): the Gamma–Poisson
shrinker (DuMouchel, "Bayesian data mining in large frequency tables", The American Statistician 53, 1999). The
network's shares are discounted absolutely, because what was named once has been overstated and much is yet to be named
for the first time (Ney, Essen & Kneser, "On structuring probabilistic dependences in stochastic language modelling",
1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats, dirichlet_draws

MANY = 60  # options; below that the Dirichlet hierarchy says it better
STRENGTHS = np.geomspace(0.05, 1e4, 60)  # grid of κ
LEAST_DISCOUNT = 0.1
MOST_CELLS = 1_000_000  # draws × options in memory


@dataclass(frozen=True, slots=True)
class ManyOptions:
    """What all regions together say; asked like :class:`glocal.demand.dirichlet.Hierarchy`.

    Parameters
    ----------
    counts : (J,) float
        The network's effective choices.
    kappa : float
        κ: expected choices of an option that weigh as much as the region's own.
    discount : float
        What each named option is discounted by, in choices.
    """

    counts: Floats
    kappa: float
    discount: float

    @property
    def unheard(self) -> float:
        """Probability that the next choice names what nobody has named yet, 0 to 1."""
        named = np.count_nonzero(self.counts > 0)
        return float(min(1.0, self.discount * named / max(self.counts.sum(), 1e-12)))

    def network_shares(self) -> Floats:
        """Return the network's shares of the known options, (J,)."""
        weights = self._weights()
        return np.asarray(weights / weights.sum())

    def widened(self, options: int) -> ManyOptions:
        """Return the same with room for ``options`` options; nobody has chosen the new ones yet."""
        room = np.zeros(options - len(self.counts))
        return ManyOptions(np.concatenate([self.counts, room]), self.kappa, self.discount)

    def weight_in_choices(self) -> float:
        """Return how many of a region's own choices the network weighs as much as: then each is half of the answer."""
        choices = np.geomspace(1e-2, 1e9, 400)
        return float(np.interp(0.5, [self.own_voice(n) for n in choices.tolist()], choices))

    def own_voice(self, choices: float) -> float:
        """Return the weight, 0 to 1, that a region with this many (effective) choices has in its own answer."""
        shares = self.network_shares()
        expected = choices * shares
        return float((shares * expected / (expected + self.kappa)).sum())

    def draw(self, counts: Floats, draws: int, rng: np.random.Generator, *, expected: Floats | None = None) -> Floats:
        """Return draws of one region's shares, (fewer than or ``draws``, J); ``expected`` as in the hierarchy."""
        many = max(100, min(draws, MOST_CELLS // len(self.counts)))
        network = dirichlet_draws(np.tile(self._weights(), (many, 1)), rng) if expected is None else expected[:many]
        deviation = rng.gamma(counts + self.kappa, size=(many, len(counts))) / (counts.sum() * network + self.kappa)
        shares = network * deviation
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def _weights(self) -> Floats:
        """Return the network's counts, discounted; what was offered and never chosen has half a discount each."""
        return np.where(self.counts > 0, np.maximum(self.counts - self.discount, 1e-3), self.discount / 2)


def fit_many_options(counts: Floats) -> ManyOptions:
    """Learn κ and the discount.

    Parameters
    ----------
    counts : (R, J) float
        Effective choices.
    """
    from scipy.special import gammaln

    total = counts.sum(axis=0)
    once = float(np.count_nonzero((total > 0) & (total < 1.5)))
    twice = float(np.count_nonzero((total >= 1.5) & (total < 2.5)))
    discount = float(np.clip(once / max(once + 2 * twice, 1.0), LEAST_DISCOUNT, 0.95))
    expected = counts.sum(axis=1, keepdims=True) * total / max(float(total.sum()), 1e-12)
    told = expected > 0
    n, e = counts[told], expected[told]
    alone = np.count_nonzero(counts.sum(axis=1) > 0) < 2
    evidence = np.array(
        [
            (gammaln(k + n) - gammaln(k) + k * np.log(k / (k + e)) + n * np.log(e / (k + e))).sum() if len(n) else 0.0
            for k in STRENGTHS
        ]
    )
    odds = np.exp(evidence - evidence.max())
    kappa = 1.0 if alone else float(np.exp(odds @ np.log(STRENGTHS) / odds.sum()))
    return ManyOptions(total, kappa, discount)
