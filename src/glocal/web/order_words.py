"""Where an order or a job is, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.error_words import error_in_words, error_text
from glocal.shop.errors import NobodyAtWork
from glocal.shop.orders.models import Order, OrderEvent, OrderState

TELL_A_DAY = frozenset({"comes_late", "held"})
"""Their own words name a moment in UTC; pages say it in the shop's time, beside what was ordered."""


def state_in_words(state: str) -> str:
    """Return what a customer is told about a state of an order."""
    words = {
        OrderState.PLACED: _("We have your order"),
        OrderState.CHECKING: _("We check that it can be printed"),
        OrderState.SLICING: _("We prepare it for the printer"),
        OrderState.MATCHING: _("We look for the best maker near you"),
        OrderState.HELD: _("Waiting for others on its plate"),
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


def order_in_words(order: Order) -> str:
    """Return what its customer is told about where an order is."""
    return _("You have it") if order.handed_over_at and order.state == OrderState.DONE else state_in_words(order.state)


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


def refusal_in_words(events: Iterable[OrderEvent]) -> str:
    """Return why an order cannot be made, as its timeline tells it; empty where it does not."""
    told = [event for event in events if event.code == OrderState.CANNOT_BE_MADE]
    if not told:
        return ""
    last = told[-1]
    return error_text(last.data) if "message" in last.data else last.message


def event_in_words(code: str, message: str, data: Mapping[str, Any], *, to_shop: bool = False) -> str:
    """Return what an event of a timeline tells: the shop's own words in English, else what its code and data say.

    What failed in the shop itself, and what would mend it, is told ``to_shop``; its customer can do nothing about it.
    """
    failed_in_shop = code in {OrderState.FAILED_RETRY, OrderState.NEEDS_MAKER, "declined"} and "message" in data
    if failed_in_shop and data.get("code") == NobodyAtWork.code:
        return f"{error_in_words(data)['message']} {_('The order is kept, and is tried again by itself.')}"
    if failed_in_shop and not to_shop:
        return _events()[code]
    if (get_language() or "en").startswith("en") and code not in TELL_A_DAY:
        return message
    if failed_in_shop:
        return f"{error_text(data)} {_events()[code]}"
    if code == OrderState.CANNOT_BE_MADE and "message" in data:
        return f"{_('It cannot be made')}: {error_text(data)}"
    return _events().get(code, message)


def _events() -> dict[str, str]:
    """Return what each event tells, by its code."""
    return {
        "placed": _("The order was placed."),
        "checking": _("The part is being checked again."),
        "slicing": _("The part is being prepared for printing."),
        "sliced": _("The print was calculated exactly."),
        "matching": _("A maker near you is being looked for."),
        "matched": _("A maker was found."),
        "comes_late": _("It will be later than was promised; the day is beside what you ordered."),
        "maker_silent": _("The maker does not answer; the order is offered to the next one."),
        "held": _("It waits for others on its plate."),
        "plate_shared": _("Its plate is closed, with others on it, and waits for the printer."),
        "queued": _("Everything is prepared; it waits for its printer."),
        "printing": _("The print has begun."),
        "unknown": _("Nobody knows what became of the print; its maker looks."),
        "printer_silent": _("The printer does not answer; the print may go on by itself."),
        "printed": _("The printer finished it."),
        "learning": _("The print is being evaluated."),
        "learnt": _("Estimate and actual were compared."),
        "shared": _("What came out was shared, without anything about you."),
        "shared_later": _("What came out is shared within some days, without anything about you."),
        "done": _("It is ready."),
        "address_changed": _("It is brought to another address."),
        "handed_over": _("It was handed over."),
        "cancel_asked": _("Cancelling was asked for."),
        "cancelled": _("The order was cancelled."),
        "price_accepted": _("You agreed to the exact price."),
        "maker_pause": _("The maker paused the print."),
        "maker_resume": _("The maker let the print go on."),
        "maker_stop": _("The maker stopped the print."),
        "made_again": _("It is made again at no charge."),
        "erased": _("What was known about the customer was erased."),
        "paid": _("Money was received."),
        "refunded": _("Money was given back."),
        "declined": _("Its maker cannot print it; another one is looked for."),
        "print_again": _("The print did not come out right; it is printed again."),
        "failed_retry": _("Something in the shop failed. Your order is kept, and is tried again by itself."),
        "needs_customer": _("The exact price is above what was quoted. Please say whether to go on."),
        "needs_maker": _("The maker or the shop decides how it goes on."),
        "maker_goes_on": _("The maker tries it again."),
        "plate_printed": _("One plate is printed; others of the order are still to come."),
        "by_hand": _("The maker prints it by hand."),
        "waiting_plate": _("The plate of the printer has to be cleared first."),
        "printer_away": _("The printer cannot be used now; it is asked again."),
        "printer_busy": _("The printer is not free; it is asked again."),
        "cancel_waits": _("The print will be stopped when the printer answers."),
        "not_learnt": _("Nothing was learnt from this print."),
        "not_shared": _("What came out is shared later."),
    }
