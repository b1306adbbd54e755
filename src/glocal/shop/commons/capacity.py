"""Offer a machine's idle time to other shops, and read what they offer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction
from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.commons.actions import log_directory, shop_log
from glocal.shop.commons.models import CapacityOffer
from glocal.shop.commons.queries import follows_somebody
from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.shops.models import Shop

if TYPE_CHECKING:
    from glocal.commons.capacity import Capacity
    from glocal.network.peers import PeerOffer
    from glocal.production.model import Machine


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which a machine is offered.

    Parameters
    ----------
    materials : tuple of str
        Material ids.
    until : str
        ``YYYY-MM``, the last month.
    hour_minor : int or None
        Price of a machine hour in the shop's currency; None: to be asked.
    max_extent_mm : (float, float, float) or None
        The largest part that is taken; None: what fits.
    days : tuple of str
        Of the week on which it is idle, ``"mo"`` to ``"su"``; empty: any.
    wait_days : int
        Until a first plate can begin.
    hours : float or None
        Machine hours that are offered in all.
    tell_place : bool
        Whether others learn where it is, to a tenth of a degree (about ten kilometres).
    """

    materials: tuple[str, ...]
    until: str
    hour_minor: int | None = None
    max_extent_mm: tuple[float, float, float] | None = None
    days: tuple[str, ...] = ()
    wait_days: int = 0
    hours: float | None = None
    tell_place: bool = False


def standing_offer(machine: MakerMachine) -> CapacityOffer | None:
    """Return what is offered of a machine now."""
    return CapacityOffer.objects.filter(machine=machine, ended_at__isnull=True).first()


def offer_idle_time(
    shop: Shop, machine: MakerMachine, conditions: Conditions, *, said_by: Literal["maker", "owner"]
) -> CapacityOffer:
    """Publish that a machine is idle, under conditions; an earlier offer of the machine is taken back.

    Raises
    ------
    OrderInvalid
        When no material is offered, or the month has passed.
    NotNow
        When the machine or its maker is paused.
    RecordRefused
        When a condition is not in the range that is published.
    """
    from glocal.commons.records import capacity_record
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine

    _check(machine, conditions)
    for material in conditions.materials:
        get_material(material)
    take_back_offer(machine)
    log = shop_log(shop)
    row = CapacityOffer(machine=machine, conditions=asdict(conditions), said_by=said_by)
    row.record_id = log.record_id(f"capacity {row.id}")
    row.save()  # before the log has it: what is there can always be taken back
    maker = machine.maker
    record = capacity_record(
        id=row.record_id,
        machine=replace(get_machine(machine.profile_id), has_enclosure=machine.enclosure),
        materials=conditions.materials,
        until=conditions.until,
        region=shop.region,
        place=(maker.latitude, maker.longitude) if conditions.tell_place else None,
        max_extent_mm=conditions.max_extent_mm,
        days=conditions.days,
        wait_days=conditions.wait_days,
        hours=conditions.hours,
        hour_minor=conditions.hour_minor,
        currency=shop.currency,
    )
    try:
        log.append(record, month=f"{timezone.now():%Y-%m}")
    except GlocalError:
        row.delete()
        raise
    return row


def _check(machine: MakerMachine, conditions: Conditions) -> None:
    if not (machine.is_active and machine.maker.is_active):
        raise NotNow("The machine is paused.", help="Let it go on before it is offered to others.")
    if not conditions.materials:
        raise OrderInvalid("No material is offered.", help="Choose at least one.", field="materials")
    if conditions.until < f"{timezone.now():%Y-%m}":
        raise OrderInvalid(
            "{until} has passed.", help="Choose this month or a later one.", until=str(conditions.until), field="until"
        )


def take_back_offer(machine: MakerMachine) -> bool:
    """Erase the machine's offer from the log, with a tombstone; return whether there was one."""
    from glocal.commons.erase import retract
    from glocal.commons.errors import EntryNotFound
    from glocal.commons.log import Log

    now = timezone.now()
    with transaction.atomic():
        row = CapacityOffer.objects.select_for_update().filter(machine=machine, ended_at__isnull=True).first()
        if row is None:
            return False
        with suppress(EntryNotFound):  # a power cut came before it was in the log
            retract(Log.open(log_directory()), row.record_id, month=f"{now:%Y-%m}", reason="owner_asked")
        row.ended_at = now
        row.save(update_fields=["ended_at"])
    return True


def take_back_all(maker: Maker) -> None:
    """Take back what is offered of a maker's machines: they have left, or are paused."""
    for machine in maker.machines.filter(capacity_offers__ended_at__isnull=True).distinct():
        take_back_offer(machine)


def peer_offers(now: datetime) -> list[PeerOffer]:
    """Return what the shops that this one follows offer; nothing where nobody is followed or a log cannot be read."""
    from glocal.commons.capacity import offered_capacity
    from glocal.commons.log import Log
    from glocal.shop.commons.know_how import everything_known

    if not follows_somebody():
        return []
    try:
        own = Log.open(log_directory()).root_vkey if Log.exists(log_directory()) else ""
        return [as_peer_offer(each) for each in offered_capacity(everything_known(), own=own, month=f"{now:%Y-%m}")]
    except GlocalError:  # a log that cannot be read must not keep a customer from an answer
        return []


def as_peer_offer(capacity: Capacity) -> PeerOffer:
    """Return a record of another shop as matching takes it; a model that the slicer knows can be estimated."""
    from glocal.network.peers import PeerOffer
    from glocal.values import Money

    return PeerOffer(
        id=capacity.reference,
        shop=capacity.shop,
        machine=_machine(capacity),
        model=capacity.machine,
        materials=capacity.materials,
        ends=_end_of(capacity.until),
        url=f"https://{capacity.shop}/" if "." in capacity.shop else "",
        place=capacity.place,
        max_extent_mm=capacity.max_extent_mm,
        days=capacity.days,
        wait_days=capacity.wait_days,
        hour=Money(capacity.hour_minor, capacity.currency) if capacity.hour_minor is not None else None,
        hours_left=capacity.hours,
    )


def _end_of(month: str) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _machine(capacity: Capacity) -> Machine | None:
    """Return the machine as the offer says it, with the slicer's own id where it knows the model."""
    from glocal.production.model import Machine
    from glocal.production.prusaslicer_profiles import find_machines

    if capacity.bed_mm is None or capacity.nozzle_mm is None:
        return None
    said: dict[str, Any] = {
        "bed_x_mm": capacity.bed_mm[0],
        "bed_y_mm": capacity.bed_mm[1],
        "height_mm": capacity.bed_mm[2],
        "has_enclosure": capacity.enclosure,
    }
    alike = [each for each in find_machines(capacity.machine) if each.model == capacity.machine]
    known = next((each for each in alike if each.nozzle_mm == capacity.nozzle_mm), None)
    if known is not None:
        return replace(known, **said)
    nothing: dict[str, Any] = dict.fromkeys(("vendor", "gcode_flavor", "printer_preset", "print_preset"), "")
    return Machine(
        id="",
        name=capacity.machine,
        model=capacity.machine,
        nozzle_mm=capacity.nozzle_mm,
        max_nozzle_c=None,
        max_bed_c=None,
        source=f"offered by {capacity.shop}",
        **said,
        **nothing,
    )
