"""The words of nesting: bed, outline, placed piece, layout; and the exact check of a layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from glocal.network.errors import NestingInputBroken

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SLACK_MM = 1e-4  # of the exact check: a tenth of a micrometre, for rounding of coordinates
FARTHEST_MM = 1e6  # of a vertex from its origin: beyond, coordinates cannot tell micrometres apart
SMALLEST_MM = 1e-3  # of an outline: below, it is dust or in other units

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Sequential:
    """Pieces printed one after the other: the print head must pass beside what is finished.

    Parameters
    ----------
    radius_mm : float
        Room that the head needs between two pieces.
    clear_height_mm : float
        Height under the gantry: of the pieces on a plate at most one may be taller, and it is printed last.
    """

    radius_mm: float
    clear_height_mm: float

    def __post_init__(self) -> None:
        if not (0 <= self.radius_mm < 500 and self.clear_height_mm >= 0):
            raise NestingInputBroken("sequential: radius_mm must be 0 to 500, clear_height_mm 0 or more.")


@dataclass(frozen=True, slots=True)
class Bed:
    """The plate.

    Parameters
    ----------
    x_mm, y_mm : float
        Width and depth, above 0, up to 5000.
    spacing_mm : float
        Between pieces, and between pieces and exclusions; 0 to below 100.
    exclusions : tuple of rings
        Where nothing may lie: a clip, a purge line.
    outline : ring or None
        The bed's true shape within 0 to x and 0 to y, convex; None for a rectangle.
    brim_mm : float
        Round every piece that does not say otherwise; brims keep the spacing too.
    skirt_mm : float
        Room that a skirt needs round all pieces together.
    height_mm : float or None
        Greatest height of a piece; None when heights do not matter.
    sequential : Sequential or None
        Pieces one after the other instead of together.
    """

    x_mm: float
    y_mm: float
    spacing_mm: float = 2.0
    exclusions: tuple[Ring, ...] = ()
    outline: Ring | None = None
    brim_mm: float = 0.0
    skirt_mm: float = 0.0
    height_mm: float | None = None
    sequential: Sequential | None = None

    def __post_init__(self) -> None:
        if not (0 < self.x_mm <= 5000 and 0 < self.y_mm <= 5000 and 0 <= self.spacing_mm < 100):
            raise NestingInputBroken(
                f"The bed is {self.x_mm:g} × {self.y_mm:g} mm with {self.spacing_mm:g} mm between parts.",
                help="Expected a bed of up to 5000 mm and a spacing of 0 to 100 mm.",
            )
        if not (0 <= self.brim_mm < 100 and 0 <= self.skirt_mm < min(self.x_mm, self.y_mm) / 2):
            raise NestingInputBroken(
                f"A brim of {self.brim_mm:g} mm and a skirt of {self.skirt_mm:g} mm leave no room on the bed."
            )
        if self.height_mm is not None and not (isfinite(self.height_mm) and self.height_mm > 0):
            raise NestingInputBroken(f"height_mm is {self.height_mm}, expected more than 0.")

    @property
    def gap_mm(self) -> float:
        """The distance that two pieces keep."""
        return self.spacing_mm if self.sequential is None else max(self.spacing_mm, self.sequential.radius_mm)

    def area(self) -> BaseGeometry:
        """Return where pieces and their brims may lie, exclusions not taken off."""
        import shapely

        whole: BaseGeometry = shapely.box(0.0, 0.0, self.x_mm, self.y_mm)
        if self.outline is not None:
            shape = shape_of(Outline("bed", self.outline))
            if not shape.convex_hull.difference(shape).area <= 1e-6 * shape.area:
                raise NestingInputBroken("The bed's outline is not convex.", help="Give its notches as exclusions.")
            whole = whole.intersection(shape.convex_hull)
        return whole.buffer(-self.skirt_mm, join_style="mitre") if self.skirt_mm > 0 else whole


@dataclass(frozen=True, slots=True)
class Outline:
    """The silhouette of one piece seen from above.

    Parameters
    ----------
    id : str
    points : ring
        Vertices of the outer ring, mm.
    height_mm : float
        Of the piece, 0 when not known.
    brim_mm : float or None
        Of this piece; None for the bed's.
    """

    id: str
    points: Ring
    height_mm: float = 0.0
    brim_mm: float | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.height_mm) and self.height_mm >= 0):
            raise NestingInputBroken(f"{self.id}: height_mm is {self.height_mm}, expected 0 or more.", id=self.id)
        if self.brim_mm is not None and not 0 <= self.brim_mm < 100:
            raise NestingInputBroken(f"{self.id}: brim_mm is {self.brim_mm}, expected 0 to 100.", id=self.id)


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
    """Plates, each with its pieces in the order of printing; ``filled`` is the share of each bed that is covered."""

    plates: tuple[tuple[Placed, ...], ...]
    filled: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the layout as JSON."""
        plates = [
            {"items": [item.as_dict() for item in plate], "filled": filled}
            for plate, filled in zip(self.plates, self.filled, strict=True)
        ]
        return {"plates": plates}


