"""The last net: find orders and jobs that should be carried by a workflow but are not, and carry them on.

A workflow breaks only when what nobody foresaw lasted longer than all retries of a step: a disk that was full for a
quarter of an hour, a defect in a release. The order is still there, in words; this brings it back onto its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.workflow.handover import enqueue_print
from glocal.shop.workflow.names import hold_id, learn_id, prepare_id, print_id
from glocal.shop.workflow.stage import try_again_later

CARRIED = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
PREPARED_STATES = frozenset(
    {
        OrderState.PLACED,
        OrderState.CHECKING,
        OrderState.SLICING,
        OrderState.MATCHING,
        OrderState.HELD,
        OrderState.FAILED_RETRY,
        OrderState.PRINTED,
        OrderState.LEARNING,
    }
)
NAMES_OF_ORDER = (prepare_id, hold_id, learn_id)
BROKEN = "Something unforeseen broke off the work on this order."


def sweep(now: datetime, *, quiet_s: float) -> list[str]:
    """Carry on every order and job that has been quiet for a while and that no workflow carries; return their names."""
    before = now - timedelta(seconds=quiet_s)
    orders = list(Order.objects.filter(state__in=PREPARED_STATES, state_at__lt=before))
    jobs = list(Job.objects.filter(state__in=OPEN_STATES, state_at__lt=before).select_related("machine"))
    carried = _carried(
        [
            *(name(order.id, order.generation) for order in orders for name in NAMES_OF_ORDER),
            *(print_id(job.id, job.run) for job in jobs),
        ]
    )
    found = []
    for order in orders:
        if not carried & {name(order.id, order.generation) for name in NAMES_OF_ORDER}:
            try_again_later(order, BROKEN, "The shop's log says what it was.", {"code": "broken"})
            found.append(f"order {order.id}")
    for job in jobs:
        if print_id(job.id, job.run) not in carried:
            _carry_job(job)
            found.append(f"job {job.id}")
    return found


def _carried(names: Iterable[str]) -> set[str]:
    """Return which of these workflows wait or run."""
    from dbos import DBOS

    wanted = list(names)
    if not wanted:
        return set()
    known = DBOS.list_workflows(workflow_ids=wanted, load_input=False, load_output=False)
    return {workflow.workflow_id for workflow in known if workflow.status in CARRIED}


def _carry_job(job: Job) -> None:
    """Give a job a new workflow; every step of it looks at the job's row and at the printer first."""
    with transaction.atomic():
        if Job.objects.filter(id=job.id, run=job.run, state__in=OPEN_STATES).update(run=job.run + 1):
            job.refresh_from_db()
            enqueue_print(job)
