"""Build the records that a shop publishes, from features alone.

A builder takes whole objects of the other rooms and copies what the commons may know: sizes rounded so that one
person's part cannot be recognised, the machine's model and a stand-in for the machine, the month. It never sees a
name, an engraving, a mesh or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glocal.commons.features import MachineKind, MaterialKind, Settings, SizedMachine, settings_of
from glocal.commons.record_names import content_id
from glocal.commons.schema import VERSION

DATA_LICENCE = "CC0-1.0"
TEXT_LICENCE = "CC-BY-4.0"


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
    content = what_is_known(
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
    return {**head_of("recipe", id or content_id(content), DATA_LICENCE), **content}


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
    return {**head_of("design", design_id(package_hash, version, supersedes), licence, lang), **content, **told_anew}


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
    content = {"context": dict(context), **what_is_known({"symptom": symptom, "text": text, "title": title})}
    return {**head_of("problem", id, TEXT_LICENCE, lang), **content}


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
    told = {"problem": problem, "text": text, "accepted": accepted, "confirmed_by": list(confirmed_by)}
    content = what_is_known(told)
    return {**head_of("answer", id, TEXT_LICENCE, lang), **content}


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
    return {**head_of("demand", id, DATA_LICENCE), **content}


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
    return {**head_of("capacity", id, DATA_LICENCE), **what_is_known(content)}


def retract_record(*, epoch: int, index: int, id: str, reason: str | None = None) -> dict[str, Any]:
    """Return the tombstone of an entry of the own log; it names the entry and nothing that was in it."""
    content = what_is_known({"target": {"epoch": epoch, "index": index, "id": id}, "reason": reason})
    return {**head_of("retract", content_id(content["target"]), DATA_LICENCE), **content}


def head_of(kind: str, id: str, licence: str, lang: str = "en") -> dict[str, Any]:
    """Return what every record begins with."""
    return {"v": VERSION, "kind": kind, "id": id, "lang": lang, "licence": licence}


def with_head(record: Mapping[str, Any], *, new_id: str) -> dict[str, Any]:
    """Return a record that somebody wrote by hand with what every record begins with, where it says nothing else.

    The licence is that which texts or data of our own have; of a design nobody else can say it.
    """
    licence = {"problem": TEXT_LICENCE, "answer": TEXT_LICENCE}.get(str(record.get("kind")), DATA_LICENCE)
    head = head_of(str(record.get("kind")), new_id, licence)
    if record.get("kind") == "design":
        del head["licence"]
    return {**head, **record} if "kind" in record else dict(record)


def what_is_known(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in record.items() if value is not None and value != {}}
