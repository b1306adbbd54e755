"""Each product as its region has it: units, sizes, standards, materials with reasons, and what was printed so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glocal.shop.demand.defaults import preset_for
from glocal.shop.errors import OrderInvalid
from glocal.shop.models import EnvelopePoint
from glocal.shop.outcomes.envelope import envelope_of
from glocal.shop.products.describe import describe_materials, describe_values
from glocal.shop.quotes.actions import unsaved_quote
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.regions.queries import shown_in, variant_of
from tests.shop.builders import make_machine, make_product, make_shop, write_peg

pytestmark = pytest.mark.django_db


def peg_in(region: str, home: Path, *, manifest: dict[str, Any] | None = None, side_mm: int = 8, **shop: Any) -> Any:
    """Put the peg on the shelf of a shop in a region, with more in its manifest."""
    from glocal.shop.products import packages

    write_peg(home)
    file = home / "designs" / "peg" / "datapackage.json"
    content = json.loads(file.read_text())
    product = make_product(make_shop(region=region, **shop), home)
    content["glocal"] |= manifest or {}
    file.write_text(json.dumps(content))
    source = home / "designs" / "peg" / "peg.scad"
    source.write_text(source.read_text().replace("side = 8;", f"side = {side_mm};"))
    packages._read.cache_clear()
    return product


def test_lengths_are_in_the_regions_unit(shop_home: Path) -> None:
    product = peg_in("US", shop_home, currency="USD")
    assert shown_in(variant_of(product))["side"]["shown_unit"] == {"name": "in", "mm": 25.4}
    assert describe_values(product, {"side": 88.9, "shape": "square"}, "en")[0]["text"] == "3.5 in"
    product.shop.region, product.shop.currency = "FR", "EUR"
    assert shown_in(variant_of(product)) == {}
    assert describe_values(product, {"side": 88.9}, "en")[0]["text"] == "88.9 mm"


def test_a_measure_of_the_body_has_the_regions_sizes(shop_home: Path) -> None:
    parameters = {"side": {"unit": "mm", "origin": "measured", "measures": "ring_inner_diameter"}}
    product = peg_in("FR", shop_home, manifest={"parameters": parameters}, side_mm=17)
    sizes = shown_in(variant_of(product))["side"]["sizes"]
    assert sizes["standard"] == "ISO 8653:2016"
    assert {"label": "54", "mm": 17.189} in sizes["options"]


def test_a_standard_of_the_region_is_preset_and_said(shop_home: Path) -> None:
    choices = [
        {"name": "metric", "values": {"side": 8}, "source": "ISO"},
        {"name": "imperial", "values": {"side": 9.5}, "regions": ["US"], "source": "ASME"},
    ]
    standards = {"socket": {"title": {"en": "Socket"}, "choices": choices}}
    product = peg_in("US", shop_home, manifest={"standards": standards}, currency="USD")
    preset = preset_for(product, "US")
    assert preset.template.parameter("side").initial == 9.5
    assert preset.adapted == {"side"}
    assert preset.template.hash == product.template().hash, "a part of the variant is a part of the design"


def test_what_softens_in_this_climate_is_not_offered_and_not_sold(shop_home: Path) -> None:
    notes = {"materials": ["PETG", "PLA"], "climate": {"above_air_c": 20}}
    odds = {"value": 0.05, "low": 0.02, "high": 0.1, "source": "said by the test"}
    hot = {"failure_odds": odds, "climate": {"summer_c": 50, "source": "said by the test"}}
    product = peg_in("FR", shop_home, manifest={"print": notes}, assumptions=hot)
    assert variant_of(product).materials[0].code == "softens"
    assert "petg" not in [row["id"] for row in describe_materials(product, list(product.shop.materials.all()))]
    with pytest.raises(OrderInvalid, match="PETG softens at 68 °C; the part must hold its shape at 70 °C"):
        unsaved_quote(product, {}, QuoteOptions("petg", "FR"), Inquiry())


def test_the_envelope_holds_what_turned_out_well(product_with_job: tuple[Any, Any]) -> None:
    product, job = product_with_job
    for side, phase in ((10.0, "ok"), (40.0, "ok"), (90.0, "part_fault"), (5.0, "machine_fault")):
        EnvelopePoint.objects.create(
            product=product, template_hash="", job=job, values={"side": side}, material_id="petg", phase=phase
        )
    span = envelope_of(product)["side"]
    assert (span.low, span.high, span.prints) == (10, 40, 2)


@pytest.fixture
def product_with_job(shop_home: Path) -> tuple[Any, Any]:
    from glocal.shop.models import Job
    from tests.shop.builders import make_machine

    product = peg_in("FR", shop_home)
    digest = "0" * 64
    facts = {"plate": [], "material_id": "petg", "recipe": {}, "gcode_file": digest, "threemf_file": digest}
    job = Job.objects.create(
        machine=make_machine(), input_hash=digest, estimate_s=900.0, estimate_g=5.0, slicer="PrusaSlicer", **facts
    )
    return product, job


def test_what_is_on_nobodys_machine_is_not_offered_while_something_else_is(shop_home: Path) -> None:
    from glocal.shop.products.shelf import first_material
    from glocal.shop.regions.queries import not_offered

    product = peg_in("FR", shop_home, manifest={"print": {"materials": ["asa", "petg"]}})
    product.materials = ["asa", "petg"]
    every = list(product.shop.materials.all())
    assert [material["id"] for material in describe_materials(product, every)] == ["asa", "petg"], "nobody is there yet"
    machine = make_machine(loaded=("petg",))
    assert [material["id"] for material in describe_materials(product, every)] == ["petg"]
    assert {name: verdict.code for name, verdict in not_offered(product).items()} == {"asa": "on_no_machine"}
    assert first_material(product) == "petg"
    machine.spools.create(maker=machine.maker, material_id="asa")
    assert not_offered(product) == {}
