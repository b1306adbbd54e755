"""Read and write a world as plain JSON or TOML, so that every assumption can be looked at and changed."""

from __future__ import annotations

import json
import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from glocal.names import what_is_known
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.world import World
from glocal.values import Estimate

MOST_BYTES = 5_000_000


def as_json(node: Any) -> Any:
    """Return a dataclass as what JSON can hold; an estimate as ``{"value", "low", "high", "source"}``."""
    if isinstance(node, Estimate):
        return {"value": node.value, "low": node.low, "high": node.high, "source": node.source}
    if is_dataclass(node) and not isinstance(node, type):
        return {part.name: as_json(getattr(node, part.name)) for part in fields(node)}
    if isinstance(node, tuple):
        return [as_json(each) for each in node]
    return node


def read_world(path: Path) -> World:
    """Read a world from a JSON or TOML file.

    Raises
    ------
    AssumptionBroken
        Naming the field, when the file is not what a world looks like.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AssumptionBroken(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.")
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as broken:
        raise AssumptionBroken(
            f"{path.name} cannot be read: {broken}",
            help="`glocal grow assumptions --json` prints a file to start from.",
        ) from broken
    return world_from(raw)


def world_from(raw: Any) -> World:
    """Return the world that :func:`as_json` wrote, or a person with the same fields."""
    world: World = _read(World, raw, "")
    return world


def _read(kind: Any, raw: Any, path: str) -> Any:
    if kind is Estimate:
        return estimate_from(raw, path)
    if is_dataclass(kind):
        return _read_dataclass(kind, raw, path)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(raw, list):
            raise AssumptionBroken(f"{path} is not a list.", field=path)
        return tuple(_read(get_args(kind)[0], each, f"{path}[{index}]") for index, each in enumerate(raw))
    if origin is Literal:
        if raw not in get_args(kind):
            raise AssumptionBroken(f"{path} is {raw!r}, expected one of {', '.join(get_args(kind))}.", field=path)
        return raw
    if origin in (Union, types.UnionType):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if raw is None else _read(inner, raw, path)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        raw = float(raw)
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        raise AssumptionBroken(f"{path} is {raw!r}, expected {_word(kind)}.", field=path)
    return raw


def _read_dataclass(kind: Any, raw: Any, path: str) -> Any:
    if not isinstance(raw, dict):
        raise AssumptionBroken(f"{path or 'the file'} is not a table of fields.", field=path)
    hints = get_type_hints(kind)
    if unknown := sorted(set(raw) - set(hints)):
        raise AssumptionBroken(
            f"{path or 'the file'} has no field {', '.join(unknown)}.", help=what_is_known(unknown[0], hints)
        )
    missing = [
        part.name
        for part in fields(kind)
        if part.name not in raw and part.default is MISSING and part.default_factory is MISSING
    ]
    if missing:
        raise AssumptionBroken(f"{path or 'the file'} lacks {', '.join(missing)}.", field=path)
    return kind(**{name: _read(hints[name], value, f"{path}.{name}".lstrip(".")) for name, value in raw.items()})


def estimate_from(raw: Any, path: str) -> Estimate:
    """Return an estimate from a number (certain), from ``{"value", "low", "high"}``, or from "low..value..high"."""
    source = "stated"
    try:
        if isinstance(raw, dict):
            source = str(raw.get("source", source))
            numbers = [float(raw["low"]), float(raw["value"]), float(raw["high"])]
        elif isinstance(raw, str):
            numbers = [float(part) for part in raw.split("..")]
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            numbers = [float(raw)]
        else:
            raise ValueError
        low, value, high = numbers * 3 if len(numbers) == 1 else numbers
        if not all(isfinite(number) for number in (low, value, high)):
            raise ValueError
        return Estimate(value, low, high, source)
    except (ValueError, KeyError, TypeError) as broken:
        raise AssumptionBroken(
            "{field} is “{said}”, expected a number or low..value..high.",
            help="For example 5..10..20.",
            field=path,
            said=str(raw)[:80],
        ) from broken


def _word(kind: type) -> str:
    return {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}.get(kind, kind.__name__)
