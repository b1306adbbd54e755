"""An order as its page shows it at one moment; two equal snapshots need no second message."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from glocal.shop.jobs.models import JobState
from glocal.shop.jobs.queries import progress_of
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.orders.queries import order_timeline
from glocal.shop.payments.ledger import standing_of
from glocal.web.order_words import event_in_words, order_in_words, printer_in_words

NEWEST = 4  # events that stand there at once; those before are a click away


def snapshot(order: Order) -> dict[str, Any]:
    """Return what ``<glocal-order-progress>`` shows: state, printer, timeline."""
    events = list(order_timeline(order))
    rows = [
        {"event": event, "words": event_in_words(event.code, event.message, event.data)} for event in reversed(events)
    ]
    newest, earlier = (rows[:NEWEST], rows[NEWEST:]) if len(rows) > NEWEST + 1 else (rows, [])
    context = {"newest": newest, "earlier": earlier, "timezone": order.quote.product.shop.timezone}
    return {
        "state": order.state,
        "state_text": order_in_words(order),
        "final": order.is_final,
        "can_cancel": can_cancel(order),
        "parts": _parts(order),
        "timeline": render_to_string("web/timeline.html", context),
        "last_event": events[-1].id if events else 0,
        "printer": _printer(order),
    }


def _parts(order: Order) -> str:
    """Return what the other parts of the page follow from: when it changes, they are read again."""
    now = standing_of(order)
    sums = (order.total_minor, now.charged_minor, now.received_minor, now.returned_minor)
    return " ".join(
        map(
            str,
            (
                *sums,
                int(order.is_off),
                int(must_agree(order)),
                int(order.comes_late),
                int(order.state == OrderState.DONE),
                int(order.handed_over_at is not None),
            ),
        )
    )


def must_agree(order: Order) -> bool:
    """Return whether the order waits for the customer's word on its exact price."""
    return order.state == OrderState.NEEDS_CUSTOMER and "price_minor" in order.exact


def can_cancel(order: Order) -> bool:
    """Return whether the customer may still call the order off."""
    return not (order.is_final or order.cancel_asked or order.state in {OrderState.PRINTED, OrderState.LEARNING})


def _printer(order: Order) -> dict[str, Any] | None:
    """Return what the printer says about the order's newest running job, or nothing while none runs."""
    running = [now for now in progress_of(order) if now.state in (JobState.STARTING, JobState.PRINTING)]
    if not running:
        return None
    now = running[-1]
    nozzle_c = now.printer.get("nozzle_c")
    return {
        "progress": None if now.share is None else round(now.share, 3),
        "left_s": None if now.left_s is None else round(now.left_s),
        "nozzle_c": None if nozzle_c is None else round(nozzle_c),
        "text": printer_in_words(str(now.printer.get("state", ""))),
    }
