"""Open Know-Where records: read tolerantly, with a list of each deviation, and written without loss.

Three shapes are in use: the facility tables of the Internet of Production Alliance (objects ``facility``, ``location``,
``region``, ``geocoding``, ``address`` joined into one); its schema of 2024 (:mod:`glocal.network.okw_tables`); and the
flat facility of the Open Know-Where specification 1.0 with ``name``, ``location``, ``facility_status`` and
``equipment``. What the standard cannot say (materials loaded, queue, prices) travels in
``additional_properties.glocal`` and is preferred where it is present.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glocal.network.errors import MakerFileBroken
from glocal.network.hours import OpeningHours
from glocal.network.model import Maker, MakerMachine
from glocal.network.records import maker_from_record, maker_record
from glocal.production.model import Machine

PRINTING = re.compile(r"3d.?print|fused|fff|fdm|additive|filament", re.IGNORECASE)
NOZZLE = re.compile(r"nozzle\s*(\d+(?:\.\d+)?)\s*mm|(\d+\.\d+)\s*mm nozzle", re.IGNORECASE)
LONGEST, LONGEST_WORDS, MOST_EQUIPMENT = 200, 1000, 100  # characters of a name and of words, pieces of equipment
COORDINATES = (("latitude", "longitude"), ("lat", "lon"), ("lat", "lng"))
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
LARGEST_MM = 100_000.0  # a printer that prints houses is 50 m long


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something in a record that is not as the standard says, and what was made of it."""

    maker: str
    field: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the deviation as JSON."""
        return {"maker": self.maker, "field": self.field, "message": self.message}


def maker_from_okw(record: Mapping[str, Any]) -> tuple[Maker, tuple[Deviation, ...]]:
    """Return the maker of one Open Know-Where record of either shape.

    Raises
    ------
    MakerFileBroken
        When the record has no name at all: then there is nobody to ask.
    """
    extra = record.get("additional_properties")
    if isinstance(extra, Mapping) and isinstance(extra.get("glocal"), Mapping):
        return maker_from_record(extra["glocal"]), ()
    reader = _Reader(record)
    return reader.maker(), tuple(reader.deviations)


def okw_record(maker: Maker) -> dict[str, Any]:
    """Return a maker as a flat Open Know-Where facility that ``maker_from_okw`` reads back without loss."""
    location: dict[str, Any] = {}
    if maker.latitude is not None:
        location["gps_coordinates"] = f"{maker.latitude}, {maker.longitude}"
    facility: dict[str, Any] = {
        "id": maker.id,
        "name": maker.name,
        "location": location,
        "facility_status": "Active",
        "manufacturing_processes": ["https://en.wikipedia.org/wiki/Fused_filament_fabrication"],
        "equipment": [_equipment(machine) for machine in maker.machines],
        "additional_properties": {"glocal": maker_record(maker)},
    }
    if maker.hours is not None:
        facility["opening_hours"] = maker.hours.as_text()
    return facility


def _equipment(machine: MakerMachine) -> dict[str, Any]:
    kind = machine.machine
    return {
        "equipment_type": "https://en.wikipedia.org/wiki/3D_printer",
        "manufacturing_process": "https://en.wikipedia.org/wiki/Fused_filament_fabrication",
        "make": kind.vendor,
        "model": kind.model,
        "x_travel": kind.bed_x_mm,
        "y_travel": kind.bed_y_mm,
        "z_travel": kind.height_mm,
        "nozzle_size": kind.nozzle_mm,
        "materials_worked": sorted({*machine.materials_loaded, *machine.materials_in_stock}),
    }


class _Reader:
    """Reads one record and notes each deviation on the way."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.deviations: list[Deviation] = []
        joined = record.get("facility")
        self.facility: Mapping[str, Any] = joined if isinstance(joined, Mapping) else record
        name = self.facility.get("name") or record.get("title")
        if not isinstance(name, str) or not name.strip():
            raise MakerFileBroken(
                "A record has no name.", help="Open Know-Where asks for `name`.", fields=sorted(record)[:20]
            )
        self.name = name.strip()[:LONGEST]
        if len(name.strip()) > LONGEST:
            self.note("name", f"longer than {LONGEST} characters; cut")

    def note(self, field: str, message: str) -> None:
        self.deviations.append(Deviation(self.name, field, message))

    def maker(self) -> Maker:
        latitude, longitude = self.place()
        machines, unclear = self.machines()
        return Maker(
            id=self.identity(),
            name=self.name,
            latitude=latitude,
            longitude=longitude,
            machines=tuple(machines),
            hours=self.hours(),
            unclear_equipment=tuple(words[:LONGEST_WORDS] for words in unclear[:MOST_EQUIPMENT]),
            source="Open Know-Where record",
            url=self.url(),
        )

    def url(self) -> str:
        """Return where a person reads more: a web address, or nothing."""
        contact = self.facility.get("contact") or self.record.get("contact")
        found = self.facility.get("url") or (contact.get("website") if isinstance(contact, Mapping) else None)
        if not found:
            return ""
        if not isinstance(found, str) or not found.startswith(("https://", "http://")) or len(found) > 500:
            self.note("url", "is no web address; left out")
            return ""
        return found

    def identity(self) -> str:
        """Return the record's own id, or one that depends on nothing but its name and address."""
        own = self.facility.get("facility_id") or self.facility.get("id")
        if own:
            return str(own)[:LONGEST]
        self.note("id", "missing; made from name and place")
        words = repr((self.name, self.record.get("location"), self.record.get("address")))
        return f"okw-{hashlib.sha256(words.encode()).hexdigest()[:12]}"

    def place(self) -> tuple[float | None, float | None]:
        location = self.record.get("location")
        geocoding = self.record.get("geocoding")
        pair: list[Any] = []
        if isinstance(geocoding, Mapping):
            pair = [geocoding.get("latitude"), geocoding.get("longitude")]
        elif isinstance(location, Mapping) and location.get("gps_coordinates"):
            gps = location["gps_coordinates"]
            if isinstance(gps, Mapping):
                pair = [gps.get("latitude"), gps.get("longitude")]
            else:
                pair = list(gps) if isinstance(gps, list) else str(gps).split(",")
        elif (found := self.plain_coordinates(location)) is not None:
            pair = list(found)
        elif isinstance(location, str):
            self.note("location", "is text, not an object; no coordinates taken from it")
        if not pair:
            self.note("location", "no coordinates; the place is unknown")
            return None, None
        try:
            latitude, longitude = (float(number) for number in pair)
        except (TypeError, ValueError, OverflowError):
            self.note("location", f"coordinates {str(pair)[:80]} cannot be read; the place is unknown")
            return None, None
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.note("location", f"coordinates {latitude}, {longitude} are not on Earth; the place is unknown")
            return None, None
        return latitude, longitude

    def plain_coordinates(self, location: Any) -> tuple[Any, Any] | None:
        """Return coordinates that stand beside the standard's: latitude and longitude of the location or the record."""
        for where in (location, self.facility, self.record):
            for latitude, longitude in COORDINATES if isinstance(where, Mapping) else ():
                if where.get(latitude) is not None and where.get(longitude) is not None:
                    self.note("location", f"`{latitude}` and `{longitude}` taken for `gps_coordinates`")
                    return where[latitude], where[longitude]
        return None

    def hours(self) -> OpeningHours | None:
        text = self.facility.get("opening_hours")
        if not text:
            return None
        timezone = self.facility.get("timezone")
        if not isinstance(text, str) or not isinstance(timezone, str):
            self.note("opening_hours", "given without a `timezone`, or not as text; the hours are unknown")
            return None
        try:
            return OpeningHours.from_text(text, timezone)
        except ValueError as wrong:
            self.note("opening_hours", f"{wrong}; the hours are unknown")
            return None

    def machines(self) -> tuple[list[MakerMachine], list[str]]:
        """Return the printers whose size is known, and what is said about the rest."""
        listed = self.facility.get("equipment", self.record.get("equipment"))
        unclear: list[str] = []
        if listed is None:
            words = self.facility.get("description") or self.facility.get("tool-list-atoms")
            if isinstance(words, list):
                words = ", ".join(str(w.get("description", w)) if isinstance(w, Mapping) else str(w) for w in words)
            return [], [str(words)] if words else []
        if not isinstance(listed, list):
            self.note("equipment", "is not a list; the machines are unknown")
            return [], [str(listed)]
        machines: list[MakerMachine] = []
        for index, entry in enumerate(listed):
            if not isinstance(entry, Mapping):
                self.note(f"equipment[{index}]", "is not an object; kept as words")
                unclear.append(str(entry))
                continue
            found = self.printer(index, entry)
            if found is None:
                unclear.append(_words(entry))
            else:
                machines.append(found)
        return machines, unclear

    def printer(self, index: int, entry: Mapping[str, Any]) -> MakerMachine | None:
        kinds = " ".join(str(entry.get(key, "")) for key in ("equipment_type", "type", "manufacturing_process", "name"))
        if not PRINTING.search(kinds.replace("_", " ").replace("-", " ")):
            return None
        size = _size_mm(entry)
        if size is None:
            self.note(f"equipment[{index}]", "a 3D printer without x_travel, y_travel, z_travel; its size is unknown")
            return None
        nozzle = entry.get("nozzle_size") or _nozzle_mm(entry)
        if not isinstance(nozzle, int | float) or not 0 < nozzle < 5:
            self.note(f"equipment[{index}]", "no nozzle_size; the printer is kept as words only")
            return None
        make = str(entry.get("make") or entry.get("manufacturer") or "")
        model = str(entry.get("model") or entry.get("name") or "")
        kind = Machine(
            id=f"okw-{make}-{model}-{size[0]:g}x{size[1]:g}x{size[2]:g}-{nozzle:g}".lower().replace(" ", "-"),
            name=f"{make} {model}".strip() or "3D printer",
            vendor=make,
            model=model,
            bed_x_mm=size[0],
            bed_y_mm=size[1],
            height_mm=size[2],
            nozzle_mm=float(nozzle),
            gcode_flavor="",
            max_nozzle_c=None,
            max_bed_c=None,
            printer_preset="",
            print_preset="",
            source="Open Know-Where record",
        )
        worked = entry.get("materials_worked") or ()
        materials = [_last_word(material) for material in (worked if isinstance(worked, list | tuple) else [worked])]
        return MakerMachine(id=f"{index}", machine=kind, materials_loaded=tuple(filter(None, materials)))


