"""How fast an unseen region's own voice is heard, and how fast it can be heard at all.

The bars (0.60 and 0.82 of the gap after 5 and 20 choices) come from a data set whose regions lie 0.33 nats from their
average. Orange juice stores lie 0.035 nats from it, and what is known of them closes most of that: 20 choices among 11
brands hold little about so small a difference. How much the best of all methods could tell from them is measured on
stores drawn from the fitted model itself, with all variances known.

There the exact posterior mode after each choice, and the posterior mean of the shares, gain 0.001 of the gap over the
one step per choice that is taken here; on the real stores of other origins the mean loses 0.05. Choices are not
discounted here: nearly each is of another week. Covariates of the store were regressed by kernels (0.01 more at best)
and with its usual prices (0.02 more, but less of the likelihood where stores have said 20 to 100 choices), so neither
was kept. Real stores lie nearer to what their covariates say than drawn ones do, so that the whole share is larger;
what matters is what the choices add to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks import Figure, at_least
from benchmarks.demand_data import panel_by_period
from glocal.demand.choice import ChoiceModel, fit_choices, probabilities
from glocal.demand.choice_update import RegionTaste, hear, new_region
from glocal.demand.panel import Panel
from glocal.demand.price_levels import with_price_levels

Floats = npt.NDArray[np.float64]
ORIGIN, HORIZON, REPEATS = 130, 13, 20
BARS = {5: 0.60, 20: 0.82}
FAR_NATS, DIRECTIONS, OPTIONS, REGIONS, WORLDS = 0.33, 2, 12, 99, 3


def unseen_store_figures(panel: Panel) -> Iterator[Figure]:
    """Hold an eighth of the stores out, then let them speak choice by choice; their prices are on the door."""
    past = with_price_levels(panel.rows(panel.period < ORIGIN))
    panel = replace(panel, z=past.z, covariates=past.covariates)
    future = panel.rows((panel.period >= ORIGIN) & (panel.period < ORIGIN + HORIZON))
    unseen = np.arange(len(panel.regions)) % 8 == 3
    model = fit_choices(past.rows(~unseen[past.region]), first_variance=0.04)
    truth = fit_choices(past, first_variance=0.04).theta
    stores = [_Store(panel, past, future, int(store)) for store in np.flatnonzero(unseen)]
    real = _closed(stores, model, lambda store, _: (store.bought, store.buys_later, truth[store.index]))

    def drawn(store: _Store, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        expected = new_region(model, store.z)
        theta = rng.multivariate_normal(expected.theta, np.linalg.inv(expected.precision))
        return *store.as_if(theta), theta

    best = _closed(stores, model, drawn)
    yield Figure(
        "unseen store: share of the gap closed by its covariates alone", real[0], peer="ceiling", peer_value=best[0]
    )
    for heard, bar in BARS.items():
        label = f"unseen store: share of the gap closed after {heard} choices"
        yield at_least(label, real[heard], bar, peer="ceiling: stores drawn from the model", peer_value=best[heard])


class _Store:
    """One store that was held out: what was bought there before and after the origin, and among what."""

    def __init__(self, panel: Panel, past: Panel, future: Panel, index: int) -> None:
        before, after = past.rows(past.region == index), future.rows(future.region == index)
        self.index, self.z = index, panel.z[index]
        self.design, self.offered, self.bought = before.design(), before.offered, before.counts
        self.ahead, self.offered_later, self.buys_later = after.design(), after.offered, after.counts

    def log_likelihood(self, theta: Floats, buys_later: Floats) -> float:
        """Return nats per choice after the origin."""
        p = np.maximum(probabilities(self.ahead, self.offered_later, theta), 1e-12)
        return float((buys_later * np.log(p)).sum() / buys_later.sum())

    def as_if(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return what would be bought on average if the store's taste were this."""
        sold, sold_later = (counts.sum(axis=1, keepdims=True) for counts in (self.bought, self.buys_later))
        earlier = probabilities(self.design, self.offered, theta) * sold
        return earlier, probabilities(self.ahead, self.offered_later, theta) * sold_later


World = Callable[[_Store, np.random.Generator], tuple[Floats, Floats, Floats]]


def _closed(stores: list[_Store], model: ChoiceModel, world: World) -> dict[int, float]:
    """Return the share of the gap that is closed after 0, 5 and 20 choices; the whole gap is to the world's own θ."""
    rng = np.random.default_rng(0)
    gained, gap = dict.fromkeys((0, *BARS), 0.0), 0.0
    for store in stores:
        for _ in range(REPEATS):
            bought, later, theta = world(store, rng)
            nobody = store.log_likelihood(model.gamma[0], later)
            gap += store.log_likelihood(theta, later) - nobody
            taste = new_region(model, store.z)
            gained[0] += store.log_likelihood(taste.theta, later) - nobody
            choices = rng.choice(bought.size, size=max(BARS), p=(bought / bought.sum()).ravel())
            for heard, choice in enumerate(choices, 1):
                row, option = np.unravel_index(choice, bought.shape)
                taste = hear(taste, store.design[row], store.offered[row], int(option), rho=0.0)
                if heard in gained:
                    gained[heard] += store.log_likelihood(taste.theta, later) - nobody
    return {heard: value / gap for heard, value in gained.items()}


def far_apart_figures() -> Iterator[Figure]:
    """Let unseen regions speak that lie as far apart as those on which the bars were found, without covariates."""
    gained, gap = dict.fromkeys(BARS, 0.0), 0.0
    for seed in range(WORLDS):
        rng = np.random.default_rng(seed)
        shares = regions_apart(rng)
        # in periods, so that it shows that choices of one are no more alike than others
        by_period = np.array([rng.multinomial(100, p, size=30) for p in shares]).astype(float)
        counts = by_period.sum(axis=1)
        unseen = np.arange(REGIONS) % 8 == 3
        panel = panel_by_period(by_period)
        model = fit_choices(panel.rows(~unseen[panel.region]))
        design, offered = panel.design()[0], panel.offered[0]
        everybody = np.log(counts[~unseen].sum(axis=0) / counts[~unseen].sum())
        for p in shares[unseen]:
            gap += REPEATS * float(p @ (np.log(p) - everybody))
            for _ in range(REPEATS):
                taste: RegionTaste = new_region(model, np.zeros(0))
                for heard, option in enumerate(rng.choice(OPTIONS, size=max(BARS), p=p), 1):
                    taste = hear(taste, design, offered, int(option), rho=0.0)
                    if heard in gained:
                        gained[heard] += float(p @ (np.log(taste.shares(design, offered)) - everybody))
    for heard in BARS:
        label = (
            f"unseen region, simulated {FAR_NATS} nats from the average: share of the gap closed after {heard} choices"
        )
        yield Figure(label, gained[heard] / gap)


def regions_apart(rng: np.random.Generator) -> Floats:
    """Return shares of options by region, whose tastes differ mostly in two directions; (REGIONS, OPTIONS)."""
    common = rng.normal(0, 0.7, OPTIONS)
    directions = rng.normal(size=(OPTIONS, DIRECTIONS)) / np.sqrt(DIRECTIONS)
    apart = rng.normal(size=(REGIONS, DIRECTIONS)) @ directions.T + 0.25 * rng.normal(size=(REGIONS, OPTIONS))
    low, high = 0.01, 10.0
    for _ in range(40):
        width = (low + high) / 2
        utility = common + width * apart
        shares: Floats = np.exp(utility - utility.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        nats = float((shares * np.log(shares / shares.mean(axis=0))).sum(axis=1).mean())
        low, high = (width, high) if nats < FAR_NATS else (low, width)
    return shares
