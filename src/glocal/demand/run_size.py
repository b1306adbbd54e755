"""How many to make: demand of a region over a horizon as a distribution, and the newsvendor's quantity.

A region sells n of a variant where the network's taste would have it sell E; its factor on the network's taste is
Gamma(a, a) distributed over regions, so that given n it is Gamma(a + n, a + E). Demand over a horizon is negative
binomial with mean m = E_horizon (a + n) / (a + E), where E_horizon is by the region's size (Gamma–Poisson as well, so
that a region without a sale is small and not certainly empty), and 1/k = 1/(a + n) + φ and what size and network leave
open, where φ is what periods scatter beyond that, found on windows held back at the end. The best quantity is the
quantile c_u / (c_u + c_o) (Arrow, Harris & Marschak, "Optimal inventory policy", Econometrica 19, 1951). How fast old
sales fade, and whether the forecasts' quantiles are moved to where sales really lay (Kuleshov, Fenner & Ermon,
"Accurate uncertainties for deep learning using calibrated regression", 2018), is chosen for the ratio at hand by what
the runs of the held windows would have cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glocal.demand.dirichlet import JEFFREYS, Floats
from glocal.demand.errors import EventBroken, TooLittleData, UnknownQuestion
from glocal.demand.gamma_poisson import gamma_strength, sizes
from glocal.demand.panel import Panel
from glocal.values import Estimate

ALIKE = 1e9  # a of regions that do not differ
WINDOWS = 4  # held back, one after the other
MEMORIES = (1.0, 0.99, 0.98, 0.97)  # λ per period
TRUSTS = (0.0, 0.5, 1.0)  # how far past windows are believed about where sales lie in their forecasts
LARGEST_ERROR = 1.0  # a forecast missed by more than itself (a shop that closed, a recall) counts as missed by itself
SCATTER_PRIOR_REGIONS = 20.0
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class RunSize:
    """What to make of one variant for one region.

    ``expected_cost`` is the mean cost of having made too many or too few; ``own_voice`` says how much of the demand
    estimate is the region's own; ``notes`` what a reader should know.
    """

    quantity: int
    demand: Estimate
    expected_cost: float
    own_voice: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One window that was held back, (R, J) each: what was expected of it, how uncertainly, and what came.

    ``ranks`` are the places of the *other* windows' sales in their own forecasts, 0 to 1.
    """

    mean: Floats
    spread: Floats
    sold: Floats
    ranks: Floats


@dataclass(frozen=True, slots=True)
class Fading:
    """What was learnt when a sale of n periods ago weighs λⁿ.

    Parameters
    ----------
    memory : float
        λ.
    sold, expected : (R, J) float
        n and E over the training periods, faded; E is of all that the region did sell.
    rate, unsure : (R, J) float
        What the network's taste would have a region of this size sell in a period, and the relative variance of that.
    strength : (J,) float
        a of each variant: network choices that weigh as much as the region's own.
    scatter : (J,) float
        φ of each variant, for horizons like the one it was measured on.
    ranks : (N,) float
        Places of the held windows' sales in their forecasts.
    held : tuple of Held
    """

    memory: float
    sold: Floats
    expected: Floats
    rate: Floats
    unsure: Floats
    strength: Floats
    scatter: Floats
    ranks: Floats
    held: tuple[Held, ...] = ()

    def moments(self, horizon: int) -> tuple[Floats, Floats]:
        """Return mean and 1/k of the demand over ``horizon`` periods, (R, J) each."""
        mean = self.rate * horizon * (self.strength + self.sold) / (self.strength + self.expected)
        network = (self.strength / (self.strength + self.expected)) ** 2  # of size and network; the rest is its own
        return mean, (1.0 + 1.0 / (self.strength + self.sold)) * (1.0 + network * self.unsure) - 1.0 + self.scatter

    def level(self, q: float, trust: float) -> float:
        """Return the level of the negative binomial whose quantile sales stay below with probability q.

        Past windows say where their sales lay in their forecasts; that is believed as far as ``trust``.
        """
        return q if trust == 0 else (1 - trust) * q + trust * float(np.quantile(self.ranks, q))


