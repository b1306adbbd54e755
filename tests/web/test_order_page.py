"""The order's page, its live events, and who may see it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core import mail
from django.test import Client

from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.events import tell
from glocal.shop.orders.mail import send_order_mail
from glocal.web.direction import isolated
from glocal.web.order_snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(quote: Any, no_engine: list[Any]) -> Any:
    return place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="once")


def address(order: Any, rest: str = "") -> str:
    return f"/orders/{order.id}/{order.token}/{rest}"


def test_the_link_opens_the_order(client: Client, order: Any) -> None:
    response = client.get(address(order))
    page = response.content.decode()
    assert "The order was placed." in page
    assert "€10.00" in page
    assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.parametrize("token", ["wrong", "x" * 43])
def test_without_the_right_link_there_is_no_order(client: Client, order: Any, token: str) -> None:
    for rest in ("", "events/"):
        response = client.get(f"/orders/{order.id}/{token}/{rest}")
        assert response.status_code == 404
    assert client.post(f"/orders/{order.id}/{token}/cancel/").status_code == 404


def test_the_customer_cancels(client: Client, order: Any) -> None:
    assert "Cancel the order" in client.get(address(order)).content.decode()
    assert client.post(address(order, "cancel/")).status_code == 302
    order.refresh_from_db()
    assert order.cancel_asked
    assert "data-cancel hidden" in client.get(address(order)).content.decode()


def test_what_is_printed_cannot_be_cancelled(client: Client, order: Any) -> None:
    type(order).objects.filter(id=order.id).update(state="printed")
    response = client.post(address(order, "cancel/"))
    assert response.status_code == 409
    assert "cannot be cancelled any more" in response.content.decode()


def test_the_timeline_speaks_the_readers_language(client: Client, order: Any) -> None:
    client.cookies["django_language"] = "fr"
    page = client.get(address(order)).content.decode()
    assert "La commande a été passée." in page
    assert "Nous avons votre commande" in page


def test_what_is_ready_says_where_to_fetch_it_and_when(client: Client, order: Any, machine: Any, settings: Any) -> None:
    before = snapshot(order)["parts"]
    machine.maker.hours, machine.maker.town = [[[9 * 60, 18 * 60]], *[[]] * 6], "Aix"
    machine.maker.save()
    order.machine, order.state = machine, "done"
    order.save()
    page = client.get(address(order)).content.decode()
    assert f"Fetch it at {isolated('Near')}, {isolated('Aix')}." in page
    assert "09:00-18:00" in page
    assert snapshot(order)["parts"] != before, "a page that is open says so too"
    settings.SITE_URL = "https://shop.example"
    send_order_mail(str(order.id), "done")
    assert "Fetch it at Near, Aix." in mail.outbox[0].body
    machine.maker.pickup_address = "Court 3\nring twice"
    machine.maker.save()
    assert "Court 3<br>ring twice" in client.get(address(order)).content.decode()
    mail.outbox.clear()
    send_order_mail(str(order.id), "done")
    assert "Court 3" in mail.outbox[0].body
    machine.maker.town = ""
    machine.maker.save()
    send_order_mail(str(order.id), "done")
    assert "Fetch it at Near." in mail.outbox[1].body
    assert f"Fetch it at {isolated('Near')}. " in client.get(address(order)).content.decode()


def test_of_a_long_way_the_newest_steps_stand_there_and_the_others_are_a_click_away(client: Client, order: Any) -> None:
    for number in range(9):
        tell(order, "checking", f"Step {number}.")
    page = client.get(address(order)).content.decode()
    assert "Earlier: 6" in page
    assert page.index("Step 8.") < page.index("Step 5.") < page.index("<details>") < page.index("Step 4.")


def test_a_customers_words_cannot_become_markup(client: Client, order: Any) -> None:
    type(order.quote).objects.filter(id=order.quote_id).update(values={**order.quote.values, "name": "<b>&x"})
    assert "&lt;b&gt;&amp;x" in client.get(address(order)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_events_tell_the_state_and_end_with_the_order(client: Client, order: Any) -> None:
    type(order).objects.filter(id=order.id).update(state="done")
    response = client.get(address(order, "events/"))
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"

    @async_to_sync
    async def read() -> list[str]:
        return [chunk.decode() async for chunk in response.streaming_content]

    retry, told, end = read()
    assert retry.startswith("retry: ")
    name, data = told.strip().split("\n")
    assert name == "event: order"
    shown = json.loads(data.removeprefix("data: "))
    assert shown["state"] == "done"
    assert shown["state_text"] == "It is ready"
    assert shown["final"]
    assert "The order was placed." in shown["timeline"]
    assert end.startswith("event: end")


def test_who_moves_says_where_it_is_brought_instead_until_it_is_there(client: Client, order: Any) -> None:
    assert "Bring it somewhere else" not in client.get(address(order)).content.decode(), "it is fetched"
    type(order).objects.filter(id=order.id).update(delivery_address="1 old street")
    assert "1 old street" in client.get(address(order)).content.decode()
    assert client.post(address(order, "address/"), {"address": "2 new street"}).status_code == 302
    page = client.get(address(order)).content.decode()
    assert "2 new street" in page
    assert "It is brought to another address." in page
    for wrong in (" ", "x" * 1001):
        assert client.post(address(order, "address/"), {"address": wrong}).status_code == 422
    type(order).objects.filter(id=order.id).update(handed_over_at=order.created_at)
    assert client.post(address(order, "address/"), {"address": "3 late street"}).status_code == 409
    order.refresh_from_db()
    assert order.delivery_address == "2 new street"


def test_a_late_order_shows_the_promise_and_the_likely_day(client: Client, order: Any) -> None:
    assert "Later than was promised" not in client.get(address(order)).content.decode()
    type(order).objects.filter(id=order.id).update(ready_at=order.promised_by + timedelta(days=2))
    page = client.get(address(order)).content.decode()
    assert "Later than was promised" in page
    assert re.search(r"<s>.*</s> \S", page)
