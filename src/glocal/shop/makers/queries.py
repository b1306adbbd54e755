"""Reads about makers: who there is, and how the network room sees them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from glocal.shop.makers.line import Line, hours_of
from glocal.shop.makers.models import Maker, MakerMachine, Spool
from glocal.shop.makers.track import TrackRecords
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import material_minor_per_kg
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.network import model as network


def active_machines() -> list[MakerMachine]:
    """Return the machines that take work."""
    machines = MakerMachine.objects.filter(is_active=True, maker__is_active=True)
    return list(machines.select_related("maker", "connection").prefetch_related("spools"))


def loaded_materials() -> set[str]:
    """Return what is on the machines that take work."""
    spools = Spool.objects.filter(machine__is_active=True, machine__maker__is_active=True)
    return set(spools.values_list("material_id", flat=True))


def brings_in(maker: Maker) -> Estimate:
    """Return the seconds from ready at a maker's to the customer's door."""
    span_s = maker.delivery_h * 3600
    return Estimate(span_s, span_s / 2, span_s * 2, f"{maker.name} says so; half or twice may be")


def somebody_brings() -> bool:
    """Say whether any maker who takes work brings pieces to customers."""
    return Maker.objects.filter(is_active=True, delivers_km__isnull=False).exists()


def spool_name(material_id: str, colour: str) -> str:
    """Return what matching calls a spool: its material, and its colour where that matters."""
    return f"{material_id} {colour.casefold()}".strip()


def spools_at_hand() -> set[tuple[str, str]]:
    """Return the material and colour (folded) of each spool of those who take work, and each material with ``""``."""
    spools = Spool.objects.filter(maker__is_active=True).values_list("material_id", "colour")
    return {(material_id, folded) for material_id, colour in spools for folded in ("", colour.casefold())}


def network_makers(
    shop: Shop,
    now: datetime,
    *,
    line: Line | None = None,
    by_colour: str = "",
    rows: Iterable[MakerMachine] | None = None,
) -> list[network.Maker]:
    """Return all active makers with their machines, queues and records, for matching.

    ``by_colour`` is a material whose spools are told apart by colour; ``line`` is what waits for the machines and
    ``rows`` are the active machines, where they were read already.
    """
    wage_minor_per_min = shop.terms["wage_minor_per_h"] / 60
    per_kg = material_minor_per_kg(shop)
    if by_colour in per_kg:
        colours = shop.materials.filter(material_id=by_colour).values_list("colour", flat=True)
        per_kg |= {spool_name(by_colour, colour): per_kg[by_colour] for colour in colours}
    by_maker: dict[Maker, list[network.MakerMachine]] = {}
    line = line or Line.read()
    for row in active_machines() if rows is None else rows:
        machine = _machine(row, wage_minor_per_min, line.free_at(row, now), now, by_colour=by_colour)
        by_maker.setdefault(row.maker, []).append(machine)
    track = TrackRecords.read()
    return [_maker(maker, machines, shop, per_kg, track) for maker, machines in by_maker.items()]


def _machine(
    machine: MakerMachine, wage_minor_per_min: float, free_at: datetime, now: datetime, *, by_colour: str
) -> network.MakerMachine:
    from glocal.network.model import MakerMachine as NetworkMachine
    from glocal.production.prusaslicer_profiles import get_machine

    return NetworkMachine(
        id=machine.slug,
        machine=get_machine(machine.profile_id),
        materials_loaded=tuple(_called(spool, by_colour) for spool in machine.spools.all()),
        materials_in_stock=_in_stock(machine.maker, by_colour),
        loaded_g=_left_g(machine, by_colour),
        hourly_minor=machine.hourly_minor,
        busy_until=free_at if free_at > now else None,
        enclosure=machine.enclosure,
        setup_minor=round(machine.setup_min * wage_minor_per_min),
        power_w=machine.power_w,
    )


def _called(spool: Spool, by_colour: str) -> str:
    return spool_name(spool.material_id, spool.colour if spool.material_id == by_colour else "")


def _left_g(machine: MakerMachine, by_colour: str) -> dict[str, float]:
    """Return what is left of each loaded material, where its maker keeps count of every spool of it."""
    left: dict[str, float] = {}
    spools = [(_called(spool, by_colour), spool.remaining_g) for spool in machine.spools.all()]
    uncounted = {name for name, remaining_g in spools if remaining_g is None}
    for name, remaining_g in spools:
        if name not in uncounted:  # one spool is on the machine at a time: the fullest
            left[name] = max(remaining_g or 0.0, left.get(name, 0.0))
    return left


def _in_stock(maker: Maker, by_colour: str) -> dict[str, float]:
    """Return the days until each material on the maker's shelf can be loaded, the soonest for each."""
    days: dict[str, float] = {}
    for spool in Spool.objects.filter(maker=maker, machine__isnull=True):
        name = _called(spool, by_colour)
        days[name] = min(spool.loadable_in_days, days.get(name, spool.loadable_in_days))
    return days


def _maker(
    maker: Maker, machines: list[network.MakerMachine], shop: Shop, per_kg: dict[str, int], track: TrackRecords
) -> network.Maker:
    from glocal.network.model import Maker as NetworkMaker

    return NetworkMaker(
        id=maker.slug,
        name=maker.name,
        latitude=maker.latitude,
        longitude=maker.longitude,
        machines=tuple(machines),
        offers_pickup=maker.offers_pickup,
        delivers_km=maker.delivers_km,
        hours=hours_of(maker),
        refuses=tuple(maker.refuses),
        odds_ok=track.expected_odds(maker),
        completed=track.own(maker).ok,
        currency=shop.currency,
        delivery_minor=maker.delivery_minor,
        delivery_s=brings_in(maker),
        material_minor_per_kg=per_kg,
        grid_g_co2_per_kwh=(shop.assumptions.get("grid_g_co2_per_kwh") or {}).get("value"),
        source="the shop's own list",
        away=f"has not answered since {maker.silent_since:%Y-%m-%d %H:%M} UTC" if maker.silent_since else "",
        plates_left=track.plates_left(maker),
    )
