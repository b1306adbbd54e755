"""After the print: learn from it, share what the owner allows, and tell the customer that it is ready."""

from __future__ import annotations

from typing import Any

from glocal.shop.commons.actions import share_outcome
from glocal.shop.jobs.models import Job
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.outcomes.actions import learn_from
from glocal.shop.workflow.stage import STOP, move


def learn(order: Order) -> str:
    """Compare estimate and actual of every job that the order had."""
    move(order, "learning", "The print is being evaluated.", OrderState.LEARNING)
    taught = [str(job.id) for job in _ended_jobs(order) if learn_from(job)]
    words = "Estimate and actual were compared." if taught else "Nothing was measured that could be compared."
    return move(order, "learnt", words, data={"jobs": taught})


def share(order: Order) -> str:
    """Append the outcomes to the shop's signed log, where the owner allows it; then the order is done."""
    entries = [share_outcome(order.quote.product.shop, job) for job in _ended_jobs(order)]
    shared: list[dict[str, Any]] = [
        {"record": entry.record_id, "leaf": entry.leaf_index, "leaf_hash": entry.leaf_hash}
        for entry in entries
        if entry
    ]
    if shared:
        move(order, "shared", "What came out was shared, without anything about you.", data={"records": shared})
    how = "will be brought to you" if order.quote.delivery else "can be picked up"
    where = f" at {order.machine.maker.name}" if order.machine and not order.quote.delivery else ""
    move(order, "done", f"It is ready and {how}{where}.", OrderState.DONE)
    return STOP


def _ended_jobs(order: Order) -> list[Job]:
    return list(
        Job.objects.filter(pieces__order=order, outcome__isnull=False).distinct().select_related("machine__maker")
    )
