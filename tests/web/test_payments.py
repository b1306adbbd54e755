"""Paying, as customer and owner see it; the same form twice, in two tabs, or for another order."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from glocal.payment.books import Account
from glocal.shop.orders.actions import CustomerDetails, cancel_order, place_order
from glocal.shop.orders.events import tell
from glocal.shop.orders.mail import send_order_mail
from glocal.shop.orders.models import OrderState
from glocal.shop.payments.actions import change_transfer_terms, money_received, refund_by_hand
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.queries import with_due
from glocal.values import new_id
from glocal.web.order_snapshot import snapshot

pytestmark = pytest.mark.django_db
ADA = CustomerDetails("Ada", "ada@example.org")


@pytest.fixture
def order(quote: Any, no_engine: list[Any]) -> Any:
    return place_order(quote.id, ADA, idempotency_key="once")


@pytest.fixture
def owner(client: Client, django_user_model: Any) -> Client:
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    return client


@pytest.fixture
def takes_transfers(product: Any) -> None:
    change_transfer_terms(
        product.shop, at_pickup=True, holder="Corner shop", iban="FR14 2004 1010 0505 0001 3M02 606", bic=""
    )


def page_of(client: Client, order: Any) -> str:
    return client.get(f"/orders/{order.id}/{order.token}/").content.decode()


def due(order: Any) -> int:
    return standing_of(order).due_minor


def test_an_order_begins_unpaid_at_pick_up(client: Client, order: Any) -> None:
    page = page_of(client, order)
    assert "Not paid yet" in page
    assert "When I get it" in page
    assert (standing_of(order).charged_minor, standing_of(order).tax_minor, due(order)) == (1000, 167, 1000)


@pytest.mark.usefixtures("takes_transfers")
def test_a_transfer_is_chosen_at_the_checkout_and_told_on_the_orders_page(
    client: Client, quote: Any, no_engine: list[Any]
) -> None:
    form = client.get(f"/checkout/{quote.id}/").content.decode()
    assert "By bank transfer" in form
    sent = {"name": "Ada", "email": "ada@example.org", "idempotency_key": "k", "pay_by": "transfer"}
    page = client.get(client.post(f"/checkout/{quote.id}/", sent)["Location"]).content.decode()
    assert "FR14 2004 1010 0505 0001 3M02 606" in page
    assert "data:image/svg+xml" in page
    assert "Corner shop" in page


def test_a_way_that_the_shop_does_not_have_is_not_taken(client: Client, order: Any, quote: Any) -> None:
    other = place_order(quote.id, ADA, idempotency_key="other", pay_by="stripe")
    assert other.payment.method == "pickup"
    assert client.post(f"/orders/{order.id}/{order.token}/pay-by/", {"pay_by": "mollie"}).status_code == 422
    assert client.post(f"/orders/{order.id}/{'x' * 43}/pay-by/", {"pay_by": "pickup"}).status_code == 404


def test_the_owner_notes_money_once_however_often_the_button_is_pressed(owner: Client, order: Any) -> None:
    sent = {"amount": "10.00", "account": "cash", "key": "one form"}
    for _ in range(2):
        assert owner.post(f"/desk/payments/{order.id}/received/", sent).status_code == 302
    assert due(order) == 0
    assert "Paid" in page_of(owner, order)
    assert [event.code for event in order.events.all()] == ["placed", "paid"]


def test_more_than_is_due_is_asked_about_before_it_stands_in_the_books(owner: Client, order: Any) -> None:
    sent = {"amount": "100.00", "account": "bank", "key": "a slip"}
    asked = owner.post(f"/desk/payments/{order.id}/received/", sent).content.decode()
    assert "This is more than is still due." in asked
    assert 'value="100.00"' in asked
    assert due(order) == 1000
    owner.post(f"/desk/payments/{order.id}/received/", {**sent, "beyond_due": "1"})
    assert due(order) == -9000


def test_a_form_of_one_order_is_not_taken_for_another(owner: Client, order: Any, quote: Any) -> None:
    other = place_order(quote.id, ADA, idempotency_key="other")
    money_received(order, Account.CASH, 1000, key="one form")
    assert due(other) == 1000
    response = owner.post(
        f"/desk/payments/{other.id}/received/", {"amount": "10", "account": "cash", "key": "one form"}
    )
    assert response.status_code == 422
    assert due(other) == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "ten"},
        {"amount": "-1"},
        {"amount": "0"},
        {"amount": "1.001"},
        {"account": "stripe"},
        {"account": "sales"},
        {"account": ""},
        {"key": ""},
    ],
)
def test_nonsense_is_not_booked(owner: Client, order: Any, wrong: dict[str, str]) -> None:
    sent = {"amount": "10.00", "account": "cash", "key": "k", **wrong}
    for deed in ("received", "refunded"):
        assert owner.post(f"/desk/payments/{order.id}/{deed}/", sent).status_code == 422
    assert due(order) == 1000


def test_a_part_goes_back_and_not_more_than_came(owner: Client, order: Any) -> None:
    money_received(order, Account.CASH, 1000, key="a")
    sent = {"amount": "3.00", "account": "cash", "key": "b", "reason": "a scratch"}
    for _ in range(2):
        assert owner.post(f"/desk/payments/{order.id}/refunded/", sent).status_code == 302
    now = standing_of(order)
    assert (now.charged_minor, now.returned_minor, now.due_minor) == (700, 300, 0)
    sent |= {"amount": "7.01", "key": "c"}
    assert owner.post(f"/desk/payments/{order.id}/refunded/", sent).status_code == 422


def test_a_cancelled_order_that_was_paid_is_owed_back(owner: Client, order: Any) -> None:
    money_received(order, Account.BANK, 1000, key="a")
    cancel_order(order)
    assert due(order) == -1000
    assert "You get money back" in page_of(owner, order)
    assert "To give back" in owner.get("/desk/payments/?show=back").content.decode()
    refund_by_hand(order, Account.BANK, 1000, key="b")
    assert due(order) == 0
    assert "No order is in this list." in owner.get("/desk/payments/?show=back").content.decode()


def test_an_order_that_cannot_be_made_asks_for_nothing(owner: Client, order: Any) -> None:
    before = snapshot(order)["parts"]
    refusal = {"code": "x", "message": "The wall is too thin.", "help": "Make it 1 mm."}
    tell(order, "cannot_be_made", "It cannot be made.", state=OrderState.CANNOT_BE_MADE, data=refusal)
    page, desk = page_of(owner, order), owner.get(f"/desk/orders/{order.id}/").content.decode()
    assert "The wall is too thin. Make it 1 mm." in page
    for said in (page, desk):
        assert "Nothing to pay: nothing comes of this order" in said
        assert "Price, as ordered" in said
        for gone in (
            "Still to be paid",
            "Not paid yet",
            "When I get it",
            "Ready by",
            "Order the same again",
            "/label/",
        ):
            assert gone not in said
    assert snapshot(order)["parts"] != before, "a page that is open reads its payment again"
    assert "No order is in this list." in owner.get("/desk/payments/").content.decode()


def test_an_order_that_cannot_be_made_and_was_paid_says_how_the_money_comes_back(
    owner: Client, product: Any, order: Any, settings: Any
) -> None:
    product.shop.set_up_at = product.shop.created_at
    product.shop.save()
    settings.SITE_URL = "https://shop.example"
    money_received(order, Account.BANK, 1000, key="a")
    tell(order, "cannot_be_made", "It cannot be made.", state=OrderState.CANNOT_BE_MADE)
    page = page_of(owner, order)
    assert "The shop transfers it to the account from which it came" in page
    assert "The customer gets money back" in owner.get(f"/desk/orders/{order.id}/").content.decode()
    assert "Orders of which money goes back: 1" in owner.get("/desk/").content.decode()
    send_order_mail(str(order.id), "cannot_be_made")
    assert "The shop gives back what you paid" in mail.outbox[0].body


def test_the_list_finds_an_order_by_what_stands_in_the_transfer(owner: Client, order: Any, quote: Any) -> None:
    other = place_order(quote.id, ADA, idempotency_key="other")
    page = owner.get("/desk/payments/", {"q": f"{order.payment.number[:4]} {order.payment.number[4:]}"})
    assert str(order.id) in page.content.decode()
    assert str(other.id) not in page.content.decode()


def test_the_database_and_the_books_agree_on_what_is_due(order: Any, quote: Any) -> None:
    from glocal.shop.models import Order

    other = place_order(quote.id, ADA, idempotency_key="other")
    money_received(other, Account.CASH, 400, key="a")
    refund_by_hand(other, Account.CASH, 100, key="b")
    assert {row.id: row.due_minor for row in with_due(Order.objects.all())} == {order.id: 1000, other.id: due(other)}


def test_the_books_cannot_be_changed(order: Any) -> None:
    entry = order.bookings.first()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_what_is_made_for_the_shelf_is_charged_to_nobody(client: Client, quote: Any, no_engine: list[Any]) -> None:
    order = place_order(quote.id, ADA, idempotency_key="stock", for_stock=True)
    assert due(order) == 0
    cancel_order(order)
    assert not order.bookings.exists()
    assert 'id="pay"' not in page_of(client, order)


def test_the_owner_says_where_transfers_go(owner: Client, product: Any) -> None:
    wrong = owner.post("/desk/payments/terms/", {"holder": "Corner", "iban": "FR14 2004", "bic": ""})
    assert "This is not an IBAN." in wrong.content.decode()
    right = {"at_pickup": "on", "holder": "Corner", "iban": "fr1420041010050500013m02606", "bic": ""}
    assert owner.post("/desk/payments/terms/", right).status_code == 302
    assert 'value="FR1420041010050500013M02606"' in owner.get("/desk/payments/terms/").content.decode()


def test_money_is_the_owners_alone(client: Client, order: Any) -> None:
    for address in ("", "terms/", f"{order.id}/"):
        assert client.get(f"/desk/payments/{address}").status_code == 302
    assert client.post(f"/desk/payments/{order.id}/received/", {"key": str(new_id())}).status_code == 403
