"""What no plan can exceed: a Lagrangian bound on machine hours in time buckets.

A plate's parts cover at most the room A_j, so charging each part the share a/A_j of its plate's set-up (hours and
money) and of its own height counts no plate dearer than it is. All work that is done by the end of a bucket fits the
hours that the machine has had by then; an order that is done in a bucket is counted as late as at the bucket's
beginning, or at its own earliest moment. Pricing the hours by multipliers leaves each order to choose machine and
bucket for itself, and whatever the multipliers are, the sum is an upper bound (Geoffrion, Mathematical Programming
Study 2, 1974). The multipliers are looked for over each order's best machines only; the bound itself is then taken over
all machines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan_tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BUCKETS = 14
STEPS = 60
AIM, DEFLECTION = 0.02, 0.7  # how far below the best value steps aim, and how much of the last direction they keep
PATIENCE = 6  # steps without a better value before they become shorter
LOOKED_AT, DRAWS = 160, 3  # machines that an order looks at while prices settle, and how often they are drawn


@dataclass
class Prices:
    """What an hour on each machine is worth, as far as it is known.

    Parameters
    ----------
    ends : (B,) float
        Of the time buckets, hours; the last is infinite.
    hourly : (M, B − 1) float
        Multipliers.
    found, worth, toll : (N, W)
        Each order's best machines at these prices, what it is worth there, and what its hours cost there.
    value : float
        An upper bound on what any plan earns.
    """

    ends: Floats
    hourly: Floats
    found: Ints
    worth: Floats
    toll: Floats
    value: float = np.inf

    @property
    def ahead(self) -> Floats:
        """The price of an hour that is done in a bucket, (M, B): all later limits feel it."""
        ahead = np.zeros((self.hourly.shape[0], len(self.ends)))
        ahead[:, :-1] = np.cumsum(self.hourly[:, ::-1], axis=1)[:, ::-1]
        return ahead


def settled(tables: Tables, width: int, widenings: int, steps: int = STEPS) -> Prices:
    """Return prices with their bound and the best machines that go with them.

    Where machines are many, an order has many that are nearly as good, and the best ``width`` of them would be the same
    few for all their neighbours: the multipliers would soar there and stay at nothing elsewhere. So at first each order
    looks at some machines drawn at random, which spreads the orders over all; then ``widenings`` times at all.
    """
    count, machines = len(tables.orders), len(tables.machines)
    found, worth = np.full((count, width), -1, dtype=np.int64), np.zeros((count, width))
    prices = Prices(np.array([np.inf]), np.zeros((machines, 0)), found, worth, np.zeros((count, width)))
    thin = max(1, machines // LOOKED_AT)
    widen(tables, prices, thin)
    prices.ends = _bucket_ends(tables, prices)
    prices.hourly = np.zeros((machines, len(prices.ends) - 1))
    if thin > 1:
        for turn in range(DRAWS):
            refine(tables, prices, steps)
            widen(tables, prices, thin, turn + 1)
        widen(tables, prices)
    for _ in range(widenings):
        refine(tables, prices, steps)
        widen(tables, prices)
    return prices


def widen(tables: Tables, prices: Prices, thin: int = 1, turn: int = 0) -> None:
    """Look for each order's best machines among all, or one in ``thin``; all lower the bound to what they show."""
    from glocal.network.plan_scan_kernel import scan

    args = (tables.orders, tables.machines, tables.holds)
    total = scan(*args, prices.ahead, prices.ends, prices.found, prices.worth, thin, turn)
    if thin == 1:
        prices.value = min(prices.value, total + float((prices.hourly * _room_h(tables, prices)).sum()))


def refine(tables: Tables, prices: Prices, steps: int = STEPS) -> None:
    """Improve the multipliers by deflected subgradient steps towards a little less than the best so far.

    The step is Polyak's with a target that the best value drags along; the direction keeps some of the one before
    (Camerini, Fratta & Maffioli, Mathematical Programming Study 3, 1975).
    """
    from glocal.network.plan_scan_kernel import dual

    room_h = _room_h(tables, prices)
    used = np.zeros((len(tables.machines), len(prices.ends)))
    best, kept, scale, stale = np.inf, prices.hourly.copy(), 1.0, 0
    direction = np.zeros_like(prices.hourly)
    choose = (tables.orders, tables.machines, prices.found, prices.worth)
    for _ in range(steps):
        total = dual(*choose, prices.ahead, prices.ends, used, prices.toll)
        value = total + float((prices.hourly * room_h).sum())
        if value < best - 1e-6 * abs(value):
            best, kept, stale = value, prices.hourly.copy(), 0
        else:
            stale += 1
            if stale == PATIENCE:
                prices.hourly, direction, scale, stale = kept.copy(), np.zeros_like(direction), scale / 2, 0
                continue
        slope = room_h - np.cumsum(used, axis=1)[:, :-1]
        slope[(prices.hourly <= 0) & (slope > 0)] = 0.0
        direction = DEFLECTION * direction + slope
        norm = float((direction**2).sum())
        if norm <= 1e-12:
            break
        step = scale * (value - best + AIM * abs(best)) / norm
        prices.hourly = np.maximum(prices.hourly - step * direction, 0.0)
    prices.hourly = kept
    dual(*choose, prices.ahead, prices.ends, used, prices.toll)


def _room_h(tables: Tables, prices: Prices) -> Floats:
    """Return the hours that a machine has had by the end of each bucket but the last, (M, B − 1)."""
    from glocal.network.plan_scan_kernel import READY

    return np.maximum(prices.ends[:-1] - tables.machines[:, READY][:, None], 0.0)


def _bucket_ends(tables: Tables, prices: Prices) -> Floats:
    """Return the ends of the buckets, growing with time; the last is infinite."""
    from glocal.network.plan_scan_kernel import RATE, READY, RELEASE, VOLUME

    able = np.flatnonzero(prices.found[:, 0] >= 0)
    if not len(able):
        return np.array([np.inf])
    first = prices.found[able, 0]
    hours = tables.orders[able, VOLUME] / tables.machines[first, RATE]
    load = float(hours.sum()) / len(tables.machines)
    ready = float(tables.machines[:, READY].max())
    late = float(np.quantile(tables.orders[able, RELEASE] + hours, 0.9))
    horizon = max(ready + 2.0 * load, late, 1.0)
    buckets = BUCKETS if len(able) > 5000 else 3 * BUCKETS
    return np.concatenate([(np.arange(1, buckets) / (buckets - 1)) ** 1.5 * horizon, [np.inf]])
