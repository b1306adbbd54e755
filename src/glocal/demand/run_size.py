"""How many to make: demand of a region over a horizon as a distribution, and the newsvendor's quantity.

A region sells n of a variant where the network's taste would have it sell E; its factor on the network's taste is
Gamma(a, a) distributed over regions, so that given n it is Gamma(a + n, a + E). Demand over a horizon is negative
binomial with mean m = E_horizon (a + n) / (a + E) and 1/k = 1/(a + n) + φ, where φ is what periods scatter beyond that,
found on a window held back at the end. The best quantity is the quantile c_u / (c_u + c_o) (Arrow, Harris & Marschak,
"Optimal inventory policy", Econometrica 19, 1951).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats
from glocal.demand.errors import EventBroken, TooLittleData, UnknownQuestion
from glocal.demand.panel import Panel
from glocal.values import Estimate

ALIKE = 1e9  # a of regions that do not differ
STRENGTHS = np.geomspace(0.1, 1e4, 60)  # grid of a
WINDOWS = 4  # held back, one after the other
LARGEST_ERROR = 1.0  # a forecast missed by more than itself (a shop that closed, a recall) counts as missed by itself
SCATTER_PRIOR_REGIONS = 20.0


@dataclass(frozen=True, slots=True)
class RunSize:
    """What to make of one variant for one region.

    ``expected_cost`` is the mean cost of having made too many or too few; ``own_voice`` says how much of the demand
    estimate is the region's own.
    """

    quantity: int
    demand: Estimate
    expected_cost: float
    own_voice: float


@dataclass(frozen=True, slots=True)
class RunSizes:
    """What was learnt of all regions and variants.

    Parameters
    ----------
    sold, expected : (R, J) float
        n and E over the training periods.
    periods : int
        Training periods.
    strength : (J,) float
        a of each variant: network choices that weigh as much as the region's own.
    scatter : (J,) float
        φ of each variant, for horizons like the one it was measured on.
    """

    regions: tuple[str, ...]
    variants: tuple[str, ...]
    sold: Floats
    expected: Floats
    periods: int
    strength: Floats
    scatter: Floats

    def moments(self, horizon: int) -> tuple[Floats, Floats]:
        """Return mean and 1/k of the demand over ``horizon`` periods, (R, J) each."""
        ahead = self.expected * horizon / self.periods
        mean = ahead * (self.strength + self.sold) / (self.strength + self.expected)
        return mean, 1.0 / (self.strength + self.sold) + self.scatter

    def quantities(self, ratio: float, horizon: int) -> Floats:
        """Return the newsvendor's quantities at a critical ratio c_u / (c_u + c_o), (R, J)."""
        return quantile(*self.moments(horizon), ratio)

    def run_size(self, region: str, variant: str, *, cost_under: float, cost_over: float, horizon: int) -> RunSize:
        """Return how many of a variant to make for a region.

        Parameters
        ----------
        cost_under : float
            What each piece too few loses: its margin.
        cost_over : float
            What each piece too many loses: its cost less what it still brings.
        horizon : int
            Periods that the run is for.
        """
        if not (cost_under > 0 and cost_over > 0 and np.isfinite(cost_under + cost_over)):
            raise EventBroken("The costs of one too few and one too many must be more than 0.")
        if not 1 <= horizon <= 10_000:
            raise EventBroken(f"The horizon is {horizon} periods, expected 1 to 10,000.")
        if region not in self.regions or variant not in self.variants:
            raise UnknownQuestion(
                f"Nothing was sold of {variant!r} in {region!r}: how many customers there are is not known.",
                help="Sell the first few to order; the next run size learns from them.",
            )
        r, j = self.regions.index(region), self.variants.index(variant)
        means, spreads = self.moments(horizon)
        mean, spread = means[r, j], spreads[r, j]
        points = [float(quantile(mean, spread, q)) for q in (0.1, 0.5, 0.9)]
        ratio = cost_under / (cost_under + cost_over)
        quantity = float(quantile(mean, spread, ratio))
        voice = float(self.expected[r, j] / (self.strength[j] + self.expected[r, j]))
        source = f"{self.sold[r, j]:g} sold in {self.periods} periods, {self.expected[r, j]:.1f} by the network's taste"
        return RunSize(
            int(quantity),
            Estimate(points[1], points[0], points[2], source),
            expected_cost(mean, spread, quantity, cost_under=cost_under, cost_over=cost_over),
            voice,
        )


