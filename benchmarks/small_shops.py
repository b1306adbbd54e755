"""Shops as small as they will be: 3 to 30 regions, 5 to 200 choices each, most of them only tried.

Tastes are logistic-normal around the network's, regions far apart, near, or nearly alike. How sure the model says it is
of a regional default is held against how often that default is what more people there want, and 80 % intervals of
shares against the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks import Figure
from glocal.demand.events import ChoiceEvent, Kind
from glocal.demand.fit import fit
from glocal.demand.model import Model

Floats = npt.NDArray[np.float64]
SHOPS = (
    (3, 5, 20, 3, 8),
    (5, 5, 60, 5, 20),
    (12, 5, 100, 5, 26),
    (30, 5, 200, 8, 30),
)  # regions, choices, options, weeks
APART = (0.8, 0.3, 0.1)
WORLDS, ORDERED, LAST = 16, 0.4, datetime(2026, 10, 1, tzinfo=UTC)


def small_shop(seed: int, shop: tuple[int, ...], apart: float) -> tuple[list[ChoiceEvent], Floats, tuple[str, ...]]:
    """Draw one: its choices, the shares (R, J) of its regions, and its options."""
    regions, fewest, most, many, weeks = shop
    rng = np.random.default_rng([seed, regions])
    options = tuple("abcdefgh"[:many])
    utility = rng.normal(0, 0.6, many) + rng.normal(0, apart, (regions, many))
    shares = np.exp(utility) / np.exp(utility).sum(axis=1, keepdims=True)
    events = []
    for r in range(regions):
        for _ in range(int(np.exp(rng.uniform(np.log(fewest), np.log(most))))):
            is_order = rng.random() < ORDERED
            at = LAST - timedelta(days=float(rng.uniform(0, 7 * weeks)))
            chosen = options[rng.choice(many, p=shares[r])]
            voice = "" if is_order else f"{rng.integers(10**9)}"
            kind: Kind = "ordered" if is_order else "configured"
            events.append(ChoiceEvent("p", "q", options, chosen, f"R{r}", at, kind, source=voice))
    return events, shares, options


def told(model: Model, shares: Floats, options: tuple[str, ...]) -> Iterator[tuple[float, bool, list[bool]]]:
    """Yield of each region how sure its own default is, whether it is right, and which intervals hold the truth."""
    for r, truth in enumerate(shares):
        default = model.default(f"R{r}", "p", "q")
        candidate, network = (options.index(str(name)) for name in (default.candidate, default.network_option))
        found = {p.option: p.share for p in model.preferences(f"R{r}", "p", "q")}
        held = [found[name].low <= share <= found[name].high for name, share in zip(options, truth, strict=True)]
        yield default.odds_better, bool(truth[candidate] > truth[network]), held


def small_shop_figures() -> Iterator[Figure]:
    """Hold what small shops are told against what is true."""
    said: list[tuple[float, bool]] = []
    for apart in APART:
        held: list[bool] = []
        for shop in SHOPS:
            for seed in range(WORLDS):
                events, shares, options = small_shop(seed, shop, apart)
                for odds, right, inside in told(fit(events), shares, options):
                    held += inside
                    said.append((odds, right))
        value = float(np.mean(held))
        label = f"small shops, log odds of regions {apart} apart: 80 % intervals cover"
        yield Figure(label, value, 0.75, 0.75 <= value <= 0.95)
    for low, high in ((0.8, 0.9), (0.9, 1.01)):
        there = [(odds, right) for odds, right in said if low <= odds < high]
        label = f"small shops: regional defaults that are right, of {len(there)} told to be so {low:.0%} or more"
        peer = float(np.mean([odds for odds, _ in there]))
        yield Figure(
            label, float(np.mean([right for _, right in there])), peer="as sure as it was said", peer_value=peer
        )
