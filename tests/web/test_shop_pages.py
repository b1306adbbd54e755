"""The pages that show what there is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.web.builders import PNG

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return response.content.decode()


def test_the_shop_shows_picture_title_and_price_of_each_product(client: Client, quote: Any) -> None:
    page = text_of(client.get("/"))
    assert "Peg" in page
    assert "€10.00" in page
    picture = re.search(r'<img src="([^"]+)"', page)
    assert picture
    assert client.get(picture[1]).content == PNG


def test_a_product_without_a_price_yet_is_shown_all_the_same(client: Client, product: Any) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "Peg" in text_of(response)
    assert "€" not in text_of(response)


@pytest.mark.parametrize(
    ("language", "direction", "word"),
    [("en", "ltr", "Products"), ("fr", "ltr", "Produits"), ("ar", "rtl", "المنتجات"), ("yo", "ltr", "Àwọn ọjà")],
)
def test_pages_speak_the_readers_language(client: Client, quote: Any, language: str, direction: str, word: str) -> None:
    client.post("/i18n/setlang/", {"language": language, "next": "/"})
    page = text_of(client.get("/"))
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert word in page


def test_the_product_page_carries_the_whole_configurator(client: Client, quote: Any) -> None:
    page = text_of(client.get("/products/peg/"))
    setup = json.loads(re.search(r'<script id="configurator-setup" type="application/json">(.*?)</script>', page)[1])
    names = [parameter["name"] for parameter in setup["design"]["parameters"]]
    assert names == ["side", "height", "shape", "name"]
    side, _, shape, name = setup["design"]["parameters"]
    assert (side["min"], side["max"], side["step"], side["unit"], side["origin"]) == (4, 400, 1, "mm", "measured")
    assert shape["options"] == [{"value": "square", "label": "Square"}, {"value": "round", "label": "Round"}]
    assert name["max_length"] == 20
    assert [material["id"] for material in setup["materials"]] == ["petg"]
    assert client.get(setup["glb"]).content == b"glb"
    assert setup["urls"]["quotes"] == "/api/quotes"


def test_the_source_for_the_browser_has_no_text_limit_in_bytes(client: Client, quote: Any) -> None:
    page = text_of(client.get("/products/peg/"))
    setup = json.loads(re.search(r'type="application/json">(.*?)</script>', page)[1])
    assert not re.search(r"// 20\s*$", setup["design"]["source"], re.MULTILINE)
    assert "// [4:1:400]" in setup["design"]["source"]


def test_pages_forbid_foreign_and_inline_code(client: Client, quote: Any) -> None:
    for address in ("/", "/products/peg/", f"/checkout/{quote.id}/", "/nowhere"):
        response = client.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        page = text_of(response)
        assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", page)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/nowhere", "This address leads nowhere."),
        ("/products/no-such-thing/", "There is no such product."),
        ("/checkout/00000000-0000-7000-8000-000000000000/", "There is no such quote."),
        ("/maker/nobody:signature/", "There is no such maker."),
    ],
)
def test_what_is_not_there_is_said_in_words(client: Client, product: Any, address: str, words: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert words in text_of(response)


def test_a_shop_that_is_not_set_up_says_so(client: Client, db: None) -> None:
    response = client.get("/")
    assert response.status_code == 404
    assert "This shop is not set up yet." in text_of(response)
    assert '<a class="button" href="/desk/">' in response.content.decode()


def test_our_own_fault_is_admitted_and_hides_its_details(client: Client, quote: Any, monkeypatch: Any) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr("glocal.web.views.shop.the_shop", fail)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "The fault is ours." in text_of(response)
    assert "secret" not in text_of(response)
