from __future__ import annotations

from datetime import timedelta

import pytest

from glocal.network.errors import DoesNotNest, NeedBroken, NoMakers
from glocal.network.hours import OpeningHours
from glocal.network.invitation import invitation
from glocal.network.match import match
from glocal.network.match_kit import match_kit
from glocal.network.model import Maker, MatchResult, Need, Offer
from glocal.values import Estimate, Money
from tests.network.builders import HERE, MONDAY_8, kind, maker, need, pla, printer

DAY = timedelta(days=1)


def ask(need_: Need, *makers: Maker, days: float | None = 7, **options: object) -> MatchResult:
    by = None if days is None else MONDAY_8 + days * DAY
    return match(need_, makers, near=HERE, by=by, now=MONDAY_8, **options)  # type: ignore[arg-type]


def codes(result: MatchResult) -> list[str]:
    return [reason.code for rejection in result.rejected for reason in rejection.reasons]


def only(result: MatchResult) -> Offer:
    assert not result.rejected
    assert not result.unknown
    return result.accepted[0]


def test_a_neighbour_with_a_free_machine() -> None:
    offer = only(ask(need(), maker()))
    assert offer.ready_at == MONDAY_8 + timedelta(hours=2)
    assert (offer.ready_low, offer.ready_high) == (MONDAY_8 + timedelta(seconds=6000), MONDAY_8 + timedelta(hours=2.5))
    assert offer.cost.minor == 400  # two hours at 2.00
    assert offer.distance_km == 0
    assert "no record of success yet" in offer.reasons


def test_what_is_brought_is_ready_at_the_door() -> None:
    brings = maker(delivers_km=10.0, delivery_s=Estimate(86_400, 43_200, 172_800, "said by the maker"))
    offer = only(ask(need(handover="delivery"), brings))
    assert offer.ready_at == MONDAY_8 + timedelta(hours=26)
    assert (offer.ready_low, offer.ready_high) == (
        MONDAY_8 + timedelta(hours=12, seconds=6000),
        MONDAY_8 + timedelta(hours=50.5),
    )
    assert only(ask(need(handover="pickup"), brings)).ready_at == MONDAY_8 + timedelta(hours=2)
    assert codes(ask(need(handover="delivery"), brings, days=1)) == ["too_late"]


@pytest.mark.parametrize(
    ("need_", "maker_", "code", "words"),
    [
        (
            need((214, 190, 60)),
            maker("a", printer(machine=kind((180, 180), 180))),
            "bed_size",
            "bed 180 × 180, part needs 214 in any orientation",
        ),
        (
            need((120, 120, 120)),
            maker("a", printer(machine=kind((180, 180), 100))),
            "height",
            "prints 100 mm high, part needs 120 in any orientation",
        ),
        (
            need((50, 50, 200), reorient=False),
            maker("a", printer(machine=kind((250, 210), 180))),
            "height",
            "prints 180 mm high, part needs 200 standing as modelled",
        ),
        (need(material_id="asa"), maker(), "material", "no ASA at MK3S, only PLA"),
        (
            need(material=pla(nozzle_c=260.0)),
            maker("a", printer(machine=kind(max_nozzle_c=240.0))),
            "nozzle_heat",
            "MK3S's nozzle reaches 240 °C, PLA needs 260",
        ),
        (
            need(material=pla(), hold_at_c=80.0),
            maker(),
            "heat",
            "PLA softens at 55 °C, the part must stand 80",
        ),
        (need(enclosure=True), maker(), "enclosure", "MK3S has no closed chamber, this part needs one"),
        (need(uses=("weapon",)), maker(refuses=("weapon",)), "refuses", "does not take weapon"),
        (
            need(),
            maker(latitude=48.14, longitude=11.58),
            "too_far",
            "504 km away, pick-up within 50 km, no delivery",
        ),
        (
            need(handover="delivery"),
            maker(latitude=48.14, longitude=11.58, delivers_km=100.0),
            "too_far",
            "504 km away, delivers 100 km",
        ),
    ],
)
def test_each_reason_in_words(need_: Need, maker_: Maker, code: str, words: str) -> None:
    result = ask(need_, maker_)
    assert [(r.code, r.message) for r in result.rejected[0].reasons] == [(code, words)]


