"""The shop in a frame on another site: who may show it, no cookies, and word of an order."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from glocal.cli import cli
from glocal.shop.embedding.actions import allow, origin_of
from glocal.shop.errors import OrderInvalid

pytestmark = pytest.mark.django_db
SITE = "https://www.example.org"


def ancestors(response: Any) -> str:
    return re.search(r"frame-ancestors ([^;]+)", response.headers["Content-Security-Policy"])[1].strip()


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("www.Example.org/", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_known_by_its_origin(site: str, origin: str) -> None:
    assert origin_of(site) == origin


@pytest.mark.parametrize(
    "site",
    [
        "",
        "http://example.org",
        "https://example.org/shop",
        "https://me:secret@example.org",
        "https://*.example.org",
        "https://a.example 'self'",
        "https://a.example;script-src *",
        "javascript:alert(1)",
        "https://example.org:99999",
        "https://" + "a" * 64 + ".example",
    ],
)
def test_what_is_no_site_never_gets_into_the_header(site: str) -> None:
    with pytest.raises(OrderInvalid):
        origin_of(site)


def test_nobody_may_show_the_shop_until_the_owner_says_so(client: Client, product: Any) -> None:
    assert ancestors(client.get("/embed/products/peg/")) == "'none'"
    allow(product.shop, SITE)
    response = client.get(f"/embed/products/peg/?site={SITE}&lang=fr")
    assert ancestors(response) == SITE
    assert "X-Frame-Options" not in response.headers
    assert ancestors(client.get("/products/peg/")) == "'self'", "the shop's own pages stay out of frames"
    page = response.content.decode()
    assert '<html lang="fr"' in page
    assert f'data-site="{SITE}"' in page
    assert 'data-site=""' in client.get("/embed/products/peg/?site=https://evil.example").content.decode()


def test_an_order_in_the_frame_sets_no_cookie_and_is_told_without_its_key(quote: Any, no_engine: list[Any]) -> None:
    allow(quote.product.shop, SITE)
    strict = Client(enforce_csrf_checks=True)
    query = f"?site={SITE}&lang=en"
    strict.cookies["sessionid"] = "from somewhere"
    address = f"/embed/checkout/{quote.id}/{query}"
    page = strict.get(address)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.content.decode())[1]
    fields = {"name": "Ada", "email": "ada@example.org", "idempotency_key": key}
    posted = strict.post(address, fields)
    assert posted.status_code == 302
    assert posted["Location"].startswith("/embed/orders/")
    thanks = strict.get(posted["Location"])
    for response in (page, posted, thanks):
        assert not response.cookies
        assert ancestors(response) == SITE
    body = re.search(r"<body[^>]*>", thanks.content.decode())[0]
    order, token = posted["Location"].split("?")[0].strip("/").split("/")[2:]
    assert f'data-ordered="{order}" data-total-minor="1000" data-currency="EUR"' in body
    assert token not in body


def test_what_is_missing_is_said_inside_the_frame(client: Client, product: Any) -> None:
    allow(product.shop, SITE)
    response = client.get("/embed/products/nothing/")
    assert response.status_code == 404
    assert ancestors(response) == SITE
    assert "There is no such product." in response.content.decode()


def test_the_script_may_be_loaded_from_anywhere(client: Client, product: Any) -> None:
    response = client.get("/embed.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_owner_keeps_the_list_by_command(product: Any) -> None:
    def run(*words: str) -> Any:
        return json.loads(CliRunner().invoke(cli, ["embed", *words, "--json"], catch_exceptions=False).stdout)

    assert run("allow", "www.example.org") == {"origin": SITE, "sites": [SITE]}
    assert run("list")["sites"] == [SITE]
    assert run("forbid", SITE)["sites"] == []
