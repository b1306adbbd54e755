"""What a shape makes the printer do: layers chosen where the shape changes, measured, and summed over all layers.

The sums of the chosen layers are corrected by what is known exactly of every layer, its area and perimeter (control
variates).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from glocal.quoting.layers import Floats, Ints, areas_and_perimeters
from glocal.quoting.paths import COLUMNS, KINDS, layer_use
from glocal.quoting.process import FLAT_FLOW, Process
from glocal.quoting.sections import cut, regions, shrunk

AT = {column: i for i, column in enumerate(COLUMNS)}
FEW_LAYERS = 56
BUDGET = 48
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
    by_area, by_perimeter : float
        Control variates: exact sum over all layers ÷ weighted sum of the chosen ones.
    layers : int
        Layers in all.
    skirt_s, skirt_mm3 : float
        The line around the part.
    """

    rows: Floats
    weights: Floats
    by_area: float
    by_perimeter: float
    layers: int
    skirt_s: float
    skirt_mm3: float

    def total(self, column: str) -> float:
        """Return the sum of a column over all layers."""
        by_length = column.startswith(("outer", "wall", "loops", "perimeter"))
        plain = column in ("islands", "reach_mm")
        control = 1.0 if plain else self.by_perimeter if by_length else self.by_area
        return float(self.weights @ self.rows[:, AT[column]]) * control


def planes(height_mm: float, process: Process) -> Floats:
    """Return the heights at which the slicer cuts a part of this height: the middle of every layer."""
    above_first = math.ceil((height_mm - process.first_layer_mm) / process.layer_mm - 0.5 - 1e-9)
    middles = process.first_layer_mm + (np.arange(1 + max(0, above_first)) - 0.5) * process.layer_mm
    middles[0] = process.first_layer_mm / 2
    result: Floats = middles.astype(np.float64)
    return result


def choose(exact: Floats, process: Process) -> Ints:
    """Return the layers to measure: both ends, both sides of steps, and the rest where area and perimeter change."""
    count = len(exact)
    if count <= FEW_LAYERS:
        return np.arange(count)
    area = exact[:, 0]
    change = np.abs(np.diff(area, prepend=area[0])) / np.maximum(np.maximum(area, np.roll(area, 1)), 1e-9)
    chosen = set(range(process.bottom_layers + 2)) | set(range(count - process.top_layers - 2, count))
    for step in np.argsort(-change):
        if change[step] < STEEP or len(chosen) > BUDGET - 12:
            break
        chosen |= set(range(max(0, step - process.top_layers - 1), min(count, step + process.bottom_layers + 2)))
    spread = np.abs(np.diff(exact, axis=0, prepend=exact[:1])) / np.maximum(exact.mean(axis=0), 1e-9)
    density = np.cumsum(0.5 / count + spread.sum(axis=1) / max(float(spread.sum()), 1e-9))
    free = max(BUDGET - len(chosen), 12)
    marks = (np.arange(free) + 0.5) / free * density[-1]
    chosen |= set(np.searchsorted(density, marks).clip(0, count - 1).tolist())
    return np.array(sorted(chosen), dtype=np.int64)


def trapezoid_weights(chosen: Ints) -> Floats:
    """Return how many layers each chosen one stands for when the others are interpolated linearly between them."""
    weights = np.ones(len(chosen))
    between = np.diff(chosen) - 1
    weights[:-1] += between / 2
    weights[1:] += between / 2
    return weights


def neighbours(chosen: Ints, count: int, process: Process) -> list[int]:
    """Return all layers that measuring the chosen ones looks at."""
    near = range(-process.bottom_layers - 1, process.top_layers + 1)
    return sorted({int(layer) + step for layer in chosen for step in near if 0 <= layer + step < count})


def measure(vertices: Floats, faces: npt.NDArray[np.int32], process: Process) -> tuple[ShapeUse, int]:
    """Return what a shape makes the printer do, and the number of contours that did not close.

    Parameters
    ----------
    vertices, faces : (n, 3) float64 mm, (m, 3) int32
        The mesh as it stands on the bed; its lowest point is taken as z = 0.
    """
    vertices = vertices - np.array([0.0, 0.0, vertices[:, 2].min()])
    heights = planes(float(vertices[:, 2].max()), process)
    exact = np.empty((len(heights), 2))
    exact[:1] = areas_and_perimeters(vertices, faces, heights[0], process.layer_mm, 1)
    if len(heights) > 1:
        exact[1:] = areas_and_perimeters(vertices, faces, heights[1], process.layer_mm, len(heights) - 1)
    chosen = choose(exact, process)
    slices, open_contours = cut(vertices, faces, heights, neighbours(chosen, len(heights), process), process)
    rows = np.array([layer_use(regions(slices, int(k), len(heights)), int(k), process) for k in chosen])
    weights = trapezoid_weights(chosen)
    area, perimeter = exact.sum(axis=0)
    estimated_area, estimated_perimeter = weights @ exact[chosen]
    skirt_s, skirt_mm3 = skirt(slices.solid(0), process)
    use = ShapeUse(
        rows,
        weights,
        float(area / estimated_area) if estimated_area > 0 else 1.0,
        float(perimeter / estimated_perimeter) if estimated_perimeter > 0 else 1.0,
        len(heights),
        skirt_s,
        skirt_mm3,
    )
    return use, open_contours


def skirt(outline: Any, process: Process) -> tuple[float, float]:
    """Return time (s) and volume (mm³) of the line around the part."""
    if process.skirts == 0 or outline.is_empty():
        return 0.0, 0.0
    ring = shrunk(outline.hull(), -process.skirt_distance_mm)
    around = float(sum(np.hypot(*(p - np.roll(p, 1, axis=0)).T).sum() for p in ring.to_polygons()))
    line_mm2 = (process.first_width_mm - process.first_layer_mm * FLAT_FLOW) * process.first_layer_mm
    least = process.skirt_least_mm * process.filament_area_mm2 / line_mm2
    first = around * max(process.skirts, math.ceil(least / around))
    later = around * process.skirts * (process.skirt_layers - 1)
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