def test_material_on_request_delays_and_may_be_too_late() -> None:
    stocked = maker("a", printer(materials_in_stock={"petg": 2}))
    offer = only(ask(need(material_id="petg"), stocked))
    assert offer.ready_at == MONDAY_8 + 2 * DAY + timedelta(hours=2)
    assert "PETG only on request, 2 days" in offer.reasons
    late = ask(need(material_id="petg"), stocked, days=1)
    assert "PETG only on request, 2 days" in late.rejected[0].reasons[0].message
    assert late.possible_with[0].code == "another_day"


def test_opening_hours_and_queue_make_it_late() -> None:
    # open 9 to 18 UTC; busy until Monday 17:30; started then, ready 19:30, handed over on Tuesday at 9:00
    shop = maker(
        "a",
        printer(busy_until=MONDAY_8 + timedelta(hours=9.5)),
        hours=OpeningHours.from_text("Mo-Fr 09:00-18:00", "UTC"),
    )
    assert only(ask(need(), shop)).ready_at == MONDAY_8 + timedelta(hours=25)
    assert codes(ask(need(), shop, days=1)) == ["too_late"]


def test_failures_lengthen_the_upper_end_and_raise_the_cost() -> None:
    sure, unsure = (maker("a", odds_ok=Estimate(p, p - 0.05, p, "record")) for p in (0.99, 0.8))
    assert only(ask(need(), sure)).ready_high == MONDAY_8 + timedelta(seconds=9000)
    assert only(ask(need(), unsure)).ready_high == MONDAY_8 + timedelta(seconds=2 * 9000)  # one reprint
    assert only(ask(need(), unsure)).cost.minor == 500  # 400 / 0.8


def test_several_pieces_share_plates() -> None:
    # a 100 × 100 part: two across 250, two along 210, four a plate (standing as modelled)
    offer = only(ask(need((100, 100, 50), quantity=5, reorient=False), maker()))
    assert offer.plates == 2
    assert offer.ready_at == MONDAY_8 + timedelta(hours=10)


@pytest.mark.parametrize(
    ("preference", "first"), [("near", "near"), ("cheap", "cheap"), ("soon", "soon"), ("green", "green")]
)
def test_preference_decides_the_order(preference: str, first: str) -> None:
    far = {"latitude": HERE[0] + 0.05}
    late = MONDAY_8 + DAY
    makers = [
        maker("near", printer(busy_until=late, hourly_minor=900)),
        maker("cheap", printer(busy_until=late, hourly_minor=100), **far),
        maker("soon", printer(hourly_minor=900), **far),
        maker("green", printer(busy_until=late, hourly_minor=900, power_w=100.0), grid_g_co2_per_kwh=40.0, **far),
    ]
    result = ask(need(), *makers, preference=preference)
    assert result.accepted[0].maker_id == first
    assert result.accepted == ask(need(), *reversed(makers), preference=preference).accepted
    assert len(result.accepted) == 4  # too dear, too slow within the date, farther: ranked, never rejected


@pytest.mark.parametrize(
    ("maker_", "code"),
    [
        (maker("lab", latitude=None, longitude=None), "place_unknown"),
        (maker("lab", hours=None), "hours_unknown"),
        (maker("lab", printer(materials_loaded=())), "material_unknown"),
        (maker("lab", printer(hourly_minor=None)), "price_unknown"),
    ],
)
def test_what_a_record_does_not_say_is_unknown_and_no_match(maker_: Maker, code: str) -> None:
    result = ask(need(), maker_)
    assert not result.accepted
    assert [reason.code for reason in result.unknown[0].reasons] == [code]


def test_a_directory_entry_that_says_fablab() -> None:
    lab = Maker("lab", "Lab", *HERE, machines=(), hours=OpeningHours.always(), unclear_equipment=("fablab",))
    assert ask(need(), lab).unknown[0].reasons[0].message == (
        'which machines they have is not known (the record says "fablab")'
    )


def test_who_says_too_little_is_asked() -> None:
    lab = Maker("lab", "Lab", *HERE, machines=(), unclear_equipment=("fablab",), url="https://lab.example")
    answer = ask(need(), lab).unknown[0]
    assert answer.ask[0] == "Which 3D printers do you have: bed, height and nozzle of each?"
    assert "When is somebody there?" in answer.ask
    assert answer.as_dict()["url"] == "https://lab.example"
    letter = invitation(need((214, 120, 60), quantity=3), MONDAY_8, answer.ask)
    assert letter.startswith("Could you print 3 pieces of a part of 214 × 120 × 60 mm in PLA, wanted by 2026-03-02?")


