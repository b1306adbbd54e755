"""A quote is a frozen price with its inputs, or a refusal in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from glocal.design.model import Mesh
from glocal.errors import BadInput
from glocal.network.peers import PeerOffer
from glocal.production.errors import SlicerCrashed
from glocal.production.model import Machine, Material, Recipe
from glocal.quoting.calibration import Calibration
from glocal.quoting.estimate import estimate
from glocal.quoting.model import PrintUse
from glocal.shop.makers.line import Line
from glocal.shop.models import BuiltPart, Choice, Job, JobOutcome, QuoteRecord
from glocal.shop.quotes.context import context_from_inputs, failure_odds
from glocal.shop.quotes.view import QuoteView
from tests.network.builders import kind
from tests.shop import builders
from tests.shop.conftest import ShopUnderTest


def test_a_quote_is_frozen_with_its_inputs(shop: ShopUnderTest) -> None:
    view = shop.quote()
    row = QuoteRecord.objects.get(id=view.id)
    assert view.refusal is None
    assert row.quote == view.quote
    assert row.total_minor == sum(line["amount_minor"] for line in row.quote["lines"])
    assert row.low_minor <= row.total_minor <= row.high_minor
    assert row.quote["inputs"]["context"]["terms"]["wage_minor_per_h"] == 2400


def test_the_frozen_context_gives_the_same_price_again(shop: ShopUnderTest) -> None:
    from glocal.quoting.price import price
    from glocal.values import Estimate

    inputs = shop.quote(exact=True, quantity=3).quote["inputs"]
    stored = inputs["use"]
    use = PrintUse(**{**stored, "time_s": Estimate(**stored["time_s"]), "mass_g": Estimate(**stored["mass_g"])})
    assert price(use, context_from_inputs(inputs)).inputs == inputs


def test_the_same_part_is_built_once(shop: ShopUnderTest) -> None:
    first, second = shop.quote(), shop.quote()
    assert first.part is not None
    assert first.part == second.part
    assert BuiltPart.objects.count() == 1


def test_the_same_shape_is_estimated_once_and_another_anew(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    shop.slicer.version = "PrusaSlicer-2.5.0"  # which has a calibration
    asked: list[int] = []

    def counted(mesh: Mesh, machine: Machine, material: Material, recipe: Recipe, calibration: Calibration) -> PrintUse:
        asked.append(round(mesh.extent_mm[0]))
        return estimate(mesh, machine, material, recipe, calibration)

    monkeypatch.setattr("glocal.quoting.estimate.estimate", counted)
    first, again = shop.quote(side=30.0), shop.quote(side=30.0, quantity=2)
    assert first.quote is not None
    assert again.quote is not None
    assert first.quote["inputs"]["use"] == again.quote["inputs"]["use"]
    shop.quote(side=40.0)
    assert asked == [30, 40]


@pytest.mark.parametrize(
    "changes",
    [
        {"side": 3.0},  # below the range
        {"values": {"side": "wide"}},  # not a number
        {"values": {"colour": "red"}},  # no such parameter
        {"quantity": 0},
        {"quantity": 1001},
        {"material_id": "nylon"},  # not offered
        {"material_id": "asa"},  # offered, but not for this product
    ],
)
def test_what_cannot_be_asked_for_is_bad_input(shop: ShopUnderTest, changes: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refusal:
        shop.quote(**changes)  # type: ignore[arg-type]
    assert refusal.value.message


def test_a_part_that_nobody_can_make_is_refused_with_each_makers_reason(shop: ShopUnderTest) -> None:
    builders.make_machine("other", loaded=("pla",))
    view = shop.quote(side=300.0)
    assert view.quote is None
    assert view.refusal is not None
    assert view.refusal["code"] == "nobody_offers"
    assert "300" in view.refusal["message"]
    assert {answer["maker"] for answer in view.candidates["rejected"]} == {"near", "other"}


def test_a_slicer_that_crashes_is_a_refusal_and_no_invented_price(shop: ShopUnderTest) -> None:
    shop.slicer.failure = SlicerCrashed("The slicer crashed on this part.", help="Change its size a little.")
    view = shop.quote(exact=True)
    assert view.quote is None
    assert view.refusal == shop.slicer.failure.as_dict()
    assert QuoteRecord.objects.get(id=view.id).total_minor is None


def test_choices_are_recorded_when_asked_for_and_never_free_text(shop: ShopUnderTest) -> None:
    shop.quote(values={"name": "Ann Smith"})
    assert not Choice.objects.exists()
    shop.quote(values={"name": "Ann Smith", "shape": "round"}, remember=True)
    assert {(choice.parameter, choice.chosen) for choice in Choice.objects.all()} == {
        ("side", 20.0),
        ("height", 2.0),
        ("shape", "Round"),
    }


def test_what_one_visit_says_is_one_voice_that_names_nobody(shop: ShopUnderTest) -> None:
    for visit in ("visit of Ann", "visit of Ann", "another", ""):
        shop.quote(values={"name": "Ann Smith", "shape": "round"}, remember=True, visit=visit)
    voices = list(Choice.objects.filter(parameter="shape").order_by("id").values_list("voice", flat=True))
    assert voices[0] == voices[1] != voices[2]
    assert all(len(voice) == 16 and "Ann" not in voice for voice in voices[:3])
    assert voices[3] == ""


def lines(view: QuoteView) -> dict[str, int]:
    assert view.quote is not None, view.refusal
    return {line["code"]: line["amount_minor"] for line in view.quote["lines"]}


def test_rush_is_a_line_of_its_own_and_only_where_the_shop_offers_it(shop: ShopUnderTest) -> None:
    with pytest.raises(BadInput, match="in turn"):
        shop.quote(rush=True)
    shop.shop.terms["rush_rate"] = 0.5
    shop.shop.save()
    assert "rush" not in lines(shop.quote())
    quick = lines(shop.quote(rush=True))
    before = ("material", "machine", "setup", "labour", "failures", "packaging")
    assert quick["rush"] == pytest.approx(0.5 * sum(quick[code] for code in before), abs=1)


def test_pieces_on_one_plate_share_its_set_up_and_the_saving_is_told(shop: ShopUnderTest) -> None:
    alone, ten = shop.quote(), shop.quote(quantity=10)
    assert lines(ten)["setup"] == lines(alone)["setup"]
    assert ten.quote["plate_saving_minor"] > alone.quote["plate_saving_minor"] == 0
    # a bed of 250 × 210 mm holds 2 × 1 of 100 mm with their gap and margin, so ten are five plates
    assert lines(shop.quote(side=100.0, quantity=10))["setup"] == pytest.approx(5 * lines(alone)["setup"], abs=1)


def test_what_is_brought_arrives_later(shop: ShopUnderTest) -> None:
    maker = shop.machine.maker
    maker.delivers_km, maker.delivery_h, maker.delivery_minor = 10.0, 48.0, 490
    maker.save()
    fetched, brought = shop.quote(), shop.quote(delivery=True)
    at = [datetime.fromisoformat(view.quote["ready"]["at"]) for view in (fetched, brought)]
    assert timedelta(hours=40) < at[1] - at[0] < timedelta(hours=56)
    assert lines(brought)["delivery"] == 490


def test_what_is_urgent_waits_only_for_what_has_begun(shop: ShopUnderTest, job: Any) -> None:
    now = timezone.now()
    begin_s = shop.machine.setup_min * 60
    assert Line.read().free_at(shop.machine, now) == now + timedelta(seconds=begin_s + job.estimate_s)
    assert Line.read(rush=True).free_at(shop.machine, now) == now
    Job.objects.update(intent_at=now, left_s=60.0, progress=1.0)
    minute = now + timedelta(seconds=60)
    assert Line.read(rush=True).free_at(shop.machine, now) == Line.read().free_at(shop.machine, now) == minute


def test_own_failures_move_the_odds_without_a_jump(shop: ShopUnderTest, job: Any) -> None:
    assumed = failure_odds(shop.shop, shop.machine, "petg")
    JobOutcome.objects.create(job=job, phase="part_fault", said_by="maker")
    failed = failure_odds(shop.shop, shop.machine, "petg")
    assert assumed.value == 0.05 < failed.value < 0.15
    assert "1 of 1 prints on this machine failed" in failed.source
    elsewhere = builders.make_machine("other")
    assert assumed.value < failure_odds(shop.shop, elsewhere, "petg").value < failed.value


def test_the_maker_is_chosen_by_what_the_customer_prefers(shop: ShopUnderTest) -> None:
    other = builders.make_machine("other")
    other.hourly_minor = 10  # cheaper, and farther away
    other.save()
    other.maker.latitude += 0.1
    other.maker.save()
    makers = {prefer: shop.quote(prefer=prefer).candidates["accepted"][0]["maker"] for prefer in ("cheap", "near")}
    assert makers == {"cheap": "other", "near": "near"}
    first, second = shop.quote(prefer="cheap").candidates["accepted"]
    assert first["cost_minor"] == shop.quote(prefer="cheap").quote["price_minor"] < second["cost_minor"]
    other.busy_until = timezone.now() + timedelta(days=26)
    other.save()
    chosen = shop.quote()  # a few cents less, four weeks later
    assert chosen.candidates["accepted"][0]["maker"] == "near"
    assert chosen.quote["price_minor"] == chosen.candidates["accepted"][0]["cost_minor"] == second["cost_minor"]
    assert "days earlier than Other" in " ".join(chosen.candidates["accepted"][0]["reasons"])
    assert shop.quote(prefer="cheap").candidates["accepted"][0]["maker"] == "other"
    with pytest.raises(BadInput):
        shop.quote(prefer="beautiful")


def test_when_all_makers_are_full_another_shop_is_asked_about_not_ordered_from(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = PeerOffer("lyon/1#1", "lyon.example", kind(), "MK3S", ("petg",), timezone.now() + timedelta(days=40))
    monkeypatch.setattr("glocal.shop.quotes.elsewhere.peer_offers", lambda _: [offer])
    assert "peers" not in shop.quote().candidates
    shop.machine.busy_until = timezone.now() + timedelta(days=20)
    shop.machine.save()
    full = shop.quote()
    assert [answer["name"] for answer in full.candidates["peers"]["ask"]] == ["lyon.example"]
    assert [offer["maker"] for offer in full.candidates["accepted"]] == ["near"]
    shop.machine.maker.refuses = ["petg"]
    shop.machine.maker.save()
    nobody = shop.quote()
    assert nobody.refusal is not None
    assert "Another shop offers a machine that may do" in nobody.refusal["help"]
