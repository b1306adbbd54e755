"""Watch the printers: one worker at a time looks at each, notes what it says, and sends its job the news."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from glocal.errors import GlocalError
from glocal.shop.jobs.events import tell_job
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import PrinterConnection, PrinterKind
from glocal.shop.makers.printers import printer_of
from glocal.shop.orders.watch import announce
from glocal.shop.workflow.follow import AT_WORK, JobView, Look, judge
from glocal.shop.workflow.handover import send
from glocal.shop.workflow.names import print_id
from glocal.shop.workflow.pace import Pace

if TYPE_CHECKING:
    from glocal.production.model import PrinterStatus, PrintRecord

log = logging.getLogger(__name__)
LOOKS_AT_ONCE = 8
STARTED = (JobState.PRINTING, JobState.UNKNOWN)


def watch_printers(worker: str, pace: Pace, stop: threading.Event) -> None:
    """Look at all printers until told to stop; one that does not answer holds up no other."""
    looking: dict[uuid.UUID, Future[None]] = {}
    not_before: dict[uuid.UUID, float] = {}
    with ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="printer-look") as looks:
        while not stop.wait(pace.poll_s):
            try:
                close_old_connections()
                for row, job in _due(not_before, pace):
                    if row.pk not in looking or looking[row.pk].done():
                        looking[row.pk] = looks.submit(_look_if_leased, row, job, worker, pace)
            except Exception:  # the watch must outlive a database that is away for a moment
                log.exception("the watch over printers stumbled and goes on")


def _due(not_before: dict[uuid.UUID, float], pace: Pace) -> list[tuple[PrinterConnection, Job | None]]:
    """Return the printers to look at now: those with a started job always, the others now and then."""
    due = []
    for row in PrinterConnection.objects.exclude(kind=PrinterKind.HAND).select_related("machine"):
        job = Job.objects.filter(machine_id=row.machine_id, state__in=STARTED).first()
        if job is None and time.monotonic() < not_before.get(row.pk, 0.0):
            continue
        not_before[row.pk] = time.monotonic() + pace.idle_poll_s
        due.append((row, job))
    return due


def _look_if_leased(row: PrinterConnection, job: Job | None, worker: str, pace: Pace) -> None:
    close_old_connections()
    try:
        if take_lease(row, worker, timezone.now(), pace):
            look(row, job, timezone.now(), pace)
    except Exception:  # the next look comes anyway
        log.exception("a look at %s failed", row)


def take_lease(connection: PrinterConnection, worker: str, now: datetime, pace: Pace) -> bool:
    """Take or renew the right to watch a printer; one worker at a time has it."""
    free = Q(lease_owner=worker) | Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    until = now + timedelta(seconds=pace.lease_s)
    taken = PrinterConnection.objects.filter(free, pk=connection.pk).update(lease_owner=worker, lease_until=until)
    return taken == 1


def look(connection: PrinterConnection, job: Job | None, now: datetime, pace: Pace) -> None:
    """Look at one printer once, outside any transaction, and write down what it says and means."""
    from glocal.production.model import PrinterState, PrinterStatus

    record: PrintRecord | None = None
    try:
        with printer_of(connection) as printer:
            status = printer.status()
            running = status.state in AT_WORK and job is not None and status.job_name == job.file_name
            if job is not None and not running and status.state is not PrinterState.UNREACHABLE:
                record = printer.was_printed(job.file_name)
    except GlocalError as failure:
        status = PrinterStatus(PrinterState.UNREACHABLE, message=failure.message)
    with transaction.atomic():
        _write(connection, status, now)
        if job is not None:
            _write_job(connection, job, (status, record), now, pace)


def _write(connection: PrinterConnection, status: PrinterStatus, now: datetime) -> None:
    from glocal.production.model import PrinterState

    kept = {key: connection.last_status.get(key) for key in ("missing_since", "silence_told")}
    connection.last_status = {**asdict(status), "state": status.state.value, **kept}
    connection.last_read_at = now
    if status.state is not PrinterState.UNREACHABLE:
        connection.last_answer_at = now
        connection.last_status["silence_told"] = False
    connection.save(update_fields=["last_status", "last_read_at", "last_answer_at"])


def _write_job(
    connection: PrinterConnection,
    job: Job,
    heard: tuple[PrinterStatus, PrintRecord | None],
    now: datetime,
    pace: Pace,
) -> None:
    status, record = heard
    job = Job.objects.select_for_update(of=("self",)).select_related("machine__maker").get(id=job.id)
    if job.state not in STARTED:
        return
    since = parse_datetime(connection.last_status.get("missing_since") or "")
    view = JobView(
        file_name=job.file_name,
        unknown=job.state == JobState.UNKNOWN,
        progress=job.progress,
        progress_at=job.progress_at or now,
        missing_since=since,
    )
    seen = judge(view, status, record, now, pace)
    _remember(connection, job, status, seen, now)
    if seen.news is not None:
        key = f"{seen.news['kind']}:{job.id}:{job.state_at.timestamp()}"
        send(print_id(job.id, job.run), dict(seen.news), key=key)
    _tell_of_silence(connection, job, now, pace)


def _remember(connection: PrinterConnection, job: Job, status: PrinterStatus, seen: Look, now: datetime) -> None:
    missing = seen.missing_since.isoformat() if seen.missing_since else None
    if missing != connection.last_status.get("missing_since"):
        connection.last_status["missing_since"] = missing
        connection.save(update_fields=["last_status"])
    if status.job_name != job.file_name or status.state not in AT_WORK:
        return
    if status.progress is not None and status.progress != job.progress:
        job.progress, job.progress_at = min(1.0, max(0.0, status.progress)), now
    job.left_s = status.left_s
    job.save(update_fields=["progress", "progress_at", "left_s"])
    for order_id in job.pieces.values_list("order_id", flat=True).distinct():
        announce(order_id)


def _tell_of_silence(connection: PrinterConnection, job: Job, now: datetime, pace: Pace) -> None:
    """Say once that a printer has not answered for long; its job keeps its state, it may well print on."""
    heard_at = max(filter(None, (connection.last_answer_at, job.started_at, job.state_at)))
    silent_s = (now - heard_at).total_seconds()
    if silent_s <= pace.silent_s or connection.last_status.get("silence_told") or job.state == JobState.UNKNOWN:
        return
    connection.last_status["silence_told"] = True
    connection.save(update_fields=["last_status"])
    words = f"{job.machine.name} has not answered for {silent_s / 60:.0f} min; the print may well go on."
    tell_job(job, "printer_silent", words)
