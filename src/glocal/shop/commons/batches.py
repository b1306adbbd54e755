"""When an outcome is shared: some midnight within a week of its print, in one batch with others, in no order.

Records know the month alone, but whoever follows a log sees when a record appears. A record that appears when its print
ends tells the hours of a workshop, and of its customers. A correction waits as long, counted from when it was said.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q

from glocal.shop.commons.actions import share_outcome
from glocal.shop.jobs.models import Job
from glocal.shop.orders.models import OrderState
from glocal.shop.shops.models import Shop

DAY = timedelta(days=1)
MOST_AT_ONCE = 200


def due_at(job: Job, within: timedelta) -> datetime:
    """Return when a job's outcome may be shared.

    Parameters
    ----------
    within : timedelta
        The longest wait, in whole days; below a day there is none.
    """
    said = (job.said_at or job.ended_at or job.created_at).astimezone(UTC)
    if within < DAY:
        return said
    days = 1 + int.from_bytes(_lot(job)[:4]) % (within // DAY)
    return datetime.combine(said.date() + days * DAY, time(), UTC)


def due_jobs(jobs: list[Job], now: datetime, within: timedelta) -> list[Job]:
    """Return those that are due, in an order that says nothing of when they were printed."""
    return sorted((job for job in jobs if due_at(job, within) <= now), key=_lot)


def share_due(shop: Shop, now: datetime, within: timedelta) -> int:
    """Share what came out of the jobs that are due, and was not shared yet or was corrected since; return how many.

    Raises
    ------
    CommonsError
        When the log cannot be written now; what was not shared yet is shared the next time.
    """
    if not shop.shares_outcomes:
        return 0
    new = Q(shared__isnull=True, pieces__order__state=OrderState.DONE)
    corrected = Q(shared__isnull=False, said_at__isnull=False)
    waiting = Job.objects.filter(new | corrected, outcome__isnull=False)
    ours = waiting.filter(pieces__order__quote__product__shop=shop).distinct().select_related("machine__maker")
    due = due_jobs(list(ours.order_by("id")), now, within)[:MOST_AT_ONCE]
    return sum(share_outcome(shop, job) is not None for job in due)


def _lot(job: Job) -> bytes:
    """Return what nobody else can know: a job's id is never published, and its record's is made with a secret."""
    corrected = job.said_at.isoformat() if job.said_at else ""
    return hashlib.sha256(job.id.bytes + corrected.encode()).digest()
