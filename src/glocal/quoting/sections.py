"""Regions of a layer: walls, solid and sparse infill, from the layer and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from manifold3d import CrossSection, FillRule, JoinType, OpType

from glocal.quoting.layers import Floats, contours
from glocal.quoting.process import Process

TOLERANCE_MM = 0.02
LEAST_SKIN_MM2 = 0.05
NEAR = (0, 1, 3)
"""Steps up and down, beside the last one of a shell, at which the inside is intersected; skins count at all steps."""
THINNEST_FILL_MM = 0.4
"""What is narrower between walls is filled by wider walls."""


@dataclass(slots=True)
class Slices:
    """Layers of one mesh as polygons, each cut and shrunk once.

    ``flat`` is the area that faces up and down in every layer, mm²: (n, 2); without any, a layer has no skin.
    """

    process: Process
    outlines: dict[int, list[Floats]]
    flat: Floats
    _solid: dict[int, Any] = field(default_factory=dict)
    _inside: dict[int, Any] = field(default_factory=dict)
    skins: dict[tuple[int, int], Any] = field(default_factory=dict)
    shells: dict[int, Any] = field(default_factory=dict)

    def solid(self, layer: int) -> Any:
        """Return the region of a layer."""
        if layer not in self._solid:
            section = CrossSection(self.outlines.get(layer, []), FillRule.Positive)
            if layer == 0 and self.process.elephant_foot_mm > 0:
                section = shrunk(section, self.process.elephant_foot_mm)
            self._solid[layer] = section
        return self._solid[layer]

    def inside(self, layer: int) -> Any:
        """Return what lies within the walls of a layer."""
        if layer not in self._inside:
            p = self.process
            width = p.outer_width_mm / 2 + (p.walls - 0.5) * p.spacing(p.wall_width_mm) if p.walls else 0.0
            core = shrunk(self.solid(layer), width + THINNEST_FILL_MM / 2)
            self._inside[layer] = core if core.is_empty() else shrunk(core, -THINNEST_FILL_MM / 2)
        return self._inside[layer]


def shrunk(section: Any, distance_mm: float) -> Any:
    """Return a region without its margin (grown when negative)."""
    return section.offset(-distance_mm, JoinType.Miter, 2.0)


def opened(section: Any, radius_mm: float) -> Any:
    """Return a region without its parts narrower than twice ``radius_mm``."""
    return shrunk(shrunk(section, radius_mm), -radius_mm)


def cut(  # noqa: PLR0917 - a mesh, its planes, and what to do with them
    vertices: Floats,
    faces: npt.NDArray[np.int32],
    planes: Floats,
    layers: Sequence[int],
    process: Process,
    flat: Floats,
) -> tuple[Slices, int]:
    """Cut the chosen layers; also return how many contours did not close."""
    loops, open_contours = contours(vertices, faces, planes[np.asarray(layers)], TOLERANCE_MM)
    return Slices(process, dict(zip(layers, loops, strict=True)), flat), open_contours


@dataclass(frozen=True, slots=True)
class Regions:
    """What fills one layer.

    ``core`` is the outline without its outermost wall, ``inside`` what lies within all walls; the rest splits
    ``inside``: top skin, bottom skin over air, solid over sparse infill (a bridge too), inner solid, sparse.
    """

    outline: Any
    core: Any
    inside: Any
    top: Any
    bottom: Any
    over_sparse: Any
    solid: Any
    sparse: Any


def regions(slices: Slices, layer: int, count: int) -> Regions:
    """Split the inside of a layer by what lies above and below it."""
    outline, inside = slices.solid(layer), slices.inside(layer)
    core = shrunk(outline, slices.process.spacing(slices.process.outer_width_mm))
    empty = CrossSection()
    if inside.is_empty():
        return Regions(outline, core, inside, empty, empty, empty, empty, empty)
    bottom = skin(slices, layer, -1, count)
    top = skin(slices, layer, 1, count) - bottom
    solid = shell(slices, layer, count)
    over_sparse = empty
    if layer > 0 and not solid.is_empty():
        hollow = slices.inside(layer - 1) - shell(slices, layer - 1, count)
        bridge = shrunk(solid ^ hollow, BRIDGE_OPEN_MM)
        if not bridge.is_empty():
            over_sparse = (shrunk(bridge, -BRIDGE_OPEN_MM - BRIDGE_GROW_MM) ^ solid) - bottom - top
    return Regions(outline, core, inside, top, bottom, over_sparse, solid - top - bottom - over_sparse, inside - solid)


def skin(slices: Slices, layer: int, side: int, count: int) -> Any:
    """Return where the inside of a layer shows above (``side`` 1) or below (-1), with the slicer's anchoring margin."""
    if (layer, side) in slices.skins:
        return slices.skins[layer, side]
    wanted = slices.process.top_layers if side > 0 else slices.process.bottom_layers
    result = CrossSection()
    if wanted and slices.flat[layer, 0 if side > 0 else 1] > LEAST_SKIN_MM2:
        inside = slices.inside(layer)
        bare = inside - slices.solid(layer + side) if 0 <= layer + side < count else inside
        bare = bare if bare.is_empty() else shrunk(bare, SKIN_OPEN_MM)
        result = bare if bare.is_empty() else shrunk(bare, -SKIN_OPEN_MM - SKIN_GROW_MM) ^ inside
    slices.skins[layer, side] = result
    return result


def shell(slices: Slices, layer: int, count: int) -> Any:
    """Return where the inside of a layer is solid because a surface is near above or below."""
    if layer in slices.shells:
        return slices.shells[layer]
    process, inside = slices.process, slices.inside(layer)
    kept, skins = inside, []
    for side, layers in ((1, process.top_layers), (-1, process.bottom_layers)):
        for step in range(layers):
            if not 0 <= layer + side * step < count:
                kept = CrossSection()
                break
            if step in NEAR or step == layers - 1:
                kept = kept ^ slices.inside(layer + side * step)
            skins.append(skin(slices, layer + side * step, side, count))
    spacing = process.spacing(process.solid_width_mm)
    strip = shrunk(shrunk(inside - kept, OPEN * spacing), -GROW * spacing)
    result = CrossSection.batch_boolean([strip, *skins], OpType.Add) ^ inside
    slices.shells[layer] = result
    return result


OPEN, GROW = 0.525, 0.6
SKIN_OPEN_MM, SKIN_GROW_MM = 0.02, 3.2
BRIDGE_OPEN_MM, BRIDGE_GROW_MM = 0.3, 0.6
