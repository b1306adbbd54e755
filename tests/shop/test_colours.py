"""A material in several colours: the customer chooses one, and only who has such a spool prints it."""

from __future__ import annotations

import pytest

from glocal.shop.errors import OrderInvalid
from glocal.shop.makers.models import MakerMachine, Spool
from glocal.shop.models import OfferedMaterial, Order, QuoteRecord
from glocal.shop.orders.models import OrderState
from glocal.shop.products.describe import describe_materials
from glocal.shop.products.models import Product
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.waiting import waiting_with
from glocal.shop.shops.settings import SettingWrong, colours_from_text
from tests.shop.conftest import ShopUnderTest

pytestmark = pytest.mark.django_db
SIZE = {"side": 8.0, "height": 20.0}


@pytest.fixture
def peg(shop: ShopUnderTest) -> Product:
    """Return the peg in black and in Terracotta PETG; the one machine has a black spool."""
    product = Product.objects.get(slug="peg")
    OfferedMaterial.objects.filter(shop=product.shop, material_id="petg").delete()
    for colour in ("black", "Terracotta"):
        OfferedMaterial.objects.create(
            shop=product.shop, material_id="petg", colour=colour, spool_price_minor=2000, spool_mass_g=1000
        )
    Spool.objects.update(colour="black")
    return product


def asked(product: Product, material: str) -> QuoteRecord:
    return QuoteRecord.objects.get(id=quote_product(product, SIZE, QuoteOptions(material, "FR")).id)


def test_each_colour_is_a_choice_of_its_own(peg: Product) -> None:
    rows = describe_materials(peg, list(peg.shop.materials.all()))
    assert [(row["id"], row["name"]) for row in rows if row["id"].startswith("petg")] == [
        ("petg:black", "PETG, black"),
        ("petg:Terracotta", "PETG, Terracotta"),
    ]


def test_what_nobody_has_a_spool_of_comes_last(peg: Product) -> None:
    Spool.objects.update(colour="terracotta")
    rows = describe_materials(peg, list(peg.shop.materials.all()))
    assert next(row["id"] for row in rows) == "petg:Terracotta"


def test_only_who_has_the_colour_makes_it(peg: Product) -> None:
    black = asked(peg, "petg:black")
    assert (black.material_id, black.colour, black.choice, black.quote is not None) == (
        "petg", "black", "petg:black", True,
    )  # fmt: skip
    refused = asked(peg, "petg:terracotta")
    assert refused.refusal is not None
    assert "no PETG TERRACOTTA at" in refused.refusal["message"]
    assert "only PETG BLACK" in refused.refusal["message"]
    Spool.objects.create(maker=MakerMachine.objects.get().maker, material_id="petg", colour="Terracotta")
    assert asked(peg, "petg:terracotta").quote is not None  # from the shelf
    assert asked(peg, "petg").quote is not None  # whichever is there


def test_a_colour_that_is_not_offered_is_refused_with_those_that_are(peg: Product) -> None:
    with pytest.raises(OrderInvalid, match="does not offer PETG in “pink”") as refusal:
        quote_product(peg, SIZE, QuoteOptions("petg:pink", "FR"))
    assert refusal.value.data["offered"] == ["black", "Terracotta"]


def test_orders_of_two_colours_share_no_plate(peg: Product) -> None:
    Spool.objects.create(maker=MakerMachine.objects.get().maker, material_id="petg", colour="Terracotta")
    black, red = asked(peg, "petg:black"), asked(peg, "petg:Terracotta")
    machine = MakerMachine.objects.get()
    waits = {"state": OrderState.HELD, "machine": machine, "promised_by": black.valid_until, "customer_email": "a@b.c"}
    held = Order.objects.create(quote=black, idempotency_key="one", quantity=1, total_minor=1, currency="EUR", **waits)
    assert list(waiting_with(machine, black)) == [held]
    assert list(waiting_with(machine, red)) == []


def test_colours_are_read_as_people_type_them() -> None:
    assert colours_from_text(" black, White;black ,  light  blue", field="x") == ("black", "White", "light blue")
    for wrong in ("a:b", "x" * 41, ",".join(f"c{number}" for number in range(25))):
        with pytest.raises(SettingWrong):
            colours_from_text(wrong, field="x")
