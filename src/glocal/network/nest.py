"""Which parts share a plate, and where each lies: true silhouettes, turned, with the spacing kept.

Bottom-left first fit on a raster (compare Bennell & Oliveira, "The geometry of nesting problems", EJOR 184, 2008): each
outline grown by half the spacing covers cells; cells of two parts never meet, so the parts keep their distance. Larger
parts come first; further rounds shuffle the order and keep the best. Every layout is checked exactly before it is
given.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, pi, radians, sin
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glocal.network.errors import DoesNotNest, NestingInputBroken
from glocal.network.nest_model import (
    SLACK_MM,
    Bed,
    Nest,
    Outline,
    Placed,
    Sequential,
    check_nest,
    printed_shape,
    shape_of,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Bed", "Nest", "Outline", "Placed", "Sequential", "check_nest", "nest", "shape_of"]

Floats = NDArray[np.float64]

CELL_MM = 1.0
UPRIGHT = 0.999  # a rotation that ends lower wins; of equally low ones the one that ends more to the left
TURNS = 8
ARC_SEGMENTS = 4  # per quarter circle where an outline is grown round a corner
ROUNDING_MM = 1e-6
GROW_MORE = 1.02  # buffers are drawn up to 1 % of the distance too small; a little too large is safe
LARGEST_GRID = 2000  # cells along a side
MOST_ITEMS = 5000


def nest(
    bed: Bed,
    outlines: Sequence[Outline],
    *,
    rounds: int = 1,
    seed: int = 0,
    turns: int = TURNS,
    cell_mm: float = CELL_MM,
) -> Nest:
    """Lay pieces on as few plates as can be found.

    Parameters
    ----------
    bed : Bed
    outlines : sequence of Outline
        At most 5,000.
    rounds : int
        Orders to try; 1 is first fit by size alone.
    turns : int
        Rotations to try, evenly over the circle.
    cell_mm : float
        Size of a raster cell; smaller is tighter and slower.

    Raises
    ------
    NestingInputBroken
        When there is nothing to lay, or an outline has no area or is not finite.
    DoesNotNest
        When a piece does not fit the empty bed.
    """
    if not 1 <= len(outlines) <= MOST_ITEMS:
        raise NestingInputBroken(f"{len(outlines)} outlines, expected 1 to {MOST_ITEMS}.")
    shapes = {outline: printed_shape(bed, outline) for outline in set(outlines)}
    areas = np.array([shapes[outline].area for outline in outlines])
    heights = np.array([outline.height_mm for outline in outlines])
    limit = np.inf if bed.sequential is None else bed.sequential.clear_height_mm
    raster = _Raster(bed, [shapes[outline] for outline in outlines], turns, cell_mm, tall=heights > limit)
    order = np.argsort(-areas, kind="stable")
    best = raster.place(order)
    best[heights > (bed.height_mm or np.inf)] = -1
    lost = [index for index in range(len(outlines)) if best[index, 0] < 0]
    if lost:
        names = ", ".join(outlines[index].id for index in lost[:5])
        raise DoesNotNest(
            f"{names} does not fit the empty bed of {bed.x_mm:g} × {bed.y_mm:g}"
            f"{f' × {bed.height_mm:g}' if bed.height_mm else ''} mm.",
            help="A larger bed, a smaller part, or the part in two pieces.",
            ids=[outlines[index].id for index in lost],
        )
    best = _improve(raster, (areas, heights), best, order, rounds=rounds, seed=seed)
    plates = raster.plates(best, outlines)
    found = Nest(
        plates, tuple(float(areas[[p.index for p in plate]].sum() / (bed.x_mm * bed.y_mm)) for plate in plates)
    )
    if faults := check_nest(bed, outlines, found):
        raise RuntimeError(f"nesting is wrong, please report this: {faults[0]}")
    return found


def _improve(
    raster: _Raster,
    sizes: tuple[Floats, Floats],
    best: NDArray[np.int64],
    order: NDArray[np.intp],
    *,
    rounds: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return the best of several orders: pieces swap places in the order at random, better ones are built upon."""
    rng = np.random.default_rng(seed)
    goal = _goal(best, *sizes)
    fewest = ceil(sizes[0].sum() / raster.bed_mm2)
    for number in range(rounds - 1):
        if best[:, 0].max() == 0 or (best[:, 0].max() + 1 <= fewest and not sizes[1].any()):
            break
        trial = order.copy() if number else np.lexsort((-sizes[0], -sizes[1]))  # at first the tall ones together
        for _ in range(int(rng.integers(1, 4))):
            moved, to = rng.integers(0, len(order), 2)
            trial = np.insert(np.delete(trial, moved), to, trial[moved])
        last = np.flatnonzero(best[:, 0] == best[:, 0].max())
        if rng.random() < 0.5:  # what was left over comes earlier
            early = rng.choice(last)
            trial = np.insert(trial[trial != early], rng.integers(0, len(order)), early)
        placed = raster.place(trial, float(rng.choice([UPRIGHT, 0.9, 0.7, 0.5])))
        if (placed[:, 0] >= 0).all() and (new := _goal(placed, *sizes)) <= goal:
            best, order, goal = placed, trial, new
    return best


def _goal(placed: NDArray[np.int64], areas: Floats, heights: Floats) -> tuple[int, float, float]:
    """Return (plates, sum of their heights, how even they are): fewest, then lowest, then a last one nearly empty."""
    filled = np.bincount(placed[:, 0], weights=areas)
    tallest = np.zeros(len(filled))
    np.maximum.at(tallest, placed[:, 0], heights)
    return len(filled), float(tallest.sum()), -float((filled**2).sum())


