"""The owner's view of the makers: what each has to do, and how their prints went."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import Prefetch

from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.makers.track import TrackRecords

ASKING = frozenset({JobState.UNKNOWN, JobState.WAITING_PLATE})


@dataclass(slots=True)
class MakerOnBoard:
    """One maker: plates that wait, plates that need their eyes, prints that ended and that were good."""

    maker: Maker
    machines: list[MakerMachine]
    running: dict[uuid.UUID, Job] = field(default_factory=dict)
    waiting: int = 0
    asks: int = 0
    ended: int = 0
    good: int = 0


def makers_board(track: TrackRecords) -> list[MakerOnBoard]:
    """Return all makers, those that are paused last."""
    machines = MakerMachine.objects.filter(is_active=True).prefetch_related("spools")
    makers = Maker.objects.order_by("-is_active", "name").prefetch_related(
        Prefetch("machines", queryset=machines), "vouched_by"
    )
    board = {maker.id: MakerOnBoard(maker, list(maker.machines.all())) for maker in makers}
    for job in Job.objects.filter(state__in=OPEN_STATES).select_related("machine"):
        row = board[job.machine.maker_id]
        row.waiting += job.started_at is None
        row.asks += job.state in ASKING
        if job.started_at is not None:
            row.running[job.machine_id] = job
    for row in board.values():
        record = track.own(row.maker)
        row.ended, row.good = record.plates - record.never_started, record.ok
    return list(board.values())
