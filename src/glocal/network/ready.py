"""When a run of plates is done: queue, material, opening hours, failures and reprints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, exp, lgamma, log

from glocal.network.hours import OpeningHours
from glocal.values import Estimate

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9  # ends and middle of the 80 % interval
LONGEST_RUN_DAYS = 366


def plates_printed(plates: int, odds_ok: float, chance: float) -> int:
    """Return how many plates must be printed so that ``plates`` are right with at least the given chance.

    Each plate is right with odds ``odds_ok``, independently: the total is negative binomial.
    """
    if odds_ok >= 1.0 or plates == 0:
        return plates
    total, reached = plates, 0.0
    while True:
        right = lgamma(total) - lgamma(plates) - lgamma(total - plates + 1)
        reached += exp(right + plates * log(odds_ok) + (total - plates) * log(1.0 - odds_ok))
        if reached >= chance or total > plates + 1000 * ceil(plates / odds_ok):
            return total
        total += 1


def _taken_off(started: datetime, plate_s: Sequence[float], hours: OpeningHours) -> datetime | None:
    """Return when the last of several plates is taken off, the first being started when somebody is there.

    Each plate is taken off when somebody is there, and then the next one starts. None if that takes a year.
    """
    if sum(plate_s) > LONGEST_RUN_DAYS * 86_400:
        return None
    if hours.never_closed:
        return started + timedelta(seconds=sum(plate_s))
    moment: datetime | None = started
    limit = started + timedelta(days=LONGEST_RUN_DAYS)
    for seconds in plate_s:
        if moment is None or moment > limit:
            return None
        moment = hours.next_open(moment + timedelta(seconds=seconds))
    return moment


def ready_distribution(
    begin: datetime,
    piece_s: Estimate,
    *,
    quantity: int,
    per_plate: int,
    odds_ok: Estimate | None,
    hours: OpeningHours,
) -> tuple[datetime, datetime, datetime] | None:
    """Return the 10 %, 50 % and 90 % points of the moment when all pieces are ready.

    The number of reprints and the printing time are taken at the same quantile each, which is exact when one of the two
    dominates and a little wide otherwise. None when there is no such moment within a year.

    Parameters
    ----------
    begin : datetime
        When machine and material are free.
    piece_s : Estimate
        Seconds that one piece prints.
    per_plate : int
        Pieces that share a plate.
    """
    plates = ceil(quantity / per_plate)
    share = quantity / plates
    points = []
    started = hours.next_open(begin)
    if started is None:
        return None
    for chance, seconds in ((LOW, piece_s.low), (MEDIAN, piece_s.value), (HIGH, piece_s.high)):
        count = plates if odds_ok is None else plates_printed(plates, odds_ok.value, chance)
        if count * seconds * share > LONGEST_RUN_DAYS * 86_400:
            return None
        moment = _taken_off(started, [seconds * share] * count, hours)
        if moment is None:
            return None
        points.append(moment)
    return points[0], points[1], points[2]
