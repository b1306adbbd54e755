"""Pause, go on, stop: the maker's hand on a running print."""

from __future__ import annotations

import uuid
from typing import Literal

from glocal.shop.errors import NotNow
from glocal.shop.jobs.events import tell_job
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import PrinterConnection, PrinterKind
from glocal.shop.makers.printers import printer_of

Steering = Literal["pause", "resume", "stop"]
WORDS = {
    "pause": "The maker paused the print.",
    "resume": "The maker let the print go on.",
    "stop": "The maker stopped the print.",
}


def steer(job_id: uuid.UUID | str, what: Steering) -> Job:
    """Pause a job's print, let it go on, or stop it for good.

    What comes of a stop is heard from the printer, as with every other end: the pieces get a new job.

    Raises
    ------
    NotNow
        When the printer does not print this job now: nothing of anybody else's is ever stopped.
    PrinterUnavailable, PrinterAuthError
        When the printer does not do it.
    """
    from glocal.shop.workflow.follow import AT_WORK

    job = Job.objects.select_related("machine__maker").get(id=job_id)
    connection = PrinterConnection.objects.filter(machine_id=job.machine_id).exclude(kind=PrinterKind.HAND).first()
    if connection is None:
        raise NotNow("This machine is driven by hand.", help="Use its own display.")
    if job.state not in {JobState.PRINTING, JobState.UNKNOWN}:
        raise NotNow("The job is not at work.", help="Look at the page again.", state=job.state)
    with printer_of(connection) as printer:
        status = printer.status()
        if status.state not in AT_WORK or status.job_name != job.file_name:
            doing = status.message or status.state.value
            raise NotNow("The printer does not print this job now: {said}.", help="Look at the printer.", said=doing)
        if what == "pause":
            printer.pause()
        elif what == "resume":
            printer.resume()
        else:
            printer.cancel()
    if what != "stop":  # pages that are opened before the printer is read again offer the other button at once
        connection.last_status["state"] = "paused" if what == "pause" else "printing"
        connection.save(update_fields=["last_status"])
    tell_job(job, f"maker_{what}", WORDS[what])
    return job
