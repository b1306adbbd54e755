"""What a record may hold: every kind is a closed list of fields, and nothing in them may point at a person.

The check runs at every append and on every record that a peer sends, so no caller can publish a customer by mistake.
"""

from __future__ import annotations

import math
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from glocal.commons.errors import PrivateDataRefused, RecordRefused
from glocal.commons.model import MAX_RECORD_BYTES, Record
from glocal.values import canonical_json

VERSION = 1
Check = Callable[[Any, str], None]

PHASES = ("never_started", "cancelled", "machine_fault", "part_fault", "ok")
DEFECTS = (
    "adhesion", "bed_stuck", "blob", "bridging", "brittle", "clog", "colour", "crack", "dimension", "elephant_foot",
    "fit", "heating", "interrupted", "layer_separation", "layer_shift", "leak", "model_fault", "moisture", "other",
    "over_extrusion", "overhang", "resin", "softening", "spaghetti", "stringing", "supports", "surface",
    "under_extrusion", "warping", "weak", "wear", "wobble",
)  # fmt: skip
SYMPTOMS = (*DEFECTS, "choice")  # a question may be about a choice, where nothing has failed yet
EVIDENCE = ("machine", "maker", "measured")
RELATIONS = ("remix", "port", "fix", "regional_variant")
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
REASONS = ("mistake", "privacy", "owner_asked", "superseded", "unsafe", "spam", "wrong", "trusted")
TIME_BEARING_UUIDS = {1, 2, 6, 7}

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_ALIAS = re.compile(r"[a-z]-[0-9a-f]{8}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", re.ASCII)
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+){0,3}", re.ASCII)
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_FINE_TIME = re.compile(r"\b\d{4}-\d{2}-\d{2}|\b\d{1,2}:\d{2}\b|\b\d{1,2}\.\d{1,2}\.(19|20)\d{2}\b")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?:\+|\b00)\d[\d ()/-]{7,}\d")


def _refuse(where: str, wants: str, value: object) -> NoReturn:
    raise RecordRefused("{field} is {said}, expected {wants}.", field=where, said=f"{value!r:.80}", wants=wants)


def number(low: float, high: float) -> Check:
    """Accept a finite number in a range."""

    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            _refuse(where, "a number", value)
        if not low <= value <= high:
            _refuse(where, f"{low:g} to {high:g}", value)

    return check


def whole(low: int, high: int) -> Check:
    """Accept a whole number in a range."""

    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            _refuse(where, f"a whole number from {low} to {high}", value)

    return check


def pattern(expression: re.Pattern[str], wants: str) -> Check:
    """Accept a string of one form."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or not expression.fullmatch(value):
            _refuse(where, wants, value)

    return check


def one_of(*choices: str) -> Check:
    """Accept one word of a closed list."""

    def check(value: Any, where: str) -> None:
        if value not in choices:
            _refuse(where, "one of " + ", ".join(choices), value)

    return check


def flag(value: Any, where: str) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        _refuse(where, "true or false", value)


def text(max_length: int, *, lines: bool = False) -> Check:
    """Accept words without control characters, addresses and exact times."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or not 0 < len(value) <= max_length or value.strip() != value:
            _refuse(where, f"a text of 1 to {max_length} characters", value)
        if not value.isprintable() and any(
            unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} and not (lines and char == "\n") for char in value
        ):
            _refuse(where, "a text without control characters", value)
        if _FINE_TIME.search(value):
            raise PrivateDataRefused(
                "{field} holds a date or a time of day; records know the month alone.", field=where
            )
        if _ADDRESS.search(value):
            raise PrivateDataRefused("{field} holds an e-mail address or a telephone number.", field=where)

    return check


def rough_degrees(limit: float) -> Check:
    """Accept degrees in tenths, about ten kilometres: a town, never a house."""
    within = number(-limit, limit)

    def check(value: Any, where: str) -> None:
        within(value, where)
        if round(value, 1) != value:
            raise PrivateDataRefused("{field} tells a place closer than a tenth of a degree.", field=where)

    return check


def place(value: Any, where: str) -> None:
    """Accept a rough latitude and longitude."""
    list_of(number(-180, 180), 2, 2)(value, where)
    rough_degrees(90)(value[0], f"{where}[0]")
    rough_degrees(180)(value[1], f"{where}[1]")


