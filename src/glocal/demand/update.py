"""Learn from one more choice, at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.dirichlet import effective
from glocal.demand.errors import EventBroken
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.model import Model, Question, RegionEvidence, interval_of


def update(model: Model, event: ChoiceEvent) -> Model:
    """Return the model after one more choice; the network's part is refitted by ``fit``, not here.

    The n-th choice of a region and week counts f(n) − f(n−1), so that a flood from one place weighs at most 1/ρ a week.
    A wish for something new becomes an option at once.
    """
    weight = model.kind_weights[event.kind] * event.weight
    if weight == 0:
        return model
    key = (event.product, event.parameter)
    question = model.questions.get(key)
    if question is None:
        fresh = fit([event], kind_weights=model.kind_weights)
        return replace(model, questions={**model.questions, **fresh.questions})
    if event.continuous != (question.edges is not None):
        raise EventBroken(f"{event.parameter!r} of {event.product!r} is answered in two ways: values and options.")
    if question.edges is not None:
        index = interval_of(question.edges, float(event.chosen))
    else:
        question = _with_options(question, event)
        index = question.options.index(str(event.chosen))
    old = question.evidence(event.region)
    before = old.week_choices if old.week == event.week else 0.0
    counts = old.counts.copy()
    counts[index] += float(effective(before + weight, question.rho) - effective(before, question.rho))
    fresh_evidence = RegionEvidence(counts, old.choices + weight, event.week, before + weight)
    question = replace(question, regions={**question.regions, event.region: fresh_evidence})
    return replace(model, questions={**model.questions, key: question})


def _with_options(question: Question, event: ChoiceEvent) -> Question:
    """Return the question with the options of this event known and its offered set as the current one."""
    new = tuple(option for option in (*event.offered, str(event.chosen)) if option not in question.options)
    new = tuple(dict.fromkeys(new))
    if new:
        options = question.options + new
        room = np.zeros(len(new))
        regions = {
            name: replace(evidence, counts=np.concatenate([evidence.counts, room]))
            for name, evidence in question.regions.items()
        }
        hierarchy = question.hierarchy.widened(len(options))
        question = replace(question, options=options, regions=regions, hierarchy=hierarchy)
    if event.offered and event.offered != question.offered:
        question = replace(question, offered=event.offered)
    return question
