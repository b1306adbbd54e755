"""What is ready waits for its customer until somebody says that they have it, and until it is paid."""

from __future__ import annotations

import pytest

from glocal.payment.books import Account
from glocal.shop.errors import NotNow
from glocal.shop.models import Order
from glocal.shop.orders.actions import cancel_order
from glocal.shop.orders.hand_over import hand_over, lies_ready
from glocal.shop.payments.actions import money_received
from glocal.shop.payments.ledger import standing_of
from tests.shop.conftest import ShopUnderTest


def made(shop: ShopUnderTest) -> Order:
    order: Order = shop.order()
    Order.objects.filter(id=order.id).update(state="done", machine=shop.machine)
    order.refresh_from_db()
    return order


def test_what_is_ready_is_listed_until_it_is_handed_over_and_paid(shop: ShopUnderTest) -> None:
    shop.order()  # not ready yet
    order = made(shop)
    assert [(each.id, each.due_minor) for each in lies_ready()] == [(order.id, order.total_minor)]
    hand_over(order)
    assert [each.id for each in lies_ready()] == [order.id]  # not paid
    money_received(order, Account.BANK, order.total_minor, key="statement")
    assert not lies_ready()
    assert list(order.events.values_list("code", flat=True))[-2:] == ["handed_over", "paid"]


def test_cash_at_the_door_is_booked_once_however_often_the_button_is_pressed(shop: ShopUnderTest) -> None:
    order = made(shop)
    for _ in range(2):
        hand_over(order, paid_in_cash=True)
    assert standing_of(order).due_minor == 0
    assert standing_of(order).received_minor == order.total_minor
    assert order.events.filter(code="handed_over").count() == 1


def test_what_is_not_ready_is_not_handed_over(shop: ShopUnderTest) -> None:
    order = shop.order()
    with pytest.raises(NotNow, match="not ready"):
        hand_over(order)
    with pytest.raises(NotNow):
        hand_over(cancel_order(order))
