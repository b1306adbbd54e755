"""What ``datapackage.json`` says of a design: everything that the Customizer language cannot."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from glocal.design import constraint
from glocal.design.errors import PackageInvalid
from glocal.design.model import Constraint, Parameter, ParameterNotes, ParameterValue, Standard, StandardChoice
from glocal.design.sizes import MEASURES
from glocal.names import nearest, what_is_known

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ORIGINS: dict[str, Literal["measured", "chosen", "derived"]] = {
    "measured": "measured", "chosen": "chosen", "derived": "derived",
}  # fmt: skip
_LIMITS = ("hard_min", "hard_max", "soft_min", "soft_max")
_FIELDS = {"unit", "origin", "derived_from", "labels", "help", "option_labels", "measures", "only_with", *_LIMITS}
_OURS = frozenset(
    {"source", "title", "description", "safety", "parameters", "constraints", "presets", "preset_labels"}
    | {"group_labels", "standards", "print", "intended_for"}
)
_REGION = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked manifest; ``raw`` is the JSON that it was read from, for the hash."""

    id: str
    version: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    authors: tuple[str, ...]
    source: str
    resources: tuple[str, ...]
    notes: Mapping[str, ParameterNotes]
    constraints: tuple[Constraint, ...]
    print_notes: Mapping[str, Any]
    presets: Mapping[str, Mapping[str, ParameterValue]]
    preset_labels: Mapping[str, Mapping[str, str]]
    group_labels: Mapping[str, Mapping[str, str]]
    standards: Mapping[str, Standard]
    raw: Mapping[str, Any]

    def check_against(self, parameters: tuple[Parameter, ...]) -> None:
        """Raise PackageInvalid when the manifest speaks of parameters that the design does not have."""
        known = {parameter.name for parameter in parameters}
        spoken = {f"glocal.parameters.{name}": {name} for name in self.notes}
        spoken |= {f"glocal.presets.{preset}": set(values) for preset, values in self.presets.items()}
        spoken |= {
            f"glocal.standards.{name}, choice {choice.name!r},": set(choice.values)
            for name, standard in self.standards.items()
            for choice in standard.choices
        }
        spoken |= {
            f"glocal.parameters.{n}.derived_from": {note.derived_from}
            for n, note in self.notes.items()
            if note.derived_from
        }
        spoken |= {f"glocal.parameters.{n}.only_with": set(note.only_with) for n, note in self.notes.items()}
        spoken |= {f"the rule {rule.expression!r}": set(constraint.names(rule.expression)) for rule in self.constraints}
        for where, names in spoken.items():
            if unknown := names - known:
                raise _wrong(where, f"names {sorted(unknown)[0]!r}, which is no parameter of the design")


def read_manifest(data: bytes) -> Manifest:
    """Return what a ``datapackage.json`` says.

    Raises
    ------
    PackageInvalid
        Naming the field and what is expected there.
    """
    raw = _json(data)
    ours = _object(raw, "glocal")
    _refuse_slips(ours)
    identifier = _text(raw, "name")
    if not _SLUG.fullmatch(identifier):
        raise _wrong("name", f"is {identifier[:60]!r}, expected small letters, digits and hyphens")
    licences = _list(raw, "licenses")
    licence = _text(licences[0], "name") if licences and isinstance(licences[0], dict) else ""
    if not _LICENCE.fullmatch(licence):
        raise _wrong("licenses", "names no licence, expected an SPDX expression such as CC-BY-4.0")
    return Manifest(
        id=identifier,
        version=_text(raw, "version"),
        title=_texts(ours, raw, "title"),
        description=_texts(ours, raw, "description"),
        licence=licence,
        authors=tuple(_text(person, "title") for person in _list(raw, "contributors")),
        source=_text(ours, "source"),
        resources=tuple(_text(resource, "path") for resource in _list(raw, "resources")),
        notes={name: _notes(name, item) for name, item in _object(ours, "parameters", optional=True).items()},
        constraints=tuple(_constraint(item) for item in _list(ours, "constraints")),
        print_notes=_object(ours, "print", optional=True),
        presets={
            name: _preset(f"glocal.presets.{name}", item)
            for name, item in _object(ours, "presets", optional=True).items()
        },
        preset_labels=_labels(ours, "preset_labels"),
        group_labels=_labels(ours, "group_labels"),
        standards={name: _standard(name, item) for name, item in _object(ours, "standards", optional=True).items()},
        raw=raw,
    )