def fit_run_sizes(panel: Panel, *, horizon: int, pooled: bool = False) -> RunSizes:
    """Learn from sales; the latest windows of ``horizon`` periods are held back to measure the scatter.

    Parameters
    ----------
    pooled : bool
        Take every region to share the network's taste (the baseline to compare with).

    Raises
    ------
    TooLittleData
        With fewer than two periods or nothing sold.
    """
    sales = sales_table(panel)
    periods = sales.shape[2]
    if periods < 2 or sales.sum() <= 0:
        raise TooLittleData("Run sizes need at least two periods with sales.")
    held = max(1, min(horizon, periods // 3))
    windows = max(1, min(WINDOWS, (periods - held) // held - 1))
    squares, regions = np.zeros(sales.shape[1]), np.zeros(sales.shape[1])
    for window in range(windows):
        begin = periods - held * (window + 1)
        early = _fit(panel, sales[:, :, :begin], np.zeros(sales.shape[1]), pooled)
        mean, spread = early.moments(held)
        left, counted = _left_over(sales[:, :, begin : begin + held].sum(axis=2), mean, spread)
        squares += left
        regions += counted
    return _fit(panel, sales, _shrunk(squares, regions), pooled)


def sales_table(panel: Panel) -> Floats:
    """Return sales by region, option and period, (R, J, periods)."""
    periods, at = np.unique(panel.period, return_inverse=True)
    table = np.zeros((len(panel.regions), len(panel.options), len(periods)))
    table[panel.region, :, at] = panel.counts
    return table


def _fit(panel: Panel, sales: Floats, scatter: Floats, pooled: bool) -> RunSizes:
    sold = sales.sum(axis=2)
    share = sold.sum(axis=0) / max(sold.sum(), 1e-300)
    expected = sold.sum(axis=1, keepdims=True) * share
    if pooled:
        strength = np.full(sold.shape[1], ALIKE)
    else:
        strength = np.array([_strength(sold[:, j], expected[:, j]) for j in range(sold.shape[1])])
    return RunSizes(panel.regions, panel.options, sold, expected, sales.shape[2], strength, scatter)


def _strength(sold: Floats, expected: Floats) -> float:
    """Return the posterior mean of a (on a log grid) of sold ~ NegBin(mean expected, size a)."""
    from scipy.special import gammaln

    some = expected > 0
    n, e, a = sold[some], expected[some], STRENGTHS[:, None]
    log_odds = gammaln(a + n) - gammaln(a) + a * np.log(a / (a + e)) + n * np.log(e / (a + e))
    total = log_odds.sum(axis=1)
    odds = np.exp(total - total.max())
    mean_log: float = odds @ np.log(STRENGTHS) / odds.sum()
    return float(np.exp(mean_log))


def _left_over(sold: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return, summed over regions, the squared relative error that counting and taste do not explain, and how many."""
    some = mean > 0
    safe = np.where(some, mean, 1.0)
    error = np.minimum((sold / safe - 1.0) ** 2, LARGEST_ERROR**2) - 1.0 / safe - spread
    return np.where(some, error, 0.0).sum(axis=0), some.sum(axis=0).astype(float)


def _shrunk(squares: Floats, regions: Floats) -> Floats:
    """Return φ of each variant, drawn towards that of all variants by the weight of a few regions."""
    overall = squares.sum() / max(float(regions.sum()), 1.0)
    shrunk = (squares + SCATTER_PRIOR_REGIONS * overall) / (regions + SCATTER_PRIOR_REGIONS)
    return np.asarray(np.maximum(shrunk, 0.0))


def quantile(mean: Floats | float, spread: Floats | float, q: float) -> Floats:
    """Return quantiles of a negative binomial with the given mean and 1/k."""
    from scipy.stats import nbinom

    size = 1.0 / np.maximum(spread, 1e-9)
    positive = np.maximum(mean, 1e-12)
    return np.asarray(nbinom.ppf(q, size, size / (size + positive)))


def expected_cost(mean: float, spread: float, quantity: float, *, cost_under: float, cost_over: float) -> float:
    """Return the mean cost of having made ``quantity``: too few or too many."""
    from scipy.stats import nbinom

    size = 1.0 / max(spread, 1e-9)
    odds = size / (size + max(mean, 1e-12))
    # E[min(D, Q)] by the identity d·NB(d; k) = mean·NB(d−1; k+1) in its (k+1) form
    below = mean * float(nbinom.cdf(quantity - 1, size + 1, odds))
    sold = below + quantity * float(nbinom.sf(quantity, size, odds))
    return cost_under * (mean - sold) + cost_over * (quantity - sold)
