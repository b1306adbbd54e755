"""A quote is a frozen price with its inputs, or a refusal in words."""

from __future__ import annotations

import pytest

from glocal.errors import BadInput
from glocal.production.errors import SlicerCrashed
from glocal.shop.models import BuiltPart, Choice, QuoteRecord
from glocal.shop.quotes.context import context_from_inputs
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
    from glocal.quoting.model import PrintUse
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
