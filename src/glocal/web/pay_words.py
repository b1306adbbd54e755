"""Ways to pay and the state of an order's books, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from glocal.payment.books import PaymentState


def way_in_words(way: str) -> tuple[str, str]:
    """Return what a way to pay is called, and what it means for the customer."""
    ways = {
        "pickup": (_("When I get it"), _("In cash, or as the shop takes it, when the piece is in your hands.")),
        "transfer": (_("By bank transfer"), _("Your order's page shows the account, and a code for your banking app.")),
        "stripe": (_("By card, on Stripe’s page"), _("Your card number never reaches this shop.")),
        "mollie": (_("Online, on Mollie’s page"), _("With what is usual in your country; never through this shop.")),
    }
    return ways[way]


def state_in_words(state: PaymentState) -> str:
    """Return how an order stands."""
    words = {
        PaymentState.FREE: _("Nothing to pay"),
        PaymentState.UNPAID: _("Not paid yet"),
        PaymentState.PARTLY: _("Partly paid"),
        PaymentState.PAID: _("Paid"),
        PaymentState.OWED_BACK: _("You get money back"),
        PaymentState.REFUNDED: _("Paid back"),
    }
    return words[state]


def account_in_words(account: str) -> str:
    """Return what an account of the books is called."""
    words = {
        "customer": _("Customer"),
        "sales": _("Sales"),
        "tax": _("Tax"),
        "cash": _("Cash"),
        "bank": _("Bank account"),
        "stripe": "Stripe",
        "mollie": "Mollie",
    }
    return words.get(account, account)