def record_id(value: Any, where: str) -> None:
    """Accept a UUID that does not tell when it was made."""
    try:
        parsed = uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != value or parsed.variant != uuid.RFC_4122:
        _refuse(where, "a UUID in lower case", value)
    if parsed.version in TIME_BEARING_UUIDS:
        raise PrivateDataRefused(
            "{field} is a UUID that tells the time at which it was made.",
            help="Use the log's own record_id(), which is derived from a secret.",
            field=where,
        )


def list_of(item: Check, low: int, high: int) -> Check:
    """Accept a list of so many items of one form."""

    def check(value: Any, where: str) -> None:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence) or not low <= len(value) <= high:
            _refuse(where, f"a list of {low} to {high}", value)
        for index, element in enumerate(value):
            item(element, f"{where}[{index}]")

    return check


def mapping_of(key: Check, item: Check, high: int) -> Check:
    """Accept a mapping with free keys of one form."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, Mapping) or len(value) > high:
            _refuse(where, f"up to {high} named values", value)
        for name, element in value.items():
            key(name, f"{where}.{name}")
            item(element, f"{where}.{name}")

    return check


def fields(needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Accept a mapping with exactly these fields."""
    optional = optional or {}

    def check(value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            _refuse(where, "named values", value)
        for name in value:
            if name not in needed and name not in optional:
                raise PrivateDataRefused(
                    "{where} has the field “{field}”, which is not published.", where=where or "record", field=str(name)
                )
        for name in needed:
            if name not in value:
                raise RecordRefused("{where} lacks the field “{field}”.", where=where or "record", field=name)
        for name, element in value.items():
            (needed.get(name) or optional[name])(element, f"{where}.{name}" if where else name)

    return check


def either(*checks: Check) -> Check:
    """Accept what any of the checks accepts."""

    def check(value: Any, where: str) -> None:
        for candidate in checks:
            try:
                candidate(value, where)
            except PrivateDataRefused:
                raise
            except RecordRefused:
                continue
            return
        _refuse(where, "a value of another form", value)

    return check


SLUG = pattern(_SLUG, "a word of small letters, digits, dot, hyphen, underscore")
ALIAS = pattern(_ALIAS, "a stand-in such as m-1a2b3c4d")
HASH = pattern(_HASH, "a SHA-256 in 64 hexadecimal digits")
LANG = pattern(_LANG, "a language such as 'de' or 'pt-BR'")
LICENCE = pattern(_LICENCE, "an SPDX licence expression")
MONTH = pattern(_MONTH, "a month such as '2026-11'")
REGION = pattern(_REGION, "an ISO 3166 code")
CURRENCY = pattern(_CURRENCY, "an ISO 4217 code")
NAME = text(80)
SECONDS = number(0, 3e6)
GRAMS = number(0, 1e5)

MACHINE = fields({"model": NAME, "alias": ALIAS}, {"vendor": NAME, "family": NAME, "enclosure": flag})
MATERIAL = fields({"type": NAME}, {"brand": NAME, "product": NAME, "age_months": number(0, 240), "dried": flag})
SETTINGS = mapping_of(SLUG, either(number(-1e6, 1e6), flag, SLUG), 64)
ROOM = fields({}, {"temperature_c": number(-30, 80), "humidity_percent": number(0, 100)})
PART = fields(
    {"volume_cm3": number(0, 1e6), "box_mm": list_of(number(0, 1e4), 3, 3), "overhang_share": number(0, 1)},
    {"thinness": number(0, 1e3), "bodies": whole(1, 10_000)},
)
ESTIMATED_ACTUAL_S = fields({}, {"estimated": SECONDS, "actual": SECONDS})
ESTIMATED_ACTUAL_G = fields({}, {"estimated": GRAMS, "actual": GRAMS})
ANCESTOR = fields({"hash": HASH, "relation": one_of(*RELATIONS)})
CONTEXT = fields({}, {"machine": NAME, "material": NAME, "settings": SETTINGS, "room": ROOM, "process": SLUG})
TEXT = text(6000, lines=True)
BOX = list_of(number(1, 1e4), 3, 3)
HOUR_PRICE = fields({"hour_minor": whole(0, 10**7), "currency": CURRENCY})
FEWEST_PRINTED = 5
"""Of fewer prints their values are not told: they could be those of one customer."""
PRINTED = fields({"low": number(-1e9, 1e9), "high": number(-1e9, 1e9), "prints": whole(FEWEST_PRINTED, 1_000_000)}, {})
PARAMETER = fields(
    {"name": NAME, "type": one_of("number", "string", "boolean")},
    {"min": number(-1e9, 1e9), "max": number(-1e9, 1e9), "step": number(0, 1e9), "unit": SLUG, "group": NAME,
     "max_length": whole(0, 10_000), "printed": PRINTED},
)  # fmt: skip

KINDS: Mapping[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "outcome": (
        {"process": SLUG, "machine": MACHINE, "nozzle_mm": number(0.05, 5), "material": MATERIAL, "settings": SETTINGS,
         "part": PART, "phase": one_of(*PHASES), "evidence": one_of(*EVIDENCE)},
        {"defect": one_of(*DEFECTS), "room": ROOM, "quality": number(0, 1), "deviation_mm": number(0, 100),
         "time_s": ESTIMATED_ACTUAL_S, "mass_g": ESTIMATED_ACTUAL_G},
    ),
    "recipe": (
        {"process": SLUG, "machine": NAME, "nozzle_mm": number(0.05, 5), "material": MATERIAL, "settings": SETTINGS},
        {"family": NAME, "derived_from": HASH, "title": NAME},
    ),
    "design": (
        {"package": HASH, "version": NAME, "title": mapping_of(LANG, text(200), 40)},
        {"derived_from": list_of(ANCESTOR, 0, 16), "parameters": list_of(PARAMETER, 0, 200),
         "attribution": list_of(text(200), 0, 50), "recipes": list_of(either(HASH, record_id), 0, 50)},
    ),
    "problem": ({"context": CONTEXT, "symptom": one_of(*SYMPTOMS), "text": TEXT},
                {"title": either(text(200), mapping_of(LANG, text(200), 40))}),
    "answer": ({"problem": either(HASH, record_id), "text": TEXT},
               {"accepted": flag, "confirmed_by": list_of(record_id, 0, 100)}),
    "capacity": (
        {"process": SLUG, "machine": NAME, "materials": list_of(NAME, 1, 40), "until": MONTH},
        {"region": REGION, "place": place, "hours": number(0, 1000), "bed_mm": BOX, "nozzle_mm": number(0.05, 5),
         "enclosure": flag, "max_extent_mm": BOX, "days": list_of(one_of(*WEEKDAYS), 1, 7), "wait_days": whole(0, 60),
         "price": HOUR_PRICE},
    ),
    "demand": (
        {"product": SLUG, "parameter": NAME, "region": REGION, "sums": mapping_of(NAME, number(0, 1e7), 60),
         "choices": number(20, 1e8)},
        {"offered": list_of(NAME, 0, 60)},
    ),
    "statistics": ({"subject": SLUG, "jobs": whole(20, 10**9), "values": SETTINGS}, {"region": REGION}),
    "retract": ({"target": fields({"epoch": whole(1, 10**6), "index": whole(0, 10**12), "id": record_id})},
                {"reason": one_of(*REASONS)}),
    "label": ({"target": record_id, "node": NAME, "label": SLUG}, {"reason": one_of(*REASONS)}),
    "vouch": ({"node": NAME, "root": HASH}, {"reason": one_of(*REASONS)}),
}  # fmt: skip

COMMON: Mapping[str, Check] = {
    "v": whole(VERSION, VERSION), "kind": one_of(*KINDS), "id": record_id, "epoch": whole(1, 10**6), "month": MONTH,
    "lang": LANG, "licence": LICENCE,
}  # fmt: skip
COMMON_OPTIONAL: Mapping[str, Check] = {"supersedes": record_id, "refs": list_of(either(HASH, record_id), 0, 16)}
_CHECKS = {
    kind: fields({**COMMON, **needed}, {**COMMON_OPTIONAL, **optional}) for kind, (needed, optional) in KINDS.items()
}


def check_record(record: Record) -> bytes:
    """Return the record's canonical bytes if it may be published, else say which field may not."""
    kind = record.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        _refuse("kind", "one of " + ", ".join(KINDS), kind)
    _CHECKS[kind](record, "")
    content = canonical_json(record)
    if len(content) > MAX_RECORD_BYTES:
        raise RecordRefused(
            "The record has {size} bytes, at most {most} are published.", size=len(content), most=MAX_RECORD_BYTES
        )
    return content
