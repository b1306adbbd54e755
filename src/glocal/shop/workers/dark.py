"""A maker who goes dark: what they were asked about their plates stays unanswered, so others get the work.

A plate that has not begun is taken back. Of one that may lie on a machine nobody knows: it is counted as not printed,
and its pieces get a new job elsewhere; should the maker come back with it, it is a piece too many and none too few.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from glocal.shop.jobs.events import orders_of
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.makers.printers import is_driven
from glocal.shop.orders.events import tell
from glocal.shop.workflow.conclude import Verdict, conclude_from_outside
from glocal.shop.workflow.job_steps import ask_maker

ASKED = frozenset({JobState.UNKNOWN, JobState.WAITING_PLATE})
OVERDUE, OVERDUE_AT_LEAST = 2.0, timedelta(hours=12)  # beyond the estimate: nobody hurries to press "done" at night
TAKEN_BACK = OPEN_STATES - {JobState.PRINTING, JobState.STARTING}  # what prints goes on


def move_on(now: datetime, *, dark_s: float) -> list[str]:
    """Take the work from makers who did not answer in time; return what was moved, in words."""
    _ask_about_overdue(now)
    asked = Job.objects.filter(state__in=ASKED, state_at__lt=now - timedelta(seconds=dark_s))
    found: list[str] = []
    for maker in Maker.objects.filter(machines__jobs__in=asked, silent_since__isnull=True).distinct():
        if _others_can(maker):
            found += _move(maker, now)
    return found


def _ask_about_overdue(now: datetime) -> None:
    """Ask about prints that no printer tells of and that should have ended long ago."""
    printing = Job.objects.filter(state=JobState.PRINTING, started_at__isnull=False)
    for job in printing.select_related("machine__maker"):
        due = (job.started_at or now) + timedelta(seconds=OVERDUE * job.estimate_s) + OVERDUE_AT_LEAST
        if due < now and not is_driven(job.machine):
            ask_maker(job, f"It should have been printed on {job.machine.name} by {due:%Y-%m-%d %H:%M} UTC.")


def _others_can(maker: Maker) -> bool:
    """Return whether there is anybody else: work is not taken from the only one who could still do it."""
    machines = MakerMachine.objects.filter(is_active=True, maker__is_active=True, maker__silent_since__isnull=True)
    return machines.exclude(maker=maker).exists()


def _move(maker: Maker, now: datetime) -> list[str]:
    with transaction.atomic():
        if not Maker.objects.filter(id=maker.id, silent_since__isnull=True).update(silent_since=now):
            return []  # another worker was faster
    moved = []
    for job in Job.objects.filter(machine__maker=maker, state__in=TAKEN_BACK).order_by("id"):
        with transaction.atomic():
            for order in orders_of(job):
                words = f"{maker.name} does not answer; the order is offered to the next maker."
                tell(order, "maker_silent", words, data={"job": str(job.id)})
            conclude_from_outside(job, Verdict("never_started", f"{maker.name} did not answer when asked about it."))
        moved.append(f"job {job.id} of {maker.name}")
    return moved
