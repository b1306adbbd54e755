"""Keep one voice from sounding like a crowd: what one source, or one sudden week, can add is capped.

A choice carries no person, so two things are left to tell a flood by. Where the events name their source (a session's
token), one source has at most :data:`PER_SOURCE` choices per question and week. Where they do not, a region's week that
is far above what that region and the others have ever shown counts as a busy week at most; whether it is one,
:mod:`glocal.demand.bursts` asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from glocal.demand.events import ChoiceEvent

PER_SOURCE = 3.0  # somebody may well order for two others
BUSY = 8.0  # times the usual week; Christmas is about four times
FEWEST = 50.0  # a week below this is never called a flood: small shops have lumpy weeks


@dataclass(frozen=True, slots=True)
class Tamed:
    """Events after the caps, with what was taken away in words."""

    events: list[ChoiceEvent]
    notes: tuple[str, ...]


def cap_sources(events: Sequence[ChoiceEvent]) -> Tamed:
    """Return events, of any questions, in which no source says more in a week than one voice may."""
    said: dict[tuple[str, str, str, str], float] = defaultdict(float)
    for event in events:
        if event.source:
            said[_voice(event)] += event.weight
    over = {key: PER_SOURCE / total for key, total in said.items() if total > PER_SOURCE}
    if not over:
        return Tamed(list(events), ())
    lost = sum(said[key] - PER_SOURCE for key in over)
    sources = len({source for *_, source, _ in over})
    who = "one source" if sources == 1 else f"{sources} sources"
    note = f"{who} spoke more than {PER_SOURCE:g} times a week; {lost:g} of their choices do not count"
    return Tamed([weighing(event, over.get(_voice(event), 1.0)) for event in events], (note,))


def _voice(event: ChoiceEvent) -> tuple[str, str, str, str]:
    return event.product, event.parameter, event.source, event.week


def tame(events: Sequence[ChoiceEvent]) -> Tamed:
    """Return the events of one question with their weights capped."""
    capped = cap_sources(events)
    events, notes = capped.events, list(capped.notes)
    weeks: dict[tuple[str, str], float] = defaultdict(float)
    for event in events:
        weeks[event.region, event.week] += event.weight
    limits = _limits(weeks)
    flooded = {key: limits[key[0]] / total for key, total in weeks.items() if total > limits[key[0]]}
    if flooded:
        events = [weighing(event, flooded.get((event.region, event.week), 1.0)) for event in events]
        places = ", ".join(sorted({f"{region} in {week}" for region, week in flooded})[:3])
        notes.append(f"far more choices than usual came from {places}: they count as a busy week at most")
    return Tamed(list(events), tuple(notes))


def _limits(weeks: dict[tuple[str, str], float]) -> dict[str, float]:
    """Return what a week of each region may count: a multiple of its own usual week, else of everybody's.

    With fewer than three weeks of its own a region cannot say what is usual; the other regions do then.
    """
    own: dict[str, list[float]] = defaultdict(list)
    for (region, _), total in weeks.items():
        own[region].append(total)
    everybody = median(weeks.values()) if len(weeks) >= 3 else float("inf")
    usual = {region: median(totals) if len(totals) >= 3 else everybody for region, totals in own.items()}
    if len(usual) >= 5:  # a flood that lasts is its region's usual week; against large regions it still stands out
        largest = sorted(usual.values())[int(0.9 * (len(usual) - 1))]
        usual = {region: min(value, largest) if value > BUSY * largest else value for region, value in usual.items()}
    return {region: max(BUSY * value, FEWEST) for region, value in usual.items()}


def weighing(event: ChoiceEvent, factor: float) -> ChoiceEvent:
    """Return the event with its weight times a factor."""
    return event if factor == 1.0 else replace(event, weight=event.weight * factor)
