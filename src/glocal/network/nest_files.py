"""Outlines to nest on disk, JSON; docs/planning-files.md describes every field.

``{"bed_x_mm": 250, "bed_y_mm": 210, "spacing_mm": 2, "exclusions": [[[x, y], …], …], "bed_outline": [[x, y], …],
"brim_mm": 0, "skirt_mm": 0, "height_mm": 210, "sequential": {"radius_mm": 45, "clear_height_mm": 20}, "parts":
[{"id": "a", "outline": [[x, y], …], "quantity": 1, "height_mm": 0, "brim_mm": 0}, …]}``; or the short form
``{"W": 250, "H": 210, "spacing": 2, "ids": […], "polys": […]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glocal.network.errors import NestingInputBroken
from glocal.network.json_files import DOCUMENTED, number, reading, records, refuse_unknown, ring, shown
from glocal.network.nest import MOST_ITEMS, Bed, Outline, Sequential

SHORT = frozenset({"W", "H", "spacing", "ids", "polys"})
LONG = frozenset(
    {"bed_x_mm", "bed_y_mm", "spacing_mm", "exclusions", "bed_outline", "brim_mm", "skirt_mm", "height_mm"}
    | {"sequential", "parts"}
)
SEQUENTIAL = ("radius_mm", "clear_height_mm")
PART = frozenset({"id", "outline", "quantity", "height_mm", "brim_mm"})


def read_nesting(path: Path) -> tuple[Bed, list[Outline]]:
    """Read a bed and its pieces; a part with a quantity becomes as many pieces.

    Raises
    ------
    NestingInputBroken
        When the file is not of either form; the message says what is missing.
    """
    with reading(path, NestingInputBroken) as content:
        is_short = "polys" in content
        refuse_unknown(content, SHORT if is_short else LONG, path.name, NestingInputBroken)
        return _short(content) if is_short else _long(content)


def _short(content: Mapping[str, Any]) -> tuple[Bed, list[Outline]]:
    rings = records(content, "polys", NestingInputBroken)
    ids = content.get("ids") or list(range(len(rings)))
    if not isinstance(ids, list) or len(ids) != len(rings):
        raise NestingInputBroken(f"{len(rings)} polys, but ids is {shown(ids)}.", help="Give an id for each.")
    outlines = [Outline(str(id_), _ring(points, str(id_))) for id_, points in zip(ids, rings, strict=True)]
    return Bed(_number(content, "W"), _number(content, "H"), _number(content, "spacing", 0.0)), outlines


def _long(content: Mapping[str, Any]) -> tuple[Bed, list[Outline]]:
    step = content.get("sequential")
    if isinstance(step, dict):
        refuse_unknown(step, SEQUENTIAL, "sequential", NestingInputBroken)
    sequential = step and Sequential(*(_number(step, name, what="sequential") for name in SEQUENTIAL))
    outline, height = content.get("bed_outline"), content.get("height_mm")
    bed = Bed(
        _number(content, "bed_x_mm"),
        _number(content, "bed_y_mm"),
        _number(content, "spacing_mm", 2.0),
        tuple(_ring(points, "an exclusion") for points in content.get("exclusions") or ()),
        _ring(outline, "bed_outline") if outline else None,
        _number(content, "brim_mm", 0.0),
        _number(content, "skirt_mm", 0.0),
        _number(content, "height_mm") if height is not None else None,
        sequential or None,
    )
    outlines: list[Outline] = []
    for k, part in enumerate(records(content, "parts", NestingInputBroken)):
        what = f"parts[{k}]"
        quantity = _number(part, "quantity", 1.0, what=what)
        if not (1 <= quantity <= MOST_ITEMS and quantity == int(quantity)):
            raise NestingInputBroken(f"{what}: {quantity:g} pieces, expected 1 to {MOST_ITEMS}.")
        refuse_unknown(part, PART, what, NestingInputBroken)
        if missing := {"id", "outline"} - part.keys():
            raise NestingInputBroken(f"{what} lacks {', '.join(sorted(missing))}.", help=DOCUMENTED)
        brim = _number(part, "brim_mm", what=what) if part.get("brim_mm") is not None else None
        points = _ring(part["outline"], f"{what} ({part['id']})")
        piece = Outline(str(part["id"]), points, _number(part, "height_mm", 0.0, what=what), brim)
        outlines += [piece] * int(quantity)
    return bed, outlines


def _number(values: Any, name: str, default: float | None = None, *, what: str = "The file") -> float:
    return number(values, what, name, NestingInputBroken, default)


def _ring(points: Any, of: str) -> tuple[tuple[float, float], ...]:
    return ring(points, f"The outline of {of}", NestingInputBroken)
