"""The loops over orders and machines of planning, compiled: worth, candidate lists, and one step of the bound.

numba is imported with this module: import it late.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from glocal.network.distance import EARTH_RADIUS_KM

_jit = numba.njit(cache=True, nogil=True)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOT_POSSIBLE = -1e18
NEVER = 1e12  # hours; finite, so that sums and differences stay numbers

# columns of the order table and of the machine table
AREA, HEIGHT, VOLUME, MATERIAL, RELEASE, DUE, LATE, CAP, REVENUE, LONG, SHORT, LATITUDE, LONGITUDE = range(13)
ROOM, RATE, HEIGHT_H, HOURLY, SETUP_H, SETUP, READY, BED_LONG, BED_SHORT, HIGH, PLACE_LAT, PLACE_LON, KM = range(13)
TRIES, CHANGE_H, CHANGE, LOADED, SPANS = range(13, 18)  # then begin and end of each span in which the maker is there


@_jit
def next_open(machine: Floats, at: float) -> float:
    """Return the first moment from ``at`` on when the maker is there; NEVER after the last span."""
    count = int(machine[SPANS])
    if count == 0:
        return at
    for k in range(count):
        if at < machine[SPANS + 2 + 2 * k]:
            return float(max(at, machine[SPANS + 1 + 2 * k]))
    return NEVER


@_jit
def fits(p: float, q: float, a: float, b: float) -> bool:
    """Say whether a p × q rectangle fits into an a × b one, p ≥ q and a ≥ b (Carver 1957, as in ``network.fit``)."""
    if p <= a and q <= b:
        return True
    if p <= a or q > b or p == q:
        return False
    return bool(((a + b) / (p + q)) ** 2 + ((a - b) / (p - q)) ** 2 >= 2)


@_jit
def before_way(order: Floats, machine: Floats, holds: Bools) -> float:
    """Return what an order brings on a machine before delivery, set-up and lateness."""
    if not holds[int(order[MATERIAL])] or order[AREA] > machine[ROOM] or order[HEIGHT] > machine[HIGH]:
        return NOT_POSSIBLE
    if not fits(order[LONG], order[SHORT], machine[BED_LONG], machine[BED_SHORT]):
        return NOT_POSSIBLE
    return float(order[REVENUE] - machine[HOURLY] * order[VOLUME] / machine[RATE] * machine[TRIES])


@_jit
def way_minor(order: Floats, machine: Floats) -> float:
    """Return what delivery costs (haversine, as in ``network.distance``)."""
    if machine[KM] == 0.0:
        return 0.0
    a, b = order[LATITUDE], machine[PLACE_LAT]
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((machine[PLACE_LON] - order[LONGITUDE]) / 2) ** 2
    return float(machine[KM] * 2 * EARTH_RADIUS_KM * np.arcsin(min(1.0, np.sqrt(h))))


@_jit
def shares(order: Floats, machine: Floats) -> tuple[float, float, float]:
    """Return (money of set-up and own height, hours, first ready): each no more than what any plate charges."""
    share = order[AREA] / machine[ROOM]
    own_h = (machine[SETUP_H] + machine[HEIGHT_H] * order[HEIGHT]) * share
    hours = own_h + order[VOLUME] / machine[RATE]
    begin = next_open(machine, max(order[RELEASE], machine[READY]))
    end = begin + machine[SETUP_H] + machine[HEIGHT_H] * order[HEIGHT] + order[VOLUME] / machine[RATE]
    return machine[SETUP] * share + machine[HOURLY] * own_h, hours, next_open(machine, end)


@_jit
def worth_on(orders: Floats, machine: Floats, holds: Bools) -> tuple[Floats, Floats]:
    """Return what each order brings on a machine, and what of it is left after its part of a plate's set-up, (N,)."""
    gross, net = np.full(len(orders), NOT_POSSIBLE), np.full(len(orders), NOT_POSSIBLE)
    for o in range(len(orders)):
        value = before_way(orders[o], machine, holds)
        if value > NOT_POSSIBLE:
            gross[o] = value - way_minor(orders[o], machine)
            net[o] = gross[o] - shares(orders[o], machine)[0]
    return gross, net


@_jit
def priced(order: Floats, net: float, hours: float, end: float, ahead: Floats, ends: Floats) -> tuple[float, int]:  # noqa: PLR0917
    """Return the best value over the buckets in which an order may be done, and the bucket."""
    best, bucket = NOT_POSSIBLE, -1
    if end >= NEVER:
        return best, bucket
    for b in range(len(ends)):
        if end > ends[b]:
            continue
        done = max(end, ends[b - 1] if b else 0.0)
        late = min(order[CAP], order[LATE] * max(0.0, done - order[DUE]))
        value = net - late - hours * ahead[b]
        if value > best:
            best, bucket = value, b
        if ahead[b] <= 0.0:
            break
    return best, bucket


@_jit
def _points(table: Floats, latitude: int, longitude: int) -> Floats:
    """Return places on the unit sphere, (N, 3)."""
    points = np.zeros((len(table), 3))
    for k in range(len(table)):
        across = np.cos(table[k, latitude])
        points[k, 0], points[k, 1] = across * np.cos(table[k, longitude]), across * np.sin(table[k, longitude])
        points[k, 2] = np.sin(table[k, latitude])
    return points


