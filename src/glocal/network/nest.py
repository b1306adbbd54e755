"""Which parts share a plate, and where each lies: true silhouettes, turned, with the spacing kept.

Bottom-left first fit on a raster (compare Bennell & Oliveira, "The geometry of nesting problems", EJOR 184, 2008): each
outline grown by half the spacing covers cells; cells of two parts never meet, so the parts keep their distance. Larger
parts come first; further rounds shuffle the order and keep the best. Every layout is checked exactly before it is
given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, radians, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glocal.network.errors import DoesNotNest, NestingInputBroken

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

CELL_MM = 1.0
UPRIGHT = 0.999  # a rotation that ends lower wins; of equally low ones the one that ends more to the left
TURNS = 8
ARC_SEGMENTS = 4  # per quarter circle where an outline is grown round a corner
SLACK_MM = 1e-4  # of the exact check: a tenth of a micrometre, for rounding of coordinates
ROUNDING_MM = 1e-6
GROW_MORE = 1.02  # buffers are drawn up to 1 % of the distance too small; a little too large is safe
LARGEST_GRID = 2000  # cells along a side
MOST_ITEMS = 5000


@dataclass(frozen=True, slots=True)
class Bed:
    """The plate: width and depth, spacing between parts, and polygons where nothing may lie (a clip, a purge line)."""

    x_mm: float
    y_mm: float
    spacing_mm: float = 2.0
    exclusions: tuple[tuple[tuple[float, float], ...], ...] = ()

    def __post_init__(self) -> None:
        if not (0 < self.x_mm <= 5000 and 0 < self.y_mm <= 5000 and 0 <= self.spacing_mm < 100):
            raise NestingInputBroken(
                f"The bed is {self.x_mm:g} × {self.y_mm:g} mm with {self.spacing_mm:g} mm between parts.",
                help="Expected a bed of up to 5000 mm and a spacing of 0 to 100 mm.",
            )


@dataclass(frozen=True, slots=True)
class Outline:
    """The silhouette of one piece seen from above: its id and the vertices of its outer ring, mm."""

    id: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a piece lies: turned by ``angle_deg`` about its own origin (anticlockwise), then moved by x and y."""

    index: int
    id: str
    x_mm: float
    y_mm: float
    angle_deg: float

    def as_dict(self) -> dict[str, Any]:
        """Return the place as JSON."""
        place = {"index": self.index, "id": self.id, "x_mm": self.x_mm, "y_mm": self.y_mm}
        return {**place, "angle_deg": self.angle_deg}


