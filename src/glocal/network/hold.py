"""Waiting for others on one plate: what share of a plate's set-up an order will bear if it may wait."""

from __future__ import annotations

from math import exp

from glocal.network.errors import NeedBroken
from glocal.values import Estimate

MOST_OTHERS = 50
FULL = 0.5  # of a bed's area: a plate filled so far by area alone almost always nests, one of 60 % every other time


def room_for_others(own_mm2: float, bed_mm2: float) -> int:
    """Return how many more orders like this one find room on its plate, 0 to 50."""
    if not (own_mm2 > 0 and bed_mm2 > 0):
        raise NeedBroken(f"The footprint is {own_mm2:g} mm², the bed {bed_mm2:g} mm²; expected more than 0.")
    return max(0, min(MOST_OTHERS, int(FULL * bed_mm2 / own_mm2) - 1))


def share_of_plate(waiting: int, coming: Estimate, room: int) -> Estimate:
    """Return the share of a plate's set-up that falls on one of the orders on it.

    Parameters
    ----------
    waiting : int
        Orders that wait for this plate already.
    coming : Estimate
        Orders that will come while it waits; they come independently, so their number is Poisson distributed.
    room : int
        Other orders that find room beside this one.

    Returns
    -------
    Estimate
        In (0, 1]; the mean of one over the number of orders on the plate.
    """
    if waiting < 0 or coming.low < 0 or room < 0:
        raise NeedBroken("Orders that wait or come, and the room for them, cannot be negative.")
    value, high, low = (_mean_share(waiting, mean, room) for mean in (coming.value, coming.low, coming.high))
    words = f"{waiting} waiting, {coming.value:.1f} more expected ({coming.source}), room for {room} beside it"
    return Estimate(value, low, high, words)


def _mean_share(waiting: int, mean: float, room: int) -> float:
    """Return the mean of 1 / (1 + others) for ``waiting`` plus Poisson many others, at most ``room``."""
    open_places = max(0, room - waiting)
    weight, total, reached = exp(-mean), 0.0, 0.0
    for extra in range(open_places):
        total += weight / (1 + waiting + extra)
        reached += weight
        weight *= mean / (extra + 1)
    return total + max(0.0, 1.0 - reached) / (1 + min(waiting, room) + open_places)
