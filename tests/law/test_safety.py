"""The safety record's rules, each on a shape small enough to check by hand."""

from __future__ import annotations

from datetime import date

import pytest

from glocal.law.model import AgeGroup, MaterialFacts, Solid
from glocal.law.safety import analyse, fits_small_parts, keep_until

PLA = MaterialFacts("pla", "PLA", 55.0)
ASA = MaterialFacts("asa", "ASA", 93.0)
PEG = Solid((8.0, 8.0, 2.0), 128.0)
POT = Solid((100.0, 100.0, 90.0), 90_000.0)


@pytest.mark.parametrize(
    ("solid", "answer"),
    [
        (PEG, "yes"),
        (Solid((22.0, 22.0, 25.4), 1000.0), "yes"),  # the diagonal of the foot is 31.1 mm
        (Solid((23.0, 23.0, 25.4), 1000.0), "maybe"),  # 32.5 mm
        (Solid((22.0, 22.0, 40.0), 1000.0), "maybe"),  # above the shallow end, above the deep one not
        (Solid((33.0, 33.0, 33.0), 200.0), "maybe"),  # a thin rod along the diagonal of its box is 57 mm long
        (Solid((33.0, 33.0, 33.0), 33_000.0), "no"),  # more than the 32,558 mm³ of the cylinder
        (Solid((66.0, 2.0, 2.0), 264.0), "no"),  # the longest line in the cylinder is 65.3 mm
        (POT, "no"),
        (Solid((100.0, 100.0, 90.0), 90_000.0, bodies=2), "maybe"),  # one of them may be small
    ],
)
def test_small_parts(solid: Solid, answer: str) -> None:
    assert fits_small_parts(solid) == answer


def codes(solid: Solid, material: MaterialFacts = PLA, **says: object) -> set[str]:
    return {note.code for note in analyse(solid, material, says).notes}


def test_a_peg_for_adults_warns_of_small_parts_and_is_no_toy() -> None:
    assert {"small_parts", "not_a_toy", "not_for_food", "keep_from_flame", "heat"} <= codes(PEG, age_group="adults")


def test_a_toy_for_the_smallest_that_might_be_swallowed_is_refused() -> None:
    assert "not_under_36_months_refuse" in codes(PEG, age_group="under_36_months")
    assert "not_under_36_months_refuse" not in codes(POT, age_group="under_36_months")


def test_what_softens_in_a_warm_place_says_so() -> None:
    assert "no_warm_place" in codes(POT, PLA)
    assert "no_warm_place" not in codes(POT, ASA)


def test_use_adds_its_own_risks() -> None:
    assert codes(POT, ASA, bears_load=True, electric=True) >= {"layers_break", "no_mains", "not_for_food"}
    assert "not_for_food" not in codes(POT, ASA, food=True)


@pytest.mark.parametrize("said", [None, "", "everybody", 3])
def test_an_age_group_that_nobody_said_is_asked_for(said: object) -> None:
    found = analyse(PEG, PLA, {"age_group": said})
    assert (found.age_group, found.missing) == (AgeGroup.UNKNOWN, ("age_group",))


def test_every_risk_names_its_source() -> None:
    for note in analyse(PEG, PLA, {"bears_load": True, "electric": True}).notes:
        assert note.source


def test_the_record_is_kept_ten_years() -> None:
    assert keep_until(date(2026, 11, 25)) == date(2036, 11, 25)
    assert keep_until(date(2028, 2, 29)) == date(2038, 2, 28)