def test_a_directory_entry_far_away_is_asked_unless_the_customer_must_fetch_it() -> None:
    lab = Maker("lab", "Lab", HERE[0] + 1, HERE[1], machines=())
    answer = ask(need(), lab).unknown[0]
    assert answer.reasons[0].message == "111 km away, whether they send is not known"
    assert codes(ask(need(handover="pickup"), lab)) == ["too_far"]


def test_odds_that_it_is_in_time() -> None:
    # median 2 h, nine in ten by 2.5 h: by 2.25 h at least 0.5 + 0.4 / 2
    for hours, odds in ((2.25, 0.7), (2.5, 0.9), (100.0, 0.9)):
        assert only(ask(need(), maker(), days=hours / 24)).odds_in_time == pytest.approx(odds)
    assert only(ask(need(), maker(), days=None)).odds_in_time is None


def test_all_parts_at_one_place_one_after_the_other() -> None:
    needs = {"foot": need(), "shade": need((200, 190, 100))}
    makers = [maker("anna"), maker("ben", printer(machine=kind((180, 180), 180))), Maker("lab", "Lab", *HERE, ())]
    found = match_kit(needs, makers, near=HERE, by=MONDAY_8 + DAY, now=MONDAY_8)
    offer = found.whole.accepted[0]
    assert (offer.maker_id, offer.cost.minor, offer.plates) == ("anna", 800, 2)
    assert offer.ready_at == MONDAY_8 + timedelta(hours=4)
    assert offer.ready_high == MONDAY_8 + timedelta(hours=5)  # each may take half an hour longer
    assert found.whole.rejected[0].reasons[0].message.startswith("shade: bed 180 × 180")
    assert [unknown.maker_id for unknown in found.whole.unknown] == ["lab"]
    assert {offer.maker_id for offer in found.parts["foot"].accepted} == {"anna", "ben"}
    late = match_kit(needs, makers, near=HERE, by=MONDAY_8 + timedelta(hours=3), now=MONDAY_8).whole
    assert late.rejected[-1].reasons[0].code == "too_late"
    assert match_kit({"foot": need()}, makers, near=HERE, by=None, now=MONDAY_8).whole.accepted[0].cost.minor == 400


def test_unknown_print_time() -> None:
    result = ask(need(print_s_by_machine=lambda machine: None), maker())
    assert result.unknown[0].reasons[0].code == "time_unknown"


def test_what_is_certain_wins_over_what_is_unknown() -> None:
    assert codes(ask(need((400, 400, 400)), maker("a", printer(materials_loaded=())))) == ["bed_size"]


def test_what_would_make_it_possible() -> None:
    small = maker("small", printer(machine=kind((180, 180), 180)))
    helps = {reason.code: reason for reason in ask(need((200, 190, 190)), small).possible_with}
    assert helps["smaller"].data["scale"] == 0.9
    # 100 × 190 × 63: 63 by 190 turned by 45° takes (63 + 190) / √2 = 179 of the bed's 180
    assert helps["split"].data["cuts"] == [2, 1, 3]
    long = ask(need((300, 100, 50), reorient=False), small).possible_with[1]
    assert long.message == "possible in 2 pieces of 150 × 100 × 50 mm, joined afterwards"
    assert [r.code for r in ask(need(material_id="petg"), maker()).possible_with] == ["another_material"]


def test_questions_that_contradict_themselves() -> None:
    with pytest.raises(NoMakers):
        ask(need())
    with pytest.raises(NeedBroken, match="has passed"):
        ask(need(), maker(), days=-1)
    with pytest.raises(NeedBroken, match="same id"):
        ask(need(), maker(), maker())
    with pytest.raises(NeedBroken, match="latitude"):
        match(need(), [maker()], near=(91, 0), by=None, now=MONDAY_8)
    with pytest.raises(NeedBroken, match="time zone"):
        match(need(), [maker()], near=HERE, by=None, now=MONDAY_8.replace(tzinfo=None))
    with pytest.raises(NeedBroken):
        need((0, 1, 1))
    with pytest.raises(NeedBroken):
        need(quantity=0)


