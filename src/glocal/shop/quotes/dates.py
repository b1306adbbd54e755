"""When something quoted is ready if it is ordered now: a price holds for days, a place in the queue does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from glocal.shop.makers.line import Line
from glocal.shop.quotes.context import context_from_inputs, use_from_inputs, waits_on
from glocal.shop.quotes.models import QuoteRecord

if TYPE_CHECKING:
    from glocal.quoting.model import Ready
    from glocal.values import Estimate

FRESH = timedelta(hours=1)
"""So long the date of a quote stands as it was shown, unless others came between."""
LATER_S = 60.0
"""A line that is longer by less than this moves no date."""


def ready_if_ordered(quote: QuoteRecord, now: datetime) -> Ready:
    """Return when the pieces of a quote are ready if they are ordered at ``now``.

    What the checkout shows, what an order promises and what its maker is chosen by is this one date: of a fresh quote
    as it was given while the line is no longer than it was then, else with the line as it is.

    Raises
    ------
    ValueError
        When the quote is a refusal.
    """
    from glocal.quoting.model import Ready
    from glocal.quoting.ready import ready

    if quote.quote is None or quote.machine is None:
        raise ValueError("a refused quote has no date")
    queue_s = waits_on(quote.machine, now, Line.read(rush=quote.rush))
    if now - quote.created_at < FRESH and not _others_came(quote.quote, queue_s, now):
        told = quote.quote["ready"]
        return Ready(*(datetime.fromisoformat(told[name]) for name in ("at", "low", "high")))
    context = context_from_inputs(quote.quote["inputs"])
    if quote.hold_h and context.queue_s and (queue_s is None or queue_s.value < context.queue_s.value):
        queue_s = context.queue_s  # it waits for others on its plate, however short the queue is
    return ready(use_from_inputs(quote.quote["inputs"]), replace(context, now=now, queue_s=queue_s))


def _others_came(told: Mapping[str, Any], queue_s: Estimate | None, now: datetime) -> bool:
    """Say whether the machine is free later than it was when its maker was asked for this price."""
    if queue_s is None:
        return False
    context = told["inputs"]["context"]
    waited_s = (context["queue_s"] or {"value": 0.0})["value"]
    then = datetime.fromisoformat(context["now"])
    return now + timedelta(seconds=queue_s.value) > then + timedelta(seconds=waited_s + LATER_S)
