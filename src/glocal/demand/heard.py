"""What a model hears of choices: floods capped, what came at once as one voice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from glocal.demand.bursts import weigh_bursts
from glocal.demand.events import KIND_WEIGHTS, ChoiceEvent, Kind
from glocal.demand.flood import tame, weighing
from glocal.demand.region_weeks import region_weeks


def heard(events: Iterable[ChoiceEvent], kind_weights: Mapping[Kind, float] = KIND_WEIGHTS) -> list[ChoiceEvent]:
    """Return choices among options, of any questions, with the weights that a model gives them.

    Sums that leave the shop are made of these: a sum no longer tells a bot from a crowd.
    """
    questions: dict[tuple[str, str], list[ChoiceEvent]] = defaultdict(list)
    for event in events:
        if kind_weights[event.kind] * event.weight > 0 and not event.continuous:
            questions[event.product, event.parameter].append(event)
    return [event for asked in questions.values() for event in _of_question(asked, kind_weights)]


def _of_question(events: list[ChoiceEvent], kind_weights: Mapping[Kind, float]) -> list[ChoiceEvent]:
    events = tame(events).events
    options, chosen = np.unique([str(event.chosen) for event in events], return_inverse=True)
    weights = np.array([kind_weights[event.kind] * event.weight for event in events])
    rows = region_weeks(events, chosen, weights, len(options))
    worth = weigh_bursts(rows.counts, rows.region, rows.week)[rows.of_event]
    return [weighing(event, factor) for event, factor in zip(events, worth.tolist(), strict=True)]
