"""Detail that the nozzle cannot draw: thin strokes that vanish and narrow gaps that close, found layer by layer.

A layer is opened and closed by half a line's width (mathematical morphology, Serra 1982): what opening takes away is
narrower than a line and is not printed, what closing fills is narrower than a line and flows together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from glocal.design.model import Finding, Mesh, Point, PrintProcess

if TYPE_CHECKING:
    from manifold3d import CrossSection

LAYERS = 32
_SHARE = 0.95  # of a line: what is exactly one line wide can be drawn
_STRAIGHT_MM = 0.002
_MOST_TRIANGLES = 400_000
_MOST_PLACES = 20


def detail_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return findings on strokes (raised letters, ribs, pins) and gaps (engraved letters, slots) under a line's width.

    Parameters
    ----------
    mesh : Mesh
        Closed; larger ones than 400,000 triangles are not looked at.
    """
    if len(mesh.faces) > _MOST_TRIANGLES:
        return []
    width = process.nozzle_mm * _SHARE
    strokes, gaps = _narrow_places(mesh, width, process.layer_height_mm)
    findings = []
    if strokes:
        findings.append(
            Finding(
                "detail_too_thin",
                "warning",
                f"{_count(strokes)} thinner than one line of the {process.nozzle_mm:g} mm nozzle and will be missing "
                "or broken: thin strokes of letters, ribs or pins.",
                f"Make strokes at least {2 * process.nozzle_mm:g} mm wide (letters larger or bolder), or choose a "
                "finer nozzle.",
                tuple(strokes[:_MOST_PLACES]),
                _figures(strokes, process),
            )
        )
    if gaps:
        findings.append(
            Finding(
                "gap_too_narrow",
                "warning",
                f"{_count(gaps)} narrower than one line of the {process.nozzle_mm:g} mm nozzle and will close: "
                "engraved letters, slots or holes.",
                f"Make gaps at least {2 * process.nozzle_mm:g} mm wide, or choose a finer nozzle.",
                tuple(gaps[:_MOST_PLACES]),
                _figures(gaps, process),
            )
        )
    return findings


def _figures(places: list[Point], process: PrintProcess) -> dict[str, float]:
    return {"places": len(places), "nozzle_mm": process.nozzle_mm, "wide_mm": round(2 * process.nozzle_mm, 2)}


def _count(places: list[Point]) -> str:
    return "1 place is" if len(places) == 1 else f"{len(places)} places are"


def _narrow_places(mesh: Mesh, width: float, layer_mm: float) -> tuple[list[Point], list[Point]]:
    import manifold3d

    solid = manifold3d.Manifold(manifold3d.Mesh64(np.array(mesh.vertices), mesh.faces.astype(np.uint64)))
    strokes: list[Point] = []
    gaps: list[Point] = []
    round_ = manifold3d.JoinType.Round
    seen: set[bytes] = set()
    for z in layer_heights(mesh, layer_mm):
        layer = solid.slice(z).simplify(_STRAIGHT_MM)  # each triangle's edge left a corner on a straight line
        if layer.is_empty() or (outline := _outline(layer)) in seen:
            continue
        seen.add(outline)
        # a hair more on the way back, so that what was not narrow leaves no slivers
        opened = layer.offset(-width / 2, round_, circular_segments=12).offset(
            width / 2 * 1.12, round_, circular_segments=12
        )
        closed = layer.offset(width / 2, round_, circular_segments=12).offset(
            -width / 2 * 1.12, round_, circular_segments=12
        )
        strokes += _places(layer - opened, z, width)
        gaps += _places(closed - layer, z, width)
    return _apart(strokes, width), _apart(gaps, width)


def _outline(layer: CrossSection) -> bytes:
    """Return what tells a layer from others: upright walls have the same in all heights, and the same places."""
    corners = np.round(np.concatenate(layer.to_polygons()), 3) + 0.0
    return corners[np.lexsort(corners.T)].tobytes() + np.float64(round(layer.area(), 2)).tobytes()


def layer_heights(mesh: Mesh, layer_mm: float) -> npt.NDArray[np.float64]:
    """Return heights that are looked at: evenly spread, and in the middle of each raised or sunken level."""
    low, high = mesh.bounds_mm[0][2], mesh.bounds_mm[1][2]
    vectors = mesh.area_vectors
    flat = np.abs(vectors[:, 2]) > 0.999 * np.linalg.norm(vectors, axis=1)
    levels = np.unique(np.round(mesh.corners[flat][:, :, 2].ravel() / layer_mm)) * layer_mm
    middles = (levels[1:] + levels[:-1]) / 2 if len(levels) <= LAYERS else np.empty(0)
    spread = low + (np.arange(LAYERS) + 0.5) / LAYERS * (high - low)
    spread = spread[:: 1 + len(middles) // 8]
    heights = np.concatenate([middles, spread])
    return np.unique(np.round(heights[(heights > low) & (heights < high)], 4))


def _places(shape: CrossSection, z: float, width: float) -> list[Point]:
    """Return the middle of each piece that is longer than it is narrow: rounded corners leave crumbs behind."""
    if shape.is_empty() or shape.area() < width**2:
        return []
    places = []
    for piece in shape.decompose():
        if piece.area() < 0.6 * width**2:
            continue
        x0, y0, x1, y1 = piece.bounds()
        if max(x1 - x0, y1 - y0) < 1.5 * width:
            continue
        places.append((round((x0 + x1) / 2, 3), round((y0 + y1) / 2, 3), round(float(z), 3)))
    return places


def _apart(places: list[Point], width: float) -> list[Point]:
    """Return one place for those that stand above each other in neighbouring layers."""
    kept: dict[tuple[int, int], Point] = {}
    for place in places:
        kept.setdefault((round(place[0] / (4 * width)), round(place[1] / (4 * width))), place)
    return list(kept.values())
