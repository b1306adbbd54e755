"""What a shape makes the printer do: layers chosen where the shape changes, measured, and summed over all layers.

The sums of the chosen layers are corrected by what is known exactly of every layer, its area and perimeter (control
variates).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from manifold3d import CrossSection, OpType

from glocal.quoting.layers import Floats, Ints, areas_and_perimeters, drifts, flat_areas
from glocal.quoting.motion import length_mm
from glocal.quoting.paths import COLUMNS, KINDS, as_floats, layer_use
from glocal.quoting.process import FLAT_FLOW, Process
from glocal.quoting.sections import Slices, calm_layers, cut, regions, shrunk

AT = {column: i for i, column in enumerate(COLUMNS)}
FEW_LAYERS = 30
BUDGET = 52
GRAIN_MM = 1e-5
FLAT_REACH_MM = 0.8
"""A surface is flat when one layer reaches this far beyond the next: then it shows as a skin."""
RIDGE = 1e-4
CALM_LAYERS, CALM = 10, 0.04
"""A shape that stays the same is measured on this many layers; another, until no gap changes by more than this."""
STEEP = 0.04
"""An area that changes by more than this share from one layer to the next is a step with skins on both sides."""


@dataclass(frozen=True, slots=True)
class ShapeUse:
    """Measured layers of one shape for one process.

    Parameters
    ----------
    rows : (k, len(COLUMNS)) float64
        One row per chosen layer.
    weights : (k,) float64
        How many layers each stands for.
    totals : (len(COLUMNS),) float64
        Sums over all layers, corrected by control variates.
    layers : int
        Layers in all.
    skirt_s, skirt_mm3 : float
        The line around the part.
    """

    rows: Floats
    weights: Floats
    totals: Floats
    layers: int
    skirt_s: float
    skirt_mm3: float

    def total(self, column: str) -> float:
        """Return the sum of a column over all layers."""
        return float(self.totals[AT[column]])


def planes(height_mm: float, process: Process) -> Floats:
    """Return the heights at which the slicer cuts a part of this height: the middle of every layer."""
    above_first = math.ceil((height_mm - process.first_layer_mm) / process.layer_mm - 0.5 - 1e-9)
    middles = process.first_layer_mm + (np.arange(1 + max(0, above_first)) - 0.5) * process.layer_mm
    middles[0] = process.first_layer_mm / 2
    result: Floats = middles.astype(np.float64)
    return result


def evenly_from(heights: Floats, process: Process) -> float:
    """Return where the lowest plane would be if all were a layer apart, mm; the first layer has a height of its own."""
    return float(heights[1] - process.layer_mm if len(heights) > 1 else heights[0])


def known_of_all(vertices: Floats, faces: npt.NDArray[np.int32], heights: Floats, process: Process) -> Floats:
    """Return what is known exactly of every layer: (n, 8).

    One, area, perimeter, the area that is solid because a flat surface lies close above or below, and the flat area
    that closes this layer, opens it, or lies so far above that this layer is the first solid one below it.
    """
    count, step = len(heights), process.layer_mm
    exact = np.empty((count, 2))
    exact[:1] = areas_and_perimeters(vertices, faces, heights[0], step, 1)
    exact[1:] = areas_and_perimeters(vertices, faces, heights[min(1, count - 1)], step, count - 1)
    first = evenly_from(heights, process)
    flat = flat_areas(vertices, faces, first, step, count, step / FLAT_REACH_MM)
    above = np.convolve(flat[::-1, 0], np.ones(max(1, process.top_layers)))[:count][::-1]
    below = np.convolve(flat[:, 1], np.ones(max(1, process.bottom_layers)))[:count]
    area = exact[:, 0]
    first_solid = np.zeros(count)
    shift = max(1, process.top_layers) - 1
    first_solid[: count - shift] = flat[shift:, 0] if shift < count else 0.0
    near = (above, below, flat[:, 0], flat[:, 1], first_solid)
    return np.column_stack([np.ones(count), exact, *(np.minimum(one, area) for one in near)])


def drifts_of_all(vertices: Floats, faces: npt.NDArray[np.int32], heights: Floats, process: Process) -> Floats:
    """Return how far outlines can move from each layer to the next, mm: (n,); the first is pressed flat besides."""
    result = drifts(vertices, faces, evenly_from(heights, process), process.layer_mm, len(heights))
    result[0] += process.elephant_foot_mm
    return result


def choose(known: Floats, process: Process) -> Ints:
    """Return the layers to measure: both ends, both sides of steps, and the rest where the shape changes."""
    count = len(known)
    if count <= FEW_LAYERS:
        return np.arange(count)
    area = known[:, 1]
    change = np.abs(np.diff(area, prepend=area[0])) / np.maximum(np.maximum(area, np.roll(area, 1)), 1e-9)
    top, bottom = process.top_layers, process.bottom_layers
    around = (-top - 1, -top, -top + 1, -2, -1, 0, 1, bottom - 1, bottom)
    ends = {0, 1, bottom - 1, bottom} | {count + k for k in around if k < 0}
    chosen = {layer for layer in ends if 0 <= layer < count}
    for step in np.argsort(-change):
        if change[step] < STEEP or len(chosen) > BUDGET // 2:
            break
        chosen |= {int(step) + k for k in around if 0 <= step + k < count}
    shape = known[:, 1:5]
    spread = np.abs(np.diff(shape, axis=0, prepend=shape[:1])) / np.maximum(shape.mean(axis=0), 1e-9)
    way = np.cumsum(np.minimum(spread, 0.5).sum(axis=1))
    chosen |= set(np.linspace(0, count - 1, CALM_LAYERS).astype(int).tolist())
    while len(chosen) < BUDGET:
        ordered = sorted(chosen)
        gaps = way[ordered[1:]] - way[ordered[:-1]]
        gaps[np.diff(ordered) < 2] = 0
        widest = int(np.argmax(gaps))
        if gaps[widest] < CALM:
            break
        low, high = ordered[widest], ordered[widest + 1]
        halfway = int(np.searchsorted(way, (way[low] + way[high]) / 2))
        chosen.add(min(max(halfway, low + 1), high - 1))
    return np.array(sorted(chosen), dtype=np.int64)


def sums(rows: Floats, weights: Floats, known: Floats, chosen: Ints) -> Floats:
    """Return the sum of every column over all layers, with what is known exactly as control variates.

    What a column shares with the known quantities (ridge regression on the chosen layers) is summed exactly; only the
    rest is interpolated. The first layer is printed differently and counts as it is.
    """
    first = rows[0]
    rows, weights, known, chosen = rows[1:], weights[1:], known[1:], chosen[1:] - 1
    scale = np.maximum(known.max(axis=0), 1e-9)
    x_all = known / scale
    x = x_all[chosen]
    root = np.sqrt(weights)[:, None]
    gram = (x * root).T @ (x * root) + RIDGE * weights.sum() * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    slope = np.linalg.solve(gram + 1e-9 * np.eye(len(gram)), (x * root).T @ (rows * root))
    result: Floats = np.maximum(x_all.sum(axis=0) @ slope + weights @ (rows - x @ slope), 0.0) + first
    return result


def trapezoid_weights(chosen: Ints) -> Floats:
    """Return how many layers each chosen one stands for when the others are interpolated linearly between them."""
    weights = np.ones(len(chosen))
    between = np.diff(chosen) - 1
    weights[:-1] += between / 2
    weights[1:] += between / 2
    return weights


def neighbours(chosen: Ints, count: int, calm: npt.NDArray[np.bool_], process: Process) -> list[int]:
    """Return all layers that measuring the chosen ones looks at; a calm one is known from itself."""
    near = range(-process.bottom_layers - 1, process.top_layers + 1)
    looked = {int(layer) + step for layer in chosen if not calm[layer] for step in near if 0 <= layer + step < count}
    return sorted(looked | set(map(int, chosen)) | set(range(min(process.skirt_layers, count))))


def measure(vertices: Floats, faces: npt.NDArray[np.int32], process: Process) -> tuple[ShapeUse, int]:
    """Return what a shape makes the printer do, and the number of contours that did not close.

    Parameters
    ----------
    vertices, faces : (n, 3) float64 mm, (m, 3) int32
        The mesh as it stands on the bed; its lowest point is taken as z = 0.
    """
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    vertices = vertices - np.array([*(low + high)[:2] / 2, low[2]])  # infill is laid out from the middle of a part
    # corners of a flat side that differ by rounding must not lie on both sides of a plane; what lies on it is above
    vertices[:, 2] = np.round(vertices[:, 2] / GRAIN_MM) * GRAIN_MM
    heights = planes(float(vertices[:, 2].max()), process) - GRAIN_MM / 2
    known = known_of_all(vertices, faces, heights, process)
    chosen, flat = choose(known, process), known[:, 5:7]
    calm = calm_layers(flat, drifts_of_all(vertices, faces, heights, process), process)
    near = neighbours(chosen, len(heights), calm, process)
    slices, open_contours = cut(vertices, faces, heights, near, process, flat, calm)
    rows = rows_of(slices, chosen, len(heights), process)
    weights = trapezoid_weights(chosen)
    skirt_s, skirt_mm3 = skirt([slices.solid(k) for k in range(min(process.skirt_layers, len(heights)))], process)
    totals = sums(rows, weights, known, chosen) if len(chosen) < len(heights) else rows.sum(axis=0)
    return ShapeUse(rows, weights, totals, len(heights), skirt_s, skirt_mm3), open_contours


def rows_of(slices: Slices, chosen: Ints, count: int, process: Process) -> Floats:
    """Return one row per chosen layer; layers above the first with the same regions are measured once."""
    known: dict[tuple[int, bool], Floats] = {}
    rows = []
    for layer in map(int, chosen):
        split = regions(slices, layer, count)
        key = id(split), layer == 0
        if key not in known:
            known[key] = layer_use(split, layer, process)
        rows.append(known[key])
    return np.array(rows)


def skirt(lowest: Sequence[Any], process: Process) -> tuple[float, float]:
    """Return time (s) and volume (mm³) of the loops around the lowest layers; each of these layers has all loops."""
    if process.skirts == 0 or not lowest:
        return 0.0, 0.0
    ring = shrunk(CrossSection.batch_boolean(list(lowest), OpType.Add).hull(), -process.skirt_distance_mm)
    around = sum(length_mm(as_floats(polygon)) for polygon in ring.to_polygons())
    if around <= 0:
        return 0.0, 0.0
    line_mm2 = (process.first_width_mm - process.first_layer_mm * FLAT_FLOW) * process.first_layer_mm
    least = process.skirt_least_mm * process.filament_area_mm2 / line_mm2
    loops = max(process.skirts, math.ceil(least / around))
    first, later = around * loops, around * loops * (len(lowest) - 1)
    return first / process.first_speed + later / process.wall_speed, (first + later) * line_mm2


def slowed(use: ShapeUse, process: Process, seconds: Floats, travel_s: Floats) -> Floats:
    """Return how much longer each measured layer takes because it must cool: (k,) s.

    Parameters
    ----------
    seconds : (k, len(KINDS)) float64
        Time of each kind of path in each layer at full speed.
    travel_s : (k,) float64
        Time without extrusion.
    """
    if process.cooling_below_s <= 0:
        return np.zeros(len(use.rows))
    naive = use.rows[:, [AT[f"{kind}_naive_s"] for kind in KINDS]]
    slowest = use.rows[:, [AT[f"{kind}_mm"] for kind in KINDS]] / process.cooling_speed
    nominal = naive.sum(axis=1)
    slack = np.maximum(slowest - naive, 0).sum(axis=1)
    delay = np.clip(process.cooling_below_s - nominal - travel_s, 0, slack)
    share = nominal / np.maximum(nominal + delay, 1e-9)
    saved = np.maximum(seconds - naive, 0).sum(axis=1) * (1 - share**2)
    result: Floats = np.maximum(delay - saved, 0)
    return result
