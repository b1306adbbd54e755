"""Orders are placed once, seen by those who may, and their timeline is never rewritten."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from glocal.shop.errors import KeyReused, NotFound, NotNow, OrderInvalid, QuoteExpired, QuoteRefused
from glocal.shop.makers.line import Line
from glocal.shop.models import Choice, Order, OrderEvent, Piece
from glocal.shop.orders.actions import CustomerDetails, cancel_order, place_order
from glocal.shop.orders.queries import access_order, order_timeline
from glocal.shop.orders.watch import watch, watch_async
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry
from tests.waiting import PATIENCE_S

ANN = CustomerDetails("Ann", "ann@example.org")


def test_an_order_has_its_pieces_its_first_event_and_its_choices(shop: ShopUnderTest) -> None:
    order = shop.order(quantity=3)
    assert list(Piece.objects.filter(order=order).values_list("number", flat=True)) == [1, 2, 3]
    assert [event.code for event in order_timeline(order)] == ["placed"]
    assert Choice.objects.filter(order=order, kind="ordered").count() == 3
    assert order.total_minor == order.quote.total_minor


def test_the_same_key_places_one_order(shop: ShopUnderTest) -> None:
    view = shop.quote()
    first = place_order(view.id, ANN, idempotency_key="click")
    assert place_order(view.id, ANN, idempotency_key="click") == first
    assert Order.objects.count() == 1


def test_the_same_key_for_another_quote_is_refused(shop: ShopUnderTest) -> None:
    shop.order(key="click")
    with pytest.raises(KeyReused):
        shop.order(key="click")


def test_a_refused_quote_cannot_be_ordered(shop: ShopUnderTest) -> None:
    with pytest.raises(QuoteRefused, match="No maker"):
        place_order(shop.quote(side=300.0).id, ANN, idempotency_key="click")


def test_an_old_quote_cannot_be_ordered(shop: ShopUnderTest) -> None:
    view = shop.quote()
    with pytest.raises(QuoteExpired):
        place_order(view.id, ANN, idempotency_key="click", now=timezone.now() + timedelta(days=15))


@pytest.mark.parametrize(
    ("name", "email", "note"),
    [
        ("", "ann@example.org", ""),
        ("A" * 201, "ann@example.org", ""),
        ("Ann", "ann", ""),
        ("Ann", "a@b.org", "n" * 2001),
    ],
)
def test_customers_say_who_they_are(name: str, email: str, note: str) -> None:
    with pytest.raises(OrderInvalid):
        CustomerDetails(name, email, note)


def test_the_link_opens_the_order_and_nothing_else_does(shop: ShopUnderTest) -> None:
    order, other = shop.order(), shop.order()
    assert access_order(order.id, token=order.token) == order
    for attempt in (
        {"token": other.token},
        {"token": ""},
        {"token": None},
        {"user": AnonymousUser()},
        {"user": User.objects.create_user("bob")},
    ):
        with pytest.raises(NotFound):
            access_order(order.id, **attempt)  # type: ignore[arg-type]
    for identity in (uuid.uuid4(), "no-uuid"):
        with pytest.raises(NotFound):
            access_order(identity, token=order.token)
    assert access_order(order.id, user=User.objects.create_user("owner", is_staff=True)) == order


def test_the_timeline_is_append_only(shop: ShopUnderTest) -> None:
    event = OrderEvent.objects.get(order=shop.order())
    event.message = "It never happened."
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_an_order_can_be_cancelled_until_it_is_printed(shop: ShopUnderTest) -> None:
    order = cancel_order(shop.order())
    assert order.state == "cancelled"
    assert cancel_order(order) == order  # asking twice is asking once
    Order.objects.filter(id=order.id).update(state="done", cancel_asked=False)
    with pytest.raises(NotNow):
        cancel_order(order)


def test_a_listener_hears_what_happened_and_then_signs_of_life(shop: ShopUnderTest) -> None:
    order = shop.order()
    heard = watch(order.id, silence_s=0.01)
    placed = next(heard)
    assert placed is not None
    assert placed.code == "placed"
    assert [next(heard), next(heard)] == [None, None]
    assert next(watch(order.id, after=placed.id, silence_s=0.01)) is None


@pytest.mark.django_db(transaction=True)
def test_an_async_listener_hears_what_happens_while_it_listens(shop: ShopUnderTest) -> None:
    order = shop.order()

    async def listen() -> list[str]:
        heard: list[str] = []
        async for event in watch_async(order.id):
            if event is None:  # a slow machine is silent for long
                continue
            heard.append(event.code)
            if event.code == "cancelled":
                return heard
            await sync_to_async(cancel_order, thread_sensitive=False)(order)
        return heard

    assert asyncio.run(asyncio.wait_for(listen(), timeout=PATIENCE_S)) == ["placed", "cancelled"]


@pytest.mark.parametrize(
    ("field", "said"),
    [("name", "A\x00"), ("note", "\x00"), ("address", "\x00"), ("language", ""), ("language", "e" * 200)],
)
def test_what_no_database_keeps_is_refused_by_its_field(field: str, said: str) -> None:
    with pytest.raises(OrderInvalid) as refusal:
        CustomerDetails(**{"name": "Ann", "email": "ann@example.org", field: said})
    assert refusal.value.data["field"] == field
    assert CustomerDetails("Ann", "ann@example.org", language="pt-BR").language == "pt-BR"


def test_an_order_promises_the_day_that_was_shown(shop: ShopUnderTest) -> None:
    view = shop.quote()
    assert view.quote is not None
    order = place_order(view.id, ANN, idempotency_key="click")
    assert order.promised_by.isoformat() == view.quote["ready"]["high"]


def test_who_orders_while_others_wait_for_their_maker_is_promised_a_place_behind_them(shop: ShopUnderTest) -> None:
    """Each of these pegs takes 10 min of print and 5 min of set-up, and all were priced before anybody had ordered."""
    views = [shop.quote() for _ in range(3)]
    now = timezone.now()
    first, second, third = (place_order(view.id, ANN, idempotency_key=str(view.id), now=now) for view in views)
    assert first.promised_by.isoformat() == views[0].quote["ready"]["high"]
    assert second.promised_by - first.promised_by >= timedelta(minutes=15)  # counted from now, not from its price
    assert third.promised_by - second.promised_by == timedelta(minutes=15)
    assert Line.read(before=first.id).free_at(shop.machine, now) == now  # nobody is pushed back by who came later
    assert Line.read(before=third.id).free_at(shop.machine, now) == now + timedelta(minutes=30)
    cancel_order(second)
    assert Line.read().free_at(shop.machine, now) == now + timedelta(minutes=30)
    carry(third)  # its pieces have a job by now, which counts once
    assert Line.read().free_at(shop.machine, now) == now + timedelta(minutes=30)


def test_who_orders_days_after_the_price_is_not_promised_a_day_that_has_passed(shop: ShopUnderTest) -> None:
    """An hour of queue has come since; the price stands."""
    now, five_days = timezone.now(), timedelta(days=5)
    view = shop.quote(now=now)
    assert view.quote is not None
    shop.machine.busy_until = now + five_days + timedelta(hours=1)
    shop.machine.save()
    order = place_order(view.id, ANN, idempotency_key="click", now=now + five_days)
    as_quoted = datetime.fromisoformat(view.quote["ready"]["high"])
    assert five_days + timedelta(minutes=59) < order.promised_by - as_quoted < five_days + timedelta(minutes=61)
    assert order.total_minor == view.quote["price_minor"]