def shape_of(outline: Outline) -> BaseGeometry:
    """Return an outline as a valid shape without holes; one that crosses itself is taken as all that it encloses."""
    import shapely

    points = np.asarray(outline.points, dtype=float)
    if points.ndim != 2 or points.shape[0] < 3 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise NestingInputBroken(f"The outline of {outline.id} is not a list of three or more points.", id=outline.id)
    if np.abs(points).max() > FARTHEST_MM or np.ptp(points, axis=0).max() < SMALLEST_MM:
        raise NestingInputBroken(
            f"The outline of {outline.id} is {np.ptp(points, axis=0).max():g} mm long, up to "
            f"{np.abs(points).max():g} mm from its origin.",
            help=f"Outlines are in mm: at least {SMALLEST_MM:g} long, at most {FARTHEST_MM:g} from their origin.",
            id=outline.id,
        )
    ring = shapely.Polygon(points)
    shape = ring if ring.is_valid else shapely.make_valid(ring)
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    whole = shapely.union_all([shapely.Polygon(polygon.exterior) for polygon in polygons])
    if not whole.area > 0:
        raise NestingInputBroken(f"The outline of {outline.id} encloses nothing.", id=outline.id)
    return whole


def printed_shape(bed: Bed, outline: Outline) -> BaseGeometry:
    """Return an outline with its brim."""
    brim = bed.brim_mm if outline.brim_mm is None else outline.brim_mm
    shape = shape_of(outline)
    return shape.buffer(brim, quad_segs=8) if brim >= SLACK_MM else shape


def check_nest(bed: Bed, outlines: Sequence[Outline], found: Nest) -> list[str]:
    """Return what is wrong with a layout, by exact geometry and independent of how it was made; nothing if it holds."""
    import shapely
    from shapely import affinity

    faults: list[str] = []
    area = bed.area().buffer(SLACK_MM, join_style="mitre")
    blocked = [shape_of(Outline("exclusion", ring)) for ring in bed.exclusions]
    seen = sorted(item.index for plate in found.plates for item in plate)
    if seen != list(range(len(outlines))):
        faults.append("not every piece lies on exactly one plate")
    for number, plate in enumerate(found.plates):
        shapes = []
        for item in plate:
            turned = affinity.rotate(printed_shape(bed, outlines[item.index]), item.angle_deg, origin=(0, 0))
            shapes.append(affinity.translate(turned, item.x_mm, item.y_mm))
            if not area.covers(shapes[-1]):
                faults.append(f"plate {number}: {item.id} lies beyond the bed")
        tree = shapely.STRtree([*shapes, *blocked])
        for first, second in tree.query(shapes, predicate="dwithin", distance=bed.gap_mm).T:
            between = first < second < len(plate)
            gap_mm = bed.gap_mm if between else bed.spacing_mm
            if first < second and _too_near(shapes[first], [*shapes, *blocked][second], gap_mm):
                other = plate[second].id if between else "an exclusion"
                faults.append(f"plate {number}: {plate[first].id} is too near to {other}")
        faults += [f"plate {number}: {fault}" for fault in _height_faults(bed, [outlines[p.index] for p in plate])]
    return faults


def _too_near(one: BaseGeometry, other: BaseGeometry, gap_mm: float) -> bool:
    """Say whether two shapes are nearer than they may be; touching is not overlapping."""
    if gap_mm > SLACK_MM:
        return bool(one.distance(other) < gap_mm - SLACK_MM)
    common = one.intersection(other)
    return bool(common.area > 0 and common.buffer(-SLACK_MM / 2).area > 0)


def _height_faults(bed: Bed, pieces: Sequence[Outline]) -> list[str]:
    faults = []
    if bed.height_mm is not None:
        faults += [f"{piece.id} is too high" for piece in pieces if piece.height_mm > bed.height_mm]
    if bed.sequential is not None:
        tall = [piece.height_mm > bed.sequential.clear_height_mm for piece in pieces]
        if sum(tall) > 1 or any(tall[:-1]):
            faults.append("a piece that the gantry cannot pass is not the last")
    return faults
