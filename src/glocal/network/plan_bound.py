"""What no plan can exceed: a Lagrangian bound on machine hours in time buckets.

A plate's parts cover at most the room A_j, so charging each part the share a/A_j of its plate's set-up (hours and
money) and of its own height counts no plate dearer than it is. All work that is done by the end of a bucket fits the
hours that the machine has had by then; an order that is done in a bucket is counted as late as at the bucket's
beginning, or at its own earliest moment. Pricing the hours by multipliers leaves each order to choose machine and
bucket for itself, and whatever the multipliers are, the sum is an upper bound (Geoffrion, Mathematical Programming
Study 2, 1974).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BUCKETS = 14
STEPS = 120
CHUNK_CELLS = 4_000_000


def upper_bound(orders: Floats, machines: Floats, worth: Floats, reached: float) -> float:
    """Return an upper bound on what any plan earns.

    Parameters
    ----------
    orders : (N, 8) float
    machines : (M, 7) float
        Columns as in :mod:`glocal.network.plan_kernel`.
    worth : (N, M) float
        Very negative where an order cannot be made.
    reached : float
        What a known plan earns, to choose the step length.
    """
    area, height, volume, _, release, due, late, cap = orders.T
    room, rate, height_h, hourly, setup_h, setup, ready = machines.T
    share = area[:, None] / room
    fixed_h = (setup_h + height_h * height[:, None]) * share
    hours = fixed_h + volume[:, None] / rate
    net = worth - setup * share - hourly * fixed_h
    earliest = np.maximum(release[:, None], ready) + setup_h + height_h * height[:, None] + volume[:, None] / rate
    ends = bucket_ends(hours, worth, earliest, ready)
    begins = np.concatenate([[0.0], ends[:-1]])
    room_h = np.maximum(ends[:-1] - ready[:, None], 0.0)  # the last bucket never ends
    prices = np.zeros(room_h.shape)
    best, target = np.inf, reached
    step_scale, stale = 1.0, 0
    for _ in range(STEPS):
        total, used = _dual((net, hours, earliest), (due, late, cap), (begins, ends), prices)
        value = total + float((prices * room_h).sum())
        if value < best - 1e-9 * max(1.0, abs(best) if np.isfinite(best) else 1.0):
            best, stale = value, 0
        else:
            stale += 1
            if stale == 6:
                step_scale, stale = step_scale / 2, 0
        slope = room_h - used
        slope[(prices <= 0) & (slope > 0)] = 0.0
        norm = float((slope**2).sum())
        if norm <= 1e-12 or best <= target + 1e-9:
            break
        prices = np.maximum(prices - step_scale * max(value - target, 1e-9) / norm * slope, 0.0)
    return float(best)


def bucket_ends(hours: Floats, worth: Floats, earliest: Floats, ready: Floats) -> Floats:
    """Return the ends of the buckets, growing with time; the last is infinite."""
    possible = worth > 0
    if not possible.any():
        return np.array([np.inf])
    load = float(np.where(possible, hours, np.inf).min(axis=1)[possible.any(axis=1)].sum()) / hours.shape[1]
    horizon = max(float(ready.max()) + 2.0 * load, float(np.quantile(earliest[possible], 0.9)), 1.0)
    fractions = (np.arange(1, BUCKETS) / (BUCKETS - 1)) ** 1.5
    return np.concatenate([fractions * horizon, [np.inf]])


def _dual(
    tables: tuple[Floats, Floats, Floats],
    lateness: tuple[Floats, Floats, Floats],
    borders: tuple[Floats, Floats],
    prices: Floats,
) -> tuple[float, Floats]:
    """Return what the orders choose at these prices is worth, and the hours used by each bucket's end, (M, B − 1)."""
    net, hours, earliest = tables
    due, late, cap = lateness
    begins, ends = borders
    machines, buckets = prices.shape[0], len(ends)
    ahead = np.zeros((machines, buckets))  # price of an hour that is done in bucket b: all later limits feel it
    ahead[:, :-1] = np.cumsum(prices[:, ::-1], axis=1)[:, ::-1]
    used = np.zeros((machines, buckets))
    total = 0.0
    chunk = max(1, CHUNK_CELLS // (machines * buckets))
    for first in range(0, len(net), chunk):
        part = slice(first, first + chunk)
        done = np.maximum(begins, earliest[part, :, None])
        gain = net[part, :, None] - np.minimum(
            cap[part, None, None], late[part, None, None] * np.maximum(done - due[part, None, None], 0.0)
        )
        gain = np.where(earliest[part, :, None] <= ends, gain - hours[part, :, None] * ahead, -np.inf)
        flat = gain.reshape(len(gain), -1)
        choice = flat.argmax(axis=1)
        value = flat[np.arange(len(flat)), choice]
        taken = np.flatnonzero(value > 0)
        total += float(value[taken].sum())
        machine, bucket = np.divmod(choice[taken], buckets)
        np.add.at(used, (machine, bucket), hours[part][taken, machine])
    return total, np.cumsum(used, axis=1)[:, :-1]
