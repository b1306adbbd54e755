"""Regions of a layer: walls, solid and sparse infill, from the layer and its neighbours."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
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
THINNEST_WALL_MM = 0.3
"""What is left between outer walls and narrower than this widens them instead of getting a line of its own."""
THINNEST_FILL_MM = 0.4
"""What is narrower between walls is filled by wider walls."""


@dataclass(slots=True)
class Slices:
    """Layers of one mesh as polygons, each outline shrunk once however many layers have it.

    ``flat`` is the area that faces up and down in every layer, mm²: (n, 2); without any, a layer has no skin.
    ``calm`` says of every layer whether its inside can only be sparse (:func:`calm_layers`).
    """

    process: Process
    outlines: dict[int, list[Floats]]
    flat: Floats
    calm: npt.NDArray[np.bool_]
    same: dict[int, int] = field(init=False)
    _solid: dict[int, Any] = field(default_factory=dict)
    _inside: dict[int, Any] = field(default_factory=dict)
    skins: dict[tuple[int, int], Any] = field(default_factory=dict)
    shells: dict[Hashable, Shell] = field(default_factory=dict)
    regions: dict[Hashable, Regions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the first layer with each outline; the lowest is pressed flat and like no other."""
        first: dict[Hashable, int] = {}
        pressed = self.process.elephant_foot_mm > 0
        self.same = {
            layer: layer if layer == 0 and pressed else first.setdefault(outline_key(loops), layer)
            for layer, loops in self.outlines.items()
        }

    def first_like(self, layer: int) -> int:
        """Return the first layer that was cut with the outline of this one; itself where it was not cut."""
        return self.same.get(layer, layer)

    def solid(self, layer: int) -> Any:
        """Return the region of a layer."""
        layer = self.first_like(layer)
        if layer not in self._solid:
            section = CrossSection(self.outlines.get(layer, []), FillRule.Positive)
            if layer == 0 and self.process.elephant_foot_mm > 0:
                section = shrunk(section, self.process.elephant_foot_mm)
            self._solid[layer] = section
        return self._solid[layer]

    def inside(self, layer: int) -> Any:
        """Return what lies within the walls of a layer."""
        layer = self.first_like(layer)
        if layer not in self._inside:
            p = self.process
            width = p.outer_width_mm / 2 + (p.walls - 0.5) * p.spacing(p.wall_width_mm) if p.walls else 0.0
            self._inside[layer] = opened_inside(self.solid(layer), width, THINNEST_FILL_MM / 2)
        return self._inside[layer]


def outline_key(loops: Sequence[Floats]) -> Hashable:
    """Return what outlines have in common that are the same but for rounding."""
    return tuple((np.round(loop, 6) + 0.0).tobytes() for loop in loops)


def shrunk(section: Any, distance_mm: float) -> Any:
    """Return a region without its margin (grown when negative)."""
    return section.offset(-distance_mm, JoinType.Miter, 2.0)


def opened_inside(section: Any, margin_mm: float, radius_mm: float) -> Any:
    """Return a region without its margin, and of what is left nothing narrower than twice ``radius_mm``."""
    core = shrunk(section, margin_mm + radius_mm)
    return core if core.is_empty() else shrunk(core, -radius_mm)


def cut(  # noqa: PLR0917 - a mesh, its planes, and what to do with them
    vertices: Floats,
    faces: npt.NDArray[np.int32],
    planes: Floats,
    layers: Sequence[int],
    process: Process,
    flat: Floats,
    calm: npt.NDArray[np.bool_],
) -> tuple[Slices, int]:
    """Cut the chosen layers; also return how many contours did not close."""
    loops, open_contours = contours(vertices, faces, planes[np.asarray(layers)], TOLERANCE_MM)
    return Slices(process, dict(zip(layers, loops, strict=True)), flat, calm), open_contours


