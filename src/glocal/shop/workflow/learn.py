"""After the print: learn from it, share what the owner allows, and tell the customer that it is ready."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.commons.actions import share_outcome
from glocal.shop.commons.batches import due_jobs
from glocal.shop.commons.models import CommonsEntry
from glocal.shop.jobs.models import Job
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.outcomes.actions import learn_from
from glocal.shop.workflow.pace import pace
from glocal.shop.workflow.stage import STOP, move


def learn(order: Order) -> str:
    """Compare estimate and actual of every job that the order had."""
    move(order, "learning", "The print is being evaluated.", OrderState.LEARNING)
    try:
        taught = [str(job.id) for job in _ended_jobs(order) if learn_from(job)]
    except GlocalError as refusal:  # figures that cannot be right must not hold the customer's part back
        return move(order, "not_learnt", f"Nothing was learnt: {refusal.message}", data=refusal.as_dict())
    words = "Estimate and actual were compared." if taught else "Nothing was measured that could be compared."
    return move(order, "learnt", words, data={"jobs": taught})


def share(order: Order) -> str:
    """Append the outcomes to the shop's signed log, where the owner allows it; then the order is done."""
    entries: list[CommonsEntry | None] = []
    shop, jobs = order.quote.product.shop, _ended_jobs(order)
    due = due_jobs(jobs, timezone.now(), timedelta(seconds=pace().share_within_s))
    try:
        entries = [share_outcome(shop, job) for job in due]
    except GlocalError as failure:  # it is shared with the next order's outcome
        move(order, "not_shared", f"What came out is shared later: {failure.message}", data=failure.as_dict())
    shared: list[dict[str, Any]] = [
        {"record": entry.record_id, "leaf": entry.leaf_index, "leaf_hash": entry.leaf_hash}
        for entry in entries
        if entry
    ]
    if shared:
        move(order, "shared", "What came out was shared, without anything about you.", data={"records": shared})
    elif shop.shares_outcomes and len(due) < len(jobs):
        move(order, "shared_later", "What came out is shared within some days, without anything about you.")
    how = "will be brought to you" if order.quote.delivery else "can be picked up"
    where = f" at {order.machine.maker.name}" if order.machine and not order.quote.delivery else ""
    move(order, "done", f"It is ready and {how}{where}.", OrderState.DONE)
    return STOP


def share_correction(job_id: str) -> str:
    """Share what came out of a job once more, now that a person has looked at it; before it is due, its turn comes."""
    job = Job.objects.select_related("machine__maker").get(id=job_id)
    within = timedelta(seconds=pace().share_within_s)
    if not due_jobs([job], timezone.now(), within):
        return ""
    piece = job.pieces.select_related("order__quote__product__shop").first()
    entry = share_outcome(piece.order.quote.product.shop, job) if piece else None
    return entry.record_id if entry else ""


def _ended_jobs(order: Order) -> list[Job]:
    return list(
        Job.objects.filter(pieces__order=order, outcome__isnull=False).distinct().select_related("machine__maker")
    )
