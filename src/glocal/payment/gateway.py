"""What a payment firm with a page of its own does for a shop, whoever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from glocal.payment.errors import GatewayRefused

DIGITS = {
    **dict.fromkeys(("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "RON", "CAD", "AUD", "NZD"), 2),
    "JPY": 0,
}
"""Currencies whose minor unit both firms write as ISO 4217 does; others are refused before money is moved wrongly."""


@dataclass(frozen=True, slots=True)
class HostedAsk:
    """A payment that is asked for.

    Parameters
    ----------
    key : str
        Names this asking: the same key again is the same payment, also after a lost answer.
    amount_minor, currency : int, str
        How much.
    title : str
        What the payer reads.
    return_url, notice_url : str
        Where the payer comes back to, and where the firm sends its notices.
    language : str
        Of the payer, such as ``"fr"``.
    """

    key: str
    amount_minor: int
    currency: str
    title: str
    return_url: str
    notice_url: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class HostedPage:
    """A payment that was begun: the firm's name for it, and the page where it is paid."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class HostedState:
    """How a payment stands at the firm."""

    state: Literal["open", "paid", "failed"]
    paid_minor: int
    currency: str


class PaymentGateway(Protocol):
    """A payment firm with a hosted page. Every method may raise GatewayFailed or GatewayRefused."""

    def start(self, ask: HostedAsk) -> HostedPage:
        """Begin a payment, once per key."""

    def read(self, payment_id: str) -> HostedState:
        """Ask the firm itself how a payment stands: the only source that is believed."""

    def refund(self, payment_id: str, amount_minor: int, currency: str, *, key: str) -> str:
        """Give money back, once per key; return the firm's name for the refund."""

    def payment_of_notice(self, body: bytes, headers: Mapping[str, str], *, now_s: float) -> str | None:
        """Return which payment a notice is about, None when it is about nothing of ours.

        Raises SignatureWrong when the firm signs its notices and this one is not signed by it.
        """


def digits_of(currency: str) -> int:
    """Return how many decimals the firms write of a currency."""
    if currency not in DIGITS:
        raise GatewayRefused(
            "{currency} cannot be paid on a payment page yet.", help="Choose another way to pay.", currency=currency
        )
    return DIGITS[currency]
