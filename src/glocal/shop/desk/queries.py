"""Reads for the owner's first page, few and bounded: it is opened many times a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet, Subquery, Value

from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.legal.models import Manufacturer
from glocal.shop.makers.models import MakerMachine, Spool
from glocal.shop.makers.printers import driven
from glocal.shop.messages.models import OrderMessage
from glocal.shop.orders.margin import planned_margin
from glocal.shop.orders.models import FINAL_STATES, OFF_STATES, WAITING_STATES, Order, Piece
from glocal.shop.outcomes.models import JobOutcome, Phase
from glocal.shop.payments.queries import with_due
from glocal.shop.sessions.models import DesignSession, Side
from glocal.shop.shops.models import Shop
from glocal.shop.wishes.models import Wish, WishState

LOW_MATERIAL_G = 100.0
MOST_SHOWN = 12
FAILED_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Needs:
    """How much waits for the owner, by kind, and the first few of what can be opened.

    ``named`` is 0 while nobody is named who answers for the goods.
    """

    waiting: int
    late: int
    unknown: int
    to_clear: int
    by_hand: int
    failed: list[JobOutcome]
    sessions: int
    messages: int
    wishes: int
    to_give_back: int
    unloaded: int
    named: int
    low_spools: list[Spool]
    orders: list[Order]

    @property
    def nothing(self) -> bool:
        """Whether the owner may have a coffee."""
        if not self.named:
            return False
        waiting = (self.waiting, self.late, self.to_give_back, self.unloaded)
        plates = (self.unknown, self.to_clear, self.by_hand)
        asked = (self.sessions, self.messages, self.wishes)
        return not any((*waiting, *plates, *asked)) and not self.failed and not self.low_spools


def needs(now: datetime) -> Needs:
    """Return what needs somebody now."""
    open_orders = Order.objects.exclude(state__in=FINAL_STATES)
    is_late = Q(promised_by__lt=now) | Q(ready_at__gt=F("promised_by"))
    counts = _counts(
        waiting=open_orders.filter(state__in=WAITING_STATES),
        late=open_orders.filter(is_late),
        unknown=Job.objects.filter(state=JobState.UNKNOWN),
        to_clear=Job.objects.filter(state=JobState.WAITING_PLATE),
        by_hand=Job.objects.filter(state=JobState.QUEUED).exclude(driven("machine")),
        sessions=DesignSession.objects.filter(waits_for=Side.SHOP),
        messages=OrderMessage.objects.filter(waits=True),
        wishes=Wish.objects.filter(state=WishState.NEW),
        unloaded=MakerMachine.objects.filter(is_active=True, maker__is_active=True, spools__isnull=True),
        named=Manufacturer.objects.exclude(address="").exclude(email=""),
        to_give_back=with_due(Order.objects.all(), only="back"),
    )
    failed = JobOutcome.objects.filter(
        phase__in=(Phase.MACHINE_FAULT, Phase.PART_FAULT), created_at__gte=now - FAILED_WITHIN
    ).select_related("job__machine__maker")
    low = Spool.objects.filter(remaining_g__lt=LOW_MATERIAL_G, machine__is_active=True, maker__is_active=True)
    waiting = open_orders.filter(Q(state__in=WAITING_STATES) | is_late)
    return Needs(
        **counts,
        failed=list(failed.order_by("-created_at")[:MOST_SHOWN]),
        low_spools=list(low.select_related("machine", "maker").order_by("remaining_g")[:MOST_SHOWN]),
        orders=list(waiting.select_related("quote__product", "machine").order_by("promised_by")[:MOST_SHOWN]),
    )


def _counts(**asked: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each query has, all in one question to the database."""
    numbers = {
        f"{name}_found": Subquery(
            rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("*")).values("n")
        )
        for name, rows in asked.items()
    }
    found = Shop.objects.order_by("id").annotate(**numbers).values(*numbers).first() or {}
    return {name: found.get(f"{name}_found") or 0 for name in asked}


def todays_plates() -> list[Job]:
    """Return the plates that are being printed or wait, what runs first, then what was promised first."""
    jobs = Job.objects.filter(state__in=OPEN_STATES).select_related("machine__maker", "machine__connection")
    jobs = jobs.order_by(F("started_at").asc(nulls_last=True), "id")
    pieces = Piece.objects.select_related("order__quote__product")
    return list(jobs.prefetch_related(Prefetch("pieces", queryset=pieces))[:MOST_SHOWN])


def due(job: Job) -> datetime | None:
    """Return when the first order on a plate was promised; its pieces are loaded."""
    return min((piece.order.promised_by for piece in job.pieces.all()), default=None)


@dataclass(frozen=True, slots=True)
class Week:
    """What the shop sold from a Monday on, in minor units. ``left_minor`` is what the prices plan to leave."""

    orders: int
    paid_minor: int
    left_minor: int


def week_start(shop: Shop, now: datetime) -> datetime:
    """Return the last Monday's midnight at the shop's place."""
    local = now.astimezone(ZoneInfo(shop.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=local.weekday())


def weeks(shop: Shop, now: datetime) -> tuple[Week, Week]:
    """Return this week and the one before, as far as it had come at the same time of its week."""
    start = week_start(shop, now)
    before = start - timedelta(days=7)
    rows = Order.objects.filter(created_at__gte=before, currency=shop.currency).exclude(state__in=OFF_STATES)
    found = list(rows.values_list("created_at", "total_minor", "quote__quote__lines"))
    so_far = now - timedelta(days=7)
    return (
        _week((total, lines) for at, total, lines in found if at >= start),
        _week((total, lines) for at, total, lines in found if before <= at < so_far),
    )


def _week(rows: Iterable[tuple[int, list[dict[str, object]] | None]]) -> Week:
    kept = list(rows)
    left = sum(planned_margin({"lines": lines}).left_minor for _, lines in kept if lines)
    return Week(len(kept), sum(total for total, _ in kept), left)
