"""Choices summed by region and week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from glocal.demand.bursts import Burst
from glocal.demand.dirichlet import Floats
from glocal.demand.events import ChoiceEvent

SAID_BELOW = 0.5  # of a week's choices that count
MOST_SAID = 100


@dataclass(frozen=True, slots=True)
class RegionWeeks:
    """Choices summed by region and week: (W, J) counts, region and week number of each row, the row of each event.

    ``latest`` is each region's latest week, with its row.
    """

    names: list[str]
    region: NDArray[np.intp]
    week: NDArray[np.intp]
    counts: Floats
    of_event: NDArray[np.intp]
    latest: list[tuple[str, int]]


def region_weeks(events: Sequence[ChoiceEvent], chosen: NDArray[np.intp], weights: Floats, options: int) -> RegionWeeks:
    """Return the sums; ``chosen`` is the option of each event, ``weights`` what it is worth."""
    names = sorted({event.region for event in events})
    position = {name: index for index, name in enumerate(names)}
    keys = [(position[event.region], event.week) for event in events]
    distinct = sorted(set(keys))
    row_of = {pair: row for row, pair in enumerate(distinct)}
    counts = np.zeros((len(distinct), options))
    of_event = np.array([row_of[pair] for pair in keys])
    np.add.at(counts, (of_event, chosen), weights)
    last = {r: (week, row) for row, (r, week) in enumerate(distinct)}  # sorted: the latest week stays
    region = np.array([r for r, _ in distinct])
    number = {w: date.fromisocalendar(int(w[:4]), int(w[6:]), 1).toordinal() // 7 for w in {w for _, w in distinct}}
    week = np.array([number[name] for _, name in distinct])
    return RegionWeeks(names, region, week, counts, of_event, [last[r] for r in range(len(names))])


def bursts(raw: RegionWeeks, worth: Floats, options: tuple[str, ...]) -> tuple[Burst, ...]:
    """Return the weeks that hardly count, the largest first."""
    totals = raw.counts.sum(axis=1)
    found: list[Burst] = []
    for row in np.argsort(-totals, kind="stable").tolist():
        if worth[row] < SAID_BELOW and len(found) < MOST_SAID:
            year, week, _ = date.fromordinal(7 * int(raw.week[row]) + 1).isocalendar()
            most = int(raw.counts[row].argmax())
            about = (raw.names[raw.region[row]], f"{year:04}-W{week:02}", options[most])
            found.append(Burst(*about, float(raw.counts[row, most]), float(totals[row])))
    return tuple(found)


def in_words(found: tuple[Burst, ...]) -> tuple[str, ...]:
    """Return what a reader should know of bursts; of the three largest, which they are."""
    if not found:
        return ()
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    places = ", ".join(burst.in_words() for burst in found[:3]) + more
    return (f"choices that came at once, unlike any other week there, count as one voice: {places}",)
