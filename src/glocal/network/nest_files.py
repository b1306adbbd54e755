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
from glocal.network.json_files import reading
from glocal.network.nest import MOST_ITEMS, Bed, Outline, Sequential


def read_nesting(path: Path) -> tuple[Bed, list[Outline]]:
    """Read a bed and its pieces; a part with a quantity becomes as many pieces.

    Raises
    ------
    NestingInputBroken
        When the file is not of either form; the message says what is missing.
    """
    with reading(path, NestingInputBroken) as content:
        return _short(content) if "polys" in content else _long(content)


def _short(content: Mapping[str, Any]) -> tuple[Bed, list[Outline]]:
    ids = content.get("ids") or range(len(content["polys"]))
    outlines = [Outline(str(id_), _points(points)) for id_, points in zip(ids, content["polys"], strict=True)]
    return Bed(float(content["W"]), float(content["H"]), float(content.get("spacing", 0.0))), outlines


def _long(content: Mapping[str, Any]) -> tuple[Bed, list[Outline]]:
    step = content.get("sequential")
    bed = Bed(
        float(content["bed_x_mm"]),
        float(content["bed_y_mm"]),
        float(content.get("spacing_mm", 2.0)),
        tuple(_points(ring) for ring in content.get("exclusions", ())),
        _points(content["bed_outline"]) if content.get("bed_outline") else None,
        float(content.get("brim_mm", 0.0)),
        float(content.get("skirt_mm", 0.0)),
        float(content["height_mm"]) if content.get("height_mm") is not None else None,
        Sequential(float(step["radius_mm"]), float(step["clear_height_mm"])) if step else None,
    )
    outlines: list[Outline] = []
    for part in content["parts"]:
        quantity = int(part.get("quantity", 1))
        if not 1 <= quantity <= MOST_ITEMS:
            raise NestingInputBroken(f"{part['id']}: {quantity} pieces, expected 1 to {MOST_ITEMS}.")
        brim = float(part["brim_mm"]) if part.get("brim_mm") is not None else None
        piece = Outline(str(part["id"]), _points(part["outline"]), float(part.get("height_mm", 0.0)), brim)
        outlines += [piece] * quantity
    return bed, outlines


def _points(ring: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in ring)