def calm_layers(flat: Floats, drift_mm: Floats, process: Process) -> npt.NDArray[np.bool_]:
    """Return for every layer whether nothing in it is solid, known without cutting it.

    So it is when no skin lies within its shell, and outlines move so little on the way through the shell that no strip
    of the inside that a neighbour leaves uncovered holds the disc by which narrow strips are opened away. A strip along
    an edge is as wide as the way up or down; two opposite ones meet only where the inside is hardly wider than a line,
    which is then drawn either way.

    Parameters
    ----------
    flat : (n, 2) float64
        Area that faces up and down in every layer, mm².
    drift_mm : (n,) float64
        How far outlines can move from each layer to the next (:func:`glocal.quoting.layers.drifts`).
    """
    count, top, bottom = len(flat), process.top_layers, process.bottom_layers
    way = np.concatenate([[0.0], np.cumsum(np.minimum(drift_mm, FAR_MM))])
    skins = [np.concatenate([[0], np.cumsum(flat[:, side] > LEAST_SKIN_MM2)]) for side in (0, 1)]
    layers = np.arange(count)
    above, below = layers + max(0, top - 1), layers - max(0, bottom - 1)
    within = (above < count) & (below >= 0)
    above, below = np.minimum(above, count - 1), np.maximum(below, 0)
    skinless = (skins[0][above + 1] == skins[0][layers]) | (top == 0)
    skinless &= (skins[1][layers + 1] == skins[1][below]) | (bottom == 0)
    up_mm, down_mm = way[above] - way[layers], way[layers] - way[below]
    disc_mm = 2 * OPEN * process.spacing(process.solid_width_mm)
    still = (CORNER * np.maximum(up_mm, down_mm) < disc_mm) & (up_mm + down_mm < CORNER * disc_mm)
    result: npt.NDArray[np.bool_] = within & skinless & still
    return result


@dataclass(frozen=True, slots=True)
class Shell:
    """Where the inside of a layer is solid, and the share of it that is so because outlines move, not for a skin."""

    region: Any
    moved: float


@dataclass(frozen=True, slots=True)
class Regions:
    """What fills one layer.

    ``core`` is what the outermost wall leaves for others, ``inside`` what lies within all walls; the rest splits
    ``inside``: top skin, bottom skin over air, solid over sparse infill (a bridge too), inner solid, sparse.
    ``moved`` is that of :class:`Shell`.
    """

    outline: Any
    core: Any
    inside: Any
    top: Any
    bottom: Any
    over_sparse: Any
    solid: Any
    sparse: Any
    moved: float


def regions(slices: Slices, layer: int, count: int) -> Regions:
    """Split the inside of a layer by what lies above and below it; layers of the same regions get the same object."""
    bottom, top = (skin(slices, layer, side, count) for side in (-1, 1))
    own = shell(slices, layer, count)
    solid = own.region
    below = layer - 1 if layer > 0 and solid is not EMPTY else None
    shell_below = NO_SHELL if below is None else shell(slices, below, count)
    inside_below = EMPTY if below is None else slices.inside(below)
    key = (slices.first_like(layer), *map(id, (bottom, top, own, inside_below, shell_below)))
    if key not in slices.regions:
        outline, inside = slices.solid(layer), slices.inside(layer)
        core = opened_inside(outline, slices.process.spacing(slices.process.outer_width_mm), THINNEST_WALL_MM / 2)
        top = top - bottom if bottom is not EMPTY and top is not EMPTY else top
        over_sparse = bridged(solid, inside_below - shell_below.region, (bottom, top)) if below is not None else EMPTY
        slices.regions[key] = Regions(
            outline=outline,
            core=core,
            inside=inside,
            top=top,
            bottom=bottom,
            over_sparse=over_sparse,
            solid=without(solid, (top, bottom, over_sparse)),
            sparse=without(inside, (solid,)),
            moved=own.moved,
        )
    return slices.regions[key]


def some(region: Any) -> Any:
    """Return a region, or the one object that stands for all empty ones."""
    return EMPTY if region.is_empty() else region