@_jit
def _floor(o: int, orders: Floats, machines: Floats, found: Ints, worth: Floats, ahead: Floats, ends: Floats) -> float:  # noqa: PLR0917
    """Return what the worst of an order's machines so far is worth at these prices, a little less to be found again."""
    floor = np.inf
    for c in range(found.shape[1]):
        m = found[o, c]
        if m < 0:
            return NOT_POSSIBLE
        fixed, hours, end = shares(orders[o], machines[m])
        floor = min(floor, priced(orders[o], worth[o, c] - fixed, hours, end, ahead[m], ends)[0])
    return floor - 1e-9 * abs(floor)


@_jit
def _keep(ranked: Floats, found: Ints, worth: Floats, count: int, m: int, at_best: float, gross: float) -> None:  # noqa: PLR0917
    """Put a machine among an order's best, (W,), of which ``count`` are known, in the place of the worst if need be."""
    k = min(count, len(ranked) - 1)
    while k > 0 and ranked[k - 1] < at_best:
        ranked[k], found[k], worth[k] = ranked[k - 1], found[k - 1], worth[k - 1]
        k -= 1
    ranked[k], found[k], worth[k] = at_best, m, gross


@_jit
def scan(  # noqa: PLR0917 - compiled functions take arguments by position
    orders: Floats,
    machines: Floats,
    holds: Bools,
    ahead: Floats,
    ends: Floats,
    found: Ints,
    worth: Floats,
    which: tuple[int, int],
    thin: int,
) -> float:
    """Fill the best machines of some orders at these prices, best first, and return what these bring at best.

    Parameters
    ----------
    ahead : (M, B) float
        Price of an hour on a machine for work that is done in a bucket.
    ends : (B,) float
        Of the buckets; the last is infinite.
    found : (N, W) int, worth : (N, W) float
        Filled with machines (−1 where there are fewer) and what the order is worth there, unpriced. What was there is
        looked at first, so that most other machines can be passed over quickly.
    which : (int, int)
        The first order, and the step from one to the next.
    thin : int
        Each order looks at one in ``thin`` machines, drawn for it; 1 for all.
    """
    width = found.shape[1]
    value = np.zeros(width)
    total = 0.0
    here, there = _points(orders, LATITUDE, LONGITUDE), _points(machines, PLACE_LAT, PLACE_LON)
    for o in range(which[0], len(orders), which[1]):
        order = orders[o]
        least = _floor(o, orders, machines, found, worth, ahead, ends)
        count = 0
        drawn = o * 48_271 % 2_147_483_647
        for first in range(0, len(machines), thin):
            drawn = drawn * 48_271 % 2_147_483_647  # Lewis, Goodman & Miller 1969
            m = first + drawn % thin if thin > 1 else first
            if m >= len(machines):
                break
            floor = max(value[width - 1], least) if count == width else least
            gross = before_way(order, machines[m], holds[m])
            if gross <= floor:
                continue
            x, y, z = here[o, 0] - there[m, 0], here[o, 1] - there[m, 1], here[o, 2] - there[m, 2]
            chord_km = EARTH_RADIUS_KM * np.sqrt(x * x + y * y + z * z)  # the way is no shorter
            fixed, hours, end = shares(order, machines[m])
            if gross - fixed - machines[m, KM] * chord_km * (1 - 1e-9) <= floor:
                continue
            gross -= way_minor(order, machines[m])
            at_best, _ = priced(order, gross - fixed, hours, end, ahead[m], ends)
            if at_best <= floor:
                continue
            _keep(value, found[o], worth[o], count, m, at_best, gross)
            count = min(count + 1, width)
        found[o, count:], worth[o, count:] = -1, NOT_POSSIBLE
        if count:
            total += max(0.0, value[0])
    return total


@_jit
def dual(  # noqa: PLR0917 - compiled functions take arguments by position
    orders: Floats,
    machines: Floats,
    found: Ints,
    worth: Floats,
    ahead: Floats,
    ends: Floats,
    used: Floats,
    toll: Floats,
) -> float:
    """Let each order choose among its candidates at these prices: fill the hours used (M, B) and what each hour costs.

    ``toll`` (N, W) is filled with the price of the hours that an order would take at each of its candidates.
    """
    used[:] = 0.0
    total = 0.0
    for o in range(len(orders)):
        best, best_m, best_b, best_h = 0.0, -1, -1, 0.0
        for c in range(found.shape[1]):
            m = found[o, c]
            if m < 0:
                break
            fixed, hours, end = shares(orders[o], machines[m])
            value, bucket = priced(orders[o], worth[o, c] - fixed, hours, end, ahead[m], ends)
            toll[o, c] = hours * ahead[m, bucket] if bucket >= 0 else 0.0
            if value > best:
                best, best_m, best_b, best_h = value, m, bucket, hours
        if best_m >= 0:
            total += best
            used[best_m, best_b] += best_h
    return total
