"""A template as a flat list of facts, and a shop's own changes to them.

A fact has a path (``("parameter", "diameter", "label", "yo")``) and a value. That makes a variant, its difference from
the template, and a merge with a newer template one and the same thing: comparing facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from glocal.design.manifest import LANGUAGE, MAX_TEXT
from glocal.design.model import DesignTemplate, Option, Parameter, ParameterNotes
from glocal.design.region_errors import EditRefused
from glocal.values import sha256_hex

Path = tuple[str, ...]
Edits = Mapping[Path, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs, with the reason; None stands for a fact that is not there."""

    path: Path
    before: Any
    after: Any
    why: str

    def words(self) -> str:
        """Return the change as a line for a person."""
        where = " › ".join(self.path)
        if self.before is None:
            return f"{where}: {_words(self.after)} is new ({self.why})"
        if self.after is None:
            return f"{where}: {_words(self.before)} is gone ({self.why})"
        return f"{where}: {_words(self.before)} → {_words(self.after)} ({self.why})"


def facts(template: DesignTemplate) -> dict[Path, Any]:
    """Return everything that a template says, flat; large contents stand as their SHA-256."""
    return dict(_facts(template))


def differences(before: DesignTemplate, after: DesignTemplate, why: str) -> tuple[Change, ...]:
    """Return what differs between two templates, in the order of the paths."""
    old, new = facts(before), facts(after)
    paths = sorted({*old, *new})
    return tuple(Change(p, old.get(p), new.get(p), why) for p in paths if old.get(p) != new.get(p))


def edited(template: DesignTemplate, edits: Edits) -> DesignTemplate:
    """Return a template with a shop's changes; its hash is still the original's.

    A shop may change texts in any language (``title``, ``description``, ``label``, ``help``, ``option``, ``group``,
    ``rule``), defaults, values of presets, and take options away. The shape itself it may not: that is another design.

    Raises
    ------
    EditRefused
        Naming the path.
    """
    for path, value in sorted(edits.items()):
        template = _apply(template, path, value)
    return template


def edits_as_json(edits: Edits) -> list[dict[str, Any]]:
    """Return a shop's changes for storage."""
    return [{"path": list(path), "value": _plain(value)} for path, value in sorted(edits.items())]


def edits_from_json(rows: Iterable[Mapping[str, Any]]) -> dict[Path, Any]:
    """Return a shop's changes from storage; the inverse of :func:`edits_as_json`."""
    edits: dict[Path, Any] = {}
    for row in rows:
        path, value = row.get("path"), row.get("value")
        if not isinstance(path, list) or not all(isinstance(part, str) for part in path):
            raise EditRefused("A change names no path.", help="A path is a list of texts.", path=[])
        edits[tuple(path)] = _unplain(value)
    return edits


def _facts(template: DesignTemplate) -> Iterator[tuple[Path, Any]]:
    yield ("version",), template.version
    yield ("licence",), template.licence
    yield ("source",), sha256_hex(template.source.encode())
    yield from ((("file", name), sha256_hex(data)) for name, data in template.files.items())
    yield from _texts(("title",), template.title)
    yield from _texts(("description",), template.description)
    for parameter in template.parameters:
        yield from _parameter_facts(parameter, template.notes.get(parameter.name) or ParameterNotes())
    for rule in template.constraints:
        yield from _texts(("rule", rule.expression), rule.message)
    for name, values in template.presets.items():
        yield from ((("preset", name, "value", parameter), value) for parameter, value in values.items())
    for name, texts in template.preset_labels.items():
        yield from _texts(("preset", name, "label"), texts)
    for name, texts in template.group_labels.items():
        yield from _texts(("group", name), texts)
    for name, standard in template.standards.items():
        yield from _texts(("standard", name, "title"), standard.title)
        for choice in standard.choices:
            yield ("standard", name, "values", choice.name), dict(choice.values)
            yield ("standard", name, "regions", choice.name), choice.regions
    yield from ((("print", name), value) for name, value in template.print_notes.items())


def _parameter_facts(parameter: Parameter, notes: ParameterNotes) -> Iterator[tuple[Path, Any]]:
    start = ("parameter", parameter.name)
    yield (*start, "default"), parameter.initial
    for name in ("type", "group", "min", "max", "step", "max_length"):
        yield from _present((*start, name), getattr(parameter, name))
    if parameter.options:
        yield (*start, "options"), tuple(option.value for option in parameter.options)
    for name in ("unit", "origin", "measures", "hard_min", "hard_max", "soft_min", "soft_max"):
        yield from _present((*start, name), getattr(notes, name))
    yield from _texts((*start, "label"), notes.labels)
    yield from _texts((*start, "help"), notes.help)
    for value, texts in notes.option_labels.items():
        yield from _texts((*start, "option", value), texts)