class _Raster:
    """The masks of all shapes in all rotations, and the empty bed."""

    def __init__(
        self, bed: Bed, shapes: Sequence[BaseGeometry], turns: int, cell_mm: float, *, tall: NDArray[np.bool_]
    ) -> None:
        from glocal.network import nest_kernel as kernel

        self.kernel, self.cell_mm, self.turns = kernel, cell_mm, turns
        self.tall = tall
        self.half_mm = bed.gap_mm / 2
        room = bed.area()
        self.bed_mm2 = room.area
        self.origin = np.array(room.bounds[:2])
        sides = np.array(room.bounds[2:]) - self.origin
        width, height = (int((side + bed.gap_mm) / cell_mm + ROUNDING_MM) for side in sides)
        if max(width, height) > LARGEST_GRID:
            raise NestingInputBroken(f"{width} × {height} cells are too many.", help="Use larger cells.")
        self.grid = np.array([height, width])
        different: dict[bytes, int] = {}
        self.kind = np.array([different.setdefault(shape.wkb, len(different)) for shape in shapes])
        firsts = [int(np.flatnonzero(self.kind == number)[0]) for number in range(len(different))]
        masks = [mask for first in firsts for mask in self._masks(shapes[first])]
        self.corners = np.array([corner for _, _, corner in masks])
        self.sizes = np.array([size for _, size, _ in masks])
        self.starts = np.concatenate([[0], np.cumsum([len(runs) for runs, _, _ in masks])])
        self.runs = np.concatenate([runs for runs, _, _ in masks])
        self.empty = np.zeros((height, kernel.LEVELS, (width + 63) // 64), dtype=np.uint64)
        for ring in bed.exclusions:
            self._exclude(self._grown(shape_of(Outline("exclusion", ring))))
        if bed.outline is not None:
            grown = room.buffer(self.half_mm - ROUNDING_MM)
            self._exclude(room.envelope.buffer(2 * self.half_mm + cell_mm, join_style="mitre").difference(grown))

    def _grown(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape with half the spacing round it; a spacing below the check's tolerance counts as none."""
        if 2 * self.half_mm < SLACK_MM:
            return shape
        grow = GROW_MORE * self.half_mm / cos(pi / (4 * ARC_SEGMENTS))  # the polygon round a corner holds the circle
        grown = shape.buffer(grow, quad_segs=ARC_SEGMENTS)
        return grown if grown.area > 0 else shape.envelope.buffer(grow, join_style="mitre")

    def _masks(self, shape: BaseGeometry) -> list[tuple[NDArray[np.int32], tuple[int, int], Floats]]:
        """Return runs, size and the lower left corner (mm, in the turned shape's coordinates) for each rotation.

        The box of a shape grown by half the spacing is known exactly; what the grown outline has beyond it is cut off.
        """
        bare, (points, ring_of) = _rings(shape)[0], _rings(self._grown(shape))
        masks = []
        for turn in range(self.turns):
            angle = radians(self.angle(turn))
            turning = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
            turned = bare @ turning
            corner = turned.min(axis=0) - self.half_mm
            extent = turned.max(axis=0) + self.half_mm - corner
            width, height = (max(1, ceil(side / self.cell_mm - ROUNDING_MM)) for side in extent)
            cells = (points @ turning - corner) / self.cell_mm
            grid = self.kernel.cells_of(cells, ring_of, height, width)
            masks.append((self.kernel.runs_of(grid), (height, width), corner))
        return masks

    def _exclude(self, shape: BaseGeometry) -> None:
        points, ring_of = _rings(shape, holes=True)
        height, width = int(self.grid[0]), int(self.grid[1])
        grid = self.kernel.cells_of((points - self.origin + self.half_mm) / self.cell_mm, ring_of, height, width)
        self.kernel.occupy(self.empty, self.kernel.runs_of(grid), 0, 0)

    def angle(self, turn: int) -> float:
        """Return the angle of a rotation, degrees."""
        return 360.0 * turn / self.turns

    def place(self, order: NDArray[np.intp], upright: float = UPRIGHT) -> NDArray[np.int64]:
        """Return plate, rotation, y and x (cells) of each item."""
        runs, sizes = self.runs, self.sizes
        most = len(order)
        guess = min(most, 16)
        while True:
            placed, used = self.kernel.first_fit(
                order, self.kind, self.turns, self.starts, runs, sizes, self.empty, self.grid, guess, upright, self.tall
            )
            if used < guess or guess == most:
                return np.asarray(placed)
            guess = min(most, guess * 4)

    def plates(self, placed: NDArray[np.int64], outlines: Sequence[Outline]) -> tuple[tuple[Placed, ...], ...]:
        """Return places in mm."""
        found: list[list[Placed]] = [[] for _ in range(int(placed[:, 0].max()) + 1)]
        for index, (plate, turn, y, x) in enumerate(placed.tolist()):
            corner = self.corners[self.kind[index] * self.turns + turn]
            at = np.array([x, y]) * self.cell_mm - self.half_mm - corner + self.origin
            found[plate].append(Placed(index, outlines[index].id, float(at[0]), float(at[1]), self.angle(turn)))
        return tuple(tuple(sorted(plate, key=lambda item: bool(self.tall[item.index]))) for plate in found)


def _rings(shape: BaseGeometry, *, holes: bool = False) -> tuple[Floats, NDArray[np.int64]]:
    """Return the rings of a shape, one after the other, and which ring each vertex belongs to."""
    import shapely

    polygons = [part for part in shapely.get_parts(shape) if part.area > 0]
    rings = [np.asarray(polygon.exterior.coords) for polygon in polygons]
    if holes:
        rings += [np.asarray(ring.coords) for polygon in polygons for ring in polygon.interiors]
    return np.concatenate(rings), np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
