"""What several shops of one region may pool: sums, no rows, and nothing that a single person stands behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from glocal.demand.events import KIND_WEIGHTS, ChoiceEvent

FEWEST_PEOPLE = 5.0  # a sum of fewer is not told


def additive_statistics(events: Iterable[ChoiceEvent], *, fewest: float = FEWEST_PEOPLE) -> tuple[ChoiceEvent, ...]:
    """Return the sums by question, offered set, option, region and week, as events that another shop's can be added to.

    A region and week with fewer than ``fewest`` choices in all is left out; sources, prices and times within the week
    are dropped. The sums of two shops together are those of their events together, up to what was left out.
    """
    sums: dict[tuple[str, str, str, datetime, tuple[str, ...], str | float], float] = defaultdict(float)
    people: dict[tuple[str, str, str, datetime], float] = defaultdict(float)
    for event in events:
        weight = KIND_WEIGHTS[event.kind] * event.weight
        if weight <= 0 or event.continuous:
            continue
        place = (event.product, event.parameter, event.region, _monday(event.at))
        sums[(*place, event.offered, event.chosen)] += weight
        people[place] += weight
    return tuple(
        ChoiceEvent(product, parameter, offered, chosen, region, week, "wished", weight)
        for (product, parameter, region, week, offered, chosen), weight in sorted(sums.items(), key=str)
        if people[product, parameter, region, week] >= fewest
    )


def pooled(*shares: Sequence[ChoiceEvent]) -> tuple[ChoiceEvent, ...]:
    """Return the statistics of several shops as one: equal sums are added."""
    total: dict[ChoiceEvent, float] = defaultdict(float)
    for share in shares:
        for event in share:
            total[replace(event, weight=1.0)] += event.weight
    return tuple(replace(event, weight=weight) for event, weight in total.items())


def _monday(at: datetime) -> datetime:
    start = at - timedelta(days=at.weekday())
    return start.replace(hour=12, minute=0, second=0, microsecond=0)