@dataclass(frozen=True, slots=True)
class Nest:
    """Plates, each with its pieces; ``filled`` is the share of each bed's area that is covered."""

    plates: tuple[tuple[Placed, ...], ...]
    filled: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the layout as JSON."""
        plates = [
            {"items": [item.as_dict() for item in plate], "filled": filled}
            for plate, filled in zip(self.plates, self.filled, strict=True)
        ]
        return {"plates": plates}


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
    shapes = [shape_of(outline) for outline in outlines]
    areas = np.array([shape.area for shape in shapes])
    raster = _Raster(bed, shapes, turns=turns, cell_mm=cell_mm)
    order = np.argsort(-areas, kind="stable")
    best = raster.place(order)
    lost = [index for index in range(len(outlines)) if best[index, 0] < 0]
    if lost:
        names = ", ".join(outlines[index].id for index in lost[:5])
        raise DoesNotNest(
            f"{names} does not fit the empty bed of {bed.x_mm:g} × {bed.y_mm:g} mm.",
            help="A larger bed, a smaller part, or the part in two pieces.",
            ids=[outlines[index].id for index in lost],
        )
    best = _improve(raster, areas, best, order, rounds=rounds, seed=seed)
    plates = raster.plates(best, outlines)
    found = Nest(
        plates, tuple(float(areas[[p.index for p in plate]].sum() / (bed.x_mm * bed.y_mm)) for plate in plates)
    )
    if faults := check_nest(bed, outlines, found):
        raise RuntimeError(f"nesting is wrong, please report this: {faults[0]}")
    return found


def _improve(
    raster: _Raster, areas: Floats, best: NDArray[np.int64], order: NDArray[np.intp], *, rounds: int, seed: int
) -> NDArray[np.int64]:
    """Return the best of several orders: pieces swap places in the order at random, better ones are built upon."""
    rng = np.random.default_rng(seed)
    goal = _goal(best, areas)
    fewest = ceil(areas.sum() / raster.bed_mm2)
    for _ in range(rounds - 1):
        if best[:, 0].max() + 1 <= fewest:
            break
        trial = order.copy()
        for _ in range(int(rng.integers(1, 4))):
            moved, to = rng.integers(0, len(order), 2)
            trial = np.insert(np.delete(trial, moved), to, trial[moved])
        last = np.flatnonzero(best[:, 0] == best[:, 0].max())
        if rng.random() < 0.5:  # what was left over comes earlier
            early = rng.choice(last)
            trial = np.insert(trial[trial != early], rng.integers(0, len(order)), early)
        placed = raster.place(trial, float(rng.choice([UPRIGHT, 0.9, 0.7, 0.5])))
        if (placed[:, 0] >= 0).all() and (goal := min(goal, _goal(placed, areas))) == _goal(placed, areas):
            best, order = placed, trial
    return best


def _goal(placed: NDArray[np.int64], areas: Floats) -> tuple[int, float]:
    """Return (plates, how empty they are made unequal): fewer plates first, then a last plate that is nearly empty."""
    filled = np.bincount(placed[:, 0], weights=areas)
    return len(filled), -float((filled**2).sum())


class _Raster:
    """The masks of all shapes in all rotations, and the empty bed."""

    def __init__(self, bed: Bed, shapes: Sequence[BaseGeometry], *, turns: int, cell_mm: float) -> None:
        from glocal.network import nest_kernel as kernel

        self.kernel, self.cell_mm, self.turns = kernel, cell_mm, turns
        self.half_mm = bed.spacing_mm / 2
        self.bed_mm2 = bed.x_mm * bed.y_mm
        width, height = (int((side + bed.spacing_mm) / cell_mm + ROUNDING_MM) for side in (bed.x_mm, bed.y_mm))
        if max(width, height) > LARGEST_GRID:
            raise NestingInputBroken(f"{width} × {height} cells are too many.", help="Use larger cells.")
        self.grid = np.array([height, width])
        different: dict[bytes, int] = {}
        self.kind = np.array([different.setdefault(shape.wkb, len(different)) for shape in shapes])
        firsts = [int(np.flatnonzero(self.kind == number)[0]) for number in range(len(different))]
        masks = [self._mask(shapes[first], turn) for first in firsts for turn in range(turns)]
        self.corners = np.array([corner for _, _, corner in masks])
        self.sizes = np.array([size for _, size, _ in masks])
        self.starts = np.concatenate([[0], np.cumsum([len(runs) for runs, _, _ in masks])])
        self.runs = np.concatenate([runs for runs, _, _ in masks])
        self.empty = np.zeros((height, kernel.LEVELS, (width + 63) // 64), dtype=np.uint64)
        for ring in bed.exclusions:
            self._exclude(shape_of(Outline("exclusion", ring)))

    def _grown(self, shape: BaseGeometry) -> BaseGeometry:
        grow = self.half_mm / cos(pi / (4 * ARC_SEGMENTS))  # the polygon round a corner holds the true circle
        return shape.buffer(grow * GROW_MORE, quad_segs=ARC_SEGMENTS) if grow > 0 else shape

    def _mask(self, shape: BaseGeometry, turn: int) -> tuple[NDArray[np.int32], tuple[int, int], Floats]:
        """Return runs, size and the lower left corner (mm, in the turned shape's coordinates) of one mask.

        The box of a shape grown by half the spacing is known exactly; what the grown outline has beyond it is cut off.
        """
        angle = radians(self.angle(turn))
        turning = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
        bare = _rings(shape)[0] @ turning
        corner = bare.min(axis=0) - self.half_mm
        extent = bare.max(axis=0) + self.half_mm - corner
        width, height = (max(1, ceil(side / self.cell_mm - ROUNDING_MM)) for side in extent)
        points, ring_of = _rings(self._grown(shape))
        cells = (points @ turning - corner) / self.cell_mm
        grid = self.kernel.cells_of(cells, ring_of, height, width)
        return self.kernel.runs_of(grid), (height, width), corner

    def _exclude(self, shape: BaseGeometry) -> None:
        points, ring_of = _rings(self._grown(shape))
        height, width = int(self.grid[0]), int(self.grid[1])
        grid = self.kernel.cells_of((points + self.half_mm) / self.cell_mm, ring_of, height, width)
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
                order, self.kind, self.turns, self.starts, runs, sizes, self.empty, self.grid, guess, upright
            )
            if used < guess or guess == most:
                return np.asarray(placed)
            guess = min(most, guess * 4)

    def plates(self, placed: NDArray[np.int64], outlines: Sequence[Outline]) -> tuple[tuple[Placed, ...], ...]:
        """Return places in mm."""
        found: list[list[Placed]] = [[] for _ in range(int(placed[:, 0].max()) + 1)]
        for index, (plate, turn, y, x) in enumerate(placed.tolist()):
            corner = self.corners[self.kind[index] * self.turns + turn]
            at = np.array([x, y]) * self.cell_mm - self.half_mm - corner
            found[plate].append(Placed(index, outlines[index].id, float(at[0]), float(at[1]), self.angle(turn)))
        return tuple(tuple(plate) for plate in found)


def _rings(shape: BaseGeometry) -> tuple[Floats, NDArray[np.int64]]:
    """Return the outer rings of a shape, one after the other, and which ring each vertex belongs to."""
    import shapely

    polygons = [part for part in shapely.get_parts(shape) if part.area > 0]
    rings = [np.asarray(polygon.exterior.coords) for polygon in polygons]
    return np.concatenate(rings), np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])


def shape_of(outline: Outline) -> BaseGeometry:
    """Return an outline as a valid shape without holes; one that crosses itself is taken as all that it encloses."""
    import shapely

    points = np.asarray(outline.points, dtype=float)
    if points.ndim != 2 or points.shape[0] < 3 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise NestingInputBroken(f"The outline of {outline.id} is not a list of three or more points.", id=outline.id)
    ring = shapely.Polygon(points)
    shape = ring if ring.is_valid else shapely.make_valid(ring)
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    if not polygons:
        raise NestingInputBroken(f"The outline of {outline.id} encloses nothing.", id=outline.id)
    return shapely.union_all([shapely.Polygon(polygon.exterior) for polygon in polygons])


def check_nest(bed: Bed, outlines: Sequence[Outline], found: Nest) -> list[str]:
    """Return what is wrong with a layout, by exact geometry and independent of how it was made; nothing if it holds."""
    import shapely
    from shapely import affinity

    faults: list[str] = []
    area = shapely.box(-SLACK_MM, -SLACK_MM, bed.x_mm + SLACK_MM, bed.y_mm + SLACK_MM)
    blocked = [shape_of(Outline("exclusion", ring)) for ring in bed.exclusions]
    seen = sorted(item.index for plate in found.plates for item in plate)
    if seen != list(range(len(outlines))):
        faults.append("not every piece lies on exactly one plate")
    for number, plate in enumerate(found.plates):
        shapes = []
        for item in plate:
            turned = affinity.rotate(shape_of(outlines[item.index]), item.angle_deg, origin=(0, 0))
            shapes.append(affinity.translate(turned, item.x_mm, item.y_mm))
            if not area.covers(shapes[-1]):
                faults.append(f"plate {number}: {item.id} lies beyond the bed")
        tree = shapely.STRtree([*shapes, *blocked])
        for first, second in tree.query(shapes, predicate="dwithin", distance=bed.spacing_mm - SLACK_MM).T:
            if first < second:
                other = plate[second].id if second < len(plate) else "an exclusion"
                faults.append(f"plate {number}: {plate[first].id} is too near to {other}")
    return faults
