"""What several shops of one region may pool: sums, no rows, and nothing that a single person stands behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from glocal.demand.events import KIND_WEIGHTS, ChoiceEvent

FEWEST_PEOPLE = 5.0  # a sum of fewer is not told


def monday(at: datetime) -> datetime:
    """Return noon of the Monday of a week."""
    start = at - timedelta(days=at.weekday())
    return start.replace(hour=12, minute=0, second=0, microsecond=0)


def first_of_month(at: datetime) -> datetime:
    """Return noon of the first day of a month."""
    return at.replace(day=1, hour=12, minute=0, second=0, microsecond=0)


def additive_statistics(
    events: Iterable[ChoiceEvent],
    *,
    fewest: float = FEWEST_PEOPLE,
    period: Callable[[datetime], datetime] = monday,
) -> tuple[ChoiceEvent, ...]:
    """Return the sums by question, offered set, option, region and period, as events to which others' can be added.

    A region and period with fewer than ``fewest`` choices from one offered set is left out; sources, prices and times
    within the period are dropped. The sums of two shops together are those of their events together, up to what was
    left out.
    """
    sums: dict[tuple[str, str, str, datetime, tuple[str, ...], str | float], float] = defaultdict(float)
    people: dict[tuple[str, str, str, datetime, tuple[str, ...]], float] = defaultdict(float)
    for event in events:
        weight = KIND_WEIGHTS[event.kind] * event.weight
        if weight <= 0 or event.continuous:
            continue
        place = (event.product, event.parameter, event.region, period(event.at), event.offered)
        sums[(*place, event.chosen)] += weight
        people[place] += weight
    return tuple(
        ChoiceEvent(product, parameter, offered, chosen, region, at, "wished", weight)
        for (product, parameter, region, at, offered, chosen), weight in sorted(sums.items(), key=str)
        if people[product, parameter, region, at, offered] >= fewest
    )


def within_month(sum_of_month: ChoiceEvent) -> tuple[ChoiceEvent, ...]:
    """Return a month's sum as four equal parts, one a week: a sum must not look like a crowd that came in one day."""
    start = first_of_month(sum_of_month.at)
    part = sum_of_month.weight / 4
    return tuple(replace(sum_of_month, at=start + timedelta(days=3 + 7 * week), weight=part) for week in range(4))


def pooled(*shares: Sequence[ChoiceEvent]) -> tuple[ChoiceEvent, ...]:
    """Return the statistics of several shops as one: equal sums are added."""
    total: dict[ChoiceEvent, float] = defaultdict(float)
    for share in shares:
        for event in share:
            total[replace(event, weight=1.0)] += event.weight
    return tuple(replace(event, weight=weight) for event, weight in total.items())
