"""Stripe Checkout behind :class:`PaymentGateway`.

Source: Stripe's API reference (Checkout Sessions, Refunds, idempotent requests, webhook signatures: HMAC-SHA256 over
``timestamp.body`` in the scheme ``v1``, a tolerance of five minutes).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Literal

import httpx

from glocal.payment.errors import GatewayFailed, SignatureWrong
from glocal.payment.gateway import HostedAsk, HostedPage, HostedState, digits_of
from glocal.payment.gateway_http import talk, text_of

API = "https://api.stripe.com/v1"
VERSION = "2024-06-20"
TOLERANCE_S = 300.0
ABOUT_PAYMENTS = frozenset({
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired",
})  # fmt: skip
FIRM = "Stripe"


class Stripe:
    """One shop's account at Stripe.

    Parameters
    ----------
    key : str
        Secret or restricted key.
    notice_secret : str
        Signing secret of the webhook.
    client : httpx.Client
        The caller closes it.
    """

    def __init__(self, key: str, notice_secret: str, client: httpx.Client) -> None:
        self._headers = {"Authorization": f"Bearer {key}", "Stripe-Version": VERSION}
        self._notice_secret = notice_secret
        self._client = client

    def start(self, ask: HostedAsk) -> HostedPage:
        """Open a checkout session."""
        digits_of(ask.currency)
        fields = {
            "mode": "payment",
            "success_url": ask.return_url,
            "cancel_url": ask.return_url,
            "client_reference_id": ask.key,
            "locale": ask.language if ask.language in {"en", "fr"} else "auto",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": ask.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(ask.amount_minor),
            "line_items[0][price_data][product_data][name]": ask.title,
        }
        headers = {**self._headers, "Idempotency-Key": ask.key}
        body = talk(self._client, FIRM, "POST", f"{API}/checkout/sessions", data=fields, headers=headers)
        return HostedPage(text_of(body, FIRM, "id"), text_of(body, FIRM, "url"))

    def read(self, payment_id: str) -> HostedState:
        """Ask how a checkout session stands."""
        body = self._session(payment_id)
        paid = body.get("payment_status") == "paid"
        if not paid:
            state: Literal["open", "failed"] = "failed" if body.get("status") == "expired" else "open"
            return HostedState(state, 0, text_of(body, FIRM, "currency").upper())
        total = body.get("amount_total")
        if not isinstance(total, int):
            raise GatewayFailed(
                "{firm} answers something else than it promises.", firm="Stripe", missing="amount_total"
            )
        return HostedState("paid", total, text_of(body, FIRM, "currency").upper())

    def refund(self, payment_id: str, amount_minor: int, currency: str, *, key: str) -> str:
        """Refund what was paid in a checkout session."""
        digits_of(currency)
        fields = {
            "payment_intent": text_of(self._session(payment_id), FIRM, "payment_intent"),
            "amount": str(amount_minor),
        }
        headers = {**self._headers, "Idempotency-Key": key}
        return text_of(talk(self._client, FIRM, "POST", f"{API}/refunds", data=fields, headers=headers), FIRM, "id")

    def _session(self, payment_id: str) -> dict[str, Any]:
        return talk(self._client, FIRM, "GET", f"{API}/checkout/sessions/{payment_id}", headers=self._headers)

    def payment_of_notice(self, body: bytes, headers: Mapping[str, str], *, now_s: float) -> str | None:
        """Check who signed a notice and when, and return its checkout session."""
        self._check(body, headers.get("Stripe-Signature", ""), now_s)
        try:
            event = json.loads(body)
            about, session = event["type"], event["data"]["object"]["id"]
        except (ValueError, KeyError, TypeError):
            return None
        return session if about in ABOUT_PAYMENTS and isinstance(session, str) else None

    def _check(self, body: bytes, header: str, now_s: float) -> None:
        parts = [part.partition("=") for part in header.split(",")[:20]]
        at = next((value for name, _, value in parts if name.strip() == "t"), "")
        if not (at.isascii() and at.isdigit() and len(at) < 13) or abs(now_s - int(at)) > TOLERANCE_S:
            raise SignatureWrong("This notice is too old, or says not when it was sent.")
        wanted = hmac.new(self._notice_secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        signed = [value for name, _, value in parts if name.strip() == "v1"]
        if not any(hmac.compare_digest(wanted.encode(), value.encode()) for value in signed):
            raise SignatureWrong("This notice is not signed by Stripe.")
