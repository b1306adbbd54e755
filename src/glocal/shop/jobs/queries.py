"""Reads of jobs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from glocal.shop.access import Actor, require
from glocal.shop.errors import NotFound
from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.models import Order


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is right now, as its printer says.

    Parameters
    ----------
    share : float or None
        0 to 1; ``None`` before the printer said anything.
    left_s : float or None
        The printer's own guess of what is left, s.
    printer : mapping
        The printer's last status as it came: ``state``, ``nozzle_c``, ``bed_c``, ``message``.
    """

    job_id: uuid.UUID
    state: str
    share: float | None
    left_s: float | None
    printer: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the progress as JSON."""
        return {
            "job": str(self.job_id),
            "state": self.state,
            "share": self.share,
            "left_s": self.left_s,
            "printer": self.printer,
        }


def get_job(job_id: uuid.UUID | str) -> Job:
    """Return a job with its machine and maker."""
    job = Job.objects.select_related("machine__maker", "machine__connection").filter(id=job_id).first()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def access_job(job_id: uuid.UUID | str, *, actor: Actor, action: str = "see") -> Job:
    """Return a job to the maker whose machine prints it and to the owner."""
    missing = NotFound("There is no such job.", help="Go back to the list.")
    job = Job.objects.select_related("machine__maker", "machine__connection").filter(id=job_id).first()
    if job is None:
        raise missing
    require("job", action, actor.relation(maker=job.machine.maker_id), missing)
    return job


def open_jobs(machine: MakerMachine | None = None) -> QuerySet[Job]:
    """Return the jobs that are not at their end, in the order of the queue."""
    jobs = Job.objects.filter(state__in=OPEN_STATES).select_related("machine__maker")
    return jobs.filter(machine=machine) if machine else jobs


def jobs_of(order: Order) -> QuerySet[Job]:
    """Return all jobs that ever carried a piece of an order, the first first."""
    return Job.objects.filter(pieces__order=order).distinct().select_related("machine__connection")


def progress_of(order: Order) -> list[Progress]:
    """Return how far each open job of an order is."""
    found = []
    for job in jobs_of(order).filter(state__in=OPEN_STATES):
        connection = getattr(job.machine, "connection", None)
        printer = connection.last_status if connection else {}
        found.append(Progress(job.id, job.state, job.progress, job.left_s, printer))
    return found