def _size_mm(entry: Mapping[str, Any]) -> tuple[float, float, float] | None:
    travel = [entry.get(key) for key in ("x_travel", "y_travel", "z_travel")]
    extra = entry.get("specifications") or entry.get("additional_properties") or {}
    words = extra.get("build_volume") if isinstance(extra, Mapping) else None
    found = SIZE.search(str(words or entry.get("build_volume") or entry.get("description") or ""))
    values = found.groups() if found else _lengths(words or entry.get("build_volume")) or travel
    try:
        x, y, z = (float(length) for length in values if length is not None)
    except (TypeError, ValueError, OverflowError):
        return None
    return (x, y, z) if min(x, y, z) > 0 and max(x, y, z) < LARGEST_MM else None


def _lengths(volume: Any) -> list[Any] | None:
    """Return the three lengths of a build volume that is a list or an object, else None."""
    if isinstance(volume, Mapping):
        named = [[volume.get(name) for name in names] for names in (("x", "y", "z"), ("width", "depth", "height"))]
        return next((found for found in named if None not in found), None)
    return volume if isinstance(volume, list) and len(volume) == 3 else None


def _nozzle_mm(entry: Mapping[str, Any]) -> float | None:
    """Return the nozzle that a description names in words, as the tables of 2024 must."""
    found = NOZZLE.search(str(entry.get("description") or ""))
    return float(found[1] or found[2]) if found else None


def _last_word(material: Any) -> str:
    """Return a material id from a name, an encyclopaedia address or an object that holds one of them."""
    if isinstance(material, Mapping):
        material = material.get("material_type") or material.get("name") or ""
    return str(material).rstrip("/").rsplit("/", 1)[-1].strip().lower().replace(" ", "-")


def _words(entry: Mapping[str, Any]) -> str:
    kinds = [entry.get(key) for key in ("equipment_type", "type", "make", "manufacturer", "model", "name")]
    return " ".join(str(kind).rstrip("/").rsplit("/", 1)[-1] for kind in kinds if kind)
