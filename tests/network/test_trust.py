"""How far a maker is trusted."""

from __future__ import annotations

import pytest

from glocal.network.errors import NeedBroken
from glocal.network.match import match
from glocal.network.trust import Record, plates_at_once, success_odds
from glocal.values import Estimate
from tests.network.builders import HERE, MONDAY_8, maker, need

OTHERS = Record(ok=88, part_fault=6, machine_fault=4, never_started=2)


def odds(own: Record, others: Record = OTHERS) -> Estimate:
    found = success_odds(own, others)
    assert found is not None
    return found


def test_without_prints_one_expects_what_others_do() -> None:
    # of 100 started 98, of these 94 were carried through, of these 88 were good; and two plates of even odds
    even = 2 * 0.5 ** (1 / 3)
    assert odds(Record()).value == pytest.approx((98 + even) / 102 * (94 + even) / 100 * (88 + even) / 96)
    assert success_odds(Record(), Record()) is None


def test_the_first_print_that_came_out_well_counts_for_its_maker_not_against() -> None:
    first = Record(ok=1)
    assert odds(first, Record()).value == pytest.approx(((1 + 2 * 0.5 ** (1 / 3)) / 3) ** 3)
    assert odds(first, Record()).value > 0.6, "it was 0.3: as if three coins had to fall right"
    assert odds(first, Record()).value >= odds(Record(), first).value, "whoever has shown nothing is not put before"


def test_own_prints_outweigh_the_others_in_time_and_narrow_the_interval() -> None:
    bad = [odds(Record(ok=n, part_fault=n)) for n in (1, 4, 40)]
    assert bad[0].value > bad[1].value > bad[2].value > 0.45
    assert bad[2].high - bad[2].low < bad[1].high - bad[1].low
    assert odds(Record(ok=1)).value < odds(Record(ok=20)).value < 1


def test_each_phase_has_odds_of_its_own() -> None:
    never, warped = odds(Record(ok=4, never_started=4)), odds(Record(ok=4, part_fault=4))
    assert never.value != warped.value
    assert odds(Record(ok=8, never_started=4)).value < odds(Record(ok=8)).value


def test_a_count_below_nothing_is_refused() -> None:
    with pytest.raises(NeedBroken):
        Record(ok=-1)


@pytest.mark.parametrize(
    ("own", "vouched", "plates"),
    [
        (Record(), [], 1),
        (Record(ok=2), [], 2),
        (Record(ok=4, part_fault=1), [], 2),
        (Record(part_fault=5), [], 1),  # a plate to show that it got better
        (Record(), [Estimate(0.9, 0.8, 0.95, "record")], 3),
        (Record(), [Estimate(0.6, 0.4, 0.8, "record"), None], 1),  # words without outcomes do not count
        (Record(), [Estimate(0.9, 0.8, 0.95, "record")] * 9, 7),
        (Record(ok=8), [], None),
        (Record(ok=8, part_fault=20), [], 1),
    ],
)
def test_probation_ends_by_outcomes(own: Record, vouched: list[Estimate | None], plates: int | None) -> None:
    assert plates_at_once(own, vouched) == plates


def test_matching_says_why_a_new_or_silent_maker_gets_no_more() -> None:
    makers = [maker("new", plates_left=1), maker("full", plates_left=0), maker("dark", away="has not answered")]
    result = match(need(), makers, near=HERE, by=None, now=MONDAY_8)
    assert [offer.maker_id for offer in result.accepted] == ["new"]
    assert {r.maker_id: r.reasons[0].code for r in result.rejected} == {"full": "probation", "dark": "away"}
    big = match(need((100, 100, 50), quantity=5, reorient=False), makers, near=HERE, by=None, now=MONDAY_8)
    assert big.rejected[-1].reasons[0].message.endswith("gets 1 more plates until more came out well, this takes 2")
