"""Build the records that a shop publishes, from features alone.

A builder takes whole objects of the other rooms and copies what the commons may know: sizes rounded so that one
person's part cannot be recognised, the machine's model and a stand-in for the machine, the month. It never sees a
name, an engraving, a mesh or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from glocal.commons.errors import RecordRefused
from glocal.commons.schema import DEFECTS, VERSION
from glocal.values import canonical_json, sha256_hex

DATA_LICENCE = "CC0-1.0"
TEXT_LICENCE = "CC-BY-4.0"


class PartShape(Protocol):
    """What a part's features tell; ``glocal.design.model.PartFeatures`` is one."""

    @property
    def volume_mm3(self) -> float: ...
    @property
    def area_mm2(self) -> float: ...
    @property
    def extent_mm(self) -> tuple[float, float, float]: ...
    @property
    def overhang_mm2(self) -> float: ...


class MachineKind(Protocol):
    """What a machine is; ``glocal.production.model.Machine`` is one."""

    @property
    def vendor(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def nozzle_mm(self) -> float: ...
    @property
    def has_enclosure(self) -> bool: ...


class SizedMachine(MachineKind, Protocol):
    """A machine with the box that it prints; ``glocal.production.model.Machine`` is one."""

    @property
    def bed_x_mm(self) -> float: ...
    @property
    def bed_y_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...


class MaterialKind(Protocol):
    """What a material is; ``glocal.production.model.Material`` is one."""

    @property
    def type(self) -> str: ...


class Settings(Protocol):
    """How a part is printed; ``glocal.production.model.Recipe`` is one."""

    @property
    def layer_height_mm(self) -> float: ...
    @property
    def infill_percent(self) -> float: ...
    @property
    def supports(self) -> bool: ...
    @property
    def brim_mm(self) -> float: ...


def outcome_record(
    *,
    id: str,
    machine: MachineKind,
    machine_alias: str,
    material: MaterialKind,
    recipe: Settings,
    part: PartShape,
    phase: str,
    defect: str | None = None,
    estimated_s: float | None = None,
    actual_s: float | None = None,
    estimated_g: float | None = None,
    actual_g: float | None = None,
    room_c: float | None = None,
    room_humidity_percent: float | None = None,
    material_age_months: float | None = None,
    material_dried: bool | None = None,
    quality: float | None = None,
    deviation_mm: float | None = None,
    evidence: str = "machine",
    tried: Sequence[str] = (),
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
    phase : str
        never_started, cancelled, machine_fault, part_fault or ok.
    defect : str, optional
        A word of ``schema.DEFECTS``; a word that is not there becomes "other", so that free text cannot pass.
    estimated_s, actual_s : float, optional
        Printing time, s.
    estimated_g, actual_g : float, optional
        Filament, g.
    evidence : str
        Who says so: the machine's own history, the maker, or a measurement.
    tried : sequence of str
        Which answers were tried, from :func:`reference_to`; the phase says whether they helped.
    design : str, optional
        Hash of the published package that was printed, never with which values.
    """
    record: dict[str, Any] = {
        **_head("outcome", id, DATA_LICENCE),
        "process": "fff",
        "machine": {
            "vendor": machine.vendor, "model": machine.model, "alias": machine_alias, "enclosure": machine.has_enclosure
        },
        "nozzle_mm": machine.nozzle_mm,
        "material": _known(
            {"type": material.type, "age_months": _rounded(material_age_months, 2), "dried": material_dried}
        ),
        "settings": settings_of(recipe),
        "part": part_of(part),
        "phase": phase,
        "evidence": evidence,
        "refs": [*tried, *([design] if design else [])] or None,
        "time_s": _known({"estimated": _rounded(estimated_s, 3), "actual": _rounded(actual_s, 3)}),
        "mass_g": _known({"estimated": _rounded(estimated_g, 3), "actual": _rounded(actual_g, 3)}),
        "room": _known(
            {"temperature_c": _rounded(room_c, 2), "humidity_percent": _rounded(room_humidity_percent, 2)}
        ),
        "quality": _rounded(quality, 2),
        "deviation_mm": _rounded(deviation_mm, 2),
        "defect": None if defect is None else defect if defect in DEFECTS else "other",
    }  # fmt: skip
    return _known(record)


def recipe_record(
    *,
    machine: MachineKind,
    material: MaterialKind,
    recipe: Settings,
    title: str | None = None,
    derived_from: str | None = None,
    id: str | None = None,
) -> dict[str, Any]:
    """Return settings that a shop recommends; without ``id`` the same settings always give the same id."""
    content = _known(
        {
            "process": "fff",
            "machine": machine.model,
            "nozzle_mm": machine.nozzle_mm,
            "material": {"type": material.type},
            "settings": settings_of(recipe),
            "title": title,
            "derived_from": derived_from,
        }
    )
    return {**_head("recipe", id or content_id(content), DATA_LICENCE), **content}


def design_record(
    *,
    package_hash: str,
    version: str,
    title: Mapping[str, str],
    licence: str,
    attribution: Sequence[str] = (),
    parameters: Iterable[Mapping[str, Any]] = (),
    derived_from: Iterable[Mapping[str, str]] = (),
    recipes: Sequence[str] = (),
    supersedes: str | None = None,
    lang: str = "en",
) -> dict[str, Any]:
    """Return the announcement of a design package: its hash, schema and lineage, never a customer's values.

    Parameters
    ----------
    package_hash : str
        SHA-256 of the package; what it is fetched by.
    attribution : sequence of str
        Authors as they want to be named; publishing a design is an explicit act of its owner.
    parameters : iterable of mapping
        Per parameter name, type and range (``schema.PARAMETER``), and between which values good prints lie.
    derived_from : iterable of mapping
        ``{"hash": …, "relation": "remix" | "port" | "fix" | "regional_variant"}``.
    supersedes : str, optional
        Id of an announcement of the same package that this one says anew, with what prints have taught since.
    """
    content = {
        "package": package_hash,
        "version": version,
        "title": dict(title),
        "attribution": list(attribution),
        "parameters": [dict(parameter) for parameter in parameters],
        "derived_from": [dict(ancestor) for ancestor in derived_from],
        "recipes": list(recipes),
    }
    told_anew = {"supersedes": supersedes} if supersedes else {}
    return {**_head("design", design_id(package_hash, version, supersedes), licence, lang), **content, **told_anew}


def design_id(package_hash: str, version: str, supersedes: str | None = None) -> str:
    """Return the id of an announcement: the same package is announced once, and anew only in place of one before."""
    before = {"supersedes": supersedes} if supersedes else {}
    return content_id({"package": package_hash, "version": version, **before})


def problem_record(
    *, id: str, symptom: str, text: str, context: Mapping[str, Any], lang: str = "en", title: str | None = None
) -> dict[str, Any]:
    """Return a question to the network: what goes wrong, on what machine, material and settings.

    The ``id`` comes from ``Log.record_id``: made from the text alone it would still confirm the text after an erasure.
    """
    content = {"context": dict(context), **_known({"symptom": symptom, "text": text, "title": title})}
    return {**_head("problem", id, TEXT_LICENCE, lang), **content}


def answer_record(
    *,
    id: str,
    problem: str,
    text: str,
    lang: str = "en",
    accepted: bool | None = None,
    confirmed_by: Sequence[str] = (),
) -> dict[str, Any]:
    """Return an answer to a problem, with the outcomes that confirm it; the ``id`` comes from ``Log.record_id``.

    ``problem`` comes from :func:`problem_name`; a bare id stands for whatever shop's problem has it.
    """
    content = _known({"problem": problem, "text": text, "accepted": accepted, "confirmed_by": list(confirmed_by)})
    return {**_head("answer", id, TEXT_LICENCE, lang), **content}


def demand_record(
    *, id: str, product: str, parameter: str, region: str, offered: Sequence[str], sums: Mapping[str, float]
) -> dict[str, Any]:
    """Return how often people of one region chose each option in the record's month: sums that can be added, no rows.

    Parameters
    ----------
    id : str
        From ``Log.record_id``.
    sums : mapping
        Option → choices, as evidence; of fewer than 20 in all nothing is published.
    """
    content = {
        "product": product,
        "parameter": parameter,
        "region": region,
        "sums": {option: round(choices, 3) for option, choices in sums.items()},
        "choices": round(sum(sums.values()), 3),
        "offered": list(offered),
    }
    return {**_head("demand", id, DATA_LICENCE), **content}


def capacity_record(
    *,
    id: str,
    machine: SizedMachine,
    materials: Sequence[str],
    until: str,
    region: str,
    place: tuple[float, float] | None = None,
    max_extent_mm: tuple[float, float, float] | None = None,
    days: Sequence[str] = (),
    wait_days: int = 0,
    hours: float | None = None,
    hour_minor: int | None = None,
    currency: str = "",
    supersedes: str | None = None,
) -> dict[str, Any]:
    """Return what an idle machine can do for other shops, until when and under which conditions.

    Parameters
    ----------
    id : str
        From ``Log.record_id``: it tells nobody which machine of whom it is.
    materials : sequence of str
        Material ids that may be asked for.
    until : str
        ``YYYY-MM``, the last month of the offer.
    region : str
        ISO 3166 code, as coarse as the shop says it.
    place : (float, float), optional
        Latitude and longitude, degrees; rounded to a tenth here, about ten kilometres. Left out by default.
    max_extent_mm : (float, float, float), optional
        The largest part that is taken, where that is less than the bed.
    days : sequence of str
        Of the week on which it is idle, ``"mo"`` to ``"su"``; none said: any.
    wait_days : int
        Until a first plate can begin.
    hours : float, optional
        Machine hours that are offered in all.
    hour_minor : int, optional
        Price of an hour in minor units of ``currency``; None: to be asked.
    """
    content: dict[str, Any] = {
        "process": "fff",
        "machine": machine.model,
        "nozzle_mm": machine.nozzle_mm,
        "enclosure": machine.has_enclosure,
        "bed_mm": [machine.bed_x_mm, machine.bed_y_mm, machine.height_mm],
        "materials": sorted(materials),
        "until": until,
        "region": region,
        "place": [round(degrees, 1) for degrees in place] if place else None,
        "max_extent_mm": list(max_extent_mm) if max_extent_mm else None,
        "days": list(days) or None,
        "wait_days": wait_days,
        "hours": hours,
        "price": {"hour_minor": hour_minor, "currency": currency} if hour_minor is not None else None,
        "supersedes": supersedes,
    }
    return {**_head("capacity", id, DATA_LICENCE), **_known(content)}


def retract_record(*, epoch: int, index: int, id: str, reason: str | None = None) -> dict[str, Any]:
    """Return the tombstone of an entry of the own log; it names the entry and nothing that was in it."""
    content = _known({"target": {"epoch": epoch, "index": index, "id": id}, "reason": reason})
    return {**_head("retract", content_id(content["target"]), DATA_LICENCE), **content}


def reference_to(root_vkey: str, record_id: str) -> str:
    """Return the id that names one shop's record: another shop may give a record of its own the same id."""
    return uuid8(problem_name(root_vkey, record_id))


def problem_name(root_vkey: str, record_id: str) -> str:
    """Return the SHA-256 by which an answer names one shop's problem; no id that anybody gives looks like it."""
    return sha256_hex(canonical_json({"shop": root_vkey, "record": record_id}))


def content_id(content: Mapping[str, Any]) -> str:
    """Return a UUIDv8 made from what a record says, for records that hold nothing private."""
    return uuid8(sha256_hex(canonical_json(content)))


def uuid8(digest_hex: str) -> str:
    """Return the first 122 free bits of a digest as a UUID of version 8 (RFC 9562)."""
    variant = "89ab"[int(digest_hex[16], 16) & 3]
    digits = f"{digest_hex[:12]}8{digest_hex[13:16]}{variant}{digest_hex[17:32]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def settings_of(recipe: Settings) -> dict[str, Any]:
    """Return a recipe's settings in canonical units."""
    return {
        "layer_height_mm": recipe.layer_height_mm,
        "infill_percent": recipe.infill_percent,
        "supports": recipe.supports,
        "brim_mm": recipe.brim_mm,
    }


def part_of(part: PartShape) -> dict[str, Any]:
    """Return a part's features, so coarse that many parts share them.

    Two significant digits; the box sorted by length, so that orientation tells nothing either. Thinness is
    area³ / (36 π volume²), 1 for a sphere and large for thin shapes.
    """
    area, volume = part.area_mm2, part.volume_mm3
    if area <= 0 or volume <= 0:
        raise RecordRefused("A part without volume has no features to share.", volume_mm3=volume, area_mm2=area)
    return {
        "volume_cm3": significant(volume / 1000, 2),
        "box_mm": sorted(significant(length, 2) for length in part.extent_mm),
        "overhang_share": round(min(1.0, part.overhang_mm2 / area), 2),
        "thinness": significant(min(1000.0, area**3 / (36 * 3.141592653589793 * volume**2)), 2),
    }


def significant(value: float, digits: int) -> float:
    """Round to so many significant decimal digits."""
    return float(f"{value:.{digits - 1}e}")


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else significant(value, digits)


def _known(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in record.items() if value is not None and value != {}}


def _head(kind: str, id: str, licence: str, lang: str = "en") -> dict[str, Any]:
    return {"v": VERSION, "kind": kind, "id": id, "lang": lang, "licence": licence}
