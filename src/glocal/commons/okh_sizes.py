"""Sizes in a manifest: the box around a thing in mm, as the standard writes it and as older manifests do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from glocal.commons.okh_check import Deviation, text_in

_CUBE = re.compile(r"cube[^\[]*\[\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*\]")
_LENGTHS = (("width", "depth", "height"), ("length", "width", "height"), ("x", "y", "z"))
_UNIT_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4}
_NAMES = ("outer-dimensions", "outer_dimensions")


def outer_mm(holder: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """Return the outer box: three lengths by names in use, or an OpenSCAD ``cube`` as older LOSH manifests write it."""
    said = next((holder[name] for name in _NAMES if name in holder), None)
    if isinstance(said, list) and said:
        said = said[0]
    if isinstance(said, str):
        said = {"openSCAD": said}
    if not isinstance(said, Mapping):
        return None
    unit = _UNIT_MM.get(text_in(said.get("unit")).strip().lower())
    if unit is None:
        return None
    cube = _CUBE.search(text_in(said.get("openSCAD") or said.get("openscad")))
    named = [tuple(said.get(name) for name in names) for names in _LENGTHS]
    for lengths in [cube.groups()] if cube else named:
        x, y, z = (above_zero(length) for length in lengths)
        if x and y and z:
            return x * unit, y * unit, z * unit
    return None


def above_zero(value: Any) -> float | None:
    """Return a number above 0, or None where the value is none."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) and number > 0 else None


def check_sizes(holder: Mapping[str, Any], place: str = "") -> Iterable[Deviation]:
    """Yield what of the sizes of a thing or of one of its parts is not as OKH-LOSH wants it."""
    for name in _NAMES:
        if name in holder and not _is_box(holder[name]):
            box = outer_mm(holder)
            read = "left unread" if box is None else "read as {:g} x {:g} x {:g} mm".format(*box)
            yield Deviation(f"{place}{name}", "is not width, depth and height in mm", read)
    if "mass" in holder and above_zero(holder["mass"]) is None:
        yield Deviation(f"{place}mass", "is not a number of grams", "left unread")


def _is_box(said: Any) -> bool:
    return isinstance(said, Mapping) and all(above_zero(said.get(name)) for name in _LENGTHS[0]) and "unit" not in said