def _wrong(field: str, problem: str, *, help: str = "Correct the manifest and try again.") -> PackageInvalid:
    return PackageInvalid(f"datapackage.json: {field} {problem}.", help=help, field=field)


def _refuse_slips(ours: Mapping[str, Any]) -> None:
    """Refuse a field that is a known one mistyped; what is quite unknown may be of a later version."""
    for name in ours.keys() - _OURS:
        if near := nearest(name, _OURS):
            raise _wrong("glocal", f"has the unknown field {name[:60]!r}", help=f"Did you mean “{near}”?")


def _json(data: bytes) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is not a number")

    def finite(text: str) -> float:
        number = float(text)
        return number if math.isfinite(number) else refuse(text)

    try:
        raw = json.loads(data.decode("utf-8-sig"), parse_constant=refuse, parse_float=finite)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PackageInvalid(f"datapackage.json is not JSON: {error}", help="Check it with a JSON editor.") from error
    if not isinstance(raw, dict):
        raise PackageInvalid("datapackage.json is not an object.")
    return raw


def _object(holder: Mapping[str, Any], name: str, *, optional: bool = False) -> dict[str, Any]:
    value = holder.get(name, {} if optional else None)
    if not isinstance(value, dict):
        raise _wrong(name, "is missing or not an object")
    return value


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name, [])
    if not isinstance(value, list) or len(value) > 1000:
        raise _wrong(name, "is not a list of up to 1000 entries")
    return value


def _text(holder: object, name: str) -> str:
    value = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise _wrong(name, "is missing or not a text")
    return value


