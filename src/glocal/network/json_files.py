"""JSON files of this room: what is wrong with one is said in words, record by record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from glocal.names import what_is_known
from glocal.network.errors import NetworkError

LARGEST_MB = 100
SHOWN = 40  # characters of a value that an error shows
DOCUMENTED = "docs/planning-files.md describes every field."


@contextmanager
def reading(path: Path, broken: type[NetworkError], too_large: str = "") -> Iterator[dict[str, Any]]:
    """Give the content of a JSON file; whatever is wrong with it becomes ``broken``.

    Parameters
    ----------
    path : Path
    broken : type of NetworkError
    too_large : str
        What would help when it is larger than 100 MB.
    """
    name = path.name
    try:
        if path.stat().st_size > LARGEST_MB * 1_000_000:
            raise broken(f"{name} is larger than {LARGEST_MB} MB.", help=too_large)
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(content, dict):
            raise broken(f"{name} is {shown(content)}, expected an object with fields.", help=DOCUMENTED)
        yield content
    except OSError as wrong:
        raise broken(f"{name} cannot be read: {wrong.strerror or wrong}.") from wrong
    except KeyError as missing:
        raise broken(f"{name} lacks {missing}.", help=DOCUMENTED) from missing
    except UnicodeDecodeError as wrong:
        raise broken(f"{name} is not text in UTF-8.", help="Save it as JSON in UTF-8.") from wrong
    except json.JSONDecodeError as wrong:
        words = f"{name} is not JSON: {wrong.msg} in line {wrong.lineno}, column {wrong.colno}."
        raise broken(words, help="Was it cut short?") from wrong
    except RecursionError as wrong:
        raise broken(f"{name} is nested too deeply.") from wrong
    except (ValueError, TypeError, AttributeError, OverflowError) as wrong:
        raise broken(f"{name} cannot be used: {wrong}.", help=DOCUMENTED) from wrong


def records(content: Mapping[str, Any], key: str, broken: type[NetworkError]) -> list[Any]:
    """Return the list under a key."""
    found = content[key]
    if not isinstance(found, list):
        raise broken(f"{key} is {shown(found)}, expected a list.", help=DOCUMENTED)
    return found


def checked(kind: type, what: str, values: Any, broken: type[NetworkError]) -> dict[str, Any]:
    """Return the fields of a record, lists as tuples, when they are a dataclass's and of the types it says.

    Parameters
    ----------
    kind : type
        The dataclass.
    what : str
        The record in words, such as ``"orders[3]"``.
    """
    if not isinstance(values, dict):
        raise broken(f"{what} is {shown(values)}, expected an object with fields.", help=DOCUMENTED)
    names, needed, types = _form(kind)
    if "id" in values:
        what = f"{what} ({shown(values['id'])})"
    refuse_unknown(values, names, what, broken)
    if missing := needed - values.keys():
        raise broken(f"{what} lacks {', '.join(sorted(missing))}.", help=DOCUMENTED)
    for name in types.keys() & values.keys():
        expected, holds = TYPES[types[name]]
        if not holds(values[name]):
            raise broken(f"{what}: {name} is {shown(values[name])}, expected {expected}.", help=DOCUMENTED)
    return {key: _tuple(value) for key, value in values.items()}


def refuse_unknown(values: Mapping[str, Any], known: Iterable[str], what: str, broken: type[NetworkError]) -> None:
    """Raise when a record has a field that it may not have: a slip of the pen must not be passed over."""
    names = frozenset(known)
    if unknown := values.keys() - names:
        name = min(unknown)
        raise broken(f"{what}: a field {shown(name)} is not known.", help=what_is_known(name, names))


def number(values: Any, what: str, name: str, broken: type[NetworkError], default: float | None = None) -> float:
    """Return a number of a record; KeyError when it is not there and there is no default."""
    if not isinstance(values, dict):
        raise broken(f"{what} is {shown(values)}, expected an object with fields.", help=DOCUMENTED)
    value = values[name] if default is None else values.get(name, default)
    if not _is_number(value):
        raise broken(f"{what}: {name} is {shown(value)}, expected a number.", help=DOCUMENTED)
    return float(value)


def ring(points: Any, what: str, broken: type[NetworkError]) -> tuple[tuple[float, float], ...]:
    """Return the points of a ring."""
    if not isinstance(points, list):
        raise broken(f"{what} is {shown(points)}, expected a list of points.", help=DOCUMENTED)
    for point in points:
        if not (isinstance(point, list) and len(point) == 2 and all(map(_is_number, point))):
            raise broken(f"{what}: {shown(point)} is no point, expected [x, y] in mm.", help=DOCUMENTED)
    return tuple((float(x), float(y)) for x, y in points)


def shown(value: Any) -> str:
    """Return a value as it stood in the file, cut short."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


@lru_cache
def _form(kind: type) -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    """Return the fields of a dataclass, those that it needs, and the type of each that can be checked."""
    every = fields(kind)
    needed = {field.name for field in every if field.default is MISSING and field.default_factory is MISSING}
    types = {field.name: str(field.type) for field in every if str(field.type) in TYPES}
    return frozenset(field.name for field in every), frozenset(needed), types


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_numbers(count: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) == count and all(map(_is_number, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "float": ("a number", _is_number),
    "float | None": ("a number or null", lambda value: value is None or _is_number(value)),
    "int": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "str": ("a text", lambda value: isinstance(value, str)),
    "tuple[float, float]": ("a list of 2 numbers", _are_numbers(2)),
    "tuple[float, float, float]": ("a list of 3 numbers", _are_numbers(3)),
    "tuple[str, ...]": ("a list of texts", _are_texts),
}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(inner) for inner in value) if isinstance(value, list) else value
