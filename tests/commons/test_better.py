"""What the network surely knows better is added to a recipe; what it does not know, or only guesses, is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glocal.commons.ask import Context
from glocal.commons.better import better_settings
from glocal.commons.features import part_of, settings_of
from glocal.commons.knowledge import Known
from glocal.commons.outcomes import CameOut, outcome_record
from glocal.commons.record_names import content_id
from tests.commons.shops import Features, Machine, Material, Recipe, features

PLAIN, BRIM = Recipe(), Recipe(brim_mm=5.0)
HERE = Context(
    Machine().model, Material().type, 0.4, enclosure=False, part=part_of(Features()), settings=settings_of(PLAIN)
)


def prints(odds: dict[Recipe, float], *, each: int = 30, shops: int = 5, **changes: Any) -> list[Known]:
    """Prints of several shops, with and without a brim, that come out well so often."""
    rng = np.random.default_rng(0)
    found = []
    for index in range(each * len(odds)):
        recipe = list(odds)[index % len(odds)]
        phase = "ok" if rng.random() < odds[recipe] else "part_fault"
        told = features(recipe=recipe, came_out=CameOut(phase), **changes)
        record = outcome_record(id=content_id({"print": index}), machine_alias="m-00000000", **told)
        node = index // len(odds) % shops
        found.append(Known(f"shop{node}", f"shop{node}+key", 1, index, {**record, "month": "2026-01"}))
    return found


def test_a_brim_that_surely_helps_is_added_and_said() -> None:
    better = better_settings(HERE, prints({PLAIN: 0.4, BRIM: 0.95}))
    assert better is not None
    assert (better.supports, better.brim_mm) == (False, 5.0)
    assert better.odds.low > better.instead.value
    assert "a brim of 5 mm" in better.words()
    assert "60 prints" in better.words()


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (prints({PLAIN: 0.9, BRIM: 0.9}), "it helps nothing"),
        (prints({PLAIN: 0.95, BRIM: 0.4}), "it hurts"),
        (prints({PLAIN: 0.4, BRIM: 0.95}, each=4), "too few prints are known"),
        (prints({PLAIN: 0.4, BRIM: 0.95}, machine=Machine(model="Another")), "of another machine"),
        ([], "nothing is known"),
    ],
)
def test_what_does_not_surely_help_is_left_alone(known: list[Known], why: str) -> None:
    assert better_settings(HERE, known) is None, why


def test_nothing_is_ever_taken_away() -> None:
    with_brim = replace(HERE, settings=settings_of(BRIM))
    assert better_settings(with_brim, prints({PLAIN: 0.95, BRIM: 0.4})) is None