def without(region: Any, others: Sequence[Any]) -> Any:
    """Return a region without others."""
    if region is EMPTY:
        return EMPTY
    for other in others:
        if other is not EMPTY:
            region = region - other
    return region


def bridged(solid: Any, hollow: Any, skins: Sequence[Any]) -> Any:
    """Return where solid infill, no skin, lies over the sparse infill of the layer below."""
    bridge = shrunk(solid ^ hollow, BRIDGE_OPEN_MM)
    if bridge.is_empty():
        return EMPTY
    return without(shrunk(bridge, -BRIDGE_OPEN_MM - BRIDGE_GROW_MM) ^ solid, skins)


def skin(slices: Slices, layer: int, side: int, count: int) -> Any:
    """Return where the inside of a layer shows above (``side`` 1) or below (-1), with the slicer's anchoring margin."""
    wanted = slices.process.top_layers if side > 0 else slices.process.bottom_layers
    if not wanted or slices.flat[layer, 0 if side > 0 else 1] <= LEAST_SKIN_MM2:
        return EMPTY
    if (layer, side) not in slices.skins:
        inside = slices.inside(layer)
        bare = inside - slices.solid(layer + side) if 0 <= layer + side < count else inside
        bare = bare if bare.is_empty() else shrunk(bare, SKIN_OPEN_MM)
        slices.skins[layer, side] = (
            EMPTY if bare.is_empty() else some(shrunk(bare, -SKIN_OPEN_MM - SKIN_GROW_MM) ^ inside)
        )
    return slices.skins[layer, side]


def shell(slices: Slices, layer: int, count: int) -> Shell:
    """Return where the inside of a layer is solid because a surface is near above or below."""
    if slices.calm[layer] or slices.inside(layer).is_empty():
        return NO_SHELL
    process, near, skins, at_an_end = slices.process, set(), {}, False
    own = slices.first_like(layer)
    for side, layers in ((1, process.top_layers), (-1, process.bottom_layers)):
        for step in range(layers):
            other = layer + side * step
            if not 0 <= other < count:
                at_an_end = True
                break
            if step in NEAR or step == layers - 1:
                near.add(slices.first_like(other))
            found = skin(slices, other, side, count)
            if found is not EMPTY:
                skins[id(found)] = found
    key = (own, at_an_end, frozenset(near), frozenset(skins))
    if key not in slices.shells:
        inside = slices.inside(layer)
        uncovered = inside if at_an_end else uncovered_by(slices, inside, near - {own})
        spacing = process.spacing(process.solid_width_mm)
        strip = shrunk(shrunk(uncovered, OPEN * spacing), -GROW * spacing)
        slices.shells[key] = shell_of(strip, list(skins.values()), inside)
    return slices.shells[key]


def shell_of(strip: Any, skins: list[Any], inside: Any) -> Shell:
    """Return the shell that a strip and skins make within a layer's inside."""
    skinned = CrossSection.batch_boolean(skins, OpType.Add) ^ inside if skins else EMPTY
    region = some(skinned if strip.is_empty() else (skinned + strip) ^ inside)
    if region is EMPTY:
        return NO_SHELL
    return Shell(region, 0.0 if strip.is_empty() else max(0.0, 1.0 - float(skinned.area()) / float(region.area())))


def uncovered_by(slices: Slices, inside: Any, near: set[int]) -> Any:
    """Return the part of a layer's inside that does not lie within all of the insides near it."""
    if not near:
        return EMPTY
    kept = inside
    for other in near:
        kept = kept ^ slices.inside(other)
    return inside - kept


EMPTY = CrossSection()
NO_SHELL = Shell(EMPTY, 0.0)
FAR_MM = 1000.0
CORNER = 1.2
"""A disc in the right-angled corner of a strip is wider than the strip by this factor: 2 ÷ (1 + sin 45°)."""
OPEN, GROW = 0.525, 0.6
SKIN_OPEN_MM, SKIN_GROW_MM = 0.02, 3.2
BRIDGE_OPEN_MM, BRIDGE_GROW_MM = 0.3, 0.6
