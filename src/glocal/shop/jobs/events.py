"""The only way in which a job's state changes: with the timelines of its orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState


def orders_of(job: Job) -> list[Order]:
    """Return the orders that have pieces on a job's plate, locked for the current transaction."""
    ids = job.pieces.values_list("order_id", flat=True).distinct()
    return list(Order.objects.select_for_update().filter(id__in=list(ids)).order_by("id"))


@transaction.atomic
def tell_job(
    job: Job,
    code: str,
    message: str,
    *,
    state: JobState | None = None,
    order_state: OrderState | None = None,
    data: dict[str, Any] | None = None,
    change: Callable[[Job], None] | None = None,
) -> bool:
    """Change an open job, move it to ``state`` and tell each of its orders, in one transaction.

    Returns
    -------
    bool
        False, and nothing happens, when the job has meanwhile come to its end: a step that was overtaken by another
        worker must not open it again.
    """
    locked = Job.objects.select_for_update().get(id=job.id)
    if locked.state not in OPEN_STATES:
        job.refresh_from_db()
        return False
    if change is not None:
        change(locked)
    if state is not None and state != locked.state:
        locked.state, locked.state_at = state, timezone.now()
    locked.note = message
    locked.save()
    for order in orders_of(locked):
        if not order.is_final:
            tell(order, code, message, state=order_state, data={"job": str(job.id), **(data or {})})
    job.refresh_from_db()
    return True
