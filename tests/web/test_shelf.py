"""The shelf with many products: searched in every language, turned page by page; what is not there is wished for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.shop.texts import folded
from tests.web.test_desk_pages import owner  # noqa: F401 (fixture)


def named(slug: str, **titles: str) -> Any:
    from glocal.shop.models import Product

    return Product(slug=slug, title=titles, summary={"en": "For plants on a sill."} if slug == "pot" else {})


def found(question: str) -> list[str]:
    from glocal.shop.products.search import search

    shelf = [
        named("sign", en="Name sign", fr="Plaque de porte", yo="Àmì orúkọ"),
        named("shelf", en="Shelf foot", fr="Pied d’étagère"),
        named("pot", en="Flowerpot", fr="Pot de fleurs", ar="أصيص نبات"),
        named("plant-label", en="Label for a plant", ar="بطاقة نَبتة"),
    ]
    return [product.slug for product in search(shelf, question)]


@pytest.mark.parametrize(
    ("question", "slugs"),
    [
        ("etagere", ["shelf"]),  # without accents
        ("ÉTAGÈRES", ["shelf"]),  # with capitals and an ending
        ("ami oruko", ["sign"]),
        ("اصيص", ["pot"]),  # without its hamza
        ("نبته", ["plant-label"]),
        ("pots", ["pot"]),
        ("plants", ["plant-label", "pot"]),  # in a title before in a description
        ("plant sill", ["pot"]),  # every word
        ("porte name", ["sign"]),  # of two languages
        ("umbrella", []),
        ("  ", ["sign", "shelf", "pot", "plant-label"]),
        ("%", ["sign", "shelf", "pot", "plant-label"]),
    ],
)
def test_words_find_products_in_every_language(question: str, slugs: list[str]) -> None:
    assert found(question) == slugs


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.fixture
def many(product: Any) -> Any:
    from glocal.shop.models import Product

    fields = {name: getattr(product, name) for name in ("shop", "package", "template_hash", "materials", "labour_min")}
    Product.objects.bulk_create(
        Product(**fields, slug=f"peg-{n:02}", title={"en": f"Peg {n:02}"}, position=1) for n in range(29)
    )
    return product


@pytest.mark.django_db
def test_a_long_shelf_is_turned_page_by_page_and_searched(client: Client, many: Any) -> None:
    def titles(address: str) -> list[str]:
        return re.findall(r'<h3><a href="/products/[^"]+">([^<]+)</a>', client.get(address).content.decode())

    first, second = titles("/"), titles("/?page=2")
    assert (len(first), len(second)) == (24, 6)
    assert first + second == ["Peg", *(f"Peg {n:02}" for n in range(29))]
    assert titles("/?page=99") == second
    assert titles("/?q=peg&page=2")
    assert 'href="?q=peg&amp;page=2"' in client.get("/?q=peg").content.decode()
    assert titles("/?q=07") == ["Peg 07"]


@pytest.mark.django_db
def test_the_owner_searches_the_catalogue_too(owner: Client, many: Any) -> None:  # noqa: F811
    def found(address: str) -> list[str]:
        return re.findall(r"<h2>(Peg[^<]*?) <", owner.get(address).content.decode())

    assert len(found("/desk/products/")) == 30
    assert found("/desk/products/?q=pegs 07") == ["Peg 07"]
    assert "Nothing is found." in owner.get("/desk/products/?q=umbrella").content.decode()


@pytest.mark.django_db
def test_a_short_shelf_is_not_searched(client: Client, product: Any) -> None:
    assert 'role="search"' not in client.get("/").content.decode()


@pytest.mark.django_db
def test_what_is_not_there_is_wished_for_once(client: Client, product: Any) -> None:
    from glocal.shop.models import Wish

    page = client.get("/", {"q": "<b>umbrella & stand"}).content.decode()
    assert "<b>umbrella" not in page
    wish = re.search(r'href="(/wish/\?text=[^"]+)"', page)
    assert wish is not None
    form = client.get(wish[1]).content.decode()
    assert "&lt;b&gt;umbrella &amp; stand</textarea>" in form
    sent = {"text": "An umbrella stand", "key": re.search(r'name="key" value="([^"]+)"', form)[1]}  # type: ignore[index]
    for _twice in range(2):
        kept = client.post("/wish/", sent, follow=True)
        assert "Your wish is kept" in kept.content.decode()
    assert [(each.text, each.product, each.reason) for each in Wish.objects.all()] == [
        ("An umbrella stand", None, "asked")
    ]
    assert client.post("/wish/", {**sent, "text": " "}).status_code == 422
