"""What a look at a printer means for the job that was started on it: pure judgement, no clock and no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.shop.workflow.pace import Pace

AT_WORK = frozenset({PrinterState.HEATING, PrinterState.PRINTING, PrinterState.PAUSED})


@dataclass(frozen=True, slots=True)
class JobView:
    """What is known of a job before the look.

    Parameters
    ----------
    unknown : bool
        Whether the maker has been asked already.
    progress_at : datetime
        When its progress last changed.
    missing_since : datetime or None
        Since when its printer has not shown it.
    """

    file_name: str
    unknown: bool
    progress: float | None
    progress_at: datetime
    missing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """What the look means.

    Parameters
    ----------
    news : mapping or None
        What the job's workflow must hear.
    missing_since : datetime or None
        To be remembered for the next look.
    """

    news: Mapping[str, Any] | None
    missing_since: datetime | None = None


def judge(job: JobView, status: PrinterStatus, record: PrintRecord | None, now: datetime, pace: Pace) -> Look:
    """Return what a status and the printer's history mean for a job.

    A printer that does not answer says nothing about the job: it may well print on. History beats appearance: only
    what the printer recorded as finished is finished. What is neither running nor recorded is given a while, then
    asked about.
    """
    if status.state is PrinterState.UNREACHABLE:
        return Look(None, None)
    if status.state in AT_WORK and status.job_name == job.file_name:
        return Look(_at_work(job, status, now, pace))
    if record is not None and record.finished:
        return Look(_ended(record, status))
    if status.state is PrinterState.FAILED and status.job_name == job.file_name:
        words = f"The printer reports a fault: {status.message}" if status.message else "The printer reports a fault."
        return Look({"kind": "ended", "phase": "machine_fault", "words": words})
    missing_since = job.missing_since or now
    if job.unknown or (now - missing_since).total_seconds() <= pace.vanish_s:
        return Look(None, missing_since)
    words = "The printer neither prints it nor remembers its end."
    return Look({"kind": "vanished", "words": words}, missing_since)


def _at_work(job: JobView, status: PrinterStatus, now: datetime, pace: Pace) -> dict[str, Any] | None:
    """Return the news of a job that its printer says it is printing: a silent printer says so, too."""
    still_s = (now - job.progress_at).total_seconds()
    paused = status.state is PrinterState.PAUSED  # somebody wanted it so, or it waits for filament and says so
    if not paused and status.progress == job.progress and still_s > pace.stall_s:
        words = f"The printer has shown no progress for {still_s / 60:.0f} min."
        return None if job.unknown else {"kind": "stalled", "words": words}
    return {"kind": "printing"} if job.unknown else None


def _ended(record: PrintRecord, status: PrinterStatus) -> dict[str, Any]:
    if record.success:
        return {"kind": "ended", "phase": "ok", "words": "The printer finished it.", "print_s": record.print_s}
    fault = status.state is PrinterState.FAILED
    reason = f": {status.message}" if fault and status.message else ""
    words = f"The printer stopped with a fault{reason}." if fault else "The print was stopped at the printer."
    return {
        "kind": "ended",
        "phase": "machine_fault" if fault else "cancelled",
        "words": words,
        "print_s": record.print_s,
    }
