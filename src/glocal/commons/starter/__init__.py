"""What the commons knows on the first day: problems and answers that we wrote, recipes from the material library.

They stand beside what shops say, under the name ``glocal``, with no log and no signature: they came with the software.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from glocal.commons.features import MachineKind, MaterialKind, Settings
from glocal.commons.knowledge import Known
from glocal.commons.record_names import content_id
from glocal.commons.records import answer_record, problem_record, recipe_record
from glocal.commons.taxonomy import LANGUAGES

SHOP = "glocal"
_MONTH = "2026-11"


@cache
def starter_problems() -> tuple[Known, ...]:
    """Return the problems and answers, each problem followed by its answer; read once."""
    found: list[Known] = []
    for entry in _entries():
        found += _known(entry, len(found))
    return tuple(found)


def starter_recipes(kinds: Iterable[tuple[MachineKind, MaterialKind, Settings]]) -> Iterator[Known]:
    """Yield what the material library recommends for machines, as recipes.

    Parameters
    ----------
    kinds : iterable of (machine, material, recipe)
        ``glocal.production.model`` objects.
    """
    for number, (machine, material, recipe) in enumerate(kinds):
        record = recipe_record(machine=machine, material=material, recipe=recipe)
        settings = {**record["settings"], **_temperatures(material)}
        title = f"{material.type} on {machine.vendor} {machine.model}"[:80]
        content = {**record, "settings": settings, "title": title}
        content["id"] = content_id({name: value for name, value in content.items() if name != "id"})
        yield Known(SHOP, "", 0, 10_000 + number, {**content, "epoch": 1, "month": _MONTH})


def slug_of(known: Known) -> str | None:
    """Return the name of a starter problem or answer, None for anything else."""
    return _slugs().get(known.record["id"])


@cache
def _slugs() -> Mapping[str, str]:
    return {_id(entry["slug"], kind): entry["slug"] for entry in _entries() for kind in ("problem", "answer")}


def _temperatures(material: Any) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in (
            ("nozzle_c", getattr(material, "nozzle_c", None)),
            ("bed_c", getattr(material, "bed_c", None)),
        )
        if value is not None
    }


def _id(slug: str, kind: str) -> str:
    return content_id({"starter": slug, "kind": kind})


@cache
def _entries() -> tuple[Mapping[str, Any], ...]:
    files = sorted(
        (file for file in resources.files(__name__).iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return tuple(entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["problem"])


def _known(entry: Mapping[str, Any], index: int) -> tuple[Known, Known]:
    context: dict[str, Any] = {"process": entry.get("process", "fff")}
    if "materials" in entry:
        context["material"] = " ".join(entry["materials"])
    head = {"epoch": 1, "month": _MONTH}
    problem = problem_record(
        id=_id(entry["slug"], "problem"), symptom=entry["symptom"], text=entry["text"], context=context
    )
    titles = {language: entry[language] for language in LANGUAGES}
    answer = answer_record(id=_id(entry["slug"], "answer"), problem=problem["id"], text=entry["answer"], accepted=True)
    return (
        Known(SHOP, "", 0, index, {**problem, **head, "title": titles}),
        Known(SHOP, "", 0, index + 1, {**answer, **head}),
    )
