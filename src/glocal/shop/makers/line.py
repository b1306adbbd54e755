"""What waits for each machine: jobs, and orders that have no job yet but were promised a day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.models import ON_THE_WAY, Order, Piece

if TYPE_CHECKING:
    from glocal.network.hours import OpeningHours
    from glocal.network.line import Ahead
    from glocal.shop.makers.models import Maker


@dataclass(frozen=True, slots=True)
class Line:
    """The line before every machine, as one who comes now finds it."""

    ahead: Mapping[uuid.UUID, Ahead]

    @classmethod
    def read(cls, *, rush: bool = False, before: uuid.UUID | None = None) -> Line:
        """Ask the database, twice however many machines there are.

        Parameters
        ----------
        rush : bool
            Only what has begun or is urgent too goes first.
        before : UUID, optional
            An order that is in the line itself: of the orders without a job, only those placed before it count.
        """
        from glocal.network.line import Ahead, left_s

        running: dict[uuid.UUID, float] = defaultdict(float)
        waiting: dict[uuid.UUID, list[float]] = defaultdict(list)
        jobs = Job.objects.filter(state__in=OPEN_STATES).order_by("id")
        if rush:
            urgent = Job.objects.filter(pieces__order__quote__rush=True).values("id")
            jobs = jobs.filter(Q(intent_at__isnull=False) | Q(id__in=urgent))
        facts = jobs.values_list("machine", "intent_at", "estimate_s", "left_s", "progress")
        for machine, begun, estimate_s, told_s, progress in facts:
            if begun is None:
                waiting[machine].append(estimate_s)
            else:
                running[machine] += left_s(estimate_s, told_s, progress)
        for machine, plates in _spoken_for(rush=rush, before=before):
            waiting[machine] += plates
        return cls({each: Ahead(running[each], tuple(waiting[each])) for each in {*running, *waiting}})

    def free_at(self, machine: MakerMachine, now: datetime) -> datetime:
        """Return when a machine can begin something new; ``now`` when it is free."""
        from glocal.network.line import Ahead, free_at

        begin = max(machine.busy_until or now, now)
        hours = None if machine.auto_clear else hours_of(machine.maker)
        ahead = self.ahead.get(machine.id, Ahead())
        return free_at(begin, ahead, setup_s=machine.setup_min * 60, hours=hours)


def hours_of(maker: Maker) -> OpeningHours | None:
    """Return when a maker is there; None when they have not said."""
    from glocal.network.hours import OpeningHours

    week = tuple(tuple((opens, closes) for opens, closes in day) for day in maker.hours)
    return OpeningHours(maker.timezone, week) if week else None


def _spoken_for(*, rush: bool, before: uuid.UUID | None) -> list[tuple[uuid.UUID, list[float]]]:
    """Return the plates of the orders that are on their way to a job, by machine: the one found, else the one quoted.

    Pieces that are printed or in a job already do not count.
    """
    from glocal.network.line import plates_s

    settled = Job.objects.exclude(state__in=(JobState.FAILED, JobState.CANCELLED))
    pieces = Piece.objects.filter(order__state__in=ON_THE_WAY, order__cancel_asked=False).exclude(jobs__in=settled)
    if rush:
        pieces = pieces.filter(order__quote__rush=True)
    if before is not None:
        pieces = pieces.filter(order__lt=before)
    counts = dict(pieces.order_by().values_list("order").annotate(count=Count("id")))
    inputs = KeyTransform("inputs", "quote__quote")
    orders = Order.objects.filter(id__in=counts).annotate(
        prints_on=Coalesce("machine", "quote__machine"),
        piece_s=KeyTransform("value", KeyTransform("time_s", KeyTransform("use", inputs))),
        share=KeyTransform("plate_share", KeyTransform("context", inputs)),
    )
    spoken = []
    for order, machine, piece_s, share in orders.order_by("id").values_list("id", "prints_on", "piece_s", "share"):
        plates = ceil(counts[order] * share - 1e-9)
        spoken.append((machine, plates_s(piece_s, counts[order], plates)))
    return spoken
