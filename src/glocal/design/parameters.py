"""Check what a customer asks for against what the design allows. Nothing is ever clamped in silence."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Collection, Mapping

from glocal.design import constraint
from glocal.design.errors import (
    ConstraintViolated,
    NotAnOption,
    OutOfRange,
    PackageInvalid,
    ParameterError,
    TextNotAllowed,
    UnknownParameter,
    WrongType,
)
from glocal.design.model import DesignTemplate, Parameter, ParameterNotes, ParameterValue
from glocal.names import nearest

MAX_TEXT_CHARACTERS = 200
"""Longest text where the design names no limit of its own."""

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "on": True, "off": False, "yes": True, "no": False}


def bind(template: DesignTemplate, raw: Mapping[str, object], *, derive: bool = True) -> dict[str, ParameterValue]:
    """Return a value for every parameter: those of ``raw``, checked, and the design's own for the rest.

    Parameters
    ----------
    template : DesignTemplate
    raw : mapping
        Values as they come from JSON, a form or a command line; numbers, truths and vectors may be texts. Values
        for *derived* parameters (the font of a script) are ignored: they follow from the others.
    derive : bool
        False leaves derived parameters at the design's own value and looks at no font: enough to check values.

    Raises
    ------
    ParameterError
        Naming the parameter and what is allowed, in ``data`` and in words.
    """
    known = {parameter.name for parameter in template.parameters}
    for name in raw:
        if name not in known:
            raise _unknown(name[:80], known)
    derived = [p for p in template.parameters if _notes(template, p).origin == "derived"]
    values = {
        parameter.name: (
            _named(parameter, _notes(template, parameter), raw[parameter.name])
            if parameter.name in raw and parameter not in derived
            else parameter.initial
        )
        for parameter in template.parameters
    }
    for parameter in derived if derive else ():
        values[parameter.name] = _derive(template, parameter, values)
    for parameter in template.parameters if derive else ():
        if parameter.widget == "font" and parameter not in derived:
            _refuse_missing(template, str(values[parameter.name]), values)
    _check_constraints(template, values)
    return values


def _unknown(name: str, known: Collection[str]) -> UnknownParameter:
    words, facts = "This design has no parameter “{parameter}”.", {"parameter": name, "allowed": sorted(known)}
    if near := nearest(name, known):
        return UnknownParameter(words, help="Did you mean “{near}”? It has: {allowed}.", near=near, **facts)
    return UnknownParameter(words, help="It has: {allowed}." if known else "It has none.", **facts)


def _notes(template: DesignTemplate, parameter: Parameter) -> ParameterNotes:
    return template.notes.get(parameter.name) or ParameterNotes()


def labels_of(parameter: Parameter, notes: ParameterNotes) -> dict[str, str]:
    """Return what a parameter is called, by language: the manifest's words, else the Customizer's caption, or none."""
    return dict(notes.labels) or ({"en": parameter.caption} if parameter.caption else {})


def _named(parameter: Parameter, notes: ParameterNotes, raw: object) -> ParameterValue:
    """Check a value; a refusal also carries what the parameter is called in the languages of the manifest."""
    try:
        return _checked(parameter, notes, raw)
    except ParameterError as refusal:
        if labels := labels_of(parameter, notes):
            refusal.data["labels"] = {parameter.name: labels}
        raise


def _derive(template: DesignTemplate, parameter: Parameter, values: Mapping[str, ParameterValue]) -> ParameterValue:
    """Return the font that has the glyphs of one text, or of all; that is the one thing which is derived."""
    from glocal.design.text import font_for

    if parameter.type != "string":
        raise PackageInvalid(f"The derived parameter {parameter.name} is not a text; only a font can be derived.")
    named = _notes(template, parameter).derived_from
    return font_for(str(values[named]) if named else " ".join(engraved_texts(template, values)))


def _refuse_missing(template: DesignTemplate, font: str, values: Mapping[str, ParameterValue]) -> None:
    from glocal.design.chosen_fonts import refuse_missing

    refuse_missing(font, engraved_texts(template, values))


def engraved_texts(template: DesignTemplate, values: Mapping[str, ParameterValue]) -> list[str]:
    """Return the free texts among the values: those that may end up as letters on the part."""
    return [
        value
        for parameter in template.parameters
        if isinstance(value := values[parameter.name], str)
        and value
        and not parameter.options
        and parameter.widget is None
        and _notes(template, parameter).origin != "derived"
    ]


def _checked(parameter: Parameter, notes: ParameterNotes, raw: object) -> ParameterValue:
    if parameter.options:
        return _option(parameter, raw)
    if parameter.type == "boolean":
        return _boolean(parameter, raw)
    if parameter.widget == "font":
        return _font(parameter, raw)
    if parameter.type == "string":
        return _text(parameter, raw)
    if isinstance(parameter.initial, tuple):
        return _vector(parameter, notes, raw)
    return _in_range(parameter, notes, _number(parameter, raw))


def _font(parameter: Parameter, raw: object) -> str:
    from glocal.design.chosen_fonts import checked_font

    return checked_font(parameter, raw)


def _option(parameter: Parameter, raw: object) -> ParameterValue:
    for option in parameter.options:
        same_type = isinstance(raw, bool) == isinstance(option.value, bool)
        if (same_type and raw == option.value) or (isinstance(raw, str) and raw.strip() == _as_text(option.value)):
            return option.value
    if isinstance(raw, str):
        for option in parameter.options:
            if isinstance(option.value, float) and _parse_number(raw) == option.value:
                return option.value
    allowed = [option.value for option in parameter.options]
    raise NotAnOption(
        "{parameter} cannot be “{said}”.",
        help="Choose one of: {allowed}.",
        parameter=parameter.name,
        said=str(raw)[:80],
        allowed=allowed,
    )


def _as_text(value: ParameterValue) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _boolean(parameter: Parameter, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in _BOOLEANS:
        return _BOOLEANS[raw.strip().lower()]
    raise _wrong_type(parameter, raw, "It must be true or false.")


def _parse_number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number + 0.0 if math.isfinite(number) else None


def _number(parameter: Parameter, raw: object) -> float:
    number = _parse_number(raw)
    if number is None:
        raise _wrong_type(parameter, raw, "It must be a number.")
    return number


def _in_range(parameter: Parameter, notes: ParameterNotes, number: float) -> float:
    lows = [low for low in (parameter.min, notes.hard_min) if low is not None]
    highs = [high for high in (parameter.max, notes.hard_max) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    if low is not None and high is not None:
        allowed = "Allowed is from {min} to {max} {unit}."
    else:
        allowed = "Allowed is at least {min} {unit}." if high is None else "Allowed is at most {max} {unit}."
    raise OutOfRange(
        "{parameter} is {value} {unit}, which is out of range.",
        help=allowed,
        parameter=parameter.name,
        value=number,
        unit=notes.unit if notes.unit and notes.unit != "count" else "",
        min=low,
        max=high,
    )


def _vector(parameter: Parameter, notes: ParameterNotes, raw: object) -> tuple[float, ...]:
    size = len(parameter.initial) if isinstance(parameter.initial, tuple) else 0
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raise _wrong_type(parameter, raw, "It must be {count} numbers such as [1, 2].", count=size) from None
    if not isinstance(raw, list | tuple) or len(raw) != size:
        raise _wrong_type(parameter, raw, "It must be {count} numbers such as [1, 2].", count=size)
    return tuple(_in_range(parameter, notes, _number(parameter, item)) for item in raw)


def _text(parameter: Parameter, raw: object) -> str:
    if not isinstance(raw, str):
        raise _wrong_type(parameter, raw, "It must be a text.")
    text = unicodedata.normalize("NFC", raw)
    limit = MAX_TEXT_CHARACTERS if parameter.max_length is None else parameter.max_length
    if len(text) > limit and text != parameter.initial:
        raise TextNotAllowed(
            "The text for {parameter} has {count} characters.",
            help="It may have up to {max_length}.",
            parameter=parameter.name,
            count=len(text),
            max_length=limit,
        )
    bad = [char for char in text if unicodedata.category(char) in _FORBIDDEN_CATEGORIES or char in _BIDI_OVERRIDES]
    if bad:
        raise TextNotAllowed(
            "The text for {parameter} holds characters that have no shape: {characters}.",
            help="Use letters, digits, signs and spaces on one line.",
            parameter=parameter.name,
            characters=[f"U+{ord(char):04X}" for char in bad],
        )
    return text


def _wrong_type(parameter: Parameter, raw: object, allowed: str, **data: int) -> WrongType:
    return WrongType(
        "{parameter} cannot be “{said}”.", help=allowed, parameter=parameter.name, said=str(raw)[:80], **data
    )


def _check_constraints(template: DesignTemplate, values: Mapping[str, ParameterValue]) -> None:
    for rule in template.constraints:
        try:
            holds = constraint.holds(rule.expression, values)
        except constraint.ConstraintError as error:
            raise PackageInvalid(f"A rule of this design cannot be worked out: {error}") from error
        if not holds:
            message = rule.message.get("en") or next(iter(rule.message.values()), rule.expression)
            named = sorted(constraint.names(rule.expression))
            raise ConstraintViolated(
                message,
                help="Change one of these: {parameters}." if len(named) > 1 else "Change {parameters}.",
                expression=rule.expression,
                parameters=named,
                messages=dict(rule.message),
                labels={p.name: labels_of(p, _notes(template, p)) for p in template.parameters if p.name in named},
            )


def matters(notes: ParameterNotes, values: Mapping[str, ParameterValue]) -> bool:
    """Say whether a parameter with these notes has an effect on the part, as far as its design says."""
    return all(
        name in values and (values[name] in wanted if wanted else bool(values[name]))
        for name, wanted in notes.only_with.items()
    )
