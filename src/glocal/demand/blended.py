"""Let the blend with boosting answer a question where there is data enough for it, and say so or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from glocal.demand.blend import fit_blend, why_alone
from glocal.demand.change import NO_CHANGE
from glocal.demand.events import ChoiceEvent, Kind
from glocal.demand.many_options import MANY
from glocal.demand.panel import Panel
from glocal.demand.question import Question
from glocal.demand.sales_files import panel_of_events


def blended(
    question: Question, events: Sequence[ChoiceEvent], kind_weights: Mapping[Kind, float], known: Panel | None
) -> Question:
    """Return the question with its blend, or with why it has none.

    Parameters
    ----------
    events : sequence of ChoiceEvent
        As they were heard: floods and bursts are weighed already.
    known : Panel or None
        The same choices with what else is known of offers and regions.
    """
    panel = known
    if panel is None:
        alone = _why_without_panel(question, events)
        if alone:
            return replace(question, alone=alone)
        panel = panel_of_events(events, kind_weights)
    panel = _of_options(panel, question.options)
    alone = why_alone(panel)
    if alone:
        return replace(question, alone=alone)
    moving = question.change.in_words()  # the blend has its own trend and memory
    notes = tuple(note for note in question.notes if note not in moving)
    return replace(question, blend=fit_blend(panel), notes=notes, change=replace(NO_CHANGE, wave=question.change.wave))


def _of_options(panel: Panel, options: Sequence[str]) -> Panel:
    """Return the panel without options that were offered only where nothing sold: the question has none of them."""
    known = np.isin(panel.options, options)
    if known.all():
        return panel
    fewer = replace(
        panel,
        options=tuple(option for option in panel.options if option in options),
        counts=panel.counts[:, known],
        offered=panel.offered[:, known],
        x=panel.x[:, known],
    )
    return fewer.rows(np.asarray(fewer.offered.any(axis=1)))


def _why_without_panel(question: Question, events: Sequence[ChoiceEvent]) -> str:
    if question.edges is not None:
        return "LightGBM is for options, and these are numbers"
    if len(question.options) > MANY:
        return f"there are {len(question.options)} options, and LightGBM is for 2 to {MANY}"
    offers = [event for event in events if event.chosen in event.offered]
    if not any(event.prices for event in offers):
        return "no prices were shown; LightGBM would see nothing more"
    return "" if all(event.prices for event in offers) else "some choices have seen no price"
