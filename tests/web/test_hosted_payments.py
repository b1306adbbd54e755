"""Paying on a firm's page: begun once however often, settled by what the firm says, refunded once, off without keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from glocal.payment.books import Account
from glocal.shop.models import HostedPayment, HostedRefund, PaymentTerms
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.payments.actions import change_keys, money_received
from glocal.shop.payments.ledger import standing_of
from tests.payment.firm import SECRET, Firm
from tests.payment.test_gateways import event, signed

pytestmark = pytest.mark.django_db
ADA = CustomerDetails("Ada", "ada@example.org")
TOTAL = 1240


@pytest.fixture(params=["stripe", "mollie"])
def firm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Firm:
    firm = Firm(request.param, check_content=False)
    monkeypatch.setattr("httpx.Client", lambda **_: firm_client(firm))
    firm.change("read", **NOT_YET[firm.name])
    return firm


def firm_client(firm: Firm) -> Any:
    import httpx

    return httpx._client.Client(transport=httpx.MockTransport(firm.handle))


NOT_YET = {"stripe": {"payment_status": "unpaid", "status": "open"}, "mollie": {"status": "open"}}


@pytest.fixture
def order(product: Any, machine: Any, no_engine: list[Any], firm: Firm, settings: Any) -> Any:
    from tests.web.builders import make_quote

    settings.SITE_URL = "https://shop.example"
    change_keys(product.shop, stripe_key="key-of-the-test", stripe_webhook=SECRET, mollie_key="key-of-the-test")
    quote = make_quote(product, machine, total_minor=TOTAL)
    return place_order(quote.id, ADA, idempotency_key="once", pay_by=firm.name)


def pay(client: Client, order: Any) -> Any:
    return client.post(f"/orders/{order.id}/{order.token}/pay-online/")


def come_back(client: Client, order: Any) -> Any:
    return client.get(f"/orders/{order.id}/{order.token}/paid/")


def paid_at(firm: Firm) -> None:
    firm.answers.pop("read")


def due(order: Any) -> int:
    return standing_of(order).due_minor


def notify(client: Client, firm: Firm, firm_id: str) -> Any:
    import time

    if firm.name == "mollie":
        return client.post("/pay/mollie/notice/", f"id={firm_id}", content_type="application/x-www-form-urlencoded")
    body = event(session=firm_id)
    headers = {"HTTP_STRIPE_SIGNATURE": signed(body, time.time())["Stripe-Signature"]}
    return client.post("/pay/stripe/notice/", body, content_type="application/json", **headers)


def test_a_double_click_and_a_second_tab_lead_to_one_payment(client: Client, order: Any, firm: Firm) -> None:
    for _ in range(3):
        page = pay(client, order)
        assert page.status_code == 200
        assert firm.contract["start"]["response"]["json"]["id"].removeprefix("tr_") in page.content.decode()
    row = HostedPayment.objects.get()
    assert [(step, key) for step, key, _ in firm.asked if step == "start"] == [("start", str(row.id))]
    assert row.amount_minor == TOTAL


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(client: Client, order: Any, firm: Firm) -> None:
    firm.silent = True
    assert pay(client, order).status_code == 503
    firm.silent = False
    assert pay(client, order).status_code == 200
    row = HostedPayment.objects.get()
    assert [key for step, key, _ in firm.asked if step == "start"] == [str(row.id)] * 2


def test_it_is_paid_once_whoever_says_so_and_however_often(client: Client, order: Any, firm: Firm) -> None:
    pay(client, order)
    assert come_back(client, order).status_code == 302
    assert due(order) == TOTAL, "coming back proves nothing"
    paid_at(firm)
    row = HostedPayment.objects.get()
    for _ in range(2):
        assert notify(client, firm, row.firm_id).status_code == 204
        come_back(client, order)
    assert due(order) == 0
    assert [event.code for event in order.events.all()] == ["placed", "paid"]
    assert pay(client, order).status_code == 409


def test_a_payment_that_was_paid_after_all_is_seen_before_another_begins(
    client: Client, order: Any, firm: Firm
) -> None:
    pay(client, order)
    paid_at(firm)
    assert pay(client, order).status_code == 409
    assert due(order) == 0


def test_what_is_paid_twice_is_owed_back(client: Client, order: Any, firm: Firm) -> None:
    pay(client, order)
    money_received(order, Account.CASH, TOTAL, key="cash")
    paid_at(firm)
    notify(client, firm, HostedPayment.objects.get().firm_id)
    assert due(order) == -TOTAL


def test_a_notice_alone_books_nothing(client: Client, order: Any, firm: Firm) -> None:
    pay(client, order)
    row = HostedPayment.objects.get()
    assert notify(client, firm, row.firm_id).status_code == 204
    assert notify(client, firm, "tr_unknown1" if firm.name == "mollie" else "cs_unknown").status_code == 204
    assert due(order) == TOTAL
    forged = client.post("/pay/stripe/notice/", event(session=row.firm_id), content_type="application/json")
    assert forged.status_code == 422
    assert client.post("/pay/cash/notice/").status_code == 404
    assert client.post(f"/pay/{firm.name}/notice/", b"x" * 200_001, content_type="text/plain").status_code == 413


def test_a_part_goes_back_the_way_it_came_once(client: Client, order: Any, firm: Firm, django_user_model: Any) -> None:
    pay(client, order)
    paid_at(firm)
    come_back(client, order)
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    sent = {"amount": "3.00", "account": firm.name, "key": "one form"}
    address = f"/desk/payments/{order.id}/refunded/"
    firm.silent = True
    assert client.post(address, sent).status_code == 503
    assert standing_of(order).returned_minor == 0
    firm.silent = False
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    now = standing_of(order)
    assert (now.returned_minor, now.charged_minor, now.due_minor) == (300, TOTAL - 300, 0)
    row = HostedRefund.objects.get()
    keys = {key for step, key, _ in firm.asked if step == "refund"}
    assert keys == {str(row.id)}
    assert client.post(address, {**sent, "amount": "9.41", "key": "other"}).status_code == 422
    assert client.post(address, {**sent, "amount": "4.00"}).status_code == 422, "another sum on the same form"


def test_a_refund_that_the_firm_refuses_leaves_the_books_alone(client: Client, order: Any, firm: Firm) -> None:
    from glocal.payment.errors import GatewayRefused
    from glocal.shop.payments.hosted import refund_hosted
    from glocal.shop.payments.models import PayBy

    pay(client, order)
    paid_at(firm)
    come_back(client, order)
    firm.answers["refund"] = (422, {"detail": "too old"})
    with pytest.raises(GatewayRefused):
        refund_hosted(order, PayBy(firm.name), 300, form_key="k")
    assert standing_of(order).returned_minor == 0
    assert HostedRefund.objects.get().state == "refused"


def test_without_keys_it_is_clearly_off(client: Client, order: Any, firm: Firm, django_user_model: Any) -> None:
    change_keys(order.quote.product.shop, stripe_key="-", mollie_key="-")
    assert pay(client, order).status_code == 409
    assert "Pay €12.40 now" not in client.get(f"/orders/{order.id}/{order.token}/").content.decode()
    assert firm.name.title() not in client.get(f"/checkout/{order.quote_id}/").content.decode()
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    assert "off: no key" in client.get("/desk/payments/terms/").content.decode()
    assert firm.asked == []


def test_keys_are_encrypted_and_never_shown(client: Client, order: Any, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    sent = {"keys": "1", "stripe_key": "sk_live_zebra", "stripe_webhook": "", "mollie_key": ""}
    assert client.post("/desk/payments/terms/", sent).status_code == 302
    terms = PaymentTerms.objects.get()
    assert "zebra" not in terms.stripe_key_sealed
    assert terms.stripe_webhook_sealed, "an empty field changes nothing"
    page = client.get("/desk/payments/terms/").content.decode()
    assert "zebra" not in page
    assert "https://shop.example/pay/stripe/notice/" in page
