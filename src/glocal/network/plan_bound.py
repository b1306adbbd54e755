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

BUCKETS = 20
STEPS = 200
LONGEST, SHORTEST, DEFLECTION = 0.1, 2e-4, 0.7  # steps, as shares of the value; kept of the last direction
TURN = 60  # steps in which each order looks once at all machines


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


def settled(tables: Tables, width: int, steps: int = STEPS) -> Prices:
    """Return prices with their bound and the best machines that go with them.

    Multipliers move by deflected subgradient steps that become shorter (Camerini, Fratta & Maffioli, Mathematical
    Programming Study 3, 1975). Where machines are many, the best ``width`` of an order would be the same few for all
    its neighbours: their prices would soar, and stay at nothing elsewhere. So each order begins with machines drawn at
    random, and at each step some orders look at all machines anew: prices and lists follow each other.
    """
    count, machines = len(tables.orders), len(tables.machines)
    found, worth = np.full((count, width), -1, dtype=np.int64), np.zeros((count, width))
    prices = Prices(np.array([np.inf]), np.zeros((machines, 0)), found, worth, np.zeros((count, width)))
    widen(tables, prices, thin=max(1, machines // width))
    prices.ends = _bucket_ends(tables, prices)
    prices.hourly = np.zeros((machines, len(prices.ends) - 1))
    direction, best, kept = np.zeros_like(prices.hourly), np.inf, prices.hourly
    for step in range(steps):
        if machines > width:
            widen(tables, prices, which=(step % TURN, TURN))
        value, slope = _looked_at(tables, prices)
        if machines <= width and value < best:  # lists of all machines: what is seen is the bound itself
            best, kept = value, prices.hourly
        slope[(prices.hourly <= 0) & (slope > 0)] = 0.0
        direction = DEFLECTION * direction + slope
        norm = float((direction**2).sum())
        if norm <= 1e-12:
            break
        length = LONGEST * (SHORTEST / LONGEST) ** (step / steps) * abs(value)
        prices.hourly = np.maximum(prices.hourly - length / norm * direction, 0.0)
    prices.hourly = kept if machines <= width else prices.hourly
    prices.value = widen(tables, prices) + float((prices.hourly * _room_h(tables, prices)).sum())
    _looked_at(tables, prices)
    return prices


def widen(tables: Tables, prices: Prices, *, which: tuple[int, int] = (0, 1), thin: int = 1) -> float:
    """Look for the best machines of some orders among all machines, or one in ``thin``; return what these bring."""
    from glocal.network.plan_scan_kernel import scan

    args = (tables.orders, tables.machines, tables.holds, prices.ahead, prices.ends)
    return float(scan(*args, prices.found, prices.worth, which, thin))


def _looked_at(tables: Tables, prices: Prices) -> tuple[float, Floats]:
    """Return the value over the orders' lists and its slope, (M, B − 1), and note what hours cost each candidate."""
    from glocal.network.plan_scan_kernel import dual

    room_h = _room_h(tables, prices)
    used = np.zeros((len(tables.machines), len(prices.ends)))
    choose = (tables.orders, tables.machines, prices.found, prices.worth)
    total = dual(*choose, prices.ahead, prices.ends, used, prices.toll)
    return total + float((prices.hourly * room_h).sum()), room_h - np.cumsum(used, axis=1)[:, :-1]


def _room_h(tables: Tables, prices: Prices) -> Floats:
    """Return the hours that a machine has had by the end of each bucket but the last, (M, B − 1)."""
    from glocal.network.plan_scan_kernel import READY

    return np.maximum(prices.ends[:-1] - tables.machines[:, READY][:, None], 0.0)


def _bucket_ends(tables: Tables, prices: Prices) -> Floats:
    """Return the ends of the buckets, as dense as moments at which orders become late or lost; the last is infinite."""
    from glocal.network.plan_scan_kernel import CAP, DUE, LATE, RATE, READY, RELEASE, VOLUME

    able = np.flatnonzero(prices.found[:, 0] >= 0)
    if not len(able):
        return np.array([np.inf])
    orders, first = tables.orders[able], prices.found[able, 0]
    hours = orders[:, VOLUME] / tables.machines[first, RATE]
    load_h = float(hours.sum()) / len(tables.machines)
    due_h = np.maximum(orders[:, DUE], orders[:, RELEASE] + hours)
    last_h = max(float(tables.machines[:, READY].max()) + 2.0 * load_h, float(due_h.max()), 1.0)
    lost_h = np.minimum(due_h + orders[:, CAP] / np.maximum(orders[:, LATE], 1e-9), last_h)
    buckets = BUCKETS if len(able) > 5000 else 2 * BUCKETS
    moments = np.unique(np.quantile(np.concatenate([due_h, lost_h]), np.arange(1, buckets) / (buckets - 1)))
    between = np.linspace(0.0, last_h, buckets - len(moments) + 1)[1:]  # where many are due at the same moment
    return np.concatenate([np.unique(np.concatenate([moments, between])), [np.inf]])
