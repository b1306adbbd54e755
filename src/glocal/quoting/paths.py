"""What the nozzle does in one layer: times, lengths and volumes per kind of path, before any fitting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glocal.quoting.grid import grid_lines
from glocal.quoting.gyroid import wave_s_per_mm
from glocal.quoting.layers import Floats
from glocal.quoting.motion import chords, length_mm, loop_s, tour
from glocal.quoting.process import Process
from glocal.quoting.sections import Regions, shrunk

KINDS = ("outer", "wall", "bridge", "solid", "top", "sparse")
"""Kinds of path; each has a planned time (s), a time at constant speed (s), a length (mm) and a volume (mm³)."""
EXTRA = (
    *("loops", "islands", "pieces", "reach_mm", "strokes", "sparse_strokes", "area", "perimeter"),
    *("tour_s", "long_hops", "moved_mm3", "sparse_ends", "sparse_around_mm"),
)
SINGLE_LINE_MM = 0.1
"""A wall thinner than one line and twice this is printed as one line, not as two halves."""
LONG_LINE = 1.08
"""What speeding up and slowing down add to a line that is drawn alone in a thin wall."""
CURVED = frozenset({"gyroid", "hilbertcurve", "honeycomb", "3dhoneycomb", "archimedeanchords", "octagramspiral"})
"""Infill whose corners set its speed, not the length of its lines: that speed is fitted per density."""
DIAGONALS = (math.pi / 4, 3 * math.pi / 4)
SMALL_LOOP_MM = 2 * math.pi * 6.5
"""Loops up to this length count as small to the slicer."""
COLUMNS = tuple(f"{kind}_{what}" for kind in KINDS for what in ("s", "naive_s", "mm", "mm3")) + EXTRA


def as_floats(points: Any) -> Floats:
    """Return the corners of a contour for the kernels, copied only when they must be."""
    result: Floats = np.ascontiguousarray(points, dtype=np.float64)
    return result


def all_points(section: Any) -> tuple[Floats, Any]:
    """Return the corners of a region's contours one after the other, and where each contour ends."""
    polygons = section.to_polygons()
    if not polygons:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    return np.concatenate(polygons).astype(np.float64), np.cumsum([len(polygon) for polygon in polygons])


def layer_use(regions: Regions, layer: int, process: Process) -> Floats:
    """Return one row of :data:`COLUMNS` for a layer."""
    row = dict.fromkeys(COLUMNS, 0.0)
    row["area"] = float(regions.outline.area())
    if row["area"] <= 0:
        return np.zeros(len(COLUMNS))
    walls(row, regions, layer, process)
    fill(row, regions, layer, process)
    bounds = regions.outline.bounds()
    row["reach_mm"] = math.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1])
    journey(row, regions, process)
    return np.array([row[column] for column in COLUMNS])


def walls(row: dict[str, float], regions: Regions, layer: int, process: Process) -> None:
    """Add the outermost wall and the others; where the part is thin, they fill what is there."""
    p, first = process, layer == 0
    height = p.first_layer_mm if first else p.layer_mm
    acceleration = p.first_acceleration if first else p.wall_acceleration
    core_area = float(regions.core.area())
    loops = [as_floats(loop) for loop in shrunk(regions.outline, p.outer_width_mm / 2 + SINGLE_LINE_MM).to_polygons()]
    seconds = walked = naive_s = 0.0
    for points in loops:
        around = length_mm(points)
        speed = p.first_speed if first else (p.small_speed if around <= SMALL_LOOP_MM else p.outer_speed)
        one_s, _ = loop_s(points, speed, acceleration, p.jerk, True)
        seconds, walked, naive_s = seconds + one_s, walked + around, naive_s + around / speed
    area = row["area"] - core_area
    around = sum(length_mm(as_floats(polygon)) for polygon in regions.outline.to_polygons())
    single = max(0.0, around - walked - 4 * p.outer_width_mm * len(loops)) / 2
    if single > 0.05 * around:  # walls of one line: both sides of the outline belong to it
        speed = p.first_speed if first else p.outer_speed
        seconds += LONG_LINE * single / speed
        naive_s += single / speed
        walked += single
    add(row, "outer", (seconds, naive_s, walked, area * height))
    row["perimeter"] = walked
    # a ring of one line has two outlines, a stroke one
    row["islands"] = row["loops"] = len(loops) + max(0, regions.outline.num_contour() - len(loops)) / 2
    area = core_area - float(regions.inside.area())
    if area <= 0 or p.walls < 2:
        return
    spacing = p.spacing(p.wall_width_mm)
    speed = p.first_speed if first else p.wall_speed
    seconds = walked = naive_s = 0.0
    inner, narrow = inner_rings(regions.core, spacing, p.walls - 1)
    for points in inner:
        around = length_mm(points)
        loop_speed = min(speed, p.small_speed) if around <= SMALL_LOOP_MM and not first else speed
        one_s, _ = loop_s(points, loop_speed, acceleration, p.jerk, True)
        seconds, walked, naive_s = seconds + one_s, walked + around, naive_s + around / loop_speed
    # where no other line fits in, those that are there are widened: the same plastic on a shorter way
    length = min(area, walked * spacing + narrow) / spacing
    known = walked > 0.1 * length
    per_mm, naive_per_mm = (seconds / walked, naive_s / walked) if known else (LONG_LINE / speed, 1 / speed)
    add(row, "wall", (length * per_mm, length * naive_per_mm, length, area * height))
    row["loops"] += len(inner)


