"""Open Know-Where records: read tolerantly, with a list of each deviation, and written without loss.

Three shapes are in use: the facility tables of the Internet of Production Alliance (objects ``facility``, ``location``,
``region``, ``geocoding``, ``address`` joined into one); its schema of 2024 (:mod:`glocal.network.okw_tables`); and the
flat facility of the Open Know-Where specification 1.0 with ``name``, ``location``, ``facility_status`` and
``equipment``. What the standard cannot say (materials loaded, queue, prices) travels in
``additional_properties.glocal`` and is preferred where it is present.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from glocal.network.errors import MakerFileBroken
from glocal.network.hours import OpeningHours
from glocal.network.model import Maker, MakerMachine
from glocal.network.okw_carry import EXTRA, beyond, extra_of, own_part, together
from glocal.network.okw_machines import machines_of
from glocal.network.okw_place import place_of
from glocal.network.records import maker_from_record, maker_record

LONGEST, LONGEST_WORDS, MOST_EQUIPMENT = 200, 1000, 100  # characters of a name and of words, pieces of equipment
# what the standard's words for a facility that is not open mean for whoever looks for a maker
_NOT_OPEN = {
    "planned": "not open yet, as their record says",
    "temporary closure": "closed for a time, as their record says",
    "closed": "closed for good, as their record says",
}


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
    whole = own_part(record)
    if whole is not None:
        maker = maker_from_record(whole)
        return (maker if "carried" in whole else _with_the_rest(maker, record)), ()
    reader = _Reader(record)
    return _with_the_rest(reader.maker(), record), tuple(reader.deviations)


def okw_record(maker: Maker) -> dict[str, Any]:
    """Return a maker as a flat Open Know-Where facility that ``maker_from_okw`` reads back without loss.

    What its record said when it was read, of the facility and of each piece of equipment, stands there again.
    """

    def read_again(facility: Mapping[str, Any]) -> dict[str, Any]:
        return _facility(_Reader(facility).maker())

    facility = together(maker, _facility(maker), read_again)
    full = {name: value for name, value in maker_record(maker).items() if name != "carried"}
    return {**facility, EXTRA: extra_of(maker, full)}


def _with_the_rest(maker: Maker, record: Mapping[str, Any]) -> Maker:
    rest = beyond(record, _facility(maker))
    return replace(maker, carried=rest) if rest else maker


def _facility(maker: Maker) -> dict[str, Any]:
    """Return what the standard has a place for."""
    location: dict[str, Any] = {}
    if maker.latitude is not None:
        location["gps_coordinates"] = f"{maker.latitude}, {maker.longitude}"
    facility: dict[str, Any] = {
        "id": maker.id,
        "name": maker.name,
        "location": location,
        "facility_status": _status(maker.away),
        "manufacturing_processes": ["https://en.wikipedia.org/wiki/Fused_filament_fabrication"],
        "equipment": [_equipment(machine) for machine in maker.machines],
    }
    if maker.hours is not None:
        facility |= {"opening_hours": maker.hours.as_text(), "timezone": maker.hours.timezone}
    return facility


def _status(away: str) -> str:
    """Return the standard's word for whether a maker can be asked."""
    told = next((word for word, meaning in _NOT_OPEN.items() if meaning == away), "temporary closure")
    return told.title() if away else "Active"


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
        self.deviations: list[Deviation] = []
        self.name = ""
        self.record, renamed = _standard_names(record)
        joined = self.record.get("facility")
        self.facility: Mapping[str, Any] = joined if isinstance(joined, Mapping) else self.record
        written = self.facility.get("name") or self.record.get("title")
        name = written if isinstance(written, str) else _first_text(written)
        plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())
        if not plain:
            raise MakerFileBroken(
                f"has no `name`, only {', '.join(map(str, record))[:LONGEST] or 'nothing'}",
                help="Open Know-Where asks for `name`.",
                fields=sorted(map(str, record))[:20],
            )
        self.name = plain[:LONGEST]
        for field in renamed:
            self.note(field, f"is not how the standard writes it; read as {field.lower()}")
        if not isinstance(written, str):
            self.note("name", f"is {str(written)[:40]!r}, not a text; read as {plain[:40]!r}")
        if len(plain) > LONGEST:
            self.note("name", f"longer than {LONGEST} characters; cut")

    def note(self, field: str, message: str) -> None:
        self.deviations.append(Deviation(self.name, field, message))

    def maker(self) -> Maker:
        latitude, longitude = place_of(self.record, self.facility, self.note) or (None, None)
        machines, unclear = machines_of(self.facility, self.record, self.note)
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
            away=self.away(),
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
        own = next(
            (self.facility[key] for key in ("facility_id", "id") if self.facility.get(key) not in (None, "")), None
        )
        if isinstance(own, str | int) and not isinstance(own, bool):
            return " ".join(str(own).split())[:LONGEST]
        if own is not None:
            self.note("id", f"is {str(own)[:40]!r}, neither a text nor a number")
        self.note("id", "missing; made from name and place")
        words = repr((self.name, self.record.get("location"), self.record.get("address")))
        return f"okw-{hashlib.sha256(words.encode()).hexdigest()[:12]}"

    def away(self) -> str:
        """Return why nobody can be asked, from the status that the standard has for that."""
        status = self.facility.get("facility_status", self.record.get("facility_status"))
        word = " ".join(str(status or "active").replace("_", " ").split()).casefold()
        if word != "active" and word not in _NOT_OPEN:
            self.note(
                "facility_status", f"is {str(status)[:40]!r}, a word that the standard does not have; taken as open"
            )
        return _NOT_OPEN.get(word, "")

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


def _standard_names(record: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """Return a record under the standard's names, and which of its fields are written with capitals or blanks."""
    if any(name in record for name in ("name", "facility", "title")):
        return record, []
    plain = {str(name).strip().lower().replace(" ", "_"): value for name, value in record.items()}
    return plain, [str(name) for name in record if name not in plain]


def _first_text(value: Any) -> str:
    """Return a number as text, and the first text of a list or of texts by language."""
    if isinstance(value, bool) or value is None:
        return ""
    inner = [*value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
    return next((str(each) for each in inner if isinstance(each, str | int | float) and str(each).strip()), "")