def _present(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if value is not None:
        yield path, value


def _texts(start: Path, texts: Mapping[str, str]) -> Iterator[tuple[Path, Any]]:
    yield from (((*start, language), text) for language, text in texts.items())


def _apply(template: DesignTemplate, path: Path, value: Any) -> DesignTemplate:  # noqa: PLR0911 (one line per kind)
    match path:
        case ("title", language):
            return replace(template, title=_with_text(path, template.title, language, value))
        case ("description", language):
            return replace(template, description=_with_text(path, template.description, language, value))
        case ("group", group, language) if group in {parameter.group for parameter in template.parameters}:
            return replace(template, group_labels=_with_texts(path, template.group_labels, group, language, value))
        case ("preset", preset, "label", language) if preset in template.presets:
            return replace(template, preset_labels=_with_texts(path, template.preset_labels, preset, language, value))
        case ("preset", preset, "value", name) if preset in template.presets and template.parameter(name):
            values = {**template.presets[preset], name: _value(path, value)}
            return replace(template, presets={**template.presets, preset: values})
        case ("rule", expression, language) if any(rule.expression == expression for rule in template.constraints):
            rules = tuple(
                replace(rule, message=_with_text(path, rule.message, language, value))
                if rule.expression == expression
                else rule
                for rule in template.constraints
            )
            return replace(template, constraints=rules)
        case ("parameter", name, *rest) if parameter := template.parameter(name):
            return _apply_to_parameter(template, parameter, path, rest, value)
    raise _refused(path, "is nothing that a shop can change in this design")


def _apply_to_parameter(
    template: DesignTemplate, parameter: Parameter, path: Path, rest: list[str], value: Any
) -> DesignTemplate:
    notes = template.notes.get(parameter.name) or ParameterNotes()
    match rest:
        case ["default"] if notes.origin != "derived":
            parameter = replace(parameter, initial=_value(path, value))
        case ["options"] if parameter.options:
            parameter = replace(parameter, options=_fewer(path, parameter.options, value))
        case ["label", language]:
            notes = replace(notes, labels=_with_text(path, notes.labels, language, value))
        case ["help", language]:
            notes = replace(notes, help=_with_text(path, notes.help, language, value))
        case ["option", option, language] if parameter.options:
            notes = replace(notes, option_labels=_with_texts(path, notes.option_labels, option, language, value))
        case _:
            raise _refused(path, "is nothing that a shop can change in this design")
    parameters = tuple(parameter if item.name == parameter.name else item for item in template.parameters)
    return replace(template, parameters=parameters, notes={**template.notes, parameter.name: notes})


def _fewer(path: Path, options: tuple[Option, ...], value: Any) -> tuple[Option, ...]:
    by_value = {option.value: option for option in options}
    wanted = tuple(value) if isinstance(value, list | tuple) else ()
    if not wanted or len(set(wanted)) < len(wanted) or not set(wanted) <= set(by_value):
        raise _refused(path, f"must be some of {', '.join(map(_words, by_value))}")
    return tuple(by_value[item] for item in wanted)


def _with_texts(
    path: Path, holder: Mapping[str, Mapping[str, str]], name: str, language: str, value: Any
) -> dict[str, Mapping[str, str]]:
    return {**holder, name: _with_text(path, holder.get(name, {}), language, value)}


def _with_text(path: Path, texts: Mapping[str, str], language: str, value: Any) -> dict[str, str]:
    if not LANGUAGE.fullmatch(language):
        raise _refused(path, "names no language such as 'en' or 'pt-BR'")
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise _refused(path, "must be a text")
    return {**texts, language: value}


def _value(path: Path, value: Any) -> Any:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, tuple) and value and all(isinstance(item, int | float) for item in value):
        return tuple(float(item) for item in value)
    raise _refused(path, "must be a number, a text, true or false, or several numbers")


def _refused(path: Path, problem: str) -> EditRefused:
    return EditRefused(f"{' › '.join(path)[:200]} {problem}.", help="Leave this change out.", path=list(path))


def _words(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return ", ".join(_words(item) for item in value)
    return f"“{value}”" if isinstance(value, str) else str(value)


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _unplain(value: Any) -> Any:
    return tuple(_unplain(item) for item in value) if isinstance(value, list) else value
