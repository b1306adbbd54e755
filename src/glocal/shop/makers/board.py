"""The owner's view of the makers: what each has to do, and how their prints went."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.outcomes.models import JobOutcome, Phase

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


def makers_board() -> list[MakerOnBoard]:
    """Return all makers, those that are paused last."""
    machines = MakerMachine.objects.filter(is_active=True).prefetch_related("spools")
    makers = Maker.objects.order_by("-is_active", "name").prefetch_related(Prefetch("machines", queryset=machines))
    board = {maker.id: MakerOnBoard(maker, list(maker.machines.all())) for maker in makers}
    for job in Job.objects.filter(state__in=OPEN_STATES).select_related("machine"):
        row = board[job.machine.maker_id]
        row.waiting += job.started_at is None
        row.asks += job.state in ASKING
        if job.started_at is not None:
            row.running[job.machine_id] = job
    real = JobOutcome.objects.filter(phase__in=(Phase.OK, Phase.PART_FAULT, Phase.MACHINE_FAULT))
    counted = real.values("job__machine__maker").annotate(all=Count("id"), good=Count("id", filter=Q(phase=Phase.OK)))
    for row_of in counted.order_by():
        row = board[row_of["job__machine__maker"]]
        row.ended, row.good = row_of["all"], row_of["good"]
    return list(board.values())
