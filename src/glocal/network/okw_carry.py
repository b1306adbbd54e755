"""What a record says beyond what a maker has a place for: carried along as it was read, and written out again."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from glocal.network.errors import MakerFileBroken
from glocal.network.model import Maker

EXTRA, OURS = "additional_properties", "glocal"  # where a flat facility has what the standard lacks, and there we
AS_READ, MAX_DEPTH = "as_read", 100  # where additional properties stand that we cannot add to


def own_part(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the whole maker that a record carries in its additional properties, or None where it carries none."""
    extra = record.get(EXTRA)
    ours = extra.get(OURS) if isinstance(extra, Mapping) else None
    return ours if isinstance(ours, Mapping) and "format" in ours else None


def beyond(record: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says that ``ours``, the facility that would be written of its maker, does not say the same.

    Raises
    ------
    MakerFileBroken
        When it is nested more than ``MAX_DEPTH`` deep.
    """
    said = {str(name): plain(value) for name, value in record.items()}
    kept = {name: value for name, value in said.items() if name not in ours or value not in (None, "", ours[name])}
    if EXTRA not in kept:
        return kept
    extra = kept.pop(EXTRA)
    others = {AS_READ: extra}
    if isinstance(extra, dict) and (OURS not in extra or own_part(record)):
        others = {name: value for name, value in extra.items() if name != OURS}
    return {**kept, EXTRA: others} if others else kept


def together(
    maker: Maker, ours: Mapping[str, Any], read_again: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the facility of a maker with all that its record said, under the same names.

    Parameters
    ----------
    ours : mapping
        The facility as it would be written if nothing had been carried along.
    read_again : callable
        Takes a facility and returns how its maker would be written. A field that does not come out of the record
        any more was changed since it was read, and is written anew.
    """
    if not maker.carried:
        return dict(ours)
    both = {**ours, **maker.carried}
    before = read_again(both)
    changed = {name: value for name, value in ours.items() if name != "id" and before.get(name) != value}
    return {**both, **changed}  # nobody changes an id, though one that is none makes another one up


def extra_of(maker: Maker, full: Mapping[str, Any]) -> dict[str, Any]:
    """Return additional properties: those that were read, and ours."""
    others = maker.carried.get(EXTRA)
    return {**(others if isinstance(others, Mapping) else {}), OURS: full}


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON can hold it: times, sets and bytes as YAML writes them, numbers that are none as texts."""
    if depth > MAX_DEPTH:
        raise MakerFileBroken(f"is nested more than {MAX_DEPTH} deep", help="No directory needs that.")
    if isinstance(value, Mapping):
        return {str(name): plain(entry, depth + 1) for name, entry in value.items()}
    if isinstance(value, set):
        value = sorted(value, key=str)  # written the same each time
    if isinstance(value, list | tuple):
        return [plain(entry, depth + 1) for entry in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    held = isinstance(value, str | int) or value is None or (isinstance(value, float) and math.isfinite(value))
    return value if held else str(value)
