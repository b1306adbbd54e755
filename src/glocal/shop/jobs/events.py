"""The only way in which a job's state changes: with the timelines of its orders."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from glocal.shop.jobs.models import Job, JobState
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState


def orders_of(job: Job) -> list[Order]:
    """Return the orders that have pieces on a job's plate, locked for the current transaction."""
    ids = job.pieces.values_list("order_id", flat=True).distinct()
    return list(Order.objects.select_for_update().filter(id__in=list(ids)).order_by("id"))


def tell_job(
    job: Job,
    code: str,
    message: str,
    *,
    state: JobState | None = None,
    order_state: OrderState | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Move a job to ``state`` and tell each of its orders; call it inside the transaction of the change."""
    if state is not None and state != job.state:
        job.state, job.state_at = state, timezone.now()
    job.note = message
    job.save()
    for order in orders_of(job):
        if not order.is_final:
            tell(order, code, message, state=order_state, data={"job": str(job.id), **(data or {})})
