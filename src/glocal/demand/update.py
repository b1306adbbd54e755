"""Learn from one more choice, at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.bursts import Baseline, is_busy
from glocal.demand.dirichlet import Floats, effective
from glocal.demand.errors import EventBroken
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.model import LatestWeek, Model, Question, RegionEvidence, interval_of


def update(model: Model, event: ChoiceEvent) -> Model:
    """Return the model after one more choice; the network's part is refitted by ``fit``, not here.

    n choices of a region and week count f(n), so that a flood from one place weighs at most 1/ρ a week, and a busy week
    unlike all others there less (:mod:`glocal.demand.bursts`). A wish for something new becomes an option at once.
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
    heard = _heard(question, question.evidence(event.region), event.week, index, weight)
    question = replace(question, regions={**question.regions, event.region: heard})
    return replace(model, questions={**model.questions, key: question})


def _heard(question: Question, old: RegionEvidence, week: str, index: int, weight: float) -> RegionEvidence:
    """Return what a region has said after one more choice: its open week is weighed anew as a whole."""
    others, known = old.counts, np.zeros(len(old.counts))
    if old.latest is not None and old.latest.name == week:
        others, known = np.maximum(old.counts - old.latest.heard, 0.0), old.latest.counts.copy()
    known[index] += weight
    total = float(known.sum())
    heard = known * float(effective(total, question.rho)) / total
    if is_busy(total, old.usual) and len(known) > 1:
        base = Baseline(question.network_shares(), question.hierarchy.weight_in_choices(), question.rho)
        heard = heard * base.worth(known[None], others[None])[0]
    return RegionEvidence(others + heard, old.choices + weight, LatestWeek(week, known, heard), old.usual)


def _with_options(question: Question, event: ChoiceEvent) -> Question:
    """Return the question with the options of this event known and its offered set as the current one."""
    new = tuple(option for option in (*event.offered, str(event.chosen)) if option not in question.options)
    new = tuple(dict.fromkeys(new))
    if new:
        options = question.options + new
        room = np.zeros(len(new))
        regions = {name: _widened(evidence, room) for name, evidence in question.regions.items()}
        hierarchy = question.hierarchy.widened(len(options))
        question = replace(question, options=options, regions=regions, hierarchy=hierarchy)
    if event.offered and event.offered != question.offered:
        question = replace(question, offered=event.offered)
    return question


def _widened(evidence: RegionEvidence, room: Floats) -> RegionEvidence:
    latest = evidence.latest
    if latest is not None:
        latest = replace(
            latest, counts=np.concatenate([latest.counts, room]), heard=np.concatenate([latest.heard, room])
        )
    return replace(evidence, counts=np.concatenate([evidence.counts, room]), latest=latest)
