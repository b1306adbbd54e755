"""When a piece is ready, as a distribution: queue, plate formation, print, reprints, opening hours, delivery.

The distribution is sampled on a fixed low-discrepancy grid, so that the same inputs give the same dates.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from statistics import NormalDist
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glocal.quoting.errors import BadTerms
from glocal.quoting.model import OpeningHours, PriceContext, PrintUse, Ready
from glocal.values import Estimate

SAMPLES = 256
PRIMES = (2, 3, 5, 7)
Z_80 = NormalDist().inv_cdf(0.9)
MOST_ATTEMPTS = 50


def radical_inverse(index: int, base: int) -> float:
    """Return the ``index``-th van der Corput number in ``base``, in (0, 1)."""
    result, weight = 0.0, 1.0 / base
    while index:
        index, digit = divmod(index, base)
        result += digit * weight
        weight /= base
    return result


@lru_cache(maxsize=1)
def grid() -> tuple[tuple[float, float, float, float], ...]:
    """Return the points at which every date is sampled: normal for queue, print and rest, uniform for failures."""
    normal = NormalDist()
    points = []
    for index in range(1, SAMPLES + 1):
        u_queue, u_print, u_fail, u_rest = (radical_inverse(index, base) for base in PRIMES)
        points.append((normal.inv_cdf(u_queue), normal.inv_cdf(u_print), u_fail, normal.inv_cdf(u_rest)))
    return tuple(points)


def quantile(estimate: Estimate, z: float) -> float:
    """Return a quantile of an estimate whose two halves are half-normal; never below 0."""
    side = (estimate.high - estimate.value) if z > 0 else (estimate.value - estimate.low)
    return max(0.0, estimate.value + z / Z_80 * side)


def attempts(odds: float, u: float) -> int:
    """Return how many attempts the first good print takes, at quantile ``u`` of the geometric distribution."""
    if odds <= 0:
        return 1
    return min(MOST_ATTEMPTS, 1 + math.floor(math.log1p(-u) / math.log(odds)))


def next_open(moment: datetime, opening: OpeningHours | None) -> datetime:
    """Return the first moment from ``moment`` on at which a person is there (UTC)."""
    if opening is None:
        return moment
    try:
        zone = ZoneInfo(opening.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadTerms(
            f"The time zone {opening.timezone!r} is not known.", help="Use an IANA name such as Europe/Berlin."
        ) from error
    local = moment.astimezone(zone)
    for ahead in range(15):
        day = local.date() + timedelta(days=ahead)
        for opens, closes in opening.weekly[day.weekday()]:
            begin, end = at_minute(day, opens, zone), at_minute(day, closes, zone)
            if moment < end:
                return max(moment, begin)
    raise BadTerms("The shop never opens.", help="Enter the opening hours.")


def at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return a local minute of a day in UTC."""
    midnight = datetime.combine(day, time(), zone)
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def ready(use: PrintUse, context: PriceContext) -> Ready:
    """Return when the whole order is ready: median, 10 % and 90 % quantile.

    One machine prints the plates one after the other; a person starts each attempt and takes the last part off.
    A failed attempt is counted with its whole print time, which is the cautious end.
    """
    plates = plates_of(context)
    per_plate = context.quantity / plates
    moments = []
    for z_queue, z_print, u_fail, z_rest in grid():
        waits = [quantile(wait, z_queue) for wait in (context.queue_s, context.forming_s) if wait is not None]
        moment = context.now.astimezone(UTC) + timedelta(seconds=max(waits, default=0.0))
        plate_s = quantile(use.time_s, z_print) * per_plate
        tries = attempts(context.failure_odds.value, u_fail)
        moment = print_plates(moment, plate_s, plates + tries - 1, context)
        moment = next_open(moment, context.opening)
        moment += timedelta(minutes=quantile(context.labour_min, z_rest) * context.quantity)
        if context.delivery_s is not None:
            moment += timedelta(seconds=quantile(context.delivery_s, z_rest))
        moments.append(moment)
    moments.sort()
    return Ready(at=moments[SAMPLES // 2], low=moments[SAMPLES // 10], high=moments[SAMPLES * 9 // 10])


def plates_of(context: PriceContext) -> int:
    """Return how many plates the pieces of the order take."""
    return max(1, math.ceil(context.quantity * context.plate_share - 1e-9))


def ready_source(use: PrintUse, context: PriceContext) -> str:
    """Return in words what the ready date was made from."""
    plates, odds = plates_of(context), context.failure_odds
    waits = [
        f"{words} {wait.value / 3600:.1f} h ({wait.source})"
        for words, wait in (("queue", context.queue_s), ("until the plate is full", context.forming_s))
        if wait is not None
    ]
    print_h = use.time_s.value * context.quantity / 3600
    steps = [
        *(waits or ["the machine is free"]),
        f"{plates} plate{'s' if plates > 1 else ''} with {context.rate.setup_min:g} min set-up each",
        f"{print_h:.1f} h of print",
        f"printed again with odds of {odds.value:.1%}",
        f"{context.labour_min.value * context.quantity:g} min by hand",
        f"opening hours in {context.opening.timezone}" if context.opening else "somebody is always there",
    ]
    if context.delivery_s is not None:
        steps.append(f"delivery {context.delivery_s.value / 3600:.1f} h ({context.delivery_s.source})")
    return "; ".join(steps)


def print_plates(moment: datetime, plate_s: float, runs: int, context: PriceContext) -> datetime:
    """Return when the last of ``runs`` plates is printed; after a few, opening hours are averaged, not walked."""
    walked = min(runs, 20)
    begin = moment
    for _ in range(walked):
        moment = next_open(moment, context.opening) + timedelta(minutes=context.rate.setup_min, seconds=plate_s)
    if runs > walked:
        moment += (moment - begin) / walked * (runs - walked)
    return moment
