"""Where an order or a job is, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from glocal.shop.orders.models import OrderState


def state_in_words(state: str) -> str:
    """Return what a customer is told about a state of an order."""
    words = {
        OrderState.PLACED: _("We have your order"),
        OrderState.CHECKING: _("We check that it can be printed"),
        OrderState.SLICING: _("We prepare it for the printer"),
        OrderState.MATCHING: _("We look for the best maker near you"),
        OrderState.QUEUED: _("Waiting for its printer"),
        OrderState.PRINTING: _("It is being printed"),
        OrderState.PRINTED: _("Printed; the maker looks at it"),
        OrderState.LEARNING: _("Printed; the maker looks at it"),
        OrderState.DONE: _("It is ready"),
        OrderState.NEEDS_MAKER: _("The maker has to look"),
        OrderState.NEEDS_CUSTOMER: _("We need your answer"),
        OrderState.FAILED_RETRY: _("Something went wrong; we try again"),
        OrderState.CANNOT_BE_MADE: _("It cannot be made"),
        OrderState.CANCELLED: _("Cancelled"),
    }
    return words.get(OrderState(state), state)


def printer_in_words(state: str) -> str:
    """Return what a printer is doing."""
    words = {
        "heating": _("The printer warms up"),
        "printing": _("Printing"),
        "paused": _("The printer pauses"),
        "finished": _("The print is finished"),
        "unreachable": _("The printer does not answer at the moment"),
    }
    return words.get(state, "")
