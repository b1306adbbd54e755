"""What an order leaves for the shop: as planned when it was priced, and as its prints went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from glocal.shop.jobs.models import Job
from glocal.shop.orders.models import Order
from glocal.shop.outcomes.actions import actual_time_s
from glocal.shop.outcomes.models import JobOutcome, Phase
from glocal.shop.quotes.context import context_from_inputs

if TYPE_CHECKING:
    from glocal.quoting.actual import Attempt, Margin

SHOPS_OWN = frozenset({"margin", "minimum", "rush"})
NOTHING_USED = frozenset({Phase.NEVER_STARTED})


def planned_margin(quote: Mapping[str, Any]) -> Margin:
    """Return what a quote (:meth:`glocal.quoting.model.Quote.as_dict`) plans to leave for the shop."""
    from glocal.quoting.actual import Margin

    amounts = {line["code"]: int(line["amount_minor"]) for line in quote["lines"]}
    kept = sum(amount for code, amount in amounts.items() if code in SHOPS_OWN)
    tax = amounts.get("tax", 0)
    paid = sum(amounts.values())
    return Margin(paid, tax, paid - tax - kept)


def order_margins(order: Order, jobs: list[Job]) -> tuple[Margin | None, Margin | None]:
    """Return the planned and the actual margin; the actual one is None until something was measured.

    ``jobs`` are all that carried pieces of the order, with their machines and outcomes; ``order.quote`` is loaded.
    """
    from glocal.quoting.actual import actual_margin

    quote = order.quote.quote
    if quote is None:
        return None, None
    planned = planned_margin(quote)
    attempts = [_attempt(order, job, outcome) for job in jobs if (outcome := _outcome(job)) is not None]
    if not attempts or "rate" not in quote.get("inputs", {}).get("context", {}):
        return planned, None
    fee = sum(int(line["amount_minor"]) for line in quote["lines"] if line["code"] == "payment_fee")
    context = context_from_inputs(quote["inputs"])
    return planned, actual_margin(order.total_minor, context, attempts, payment_fee_minor=fee)


def _outcome(job: Job) -> JobOutcome | None:
    outcome: JobOutcome | None = getattr(job, "outcome", None)
    return None if outcome is None or outcome.phase in NOTHING_USED else outcome


def _attempt(order: Order, job: Job, outcome: JobOutcome) -> Attempt:
    from glocal.quoting.actual import Attempt

    lying = [str(placed["piece"]) for placed in job.plate]
    own = {str(piece.id) for piece in order.pieces.all()}
    share = sum(piece in own for piece in lying) / len(lying) if lying else 1.0
    return Attempt(share or 1.0, actual_time_s(outcome), outcome.mass_g, job.estimate_s, job.estimate_g)
