"""The words of the network: makers, what they can do, what is needed, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, get_args

from glocal.network.errors import NeedBroken
from glocal.network.hours import OpeningHours
from glocal.values import Estimate, Money

if TYPE_CHECKING:
    from glocal.production.model import Machine, Material

Preference = Literal["balanced", "near", "cheap", "soon", "green"]
Handover = Literal["any", "pickup", "delivery"]
HANDOVERS: tuple[Handover, ...] = get_args(Handover)


@dataclass(frozen=True, slots=True)
class MakerMachine:
    """One machine that stands at a maker's place.

    Parameters
    ----------
    id : str
        Unique within the maker.
    machine : Machine
        What kind it is: bed, height, nozzle, temperatures.
    materials_loaded : tuple of str
        Material ids that can be printed at once.
    materials_in_stock : mapping of str to float
        Material id to days until it can be loaded (0: on the shelf).
    hourly_minor : int or None
        Price of one machine hour in the maker's currency, minor units; None when the maker has not said.
    busy_until : datetime or None
        When the queue ends; None when the machine is free.
    enclosure : bool
        Whether it has a heated or closed chamber.
    setup_minor : int
        Price of preparing and clearing one plate.
    power_w : float or None
        Mean electric power while printing, if known; only the preference ``green`` asks.
    loaded_g : mapping of str to float
        What is left of each loaded material, g; one that is not named is taken to be enough.
    """

    id: str
    machine: Machine
    materials_loaded: tuple[str, ...] = ()
    materials_in_stock: Mapping[str, float] = field(default_factory=dict)
    hourly_minor: int | None = None
    busy_until: datetime | None = None
    enclosure: bool = False
    setup_minor: int = 0
    power_w: float | None = None
    loaded_g: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.hourly_minor is not None and self.hourly_minor < 0:
            raise ValueError(f"machine {self.id}: hourly_minor is {self.hourly_minor}, expected 0 or more")
        if self.setup_minor < 0:
            raise ValueError(f"machine {self.id}: setup_minor is {self.setup_minor}, expected 0 or more")
        for material, days in self.materials_in_stock.items():
            if not (isfinite(days) and days >= 0):
                raise ValueError(f"machine {self.id}: {material} in {days} days, expected 0 or more")
        if self.busy_until is not None and self.busy_until.tzinfo is None:
            raise ValueError(f"machine {self.id}: busy_until has no time zone")


@dataclass(frozen=True, slots=True)
class Maker:
    """Somebody with machines.

    Parameters
    ----------
    latitude, longitude : float or None
        Degrees; None when the place is not known.
    machines : tuple of MakerMachine
        Those whose size is known.
    offers_pickup : bool
        Whether the customer may fetch the part.
    delivers_km : float or None
        How far the maker brings or sends it; None when the maker does not.
    hours : OpeningHours or None
        When somebody is there; None when not known.
    refuses : tuple of str
        Materials or uses that the maker does not take, for example ``"weapon"``, ``"food_contact"``, ``"asa"``.
    odds_ok : Estimate or None
        Chance that one plate comes out right; None without a record.
    completed : int
        Plates that were finished for the network.
    currency : str
        ISO 4217 code of this maker's prices.
    delivery_minor : int
        Price of one delivery.
    delivery_s : Estimate or None
        Seconds from ready at the maker's to the customer; None when not known, and then not in the dates of offers.
    material_minor_per_kg : mapping of str to int
        What the maker charges for material, by material id.
    grid_g_co2_per_kwh : float or None
        Of the maker's electricity, if known; only the preference ``green`` asks.
    unclear_equipment : tuple of str
        What a directory entry says about machines that is too little to match on.
    source : str
        Where the record comes from.
    url : str
        Where a person reads more about them, or asks.
    away : str
        Why they take nothing now, in words; empty when they do.
    plates_left : int or None
        How many more plates they may have at once while they are on probation; None without a limit.
    carried : mapping
        What the record that they were read from says beyond all this; not read here, and written out again.
    """

    id: str
    name: str
    latitude: float | None
    longitude: float | None
    machines: tuple[MakerMachine, ...]
    offers_pickup: bool = True
    delivers_km: float | None = None
    hours: OpeningHours | None = None
    refuses: tuple[str, ...] = ()
    odds_ok: Estimate | None = None
    completed: int = 0
    currency: str = "EUR"
    delivery_minor: int = 0
    delivery_s: Estimate | None = None
    material_minor_per_kg: Mapping[str, int] = field(default_factory=dict)
    grid_g_co2_per_kwh: float | None = None
    unclear_equipment: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    away: str = ""
    plates_left: int | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(f"maker {self.id}: latitude and longitude belong together")
        if self.latitude is not None and self.longitude is not None:
            check_place((self.latitude, self.longitude))
        if self.delivers_km is not None and self.delivers_km < 0:
            raise ValueError(f"maker {self.id}: delivers_km is {self.delivers_km}, expected 0 or more")
        if self.odds_ok is not None and (self.odds_ok.low < 0 or self.odds_ok.value <= 0 or self.odds_ok.high > 1):
            raise ValueError(f"maker {self.id}: odds_ok is {self.odds_ok.value}, expected more than 0, up to 1")
        if len({machine.id for machine in self.machines}) < len(self.machines):
            raise ValueError(f"maker {self.id}: two machines have the same id")


def check_place(place: tuple[float, float]) -> tuple[float, float]:
    """Return a (latitude, longitude) in degrees if it is on Earth, else raise ``ValueError``."""
    latitude, longitude = place
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"place is {latitude}, {longitude}, expected latitude -90 to 90 and longitude -180 to 180")
    return place


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be made.

    Parameters
    ----------
    extent_mm : (float, float, float)
        The part's box as modelled, x, y, z.
    material_id : str
        For example ``"petg"``.
    print_s_by_machine : Estimate or callable
        Seconds that one piece prints: one figure for all machines, or a function of the maker's machine that may
        answer None (not known).
    quantity : int
        Pieces, 1 to 10,000.
    hold_at_c : float or None
        Temperature that the part must stand in use.
    enclosure : bool
        Whether it must be printed in a closed chamber.
    material : Material or None
        Its temperatures, to be checked against the machine's and ``hold_at_c``.
    mass_g : Estimate or None
        Of one piece, for the price of the material.
    uses : tuple of str
        What it is for, in the words that makers refuse by.
    reorient : bool
        Whether the part may be put on another side.
    handover : {"any", "pickup", "delivery"}
        How the customer wants to get it.
    mass_g_by_machine : callable or None
        Grams that one piece takes on a maker's machine, None where not known; asked only where little is left.
    price_by_machine : callable or None
        What the customer pays for all pieces with a maker's machine, delivery included; else the cost is reckoned from
        what the maker charges.
    """

    extent_mm: tuple[float, float, float]
    material_id: str
    print_s_by_machine: Estimate | Callable[[MakerMachine], Estimate | None]
    quantity: int = 1
    hold_at_c: float | None = None
    enclosure: bool = False
    material: Material | None = None
    mass_g: Estimate | None = None
    uses: tuple[str, ...] = ()
    reorient: bool = True
    handover: Handover = "any"
    mass_g_by_machine: Callable[[MakerMachine], Estimate | None] | None = None
    price_by_machine: Callable[[MakerMachine], Money] | None = None

    def __post_init__(self) -> None:
        if len(self.extent_mm) != 3 or not all(isfinite(side) and side > 0 for side in self.extent_mm):
            raise NeedBroken(f"the part's size is {self.extent_mm} mm, expected three lengths above 0")
        if not 1 <= self.quantity <= 10_000:
            raise NeedBroken(
                f"{self.quantity} pieces, expected 1 to 10,000", help="Split a larger run into several orders."
            )
        if self.handover not in HANDOVERS:
            raise NeedBroken(f"handover is {self.handover!r}, expected {', '.join(HANDOVERS)}")

    def print_s(self, machine: MakerMachine) -> Estimate | None:
        """Return the seconds that one piece prints on ``machine``, or None when that is not known."""
        known = self.print_s_by_machine
        return known if isinstance(known, Estimate) else known(machine)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, for a person and for a program.

    Parameters
    ----------
    code : str
        For example ``"bed_size"``.
    message : str
        In words.
    data : mapping
        The figures behind it, JSON-serialisable.
    """

    code: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the reason as JSON."""
        return {"code": self.code, "message": self.message, "data": dict(self.data)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A maker who can make it, with what to expect.

    ``ready_at`` is the median, ``ready_low`` and ``ready_high`` bound 80 %; failures and reprints are in it when
    the maker has a record, and the way to the customer when it is brought. ``cost`` is what the customer pays,
    where the need says it, else the expected cost, reprints and delivery included. ``footprint_g_co2`` is None
    unless the machine's power and the maker's electricity are known. ``odds_in_time`` is the chance, at least, that
    it is ready by the wished date: read from the three points, linear between them, and never above what they say.
    """

    maker_id: str
    machine_id: str
    cost: Money
    ready_at: datetime
    ready_low: datetime
    ready_high: datetime
    distance_km: float
    odds_ok: Estimate | None
    reasons: tuple[str, ...]
    handover: Literal["pickup", "delivery"] = "pickup"
    plates: int = 1
    footprint_g_co2: float | None = None
    maker_name: str = ""
    odds_in_time: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the offer as JSON."""
        return {
            "maker": self.maker_id,
            "name": self.maker_name,
            "machine": self.machine_id,
            "cost_minor": self.cost.minor,
            "currency": self.cost.currency,
            "ready_at": self.ready_at.isoformat(),
            "ready_low": self.ready_low.isoformat(),
            "ready_high": self.ready_high.isoformat(),
            "distance_km": round(self.distance_km, 2),
            "odds_ok": None if self.odds_ok is None else self.odds_ok.value,
            "odds_ok_range": None if self.odds_ok is None else [self.odds_ok.low, self.odds_ok.high],
            "odds_in_time": self.odds_in_time,
            "handover": self.handover,
            "plates": self.plates,
            "footprint_g_co2": self.footprint_g_co2,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """A maker who cannot make it, with every reason."""

    maker_id: str
    reasons: tuple[Reason, ...]
    maker_name: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the rejection as JSON."""
        reasons = [reason.as_dict() for reason in self.reasons]
        return {"maker": self.maker_id, "name": self.maker_name, "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Unknown(Rejection):
    """A maker who might be able to: each reason is something that the record does not say.

    ``ask`` are the questions that would settle it, ``url`` where to put them.
    """

    ask: tuple[str, ...] = ()
    url: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {**Rejection.as_dict(self), "ask": list(self.ask), "url": self.url}


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Everybody's answer: accepted (best first), rejected and unknown (nearest first where the place is known).

    ``possible_with`` says what would make it possible for those who rejected for one reason only.
    """

    accepted: tuple[Offer, ...]
    rejected: tuple[Rejection, ...]
    unknown: tuple[Unknown, ...]
    possible_with: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {
            "accepted": [offer.as_dict() for offer in self.accepted],
            "rejected": [rejection.as_dict() for rejection in self.rejected],
            "unknown": [unknown.as_dict() for unknown in self.unknown],
            "possible_with": [reason.as_dict() for reason in self.possible_with],
        }
