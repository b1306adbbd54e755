"""Which machines an Open Know-Where record names: printers whose size is known, and words about the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from glocal.network.model import MakerMachine
from glocal.network.okw_place import Note
from glocal.production.model import Machine

PRINTING = re.compile(r"3d.?print|fused|fff|fdm|additive|filament", re.IGNORECASE)
NOZZLE = re.compile(r"nozzle\s*(\d+(?:\.\d+)?)\s*mm|(\d+\.\d+)\s*mm nozzle", re.IGNORECASE)
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mm|cm|m|in|inch|\")?", re.IGNORECASE)
UNITS_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4, '"': 25.4}
LARGEST_MM = 100_000.0  # a printer that prints houses is 50 m long
MOST_ALIKE = 50


def machines_of(
    facility: Mapping[str, Any], record: Mapping[str, Any], note: Note
) -> tuple[list[MakerMachine], list[str]]:
    """Return the printers whose size is known, and what is said about the rest."""
    listed = facility.get("equipment", record.get("equipment"))
    if listed is None:
        words = facility.get("description") or facility.get("tool-list-atoms")
        if isinstance(words, list):
            words = ", ".join(str(w.get("description", w)) if isinstance(w, Mapping) else str(w) for w in words)
        return [], [str(words)] if words else []
    if isinstance(listed, Mapping):
        note("equipment", "is one machine, not a list; read as a list of one")
        listed = [listed]
    if not isinstance(listed, list):
        note("equipment", "is not a list; the machines are unknown")
        return [], [str(listed)]
    machines: list[MakerMachine] = []
    unclear: list[str] = []
    for index, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            note(f"equipment[{index}]", "is not an object; kept as words")
            unclear.append(str(entry))
            continue
        found = _printers(index, entry, note)
        machines += found
        unclear += [] if found else [_words(entry)]
    return machines, unclear


def _printers(index: int, entry: Mapping[str, Any], note: Note) -> list[MakerMachine]:
    """Return the printers that one piece of equipment is: as many as its quantity says."""
    place = f"equipment[{index}]"
    kinds = " ".join(str(entry.get(key, "")) for key in ("equipment_type", "type", "manufacturing_process", "name"))
    if not PRINTING.search(kinds.replace("_", " ").replace("-", " ")):
        return []
    size = _size_mm(entry, lambda field, words: note(f"{place}.{field}", words))
    if size is None:
        note(place, "a 3D printer without x_travel, y_travel, z_travel; its size is unknown")
        return []
    nozzle = _length_mm("nozzle_size", entry.get("nozzle_size"), lambda f, words: note(f"{place}.{f}", words))
    nozzle = nozzle or _nozzle_mm(entry)
    if nozzle is None or not 0 < nozzle < 5:
        note(place, "no nozzle_size; the printer is kept as words only")
        return []
    kind, materials = _kind(entry, size, nozzle), _materials(entry.get("materials_worked"))
    count = _quantity(entry.get("quantity"), place, note)
    names = [f"{index}", *(f"{index}.{number}" for number in range(2, count + 1))]
    return [MakerMachine(id=name, machine=kind, materials_loaded=materials) for name in names]


def _quantity(value: Any, place: str, note: Note) -> int:
    if value is None:
        return 1
    count = int(value) if isinstance(value, str) and value.strip().isdigit() and len(value) < 9 else value
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        note(f"{place}.quantity", f"is {str(value)[:40]!r}, not a number of machines; counted as one")
        return 1
    if count > MOST_ALIKE:
        note(f"{place}.quantity", f"is {count}; {MOST_ALIKE} of them are taken")
    return min(count, MOST_ALIKE)


def _kind(entry: Mapping[str, Any], size: tuple[float, float, float], nozzle_mm: float) -> Machine:
    make = str(entry.get("make") or entry.get("manufacturer") or entry.get("brand") or "")
    model = str(entry.get("model") or entry.get("name") or "")
    return Machine(
        id=f"okw-{make}-{model}-{size[0]:g}x{size[1]:g}x{size[2]:g}-{nozzle_mm:g}".lower().replace(" ", "-"),
        name=f"{make} {model}".strip() or "3D printer",
        vendor=make,
        model=model,
        bed_x_mm=size[0],
        bed_y_mm=size[1],
        height_mm=size[2],
        nozzle_mm=nozzle_mm,
        gcode_flavor="",
        max_nozzle_c=None,
        max_bed_c=None,
        printer_preset="",
        print_preset="",
        source="Open Know-Where record",
    )


def _size_mm(entry: Mapping[str, Any], note: Note) -> tuple[float, float, float] | None:
    travel = [_length_mm(key, entry.get(key), note) for key in ("x_travel", "y_travel", "z_travel")]
    extra = entry.get("specifications") or entry.get("additional_properties") or {}
    words = extra.get("build_volume") if isinstance(extra, Mapping) else None
    found = SIZE.search(str(words or entry.get("build_volume") or entry.get("description") or ""))
    values = found.groups() if found else _lengths(words or entry.get("build_volume")) or travel
    try:
        x, y, z = (float(length) for length in values if length is not None)
    except (TypeError, ValueError, OverflowError):
        return None
    return (x, y, z) if min(x, y, z) > 0 and max(x, y, z) < LARGEST_MM else None


def _length_mm(field: str, value: Any, note: Note) -> float | None:
    """Return a length in mm: the standard's number, or a text with a unit or a decimal comma, which is noted."""
    if isinstance(value, list) and value:
        note(field, f"is a list; its first value, {str(value[0])[:40]}, is taken")
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        found = LENGTH.fullmatch(value.strip())
        if found is None:
            return None
        length_mm = float(found[1].replace(",", ".")) * UNITS_MM[(found[2] or "").lower()]
        if not found[2] and "," not in value:
            return length_mm
        note(field, f"is {value.strip()[:40]!r}, not a number of mm; read as {length_mm:g} mm")
        return length_mm
    try:
        return float(value)
    except OverflowError:
        return None


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


def _materials(worked: Any) -> tuple[str, ...]:
    """Return material ids from names, encyclopaedia addresses or objects; a text may name several."""
    listed = (
        worked
        if isinstance(worked, list | tuple)
        else re.split(r"[,;]", worked)
        if isinstance(worked, str)
        else [worked]
    )
    names = (
        each.get("material_type") or each.get("name") or "" if isinstance(each, Mapping) else each for each in listed
    )
    ids = (str(name or "").rstrip("/").rsplit("/", 1)[-1].strip().lower().replace(" ", "-") for name in names)
    return tuple(dict.fromkeys(filter(None, ids)))


def _words(entry: Mapping[str, Any]) -> str:
    kinds = [entry.get(key) for key in ("equipment_type", "type", "make", "manufacturer", "brand", "model", "name")]
    return " ".join(str(kind).rstrip("/").rsplit("/", 1)[-1] for kind in kinds if kind)
