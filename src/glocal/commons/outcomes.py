"""The record of how a print came out: with what, where, and what was measured; never for whom, and never when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glocal.commons.features import MachineKind, MaterialKind, PartShape, Settings, part_of, settings_of, significant
from glocal.commons.records import DATA_LICENCE, head_of, what_is_known
from glocal.commons.schema import DEFECTS


@dataclass(frozen=True, slots=True)
class CameOut:
    """How a print came out.

    Parameters
    ----------
    phase : str
        never_started, cancelled, machine_fault, part_fault or ok.
    defect : str or None
        A word of ``schema.DEFECTS``; a word that is not there becomes "other", so that free text cannot pass.
    evidence : str
        Who says so: the machine's own history, the maker, or a measurement.
    estimated_s, actual_s : float or None
        Printing time, s.
    estimated_g, actual_g : float or None
        Filament, g.
    quality : float or None
        0 to 1, as its maker sees it.
    deviation_mm : float or None
        Measured, of the part from its design.
    tried : tuple of str
        Which answers were tried, from :func:`record_names.reference_to`; the phase says whether they helped.
    """

    phase: str
    defect: str | None = None
    evidence: str = "machine"
    estimated_s: float | None = None
    actual_s: float | None = None
    estimated_g: float | None = None
    actual_g: float | None = None
    quality: float | None = None
    deviation_mm: float | None = None
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where it was printed, and how the material had been kept; None where that is not known."""

    room_c: float | None = None
    humidity_percent: float | None = None
    material_age_months: float | None = None
    material_dried: bool | None = None


def outcome_record(
    *,
    id: str,
    machine: MachineKind,
    machine_alias: str,
    material: MaterialKind,
    recipe: Settings,
    part: PartShape,
    came_out: CameOut,
    around: Surroundings | None = None,
    design: str | None = None,
) -> dict[str, Any]:
    """Return what came out of one job, without the job.

    Parameters
    ----------
    id : str
        Public identity from ``Log.record_id(private key)``; the same key gives the same id.
    machine, material, recipe, part
        Only model, type, settings and rounded features are copied from them.
    machine_alias : str
        From ``Log.machine_alias(private id)``, such as ``m-1a2b3c4d``.
    design : str, optional
        Hash of the published package that was printed, never with which values.
    """
    with_what = {
        "process": "fff",
        "machine": {
            "vendor": machine.vendor, "model": machine.model, "alias": machine_alias, "enclosure": machine.has_enclosure
        },
        "nozzle_mm": machine.nozzle_mm,
        "settings": settings_of(recipe),
        "part": part_of(part),
        "refs": [*came_out.tried, *([design] if design else [])] or None,
    }  # fmt: skip
    told = {**head_of("outcome", id, DATA_LICENCE), **with_what, **_result(came_out)}
    return what_is_known({**told, **_surroundings(material, around or Surroundings())})


def _result(came_out: CameOut) -> dict[str, Any]:
    defect = came_out.defect
    time_s = {"estimated": _rounded(came_out.estimated_s, 3), "actual": _rounded(came_out.actual_s, 3)}
    mass_g = {"estimated": _rounded(came_out.estimated_g, 3), "actual": _rounded(came_out.actual_g, 3)}
    return {
        "phase": came_out.phase,
        "evidence": came_out.evidence,
        "time_s": what_is_known(time_s),
        "mass_g": what_is_known(mass_g),
        "quality": _rounded(came_out.quality, 2),
        "deviation_mm": _rounded(came_out.deviation_mm, 2),
        "defect": None if defect is None else defect if defect in DEFECTS else "other",
    }


def _surroundings(material: MaterialKind, around: Surroundings) -> dict[str, Any]:
    age, room = _rounded(around.material_age_months, 2), (around.room_c, around.humidity_percent)
    return {
        "material": what_is_known({"type": material.type, "age_months": age, "dried": around.material_dried}),
        "room": what_is_known({"temperature_c": _rounded(room[0], 2), "humidity_percent": _rounded(room[1], 2)}),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else significant(value, digits)
