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


def state_in_words(state: PaymentState, *, off: bool = False, desk: bool = False) -> str:
    """Return how an order stands, as the customer is told, or at the ``desk`` its owner.

    ``off`` is an order of which nothing comes: nothing is paid for it because of that.
    """
    if off and state == PaymentState.FREE:
        return _("Nothing to pay: nothing comes of this order")
    if desk and state == PaymentState.OWED_BACK:
        return _("The customer gets money back")
    words = {
        PaymentState.FREE: _("Nothing to pay"),
        PaymentState.UNPAID: _("Not paid yet"),
        PaymentState.PARTLY: _("Partly paid"),
        PaymentState.PAID: _("Paid"),
        PaymentState.OWED_BACK: _("You get money back"),
        PaymentState.REFUNDED: _("Paid back"),
    }
    return words[state]


def way_back_in_words(account: str) -> str:
    """Return how money that lies on an account comes back to the customer."""
    words = {
        "cash": _("The shop gives it back in cash: come by, or write below how you want it."),
        "bank": _("The shop transfers it to the account from which it came; write below if it shall go elsewhere."),
        "stripe": _("It comes back the way you paid; your bank may need some days."),
        "mollie": _("It comes back the way you paid; your bank may need some days."),
    }
    return words.get(account, "")


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