@dataclass(frozen=True, slots=True)
class RunSizes:
    """What was learnt of all regions and variants.

    Parameters
    ----------
    sold, expected : (R, J) float
        n and E over the training periods.
    watched : (R,) int
        Training periods since each region was seen first.
    fadings : tuple of Fading
        The first forgets nothing.
    """

    regions: tuple[str, ...]
    variants: tuple[str, ...]
    sold: Floats
    expected: Floats
    watched: NDArray[np.intp]
    fadings: tuple[Fading, ...]

    @property
    def strength(self) -> Floats:
        """a of each variant where nothing is forgotten, (J,)."""
        return self.fadings[0].strength

    def moments(self, horizon: int) -> tuple[Floats, Floats]:
        """Return mean and 1/k of the demand over ``horizon`` periods where nothing is forgotten, (R, J) each."""
        return self.fadings[0].moments(horizon)

    def chosen(self, ratio: float) -> tuple[Fading, float]:
        """Return the memory, and the trust in past windows' ranks, that made the cheapest runs of the held windows.

        Each window is foretold from those before it, with scatter and ranks of the other windows. Nothing but the plain
        way is taken unless it is cheaper by more than a standard error over regions.
        """
        plain = (self.fadings[0], 0.0)
        if len(plain[0].held) < 2:
            return plain
        costs = {
            (f, trust): _cost_of(fading, trust, ratio) for f, fading in enumerate(self.fadings) for trust in TRUSTS
        }
        best = min(costs, key=lambda trial: costs[trial].sum())
        gain = costs[0, 0.0] - costs[best]
        return (self.fadings[best[0]], best[1]) if gain.sum() > gain.std() * np.sqrt(len(gain)) else plain

    def quantities(self, ratio: float, horizon: int) -> Floats:
        """Return the newsvendor's quantities at a critical ratio c_u / (c_u + c_o), (R, J)."""
        fading, trust = self.chosen(ratio)
        return quantile(*fading.moments(horizon), fading.level(ratio, trust))

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
        if region not in self.regions:
            more = " …" if len(self.regions) > MOST_NAMED else ""
            raise UnknownQuestion(
                f"There is no region {region!r} in these sales.",
                help=f"Known: {', '.join(self.regions[:MOST_NAMED])}{more}.",
            )
        if variant not in self.variants:
            raise UnknownQuestion(
                f"Nobody has bought {variant!r} anywhere: how many customers there are is not known.",
                help="Sell the first few to order; the next run size learns from them.",
            )
        r, j = self.regions.index(region), self.variants.index(variant)
        ratio = cost_under / (cost_under + cost_over)
        fading, trust = self.chosen(ratio)
        means, spreads = fading.moments(horizon)
        mean, spread = means[r, j], spreads[r, j]
        points = [float(quantile(mean, spread, fading.level(q, trust))) for q in (0.1, 0.5, 0.9)]
        quantity = float(quantile(mean, spread, fading.level(ratio, trust)))
        voice = float(fading.expected[r, j] / (fading.strength[j] + fading.expected[r, j]))
        by_taste = self.fadings[0].rate[r, j] * self.watched[r]
        source = f"{self.sold[r, j]:g} sold in {self.watched[r]} periods, {by_taste:.1f} by the network's taste"
        if fading.memory < 1:
            source += f"; a sale weighs {fading.memory:.0%} of one a period later"
        return RunSize(
            int(quantity),
            Estimate(points[1], points[0], points[2], source),
            expected_cost(mean, spread, quantity, cost_under=cost_under, cost_over=cost_over),
            voice,
            unsold_notes(self.sold[r].sum() > 0, self.sold[:, j].sum() > 0),
        )


def unsold_notes(here: bool, anywhere: bool) -> tuple[str, ...]:
    """Return what to say where nothing was sold in the region, or nothing of the variant anywhere."""
    notes = []
    if not here:
        notes.append("nothing was sold here yet: how many customers there are is inferred from the other regions")
    if not anywhere:
        notes.append("nobody has bought this variant anywhere yet: hardly more is known than that few will")
    return tuple(notes)


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
    memories = MEMORIES[:1] if pooled else MEMORIES
    first = _first_periods(panel)
    fadings = tuple(_fading(sales, first, memory, horizon, pooled) for memory in memories)
    plain = fadings[0]
    return RunSizes(panel.regions, panel.options, plain.sold, plain.expected, periods - first, fadings)


def _first_periods(panel: Panel) -> NDArray[np.intp]:
    """Return where among the periods each region was seen first, (R,)."""
    periods, at = np.unique(panel.period, return_inverse=True)
    first = np.full(len(panel.regions), len(periods))
    np.minimum.at(first, panel.region, at)
    return first


