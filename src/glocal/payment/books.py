"""One order's books by double entry: every booking takes from one account what it gives to another.

So the sums over all accounts are zero after any number of bookings, to the minor unit; and what came from the customer
is what the shop has, plus what went back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from glocal.payment.errors import BookingInvalid
from glocal.values import split_minor


class Account(StrEnum):
    """Where money or a claim can be."""

    CUSTOMER = "customer"  # what the customer owes
    SALES = "sales"
    TAX = "tax"
    CASH = "cash"
    BANK = "bank"
    STRIPE = "stripe"
    MOLLIE = "mollie"


MONEY = (Account.CASH, Account.BANK, Account.STRIPE, Account.MOLLIE)


@dataclass(frozen=True, slots=True)
class Booking:
    """A sum that one account gets from another.

    Parameters
    ----------
    debit, credit : Account
        Who gets, and who gives.
    amount_minor : int
        More than 0, in minor units of the order's currency.
    """

    debit: Account
    credit: Account
    amount_minor: int

    def __post_init__(self) -> None:
        if self.amount_minor <= 0 or self.debit == self.credit:
            raise BookingInvalid(
                "A booking moves more than nothing from one account to another.", amount_minor=self.amount_minor
            )


class PaymentState(StrEnum):
    """How an order stands."""

    FREE = "free"  # nothing to pay, nothing paid
    UNPAID = "unpaid"
    PARTLY = "partly"
    PAID = "paid"
    OWED_BACK = "owed_back"  # the shop has more than the order comes to
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order's books come to, in minor units.

    Parameters
    ----------
    charged_minor, tax_minor : int
        What the order comes to by now, and the tax within.
    received_minor, returned_minor : int
        What came from the customer and what went back.
    held_minor : mapping
        What the shop holds of it, by account.
    """

    charged_minor: int
    tax_minor: int
    received_minor: int
    returned_minor: int
    held_minor: dict[Account, int]

    @property
    def due_minor(self) -> int:
        """What the customer still owes; less than 0 when the shop owes it back."""
        return self.charged_minor - self.received_minor + self.returned_minor

    @property
    def state(self) -> PaymentState:
        """How the order stands, in one word."""
        if self.due_minor < 0:
            return PaymentState.OWED_BACK
        kept = self.received_minor - self.returned_minor
        if self.received_minor and not kept and not self.due_minor:
            return PaymentState.REFUNDED
        if self.due_minor:
            return PaymentState.PARTLY if kept else PaymentState.UNPAID
        return PaymentState.PAID if kept else PaymentState.FREE


def standing(bookings: Iterable[Booking]) -> Standing:
    """Return what bookings come to."""
    balance = dict.fromkeys(Account, 0)
    received = returned = 0
    for booking in bookings:
        balance[booking.debit] += booking.amount_minor
        balance[booking.credit] -= booking.amount_minor
        if booking.debit in MONEY:
            received += booking.amount_minor
        if booking.credit in MONEY:
            returned += booking.amount_minor
    return Standing(
        charged_minor=-(balance[Account.SALES] + balance[Account.TAX]),
        tax_minor=-balance[Account.TAX],
        received_minor=received,
        returned_minor=returned,
        held_minor={account: balance[account] for account in MONEY if balance[account]},
    )


def charge(now: Standing, total_minor: int, tax_minor: int) -> list[Booking]:
    """Return the bookings after which the order comes to ``total_minor``, with ``tax_minor`` in it."""
    if not 0 <= tax_minor <= total_minor:
        raise BookingInvalid("The tax lies between nothing and the whole.", total_minor=total_minor)
    net = total_minor - tax_minor - (now.charged_minor - now.tax_minor)
    return [*_claim(Account.SALES, net), *_claim(Account.TAX, tax_minor - now.tax_minor)]


def _claim(account: Account, change_minor: int) -> list[Booking]:
    if change_minor > 0:
        return [Booking(Account.CUSTOMER, account, change_minor)]
    return [Booking(account, Account.CUSTOMER, -change_minor)] if change_minor else []


def receive(account: Account, amount_minor: int) -> list[Booking]:
    """Return the booking of money that came from the customer."""
    _money(account)
    return [Booking(account, Account.CUSTOMER, amount_minor)]


def refund(now: Standing, account: Account, amount_minor: int) -> list[Booking]:
    """Return the bookings of money that goes back to the customer.

    First what the shop owes anyhow (an order that was cancelled, or paid twice); the rest makes the order cheaper, net
    and tax in the proportion in which they still stand, so that any number of partial refunds adds up to the whole.
    """
    _money(account)
    held = now.held_minor.get(account, 0)
    if not 0 < amount_minor <= held:
        raise BookingInvalid(
            "More cannot go back than came in this way.", help="Enter a smaller sum.", held_minor=held, field="amount"
        )
    cheaper = max(0, amount_minor - max(0, -now.due_minor))
    bookings = []
    if cheaper > now.charged_minor:
        raise BookingInvalid("The order does not come to so much.", field="amount")
    if cheaper:
        parts = split_minor(cheaper, [now.charged_minor - now.tax_minor, now.tax_minor])
        bookings = [*_claim(Account.SALES, -parts[0]), *_claim(Account.TAX, -parts[1])]
    return [*bookings, Booking(Account.CUSTOMER, account, amount_minor)]


def _money(account: Account) -> None:
    if account not in MONEY:
        raise BookingInvalid("Money lies in cash, at a bank or at a payment firm.", account=str(account))
