"""Both firms by their recorded contracts; notices that are forged, old or nonsense; silence and refusals."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from glocal.payment.errors import GatewayFailed, GatewayRefused, SignatureWrong
from glocal.payment.gateway import HostedAsk, HostedState
from tests.payment.firm import SECRET, Firm

ASK = HostedAsk(
    "k-1", 1240, "EUR", "Peg × 1", "https://shop.example/back", "https://shop.example/notice", language="fr"
)
NOW_S = 1_764_000_000.0
FIRMS = ("stripe", "mollie")


@pytest.fixture(params=FIRMS)
def firm(request: pytest.FixtureRequest) -> Firm:
    return Firm(request.param)


def payment_id(firm: Firm) -> str:
    return str(firm.contract["start"]["response"]["json"]["id"])


def test_a_payment_is_begun_read_and_refunded_as_the_contract_says(firm: Firm) -> None:
    gateway = firm.gateway()
    page = gateway.start(ASK)
    assert page.id == payment_id(firm)
    assert page.url.startswith("https://")
    assert gateway.read(page.id) == HostedState("paid", 1240, "EUR")
    assert gateway.refund(page.id, 300, "EUR", key="r-1").startswith("re_")
    assert [(step, key) for step, key, _ in firm.asked if key] == [("start", "k-1"), ("refund", "r-1")]


@pytest.mark.parametrize(
    ("name", "change", "state"),
    [
        ("stripe", {"payment_status": "unpaid", "status": "open"}, "open"),
        ("stripe", {"payment_status": "unpaid", "status": "expired"}, "failed"),
        ("stripe", {"payment_status": "unpaid", "status": "complete"}, "open"),  # a slow way to pay is on its way
        ("mollie", {"status": "open"}, "open"),
        ("mollie", {"status": "authorized"}, "open"),
        ("mollie", {"status": "canceled"}, "failed"),
        ("mollie", {"status": "expired"}, "failed"),
    ],
)
def test_only_what_is_paid_counts(name: str, change: dict[str, str], state: str) -> None:
    firm = Firm(name)
    firm.change("read", **change)
    assert firm.gateway().read(payment_id(firm)) == HostedState(state, 0, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {}, GatewayFailed),
        (429, {}, GatewayFailed),
        (503, {}, GatewayFailed),
        (409, {}, GatewayFailed),
        (200, [], GatewayFailed),
        (200, {"id": 7}, GatewayFailed),
        (302, {}, GatewayRefused),
        (422, {"detail": "The amount is too low"}, GatewayRefused),
        (400, {"error": {"message": "Amount too small"}}, GatewayRefused),
    ],
)
def test_failures_are_no_answer_or_a_no(firm: Firm, status: int, body: object, error: type[Exception]) -> None:
    firm.answers["start"] = (status, body)
    with pytest.raises(error):
        firm.gateway().start(ASK)


def test_silence_is_said(firm: Firm) -> None:
    firm.silent = True
    with pytest.raises(GatewayFailed, match="does not answer"):
        firm.gateway().start(ASK)


def test_a_currency_whose_minor_unit_is_not_sure_is_refused(firm: Firm) -> None:
    with pytest.raises(GatewayRefused):
        firm.gateway().start(HostedAsk("k", 1240, "UGX", "Peg", "https://a.example", "https://a.example"))
    assert firm.asked == []


def signed(body: bytes, at_s: float = NOW_S, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{int(at_s)}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={int(at_s)},v1={'0' * 64},v1={digest},v0=abc"}


def event(kind: str = "checkout.session.completed", session: object = "cs_1") -> bytes:
    return json.dumps({"type": kind, "data": {"object": {"id": session}}}).encode()


def test_a_notice_of_stripe_is_believed_when_it_is_signed_and_fresh() -> None:
    gateway = Firm("stripe").gateway()
    assert gateway.payment_of_notice(event(), signed(event()), now_s=NOW_S + 299) == "cs_1"
    for body in (event("charge.updated"), event(session=7), b"{}", b"[]", b"not json"):
        assert gateway.payment_of_notice(body, signed(body), now_s=NOW_S) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=now,v1=00"},
        {"Stripe-Signature": f"t={int(NOW_S)}"},
        {"Stripe-Signature": f"t={int(NOW_S)},v1=é"},
        signed(event(), secret="whsec_of_somebody_else"),
        signed(event(session="cs_2")),
        signed(event(), at_s=NOW_S - 301),
        signed(event(), at_s=NOW_S + 301),
    ],
)
def test_a_forged_or_old_notice_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureWrong):
        Firm("stripe").gateway().payment_of_notice(event(), headers, now_s=NOW_S)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"id=tr_7UhSN1zuXS", "tr_7UhSN1zuXS"),
        (b"id=tr_../../refunds", None),
        (b"id=tr_1%2Frefunds", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_notice_of_mollie_names_a_payment_or_nothing(body: bytes, found: str | None) -> None:
    assert Firm("mollie").gateway().payment_of_notice(body, {}, now_s=NOW_S) == found