def _fading(sales: Floats, first: NDArray[np.intp], memory: float, horizon: int, pooled: bool) -> Fading:
    """Learn with one memory, and hold windows back to see how it would have done."""
    periods = sales.shape[2]
    length = max(1, min(horizon, periods // 3))
    windows = max(1, min(WINDOWS, (periods - length) // length))  # each learns from a window at least
    seen = []
    for window in range(windows):
        begin = periods - length * (window + 1)
        before = sales[:, :, :begin]
        mean, spread = _fit(before, first, memory, pooled).moments(length)
        some = before.sum(axis=(1, 2)) > 0
        mean = np.where(some[:, None], mean, 0.0)  # who had sold nothing says nothing of the scatter
        seen.append((mean, spread, sales[:, :, begin : begin + length].sum(axis=2)))
    left = [_left_over(sold, mean, spread) for mean, spread, sold in seen]
    squares, counted = (np.array([window[part] for window in left]) for part in (0, 1))
    scatter = _shrunk(squares.sum(axis=0), counted.sum(axis=0))
    held = []
    for window, (mean, spread, sold) in enumerate(seen if windows > 1 else ()):
        rest = [other for other in range(windows) if other != window]
        others = _shrunk(squares[rest].sum(axis=0), counted[rest].sum(axis=0))
        ranks = np.concatenate([_ranks(seen[o][2], seen[o][0], seen[o][1] + others) for o in rest])
        held.append(Held(mean, spread + others, sold, ranks))
    ranks = np.concatenate([_ranks(sold, mean, spread + scatter) for mean, spread, sold in seen])
    return replace(_fit(sales, first, memory, pooled), scatter=scatter, ranks=ranks, held=tuple(held))


def _ranks(sold: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return where sales lie in their forecasts, 0 to 1, in the middle of the step that each count is."""
    from scipy.stats import nbinom

    some = mean > 0
    size = 1.0 / np.maximum(spread[some], 1e-9)
    odds = size / (size + mean[some])
    return np.asarray((nbinom.cdf(sold[some], size, odds) + nbinom.cdf(sold[some] - 1, size, odds)) / 2)


def _cost_of(fading: Fading, trust: float, ratio: float) -> Floats:
    """Return what each region's runs of the held windows would have cost, (R,)."""
    total = np.zeros(len(fading.sold))
    for window in fading.held:
        made = quantile(window.mean, window.spread, replace(fading, ranks=window.ranks).level(ratio, trust))
        over, under = np.maximum(made - window.sold, 0.0), np.maximum(window.sold - made, 0.0)
        total += ((1 - ratio) * over + ratio * under).sum(axis=1)
    return total


def sales_table(panel: Panel) -> Floats:
    """Return sales by region, option and period, (R, J, periods)."""
    periods, at = np.unique(panel.period, return_inverse=True)
    table = np.zeros((len(panel.regions), len(periods), len(panel.options)))
    np.add.at(table, (panel.region, at), panel.counts)  # a period has a row for each set and prices that were shown
    return table.transpose(0, 2, 1)


def _fit(sales: Floats, first: NDArray[np.intp], memory: float, pooled: bool) -> Fading:
    periods = np.arange(sales.shape[2])
    weight = memory ** periods[::-1]
    sold = (sales * weight).sum(axis=2)
    of_variant, of_region = sold.sum(axis=0), sold.sum(axis=1)
    share = (of_variant + JEFFREYS) / (of_variant.sum() + JEFFREYS * sold.shape[1])
    expected = of_region[:, None] * of_variant / max(sold.sum(), 1e-300)
    watched = (weight * (periods >= first[:, None])).sum(axis=1)
    usual = of_region.sum() / max(watched.sum(), 1e-300)  # of one region in a period
    size, unsure = sizes(of_region, usual * watched)
    if pooled:
        strength = np.full(sold.shape[1], ALIKE)
    else:
        strength = np.array([gamma_strength(sold[:, j], expected[:, j]) for j in range(sold.shape[1])])
    rate = (usual * size)[:, None] * share
    unsure = (1.0 + unsure)[:, None] * (1.0 + 1.0 / (of_variant + JEFFREYS)) - 1.0
    return Fading(memory, sold, expected, rate, unsure, strength, np.zeros(sold.shape[1]), np.zeros(0))


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
