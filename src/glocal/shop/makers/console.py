"""What a maker sees of their own work: plates by due time, where each piece lies, what lies ready, earnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from glocal.shop.access import Actor
from glocal.shop.jobs.models import Job
from glocal.shop.makers.models import Maker
from glocal.shop.orders.hand_over import lies_ready
from glocal.shop.orders.models import Order
from glocal.shop.orders.queries import may_see_address
from glocal.shop.outcomes.models import Phase
from glocal.shop.parts.models import BuiltPart

MAKERS_LINES = frozenset({"material", "machine", "setup", "failures"})
"""What of a price is the maker's: their filament, their machine, their hands at it, and the risk of a failed print."""
MOST_READY = 20


@dataclass(frozen=True, slots=True)
class Lying:
    """One piece on a plate, seen from above: its box, mm from the bed's front left corner, y away from the front."""

    number: int
    x_mm: float
    y_mm: float
    width_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A bed with what lies on it, mm."""

    bed_x_mm: float
    bed_y_mm: float
    is_round: bool
    lying: tuple[Lying, ...]


def extents_of(jobs: Iterable[Job]) -> dict[str, list[float]]:
    """Return the size of every part on some plates, by the part's hash, in one question."""
    hashes = {str(placed.get("part", "")) for job in jobs for placed in job.plate}
    parts = BuiltPart.objects.filter(hash__in=hashes).values_list("hash", "features")
    return {part_hash: features["extent_mm"] for part_hash, features in parts if "extent_mm" in features}


def layout_of(job: Job, extents: Mapping[str, list[float]]) -> Layout | None:
    """Return how a plate lies; None when its parts or its machine are not known any more."""
    from glocal.production.errors import UnknownMachine
    from glocal.production.prusaslicer_profiles import get_machine

    try:
        machine = get_machine(job.machine.profile_id)
    except UnknownMachine:
        return None
    lying = []
    for number, placed in enumerate(job.plate, 1):
        extent = placed.get("extent_mm") or extents.get(str(placed.get("part", "")))  # its own if it was turned over
        if extent is None:
            return None
        turned = round(float(placed.get("angle_deg", 0.0))) % 180 == 90
        width, depth = (extent[1], extent[0]) if turned else (extent[0], extent[1])
        x = float(placed["x_mm"]) - machine.bed_origin_x_mm - width / 2
        y = float(placed["y_mm"]) - machine.bed_origin_y_mm - depth / 2
        lying.append(Lying(number, x, y, width, depth))
    return Layout(machine.bed_x_mm, machine.bed_y_mm, machine.bed_is_round, tuple(lying)) if lying else None


@dataclass(frozen=True, slots=True)
class Earnings:
    """What good prints of one month are worth to their maker, as priced, in minor units."""

    pieces: int
    earned_minor: int


def earnings(maker: Maker, now: datetime) -> tuple[Earnings, Earnings]:
    """Return this month's earnings and last month's, by the maker's own calendar.

    Each piece carries its share of its order's lines in :data:`MAKERS_LINES`; the last piece takes what rounding left,
    so that the pieces of an order add up to its lines.
    """
    local = now.astimezone(ZoneInfo(maker.timezone)).replace(hour=0, minute=0, second=0, microsecond=0, day=1)
    before = local.replace(year=local.year - (local.month == 1), month=(local.month - 2) % 12 + 1)
    good = Job.objects.filter(machine__maker=maker, outcome__phase=Phase.OK, ended_at__gte=before)
    rows = good.values_list(
        "ended_at", "pieces__number", "pieces__order__quantity", "pieces__order__quote__quote__lines"
    )
    this: list[int] = []
    last: list[int] = []
    for ended_at, number, quantity, lines in rows:
        if lines is not None and number is not None and ended_at is not None:
            (this if ended_at >= local else last).append(share_of_piece(lines, number, quantity))
    return Earnings(len(this), sum(this)), Earnings(len(last), sum(last))


def share_of_piece(lines: list[dict[str, Any]], number: int, quantity: int) -> int:
    """Return a piece's share of the maker's lines, minor units; the pieces 1 … ``quantity`` add up exactly."""
    whole = sum(int(line["amount_minor"]) for line in lines if line["code"] in MAKERS_LINES)
    return whole * number // quantity - whole * (number - 1) // quantity


@dataclass(frozen=True, slots=True)
class LiesReady:
    """An order that is ready at a maker's: to be brought to ``address``, or to be fetched where that is empty."""

    order: Order
    address: str


def lies_ready_at(maker: Maker) -> list[LiesReady]:
    """Return what is ready at a maker's; where it is brought, with the address, which they do not learn before."""
    ready = lies_ready().filter(machine__maker=maker, handed_over_at__isnull=True)
    actor = Actor(maker=maker.id)
    return [
        LiesReady(order, order.delivery_address if may_see_address(order, actor) else "")
        for order in ready.select_related("quote__product", "machine")[:MOST_READY]
    ]