def test_what_one_machine_refuses_stands_against_that_machine_alone() -> None:
    """A plate that was too small for the pot ended the order, though another maker could print it."""
    from dataclasses import replace

    def slices(machine):
        if machine.id == "small":
            raise DoesNotNest("The slicer finds nothing to print.", help="Make it larger.")
        return Estimate(50.0, 45.0, 60.0, "the test")

    asked = replace(need(), print_s_by_machine=slices, mass_g_by_machine=slices)
    small, large = (replace(printer(), id=name, loaded_g={asked.material_id: 80.0}) for name in ("small", "large"))
    result = ask(asked, maker("a", small), maker("b", large))
    assert [offer.maker_id for offer in result.accepted] == ["b"]
    (reason,) = result.rejected[0].reasons
    assert reason.code == "cannot_make"
    assert "finds nothing to print" in reason.message
    assert only(ask(asked, maker("a", small, large))).machine_id == "large"


def test_on_a_round_bed_only_the_square_inside_it_is_shared() -> None:
    from dataclasses import replace

    square = printer()
    bed_mm = square.machine.bed_x_mm
    disc = replace(square, machine=replace(square.machine, bed_y_mm=bed_mm, bed_is_round=True))
    side_mm = 0.45 * bed_mm  # four on a square of the bed's width, one in the circle
    asked = need((side_mm, side_mm, side_mm), quantity=4)
    assert only(ask(asked, maker("a", replace(square, machine=replace(square.machine, bed_y_mm=bed_mm))))).plates == 1
    assert only(ask(asked, maker("a", disc))).plates == 4


def test_a_machine_that_is_too_small_is_not_asked_what_a_piece_takes() -> None:
    from dataclasses import replace

    def slices(machine):
        raise AssertionError("nobody can say what a piece takes where it does not fit")

    asked = replace(need((500, 10, 10)), mass_g_by_machine=slices)
    assert codes(ask(asked, maker("a", replace(printer(), loaded_g={asked.material_id: 5.0})))) == ["bed_size"]


def test_a_spool_that_is_nearly_empty_makes_no_large_part() -> None:
    from dataclasses import replace

    piece = Estimate(50.0, 45.0, 60.0, "the test")
    asked = replace(need(), mass_g_by_machine=lambda machine: piece, quantity=2)
    little = replace(printer(), loaded_g={asked.material_id: 99.0})
    result = ask(asked, maker("a", little))
    assert codes(result) == ["too_little_material"]
    assert "99 g" in result.rejected[0].reasons[0].message
    assert only(ask(asked, maker("a", replace(printer(), loaded_g={asked.material_id: 100.0}))))
    on_shelf = replace(little, materials_in_stock={asked.material_id: 0.0})
    assert only(ask(asked, maker("a", on_shelf)))


def test_waiting_has_a_price() -> None:
    # an idle printer for 4.06, one that is free in 19 days for 4.00: at 1 % a day 4.06 against 4.00 × 1.19 = 4.76
    soon = maker("soon", printer(hourly_minor=203))
    late = maker("late", printer(busy_until=MONDAY_8 + 19 * DAY))

    def order(rate: float, preference: str = "balanced") -> list[str]:
        found = ask(need(), late, soon, days=None, preference=preference, wait_rate=rate)
        return [offer.maker_id for offer in found.accepted]

    assert order(0.01) == ["soon", "late"]
    assert order(0.0) == ["late", "soon"]  # a day that counts nothing
    assert order(0.0007) == ["late", "soon"]  # 4.00 × (1 + 19 × 0.0007) = 4.0532
    assert order(0.0009) == ["soon", "late"]  # 4.0684
    assert order(0.01, "cheap") == ["late", "soon"]
    first, second = ask(need(), late, soon, days=None, preference="balanced", wait_rate=0.01).accepted
    assert "0.06 EUR dearer, 19.0 days earlier than Late; a day of waiting counts 1.00% of the price" in first.reasons
    assert any(reason.startswith("0.06 EUR cheaper, 19.0 days later than") for reason in second.reasons)
    with pytest.raises(NeedBroken):
        order(-0.01)


def test_makers_are_compared_by_what_the_customer_pays_where_the_need_says_it() -> None:
    paid = {"a-1": Money(1200, "EUR"), "b-1": Money(1100, "EUR")}
    asked = need(price_by_machine=lambda machine: paid[machine.id])
    dear, cheap = maker("a", printer("a-1", hourly_minor=1)), maker("b", printer("b-1", hourly_minor=900))
    found = ask(asked, dear, cheap).accepted
    assert [(offer.maker_id, offer.cost.minor) for offer in found] == [("b", 1100), ("a", 1200)]
