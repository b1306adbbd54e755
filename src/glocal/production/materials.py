"""Kinds of filament that a shop usually stocks.

Densities and temperatures come from the installed slicer's generic presets where it has them. What the slicer does
not know, heat resistance, is a typical value of manufacturers' public technical data sheets; each entry says which
test it is. A shop overrides what its own spools differ in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from glocal.production.errors import ProfilesMissing, UnknownMaterial
from glocal.production.model import Machine, Material
from glocal.production.prusaslicer_numbers import first_number
from glocal.production.prusaslicer_profiles import REFERENCE_ID, filament_preset, get_machine

_SHEETS = "typical of manufacturers' data sheets"


@dataclass(frozen=True, slots=True)
class _Entry:
    material: Material
    slicer_types: tuple[str, ...]


def _entry(
    material_id: str,
    name: str,
    slicer_types: tuple[str, ...],
    *,
    density_g_cm3: float,
    nozzle_c: float,
    bed_c: float,
    heat_resistance_c: float,
    heat_test: str = "heat deflection at 0.45 MPa, ISO 75",
) -> _Entry:
    source = f"density and temperatures {_SHEETS}; heat resistance: {heat_test}, {_SHEETS}"
    material = Material(
        id=material_id,
        name=name,
        type=slicer_types[0],
        density_g_cm3=density_g_cm3,
        spool_mass_g=1000.0,
        nozzle_c=nozzle_c,
        bed_c=bed_c,
        heat_resistance_c=heat_resistance_c,
        source=source,
    )
    return _Entry(material, slicer_types)


_CATALOGUE = {
    entry.material.id: entry
    for entry in (
        _entry("pla", "PLA", ("PLA",), density_g_cm3=1.24, nozzle_c=210, bed_c=60, heat_resistance_c=55),
        _entry("petg", "PETG", ("PETG", "PET"), density_g_cm3=1.27, nozzle_c=240, bed_c=85, heat_resistance_c=68),
        _entry("asa", "ASA", ("ASA",), density_g_cm3=1.07, nozzle_c=260, bed_c=105, heat_resistance_c=93),
        _entry("abs", "ABS", ("ABS",), density_g_cm3=1.04, nozzle_c=255, bed_c=100, heat_resistance_c=90),
        _entry(
            "tpu",
            "TPU",
            ("TPU", "FLEX"),
            density_g_cm3=1.22,
            nozzle_c=240,
            bed_c=50,
            heat_resistance_c=60,
            heat_test="upper limit of use without load",
        ),
        _entry("pc", "PC blend", ("PC",), density_g_cm3=1.10, nozzle_c=275, bed_c=110, heat_resistance_c=110),
    )
}


def list_materials() -> list[Material]:
    """Return all materials that glocal knows, as the installed slicer's reference machine prints them."""
    return [get_material(material_id) for material_id in _CATALOGUE]


def get_material(material_id: str, *, machine: Machine | None = None, directory: Path | None = None) -> Material:
    """Return a material by its id.

    Parameters
    ----------
    material_id : str
        ``"pla"``, ``"petg"``, ``"asa"``, ``"abs"``, ``"tpu"`` or ``"pc"``; case does not matter.
    machine : Machine, optional
        Take density and temperatures from the slicer's preset for this machine instead of the reference machine.

    Raises
    ------
    UnknownMaterial
        When no material has this id.
    """
    entry = _CATALOGUE.get(material_id.lower())
    if entry is None:
        raise UnknownMaterial(
            "No material has the id “{material_id}”.",
            help="Choose one of: {offered}.",
            offered=list(_CATALOGUE),
            material_id=material_id,
        )
    try:
        found = filament_preset(
            machine or get_machine(REFERENCE_ID, directory=directory), entry.slicer_types, directory=directory
        )
    except (ProfilesMissing, LookupError):
        found = None
    return _with_preset(entry.material, *found) if found else entry.material


def slicer_types_of(material: Material) -> tuple[str, ...]:
    """Return the slicer's names of this type of filament."""
    entry = _CATALOGUE.get(material.id)
    return entry.slicer_types if entry else (material.type.upper(),)


def _with_preset(material: Material, preset: str, settings: dict[str, str]) -> Material:
    density = _said(settings.get("filament_density"))
    nozzle = _said(settings.get("temperature"))
    bed = _said(settings.get("bed_temperature"))
    if not density or not nozzle or bed is None:
        return material
    heat = material.source.partition("; ")[2]
    source = f"density and temperatures: PrusaSlicer's preset “{preset}”; {heat}"
    return replace(material, density_g_cm3=density, nozzle_c=nozzle, bed_c=bed, source=source)


def _said(value: str | None) -> float | None:
    try:
        return first_number(value or "")
    except ValueError:
        return None
