"""Products, their parameters and the fonts for a customer's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_shelf(client: Client, product: Any) -> None:
    (peg,) = client.get("/api/products").json()
    assert (peg["slug"], peg["title"], peg["summary"]) == ("peg", "Peg", "A peg for every hole.")
    assert [material["id"] for material in peg["materials"]] == ["petg"]


def test_one_product_with_its_parameters(client: Client, product: Any) -> None:
    peg = client.get("/api/products/peg").json()
    assert [parameter["name"] for parameter in peg["parameters"]] == ["side", "height", "shape", "name"]
    assert peg["licence"] == "CC-BY-4.0"
    assert peg["template_hash"] == product.template_hash


def test_a_product_that_is_not_there(client: Client, product: Any) -> None:
    response = client.get("/api/products/no-such-thing")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_a_design_that_writes_nothing_needs_no_font(client: Client, product: Any) -> None:
    assert client.get("/api/products/peg/fonts", {"name": "Adé"}).json() == {"fonts": [], "values": {}}


def test_a_text_that_is_not_allowed_is_refused_by_name(client: Client, product: Any) -> None:
    response = client.get("/api/products/peg/fonts", {"name": "x" * 21})
    assert response.status_code == 422
    assert response.json()["error"]["data"]["parameter"] == "name"


def test_only_fonts_that_we_named_are_sent(client: Client, product: Any) -> None:
    assert client.get("/api/fonts/anything").status_code == 404
    assert client.get("/api/fonts/Ii9ldGMvcGFzc3dkIg:forged").status_code == 404


def test_a_font_is_chosen_from_a_list() -> None:
    from glocal.shop.products.describe import NO_NOTES, describe_parameter
    from tests.design.templates import template

    look = template('look = "Noto Serif"; // font').parameter("look")
    assert look is not None
    described = describe_parameter(look, NO_NOTES, "en")
    assert described["widget"] == "font"
    assert {"value": "Noto Serif", "label": "Noto Serif"} in described["options"]
    assert {"value": "Noto Serif:style=Bold", "label": "Noto Serif, Bold"} in described["options"]