def _texts(ours: Mapping[str, Any], raw: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return a text in each language; a plain text counts as English."""
    value = ours.get(name, raw.get(name, {}))
    texts = {"en": value} if isinstance(value, str) else value
    _check_texts(name, texts)
    if name == "title" and not texts:
        raise _wrong("title", "is missing")
    return dict(texts)


def _check_texts(field: str, texts: object) -> None:
    if not isinstance(texts, dict):
        raise _wrong(field, "is not an object of language and text")
    for language, text in texts.items():
        if not LANGUAGE.fullmatch(language):
            raise _wrong(field, f"has the key {language[:40]!r}, expected a language such as 'en' or 'pt-BR'")
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise _wrong(f"{field}.{language}", "is not a text")


def _notes(name: str, item: object) -> ParameterNotes:
    field = f"glocal.parameters.{name}"
    if not isinstance(item, dict):
        raise _wrong(field, "is not an object")
    if unknown := set(item) - _FIELDS:
        name = min(unknown)
        raise _wrong(field, f"has the unknown field {name!r}", help=what_is_known(name, _FIELDS))
    if item.get("origin", "chosen") not in _ORIGINS:
        raise _wrong(f"{field}.origin", f"is {item['origin']!r}, expected one of {', '.join(_ORIGINS)}")
    for text in ("unit", "derived_from"):
        if not isinstance(item.get(text), str | None):
            raise _wrong(f"{field}.{text}", "is not a text")
    measures = item.get("measures")
    if measures is not None and (str(measures) not in MEASURES or item.get("unit") != "mm"):
        raise _wrong(f"{field}.measures", f"must be one of {', '.join(MEASURES)}, in a parameter whose unit is mm")
    for texts in ("labels", "help"):
        _check_texts(f"{field}.{texts}", item.get(texts, {}))
    option_labels = _object(item, "option_labels", optional=True)
    for value, texts_of_value in option_labels.items():
        _check_texts(f"{field}.option_labels.{value}", texts_of_value)
    limits = {limit: _limit(field, limit, item.get(limit)) for limit in _LIMITS}
    for low, high in (("hard_min", "hard_max"), ("soft_min", "soft_max")):
        least, most = limits[low], limits[high]
        if least is not None and most is not None and least > most:
            raise _wrong(f"{field}.{low}", f"is {least:g}, more than {high} {most:g}")
    return ParameterNotes(
        unit=item.get("unit"),
        origin=_ORIGINS[item.get("origin", "chosen")],
        labels=dict(item.get("labels", {})),
        help=dict(item.get("help", {})),
        derived_from=item.get("derived_from"),
        option_labels={value: dict(texts_of_value) for value, texts_of_value in option_labels.items()},
        measures=item.get("measures"),
        only_with=_only_with(f"{field}.only_with", _object(item, "only_with", optional=True)),
        **limits,
    )


def _only_with(field: str, item: Mapping[str, object]) -> dict[str, tuple[ParameterValue, ...]]:
    """Return with which values of which others a parameter matters; ``true`` stands for anything."""
    conditions: dict[str, tuple[ParameterValue, ...]] = {}
    for name, wanted in item.items():
        if wanted is not True and not (isinstance(wanted, list) and wanted):
            raise _wrong(f"{field}.{name}", "is neither true nor a list of values")
        conditions[name] = () if wanted is True else tuple(_value(f"{field}.{name}", value) for value in wanted)
    return conditions


def _limit(field: str, name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(f"{field}.{name}", "is not a number")
    return float(value)


def _constraint(item: object) -> Constraint:
    expression = _text(item, "expression")
    message = item.get("message", {}) if isinstance(item, dict) else {}
    texts = {"en": message} if isinstance(message, str) else message
    _check_texts(f"the message of the rule {expression[:60]!r}", texts)
    try:
        constraint.names(expression)
    except constraint.ConstraintError as error:
        raise _wrong("glocal.constraints", f"has a rule that cannot be read: {error}") from error
    if not texts:
        raise _wrong("glocal.constraints", f"does not explain the rule {expression[:60]!r} (message)")
    return Constraint(expression, dict(texts))


def _standard(name: str, item: object) -> Standard:
    field = f"glocal.standards.{name}"
    if not isinstance(item, dict):
        raise _wrong(field, "is not an object")
    title = item.get("title", {})
    _check_texts(f"{field}.title", title)
    choices = tuple(_standard_choice(field, choice) for choice in _list(item, "choices"))
    if len({choice.name for choice in choices}) < max(len(choices), 1):
        raise _wrong(f"{field}.choices", "is empty or names a choice twice")
    if sum(not choice.regions for choice in choices) > 1:
        raise _wrong(f"{field}.choices", "has more than one choice without regions")
    named = [region for choice in choices for region in choice.regions]
    if twice := next((region for region in named if named.count(region) > 1), None):
        raise _wrong(f"{field}.choices", f"gives the region {twice} to two choices")
    return Standard(dict(title), choices)


def _standard_choice(field: str, item: object) -> StandardChoice:
    regions = _list(item, "regions") if isinstance(item, dict) else []
    if not all(isinstance(region, str) and _REGION.fullmatch(region) for region in regions):
        raise _wrong(f"{field}.choices", "has regions that are no ISO 3166 codes such as 'US' or 'CA-QC'")
    values = _object(item, "values") if isinstance(item, dict) else {}
    return StandardChoice(
        _text(item, "name"), _preset(f"{field}.values", values), tuple(regions), _text(item, "source")
    )


def _labels(ours: Mapping[str, Any], field: str) -> dict[str, dict[str, str]]:
    """Return the labels of named things in each language."""
    labels = _object(ours, field, optional=True)
    for name, texts in labels.items():
        _check_texts(f"glocal.{field}.{name}", texts)
    return {name: dict(texts) for name, texts in labels.items()}


def _preset(field: str, item: object) -> dict[str, ParameterValue]:
    if not isinstance(item, dict):
        raise _wrong(field, "is not an object")
    return {parameter: _value(f"{field}.{parameter}", value) for parameter, value in item.items()}


def _value(field: str, value: object) -> ParameterValue:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list) and all(
        isinstance(entry, int | float) and not isinstance(entry, bool) for entry in value
    ):
        return tuple(float(entry) for entry in value)
    raise _wrong(field, "is neither a number, a text, true or false, nor a list of numbers")
