"""What customers read of a product is the owner's to say; what is ordered keeps the words under which it was bought."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.web.builders import make_quote
from tests.web.test_checkout import ADA
from tests.web.test_desk_pages import owner  # noqa: F401 (fixture)

pytestmark = pytest.mark.django_db


def say(owner: Client, **words: str) -> str:  # noqa: F811
    return owner.post("/desk/products/peg/", words, follow=True).content.decode()


def test_what_the_owner_says_stands_on_the_shelf_and_can_be_taken_back(owner: Client, product: Any) -> None:  # noqa: F811
    said = say(owner, title_en="  Coat   hook ", summary_en="Holds a coat.", title_ar="علاقة", summary_ar="")
    shelf = Client().get("/").content.decode()
    assert "Coat hook" in shelf
    assert "Holds a coat." in shelf
    assert "علاقة" in Client(headers={"accept-language": "ar"}).get("/").content.decode()
    page = owner.get("/desk/products/peg/").content.decode()
    assert re.search(r"<del[^>]*>Peg</del> <ins[^>]*>Coat hook</ins>", page)
    undo = re.search(r'action="(/desk/products/peg/words/[^"]+)"', said)
    assert undo is not None
    owner.post(undo[1])
    assert "Coat hook" not in Client().get("/").content.decode()
    assert owner.post(undo[1].replace(undo[1][-8:-1], "0000000")).status_code == 404


def test_an_empty_field_leaves_it_to_the_design_and_nothing_is_no_change(owner: Client, product: Any) -> None:  # noqa: F811
    say(owner, title_en="Hook", summary_en="Holds.")
    say(owner, title_en="", summary_en="A peg for every hole.")
    product.refresh_from_db()
    assert product.own_words == {}
    assert product.text("title", "fr") == "Peg"
    assert "Nothing was changed." in say(owner, title_en="Peg", summary_en="")
    assert product.changes.count() == 2
    assert owner.post("/desk/products/peg/", {"title_en": "x" * 61}).status_code == 422


@pytest.mark.usefixtures("no_engine")
def test_an_order_keeps_the_words_under_which_it_was_bought(owner: Client, product: Any, machine: Any) -> None:  # noqa: F811
    from glocal.shop.models import Order
    from glocal.shop.orders.actions import CustomerDetails, place_order
    from glocal.shop.products.actions import put_on_shelf
    from glocal.values import Estimate

    customer = CustomerDetails(ADA["name"], ADA["email"])
    place_order(make_quote(product, machine).id, customer, idempotency_key="before")
    say(owner, title_en="Coat hook", summary_en="Holds a coat.")
    product = put_on_shelf(product.shop, product.package, labour_min=Estimate(1, 1, 1, "a restart"))  # design read anew
    place_order(make_quote(product, machine).id, customer, idempotency_key="after")
    before, after = (Order.objects.get(idempotency_key=key) for key in ("before", "after"))
    for order, title in ((before, "Peg"), (after, "Coat hook")):
        assert f">{title}<" in Client().get(f"/orders/{order.id}/{order.token}/").content.decode()
        assert title in owner.get(f"/desk/orders/{order.id}/").content.decode()
        assert order.papers.licence["title"] == {"en": "Peg"}  # the design's own, for its licence
    assert "Coat hook" in owner.get("/desk/orders/?q=hook").content.decode()


def test_the_command_changes_words_and_prices(product: Any) -> None:
    from glocal.cli.products import products

    def edit(*arguments: str, fails: bool = False) -> Any:
        ran = CliRunner().invoke(products, ["edit", "peg", *arguments, "--json"])
        assert (ran.exit_code != 0) == fails, ran.output
        return None if fails else json.loads(ran.output)

    assert edit("--title", "Patère", "--language", "fr", "--margin", "60", "--minimum", "7.5")["title"] == "Patère"
    product.refresh_from_db()
    assert (product.text("title", "fr"), product.text("title", "en")) == ("Patère", "Peg")
    assert product.price_rules == {"margin": 0.6, "minimum_minor": 750}
    assert edit("--usual-prices", "--minutes", "9")["title"] == "Peg"
    product.refresh_from_db()
    assert (product.price_rules, product.labour_min["value"]) == ({}, 9)
    assert product.text("title", "fr") == "Patère"
    edit(fails=True)
    edit("--title", "x", "--language", "tlh", fails=True)
