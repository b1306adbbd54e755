"""Learn from one more choice, at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.bursts import FEWEST, Baseline, is_busy
from glocal.demand.dirichlet import Floats
from glocal.demand.errors import EventBroken
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.intervals import interval_of
from glocal.demand.model import Model
from glocal.demand.question import LatestWeek, Question, RegionEvidence


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
    week = event.week
    heard, worth = _heard(question, question.evidence(event.region), week, index, weight)
    blend = question.blend and question.blend.after(event, weight * worth, week)
    question = replace(question, regions={**question.regions, event.region: heard}, blend=blend)
    return replace(model, questions={**model.questions, key: question})


def _heard(
    question: Question, old: RegionEvidence, week: str, index: int, weight: float
) -> tuple[RegionEvidence, float]:
    """Return what a region has said after one more choice, and the share of its open week's choices that counts.

    The week is weighed anew as a whole.
    """
    others, known = old.counts, np.zeros(len(old.counts))
    if old.latest is not None and old.latest.name == week:
        others, known = np.maximum(old.counts - old.latest.heard, 0.0), old.latest.counts.copy()
    known[index] += weight
    total = float(known.sum())
    heard = known / (1.0 + max(total - 1.0, 0.0) * question.rho)  # f(n) of `effective`, without its arrays
    worth = 1.0
    if total >= FEWEST and len(known) > 1 and is_busy(total, old.usual):
        base = Baseline(question.network_shares(), question.hierarchy.weight_in_choices(), question.rho)
        worth = float(base.worth(known[None], others[None])[0])
        heard = heard * worth
    return RegionEvidence(others + heard, old.choices + weight, LatestWeek(week, known, heard), old.usual), worth


def _with_options(question: Question, event: ChoiceEvent) -> Question:
    """Return the question with the options of this event known and its offered set as the current one."""
    known = set(question.options)
    new = tuple(dict.fromkeys(o for o in (*event.offered, str(event.chosen)) if o not in known))
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