def inner_rings(core: Any, spacing: float, count: int) -> tuple[list[Floats], float]:
    """Return the contours of ``count`` rings of lines, from outside inwards, and the area too narrow for two, mm²."""
    loops, narrow = [], 0.0
    for ring in range(count):
        room = core if ring == 0 else shrunk(core, ring * spacing)
        middle = shrunk(core, (ring + 0.5) * spacing)
        loops += [as_floats(polygon) for polygon in middle.to_polygons()]
        narrow += max(0.0, float(room.area()) - float(shrunk(middle, -spacing / 2).area()))
        if middle.is_empty():
            break
    return loops, narrow


def journey(row: dict[str, float], regions: Regions, process: Process) -> None:
    """Add the way from contour to contour, and how many of its hops pull the filament back."""
    points, ends = all_points(regions.outline)
    if len(ends) > 1:
        row["tour_s"], row["long_hops"] = tour(
            points, ends, process.retract_before_mm, process.travel_speed, process.travel_acceleration, process.jerk
        )


def fill(row: dict[str, float], regions: Regions, layer: int, process: Process) -> None:
    """Add the infill: parallel lines over each region, the mean of the two directions that layers alternate between."""
    p, first = process, layer == 0
    height = p.first_layer_mm if first else p.layer_mm
    parts = (
        ("bridge", regions.bottom, p.bridge_speed, p.bridge_acceleration, 1.0),
        ("bridge", regions.over_sparse, p.bridge_speed, p.bridge_acceleration, 1.0),
        ("solid", regions.solid, p.solid_speed, p.infill_acceleration, 1.0),
        ("top", regions.top, p.top_speed, p.infill_acceleration, 1.0),
        ("sparse", regions.sparse, p.infill_speed, p.infill_acceleration, p.infill_density),
    )
    reach = shrunk(regions.inside, -p.infill_overlap_mm)
    spacings = {"bridge": p.bridge_spacing_mm, "top": p.spacing(p.top_width_mm), "sparse": p.spacing(p.infill_width_mm)}
    for kind, region, kind_speed, kind_acceleration, density in parts:
        if region.is_empty() or density <= 0:
            continue
        speed, acceleration = (p.first_speed, p.first_acceleration) if first else (kind_speed, kind_acceleration)
        name = "solid" if first else kind
        grown = reach if region is regions.inside else shrunk(region, -p.infill_overlap_mm) ^ reach
        if kind == "sparse" and p.infill_pattern == "grid":
            sparse_grid(row, grown, (speed, acceleration), height, p)
            continue
        spacing = spacings.get(name, p.spacing(p.solid_width_mm))
        points, ends = all_points(grown)
        both = [chords(points, ends, angle, spacing / density, speed, acceleration, p.jerk) for angle in DIAGONALS]
        seconds, length, strokes = ((one + other) / 2 for one, other in zip(*both, strict=True))
        if kind == "sparse" and p.infill_pattern in CURVED:
            seconds = length / speed
        if kind == "sparse" and p.infill_pattern == "gyroid":
            seconds = length * wave_s_per_mm(spacing / density, speed, acceleration, p.jerk)
        thickness = p.bridge_line_mm2 / spacing if name == "bridge" else height
        volume = float(grown.area()) * density * thickness
        add(row, name, (seconds, length / speed, length, volume))
        row["pieces"] += region.num_contour()
        row["strokes" if kind != "sparse" else "sparse_strokes"] += strokes
    row["moved_mm3"] = row["solid_mm3"] * regions.moved
    if p.infill_pattern != "grid":  # of whose lines it is known how they are joined
        row["sparse_ends"] = row["sparse_strokes"]
        row["sparse_around_mm"] = sum(length_mm(as_floats(polygon)) for polygon in regions.sparse.to_polygons())


def sparse_grid(
    row: dict[str, float], grown: Any, motion: tuple[float, float], height_mm: float, process: Process
) -> None:
    """Add sparse infill of two sets of lines that cross, joined at their ends."""
    spacing, (speed, acceleration) = process.spacing(process.infill_width_mm), motion
    points, ends = all_points(shrunk(grown, spacing / 2))
    seconds, length, strokes = grid_lines(
        *(points, ends, 2 * spacing / process.infill_density),
        *(speed, acceleration, process.jerk, process.infill_join_mm, process.infill_hook_mm),
    )
    add(row, "sparse", (seconds, length / speed, length, length * spacing * height_mm))
    row["pieces"] += len(ends)
    row["sparse_strokes"] += strokes


def add(row: dict[str, float], kind: str, amounts: tuple[float, float, float, float]) -> None:
    """Add a path's planned time (s), time at constant speed (s), length (mm) and volume (mm³) to its kind."""
    for what, amount in zip(("s", "naive_s", "mm", "mm3"), amounts, strict=True):
        row[f"{kind}_{what}"] += amount
