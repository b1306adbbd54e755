"""Refits on executors; wishes by meaning; sums that may be pooled."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from glocal.demand.errors import EventFileBroken, NoEvents
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.meaning import group_by_meaning
from glocal.demand.model import Model
from glocal.demand.model_files import model_as_json, model_from_json
from glocal.demand.nightly import refit
from glocal.demand.pooling import additive_statistics, pooled
from tests.demand.test_change import QUESTION, planted


def questions(count: int) -> list[ChoiceEvent]:
    events, _ = planted(regions=6, weeks=10)
    return [replace(event, parameter=f"q{q}") for q in range(count) for event in events]


def same(left: Model, right: Model) -> bool:
    return all(left.preferences("R1", *key) == right.preferences("R1", *key) for key in left.questions)


def test_any_executor_gives_the_same_model() -> None:
    events = questions(2)
    with ThreadPoolExecutor(1) as threads:
        model = refit(events, threads)
        assert same(fit(events), model)
        with pytest.raises(NoEvents):
            refit([replace(event, kind="looked") for event in events[:3]], threads)


def test_wishes_are_grouped_by_meaning_across_languages() -> None:
    texts = [
        "I want it wider",
        "Can it glow in the dark?",
        "plus large s'il vous plaît",
        "with a hole to hang it up",
        "un trou pour l'accrocher",
        "I want it wider",
    ]
    groups = group_by_meaning(texts)
    assert groups[0].members == (0, 2, 5)
    assert {group.members for group in groups[1:]} == {(3, 4), (1,)}
    assert group_by_meaning([]) == ()
    assert group_by_meaning(["one"], encoder=lambda rows: np.ones((len(rows), 2)))[0].members == (0,)


def test_sums_of_two_shops_are_the_sums_of_their_events_and_hide_single_people() -> None:
    events, _ = planted(regions=2, weeks=4, per_week=12)
    mine, theirs = events[::2], events[1::2]
    together = pooled(additive_statistics(mine), additive_statistics(theirs))
    whole = additive_statistics(events)
    assert {replace(e, weight=1.0): e.weight for e in together} == {replace(e, weight=1.0): e.weight for e in whole}
    assert fit(together).preferences("R1", *QUESTION) == fit(whole).preferences("R1", *QUESTION)
    lonely = [replace(event, region="hamlet") for event in events[:3]]
    assert additive_statistics(lonely) == ()


def test_a_model_that_was_kept_answers_with_the_same_digits() -> None:
    trend = [replace(event, parameter="trend") for event in planted(drift=2.0)[0]]
    sized = [replace(e, parameter="width", offered=(), chosen=float(i % 9)) for i, e in enumerate(questions(1)[:60])]
    priced = [
        replace(event, parameter="priced", prices=tuple(10.0 + (place + index) % 5 for place in range(3)))
        for index, event in enumerate(questions(1))
    ]
    model = fit([*questions(1), *trend, *sized, *priced])
    assert model.questions[trend[0].product, "trend"].change.drift is not None
    assert model.questions[trend[0].product, "priced"].price is not None
    kept = model_from_json(json.loads(json.dumps(model_as_json(model), allow_nan=False)))
    assert same(model, kept)
    key = (trend[0].product, "priced")
    asked = (model.questions[key].options, [9.0, 10.0, 14.0])
    assert model.predict("R1", *key, *asked) == kept.predict("R1", *key, *asked)
    with pytest.raises(EventFileBroken, match="another release"):
        model_from_json({"form": 0})
