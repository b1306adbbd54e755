"""The planner's world comes from what the shop itself has seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glocal.shop.growth.queries import came_between, own_world
from glocal.shop.models import Order, QuoteRecord
from glocal.strategy.backtest import back_test
from glocal.strategy.compare import Way, compare
from tests.shop.conftest import ShopUnderTest


def test_without_a_price_there_is_nothing_to_plan(shop: ShopUnderTest) -> None:
    assert own_world(shop.shop, timezone.now()) is None


def test_a_priced_product_without_orders_is_assumed_to_sell_a_little_and_says_so(shop: ShopUnderTest) -> None:
    quote = QuoteRecord.objects.get(id=shop.quote().id).quote
    found = own_world(shop.shop, timezone.now())
    assert found is not None
    offer = found.world.offers[0]
    assert "assumed" in offer.orders_per_day.source
    assert offer.print_h.value == pytest.approx(quote["time_s"] / 3600)
    assert offer.mass_g.value == pytest.approx(quote["mass_g"])
    assert offer.price_minor == pytest.approx(quote["price_minor"] - quote["tax_minor"])


def test_own_orders_make_the_rate(shop: ShopUnderTest) -> None:
    for _ in range(4):
        shop.order()
    Order.objects.update(created_at=timezone.now() - timedelta(days=8))
    found = own_world(shop.shop, timezone.now())
    assert found is not None
    rate = found.world.offers[0].orders_per_day
    assert rate.value == pytest.approx(0.5, rel=0.01)  # 4 orders in 8 days
    # Gamma(4.5) ÷ 8, of which one in ten lies beyond: half of χ² with 9 degrees, 4.168 and 14.684 in its tables
    assert (rate.low, rate.high) == (pytest.approx(4.168 / 16, rel=0.01), pytest.approx(14.684 / 16, rel=0.01))
    rows = compare({"it": Way(found.world)}, replications=3)
    assert rows[0].mean("sold") > 0


def test_a_forecast_uses_only_what_was_known(shop: ShopUnderTest) -> None:
    shop.order()
    now = timezone.now()
    assert own_world(shop.shop, now - timedelta(days=1)) is None
    Order.objects.update(created_at=now - timedelta(days=20))
    QuoteRecord.objects.update(created_at=now - timedelta(days=20))
    shop.order()
    before = own_world(shop.shop, now - timedelta(days=10), days=10)
    assert before is not None
    assert before.world.offers[0].orders_per_day.source == "1 orders in 10 days"
    came = came_between(shop.shop, now - timedelta(days=10), timezone.now())
    assert (came["sold"], came["done"]) == (1, 0)
    assert back_test(before.world, came, replications=20)[0].figure == "sold"
