"""When something quoted is ready if it is ordered now: a price holds for days, a place in the queue does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from glocal.shop.quotes.context import context_from_inputs, use_from_inputs, waits_on
from glocal.shop.quotes.models import QuoteRecord

if TYPE_CHECKING:
    from glocal.quoting.model import Ready

FRESH = timedelta(hours=1)
"""So long the date of a quote stands as it was shown."""


def ready_if_ordered(quote: QuoteRecord, now: datetime) -> Ready:
    """Return when the pieces of a quote are ready if they are ordered at ``now``.

    What the checkout shows, what an order promises and what its maker is chosen by is this one date: of a fresh quote
    as it was given, of an older one with the queue as it is.

    Raises
    ------
    ValueError
        When the quote is a refusal.
    """
    from glocal.quoting.model import Ready
    from glocal.quoting.ready import ready

    if quote.quote is None or quote.machine is None:
        raise ValueError("a refused quote has no date")
    if now - quote.created_at < FRESH:
        told = quote.quote["ready"]
        return Ready(*(datetime.fromisoformat(told[name]) for name in ("at", "low", "high")))
    context = context_from_inputs(quote.quote["inputs"])
    queue_s = waits_on(quote.machine, now, rush=quote.rush)
    if quote.hold_h and context.queue_s and (queue_s is None or queue_s.value < context.queue_s.value):
        queue_s = context.queue_s  # it waits for others on its plate, however short the queue is
    return ready(use_from_inputs(quote.quote["inputs"]), replace(context, now=now, queue_s=queue_s))
