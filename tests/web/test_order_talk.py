"""Customer and shop write to each other about an order; the same again; again at no charge; mails."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from glocal.shop.models import Order, OrderMessage
from glocal.shop.orders.actions import CustomerDetails, cancel_order, place_order
from glocal.shop.orders.mail import send_order_mail
from glocal.shop.payments.ledger import standing_of
from glocal.shop.quotes.view import view_of
from tests.web.builders import VALUES, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(product: Any, machine: Any, no_engine: list[Any]) -> Any:
    quote = make_quote(product, machine, quantity=2, values={**VALUES, "side": 12.0, "name": "Zara"})
    return place_order(quote.id, CustomerDetails("Ada", "ada@example.org", language="fr"), idempotency_key="once")


@pytest.fixture
def owner(product: Any, django_user_model: Any) -> Client:
    product.shop.set_up_at = product.shop.created_at
    product.shop.save()
    client = Client()
    client.force_login(django_user_model.objects.create_user("ann", email="ann@shop.example", is_staff=True))
    return client


def address(order: Any, rest: str = "") -> str:
    return f"/orders/{order.id}/{order.token}/{rest}"


def test_a_nul_character_reaches_no_database(client: Client, order: Any) -> None:
    """PostgreSQL would stop with an error of its own."""
    written = client.post(f"/orders/{order.id}/{order.token}/write/", {"text": "A\x00", "key": "k"})
    searched = client.get("/?q=%00")
    asked = client.post("/api/sessions", {"product": "peg", "text": "\x00"}, content_type="application/json")
    plain = client.post("/api/sessions", '{"product": "peg\\u0000", "text": ""}', content_type="text/plain")
    assert [answer.status_code for answer in (written, searched, asked, plain)] == [422] * 4
    assert "A character in it cannot be kept." in written.content.decode()
    assert asked.json()["error"]["code"] == "order_invalid"


def test_they_write_to_each_other(client: Client, owner: Client, order: Any) -> None:
    sent = {"text": "Is it <b>done</b>?", "key": "k"}
    for _ in range(2):
        assert client.post(address(order, "write/"), sent).status_code == 302
    assert OrderMessage.objects.count() == 1
    assert "Is it &lt;b&gt;done&lt;/b&gt;?" in owner.get(f"/desk/orders/{order.id}/").content.decode()
    assert "A message about an order" in owner.get("/desk/").content.decode()
    owner.post(f"/desk/orders/{order.id}/write/", {"text": "Tomorrow.", "key": "k"})
    assert "Tomorrow." in client.get(address(order)).content.decode()
    assert "A message about an order" not in owner.get("/desk/").content.decode()


def test_who_got_something_wrong_tells_the_shop(client: Client, owner: Client, order: Any) -> None:
    assert "Is something wrong with it?" not in client.get(address(order)).content.decode()
    Order.objects.filter(id=order.id).update(state="done")
    assert "Is something wrong with it?" in client.get(address(order)).content.decode()
    client.post(address(order, "write/"), {"text": "A crack.", "about": "fault", "key": "k"})
    desk = owner.get(f"/desk/orders/{order.id}/").content.decode()
    assert "Something is wrong with it: A crack." in desk
    assert "Make it again at no charge" in desk


def test_what_needs_no_answer_is_ticked_off(client: Client, owner: Client, order: Any) -> None:
    client.post(address(order, "write/"), {"text": "Thank you!", "key": "k"})
    owner.post(f"/desk/orders/{order.id}/write/", {"read": "1"})
    assert not OrderMessage.objects.filter(waits=True).exists()
    assert OrderMessage.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": "x" * 2001}, {"key": ""}, {"key": "k" * 151}])
def test_nonsense_is_not_kept(client: Client, order: Any, wrong: dict[str, str]) -> None:
    assert client.post(address(order, "write/"), {"text": "Hello", "key": "k", **wrong}).status_code == 422
    assert not OrderMessage.objects.exists()


def test_nobody_else_writes_or_reads(client: Client, order: Any) -> None:
    assert client.post(f"/orders/{order.id}/{'x' * 43}/write/", {"text": "x", "key": "k"}).status_code == 404
    assert client.post(f"/desk/orders/{order.id}/write/", {"text": "x", "key": "k"}).status_code == 403
    assert client.post(f"/desk/orders/{order.id}/again/", {"pieces": "1", "key": "k"}).status_code == 403


def test_the_same_again_is_a_new_price_at_the_checkout(
    client: Client, order: Any, product: Any, machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def price(_: Any, values: Any, options: Any) -> Any:
        asked.append((values["side"], options.quantity))
        return view_of(make_quote(product, machine, total_minor=1500))

    monkeypatch.setattr("glocal.shop.orders.again.quote_product", price)
    response = client.post(address(order, "again/"))
    assert "€15.00" in client.get(response["Location"]).content.decode()
    assert asked == [(12.0, 2)]
    assert Order.objects.count() == 1


def test_one_like_it_for_somebody_else_begins_without_her_words(client: Client, order: Any) -> None:
    page = client.get(address(order)).content.decode()
    assert "/products/peg/?side=12&amp;height=2&amp;shape=square" in page
    assert "name=Zara" not in page


def test_it_is_made_again_at_no_charge_once(owner: Client, order: Any, no_engine: list[Any]) -> None:
    sent = {"pieces": "1", "reason": "a crack", "key": "k"}
    address_ = f"/desk/orders/{order.id}/again/"
    assert owner.post(address_, sent).status_code == 409, "not before it was handed over"
    Order.objects.filter(id=order.id).update(state="done")
    for _ in range(2):
        assert owner.post(address_, sent).status_code == 302
    made = Order.objects.exclude(id=order.id).get()
    assert (made.quantity, made.total_minor, made.pieces.count(), made.customer_name) == (1, 0, 1, "Ada")
    assert standing_of(made).state == "free"
    assert made.papers.sentence
    assert len(no_engine) == 2
    assert order.events.filter(code="made_again").count() == 1
    assert owner.post(address_, {**sent, "pieces": "3", "key": "other"}).status_code == 422


def test_the_first_mail_says_what_was_agreed_in_the_customers_language(order: Any, settings: Any) -> None:
    settings.SITE_URL = "https://shop.example"
    assert send_order_mail(str(order.id), "placed") == "sent"
    sent = mail.outbox[0]
    assert sent.to == ["ada@example.org"]
    assert f"https://shop.example/orders/{order.id}/{order.token}/" in sent.body
    assert order.papers.sentence in sent.body
    assert "faite à votre mesure" in sent.body


def test_mails_are_enqueued_with_what_they_tell_of(
    client: Client, order: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[tuple[Any, ...]] = []
    monkeypatch.setattr("glocal.shop.orders.mail.enqueue", lambda *arguments, **_: queued.append(arguments))
    client.post(address(order, "write/"), {"text": "Hello", "key": "k"})
    cancel_order(order)
    assert queued == [], "without an address of the shop there would be no link"
    settings.SITE_URL = "https://shop.example"
    client.post(address(order, "write/"), {"text": "Hello again", "key": "l"})
    assert [each[-1] for each in queued] == ["message_to_shop"]


def test_nobody_is_written_to_who_has_no_address(order: Any, quote: Any) -> None:
    stock = place_order(quote.id, CustomerDetails("Shop", "s@example.org"), idempotency_key="s", for_stock=True)
    assert send_order_mail(str(stock.id), "placed") == "nobody's order"
    assert send_order_mail(str(order.id), "message_to_shop") == "no address"
    Order.objects.filter(id=order.id).update(customer_email="")
    assert send_order_mail(str(order.id), "placed") == "no address"
    assert mail.outbox == []
