"""The shelf is priced when the shop opens, when a product comes onto it, and when its prices grow stale."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glocal.shop.products.shelf_watch import bare_products, keep_shelf
from tests.shop.builders import make_machine, make_product, make_shop
from tests.web.builders import make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(tmp_path: Any, settings: Any) -> Any:
    settings.GLOCAL_HOME = tmp_path
    return make_product(make_shop(), tmp_path)


def test_a_product_is_bare_until_it_is_priced_and_again_a_day_later(product: Any) -> None:
    now = timezone.now()
    assert bare_products(now) == {product.id}
    make_quote(product, make_machine())
    assert bare_products(now) == set()
    assert bare_products(now + timedelta(days=1, minutes=1)) == {product.id}
    type(product).objects.update(is_live=False)
    assert bare_products(now + timedelta(days=1, minutes=1)) == set()


def test_the_shelf_is_priced_once_for_each_change(product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([set(), {1}, {1}, {1, 2}, set()])
    stop, priced = threading.Event(), []

    def bare(_now: Any) -> frozenset[Any]:
        found = next(looks, None)
        if found is None:
            stop.set()
        return frozenset(found or ())

    monkeypatch.setattr("glocal.shop.products.shelf_watch.bare_products", bare)
    monkeypatch.setattr("glocal.shop.products.shelf_watch.connection.close", lambda: None)
    monkeypatch.setattr("glocal.shop.products.shelf_watch.close_old_connections", lambda: None)
    keep_shelf(stop, first_s=0.0, every_s=0.0, price=lambda _stop: priced.append(len(priced)))
    assert len(priced) == 3, "at the opening, when one came, when another came"
