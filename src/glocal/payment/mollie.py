"""Mollie's hosted page behind :class:`PaymentGateway`.

Source: Mollie's API reference, version 2 (Create payment, Get payment, Create refund, idempotency, webhooks: a notice
holds the payment's id and nothing else, and is believed only as far as the API, asked with the shop's key, agrees).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs

import httpx

from glocal.payment.errors import GatewayFailed
from glocal.payment.gateway import HostedAsk, HostedPage, HostedState, digits_of
from glocal.payment.gateway_http import talk, text_of

API = "https://api.mollie.com/v2"
FIRM = "Mollie"
OVER = frozenset({"canceled", "expired", "failed"})
_ID = re.compile(r"tr_[A-Za-z0-9]{4,60}")
_LOCALES = {"en": "en_GB", "fr": "fr_FR"}


class Mollie:
    """One shop's account at Mollie.

    Parameters
    ----------
    key : str
        API key.
    client : httpx.Client
        The caller closes it.
    """

    def __init__(self, key: str, client: httpx.Client) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._client = client

    def start(self, ask: HostedAsk) -> HostedPage:
        """Create a payment."""
        fields: dict[str, Any] = {
            "amount": _amount(ask.amount_minor, ask.currency),
            "description": ask.title[:255],
            "redirectUrl": ask.return_url,
            "webhookUrl": ask.notice_url,
            "metadata": {"key": ask.key},
        }
        if ask.language in _LOCALES:
            fields["locale"] = _LOCALES[ask.language]
        body = talk(self._client, FIRM, "POST", f"{API}/payments", json=fields, headers=self._once(ask.key))
        return HostedPage(text_of(body, FIRM, "id"), text_of(body, FIRM, "_links", "checkout", "href"))

    def read(self, payment_id: str) -> HostedState:
        """Ask how a payment stands."""
        body = talk(self._client, FIRM, "GET", f"{API}/payments/{_checked(payment_id)}", headers=self._headers)
        status, currency = text_of(body, FIRM, "status"), text_of(body, FIRM, "amount", "currency")
        if status != "paid":
            return HostedState("failed" if status in OVER else "open", 0, currency)
        return HostedState("paid", _minor(text_of(body, FIRM, "amount", "value"), currency), currency)

    def refund(self, payment_id: str, amount_minor: int, currency: str, *, key: str) -> str:
        """Refund a payment, or a part of it."""
        url = f"{API}/payments/{_checked(payment_id)}/refunds"
        fields = {"amount": _amount(amount_minor, currency)}
        return text_of(talk(self._client, FIRM, "POST", url, json=fields, headers=self._once(key)), FIRM, "id")

    def _once(self, key: str) -> dict[str, str]:
        return {**self._headers, "Idempotency-Key": key}

    def payment_of_notice(self, body: bytes, headers: Mapping[str, str], *, now_s: float) -> str | None:
        """Return the payment that a notice names; what it says of it is asked for, not believed."""
        found = parse_qs(body.decode("ascii", "replace"), max_num_fields=20).get("id", [""])[0]
        return found if _ID.fullmatch(found) else None


def _checked(payment_id: str) -> str:
    if not _ID.fullmatch(payment_id):
        raise GatewayFailed("This is no payment of Mollie's.", payment=payment_id[:80])
    return payment_id


def _amount(minor: int, currency: str) -> dict[str, str]:
    digits = digits_of(currency)
    return {"currency": currency, "value": f"{Decimal(minor).scaleb(-digits):.{digits}f}"}


def _minor(value: str, currency: str) -> int:
    try:
        return int(Decimal(value).scaleb(digits_of(currency)))
    except InvalidOperation:
        raise GatewayFailed(
            "{firm} answers something else than it promises.", firm="Mollie", value=value[:40]
        ) from None
