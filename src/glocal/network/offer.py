"""What one machine of one maker can promise: when, for how much, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, sqrt
from typing import Literal

from glocal.network.fit import pieces_per_plate
from glocal.network.hours import OpeningHours
from glocal.network.model import Maker, MakerMachine, Need, Offer, Reason
from glocal.network.ready import HIGH, MEDIAN, ready_distribution
from glocal.production.model import Machine
from glocal.values import Money

# Average car, unknown fuel: UK Government GHG Conversion Factors for Company Reporting 2022, "Passenger vehicles"
CAR_G_CO2_PER_KM = 170.7
WIDE = 1.5  # from this ratio between the ends of the 80 % interval on, an offer says that its time is uncertain


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every maker: the need, by when (or None), as of now (both aware)."""

    need: Need
    by: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """How the part gets to the customer, and how far."""

    kind: Literal["pickup", "delivery"]
    distance_km: float


def make_offer(
    question: Question, maker: Maker, machine: MakerMachine, *, hours: OpeningHours, way: Way
) -> Offer | Reason:
    """Return the offer of a machine that nothing stands in the way of, or the one reason why there is none."""
    need, now, by = question.need, question.now, question.by
    kind = machine.machine
    piece_s = need.print_s(machine)
    if piece_s is None:
        return Reason("time_unknown", f"how long it prints on {kind.name} is not known")
    if machine.hourly_minor is None:
        return Reason("price_unknown", f"what an hour on {kind.name} costs is not known")
    notes = [f"print time uncertain: {piece_s.source}"] if piece_s.high > WIDE * piece_s.low else []
    wait_days = _loading_days(need, machine)
    if need.material_id not in machine.materials_loaded:
        days = "1 day" if wait_days == 1 else f"{wait_days:g} days"
        notes.append(f"{need.material_id.upper()} only on request, {days}")
    begin = max(now, machine.busy_until or now, now + timedelta(days=wait_days))
    per_plate = _per_plate(need, kind)
    plates = ceil(need.quantity / per_plate)
    if maker.plates_left is not None and plates > maker.plates_left:
        words = f"is new here and gets {maker.plates_left} more plates until more came out well, this takes {plates}"
        return Reason("probation", words, {"plates": plates, "plates_left": maker.plates_left})
    points = ready_distribution(
        begin, piece_s, quantity=need.quantity, per_plate=per_plate, odds_ok=maker.odds_ok, hours=hours
    )
    if points is None:
        return Reason("never", f"{kind.name} would not be done within a year", {"machine": machine.id})
    low, middle, high = _at_the_customer(points, maker, way)
    if by is not None and middle > by:
        late_h = (middle - by) / timedelta(hours=1)
        why = "; ".join([f"ready {middle:%Y-%m-%d %H:%M} UTC, {late_h:.0f} h too late", *notes])
        data = {"ready_at": middle.isoformat(), "by": by.isoformat(), "waits_days": wait_days, "machine": machine.id}
        return Reason("too_late", why, data)
    if not maker.completed:
        notes.append("no record of success yet")
    attempts = 1.0 if maker.odds_ok is None else 1.0 / maker.odds_ok.value
    cost, priced = _price(need, maker, machine, way, (piece_s.value, plates, attempts))
    notes += priced
    return Offer(
        maker.id,
        machine.id,
        cost,
        middle,
        low,
        high,
        way.distance_km,
        maker.odds_ok,
        tuple(notes),
        way.kind,
        plates,
        _footprint_g(maker, machine, piece_s.value * need.quantity * attempts, way.distance_km),
        maker.name,
        None if by is None else odds_in_time(middle, high, by),
    )


def _per_plate(need: Need, kind: Machine) -> int:
    """Return how many pieces print at once; on a round bed those in the square inside it, as plates are laid out."""
    inside = sqrt(0.5) if kind.bed_is_round else 1.0
    bed = (kind.bed_x_mm * inside, kind.bed_y_mm * inside)
    return max(1, pieces_per_plate(need.extent_mm, bed, kind.height_mm, reorient=need.reorient))


def _brought_minor(maker: Maker, way: Way) -> int:
    return maker.delivery_minor if way.kind == "delivery" else 0


def _at_the_customer(points: tuple[datetime, datetime, datetime], maker: Maker, way: Way) -> list[datetime]:
    brings = maker.delivery_s if way.kind == "delivery" else None
    takes_s = (0.0, 0.0, 0.0) if brings is None else (brings.low, brings.value, brings.high)
    return [point.astimezone(UTC) + timedelta(seconds=s) for point, s in zip(points, takes_s, strict=True)]


def odds_in_time(median: datetime, high: datetime, by: datetime) -> float:
    """Return the chance, at least, that something with this median and 90 % point is ready by ``by``; 0.5 to 0.9."""
    if by >= high:
        return HIGH
    return round(MEDIAN + (HIGH - MEDIAN) * ((by - median) / (high - median)), 3)


def _loading_days(need: Need, machine: MakerMachine) -> float:
    """Return the days until the material can be printed."""
    return 0.0 if need.material_id in machine.materials_loaded else machine.materials_in_stock[need.material_id]


def _price(
    need: Need, maker: Maker, machine: MakerMachine, way: Way, work: tuple[float, int, float]
) -> tuple[Money, list[str]]:
    """Return what the customer pays where the need can tell, else what it costs, and what is not in it.

    ``work`` is how long a piece prints, s, on how many plates, and how often each is printed until it is right.
    """
    piece_s, plates, attempts = work
    if need.price_by_machine is not None:
        return need.price_by_machine(machine), []
    made_minor, notes = _cost(need, maker, machine, piece_s, plates)
    return Money(round(made_minor * attempts) + _brought_minor(maker, way), maker.currency), notes


def _cost(need: Need, maker: Maker, machine: MakerMachine, piece_s: float, plates: int) -> tuple[float, list[str]]:
    """Return the cost of printing everything once, in minor units, and what is not in it."""
    assert machine.hourly_minor is not None  # noqa: S101 - the caller has answered for it
    making = machine.hourly_minor * piece_s * need.quantity / 3600 + machine.setup_minor * plates
    notes = []
    if need.mass_g is None:
        notes.append("material not in the price")
    else:
        per_kg = maker.material_minor_per_kg.get(need.material_id)
        if per_kg is None:
            notes.append("material not in the price")
        else:
            making += per_kg * need.mass_g.value * need.quantity / 1000
    return making, notes


def _footprint_g(maker: Maker, machine: MakerMachine, machine_s: float, away_km: float) -> float | None:
    """Return grams of CO2 of the electricity and of one way there and back by car."""
    if machine.power_w is None or maker.grid_g_co2_per_kwh is None:
        return None
    energy_kwh = machine.power_w / 1000 * machine_s / 3600
    return round(energy_kwh * maker.grid_g_co2_per_kwh + 2 * away_km * CAR_G_CO2_PER_KM, 1)
