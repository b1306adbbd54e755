"""Heartbeats, and taking up the work of workers that died."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from glocal.shop.workers.dark import move_on
from glocal.shop.workers.models import Worker
from glocal.shop.workers.slot import is_free
from glocal.shop.workers.sweep import sweep
from glocal.shop.workflow.pace import Pace

log = logging.getLogger(__name__)


def slots_directory() -> Path:
    """Return where the places of this machine's workers are."""
    return Path(settings.GLOCAL_HOME) / "workers"


def register(name: str) -> None:
    """Note that a worker has started."""
    now = timezone.now()
    Worker.objects.update_or_create(
        name=name,
        defaults={
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": now,
            "beat_at": now,
            "stopped_at": None,
        },
    )


def beat(name: str, pace: Pace, stop: threading.Event) -> None:
    """Beat until told to stop, and look after the others at every beat."""
    swept_at = time.monotonic()
    while not stop.wait(pace.beat_s):
        try:
            close_old_connections()
            Worker.objects.filter(name=name).update(beat_at=timezone.now(), stopped_at=None)
            for dead in find_dead(name, pace):
                take_over(dead)
            if time.monotonic() - swept_at > pace.sweep_s:
                swept_at = time.monotonic()
                for found in sweep(timezone.now(), quiet_s=pace.sweep_s):
                    log.warning("nothing carried %s any more; it goes on", found)
                for moved in move_on(timezone.now(), dark_s=pace.dark_s):
                    log.warning("%s goes to somebody else: no answer", moved)
        except Exception:
            log.exception("a heartbeat failed")


def leave(name: str) -> None:
    """Note that a worker has ended, so that others take up at once what it left."""
    Worker.objects.filter(name=name).update(beat_at=datetime(1970, 1, 1, tzinfo=UTC))


def find_dead(name: str, pace: Pace) -> list[Worker]:
    """Return the other workers that fell silent, or that are surely gone from this machine."""
    silent_since = timezone.now() - timedelta(seconds=pace.dead_s)
    hushed_since = timezone.now() - timedelta(seconds=2 * pace.beat_s)
    others = Worker.objects.exclude(name=name).filter(stopped_at__isnull=True, beat_at__lt=hushed_since)
    return [other for other in others if other.beat_at < silent_since or is_free(slots_directory(), other.name)]


def take_over(dead: Worker) -> int:
    """Put a dead worker's workflows back into their queues; return how many.

    The claim on the row (its beat) lets one of several survivors do it, and another if that one dies meanwhile. Should
    the dead one live after all, its steps lose to the effects' keys, and its engine notices that it no longer owns its
    workflows.
    """
    from dbos import DBOS

    now = timezone.now()
    claim = Worker.objects.filter(name=dead.name, beat_at=dead.beat_at, stopped_at__isnull=True)
    if not claim.update(beat_at=now):
        return 0
    left = DBOS.list_workflows(status="PENDING", executor_id=dead.name, load_input=False, load_output=False)
    for workflow in left:
        DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name)
    Worker.objects.filter(name=dead.name, beat_at=now).update(stopped_at=timezone.now())
    return len(left)
