"""Where pieces stand on a bed: one alone, or simple rows of boxes."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh, Part
from glocal.design.threemf import PlacedObject
from glocal.production.errors import PlateFull
from glocal.production.model import Machine, PlacedPiece, Plate

_MARGIN_MM = 5.0  # free edge for skirt and brim
_ROUNDING_MM = 0.001
_GAP_MM = 6.0  # between two pieces, room for the nozzle's brim and the maker's fingers


def place_single(part: Part, piece_id: uuid.UUID, machine: Machine) -> Plate:
    """Return a plate with one piece in the middle of the bed, turned by 90° only if it fits no other way."""
    return place([(part, piece_id)], machine, gap_mm=0.0, margin_mm=0.0)


def place(
    pieces: Sequence[tuple[Part, uuid.UUID]],
    machine: Machine,
    *,
    gap_mm: float = _GAP_MM,
    margin_mm: float = _MARGIN_MM,
) -> Plate:
    """Lay pieces out in rows of boxes, the deepest first, the whole block in the middle of the bed.

    Raises
    ------
    PlateFull
        Naming the first piece that does not fit.
    """
    width, depth = machine.bed_x_mm - 2 * margin_mm, machine.bed_y_mm - 2 * margin_mm
    boxes = [_box(part, piece_id, machine, width, depth) for part, piece_id in pieces]
    order = sorted(range(len(boxes)), key=lambda i: (-boxes[i][1], -boxes[i][0], i))
    corners: dict[int, tuple[float, float]] = {}
    x = y = row_depth = used_width = 0.0
    for i in order:
        box_x, box_y, _ = boxes[i]
        if x > 0 and x + box_x > width:
            x, y, row_depth = 0.0, y + row_depth + gap_mm, 0.0
        if y + box_y > depth:
            raise _too_many(pieces[i][0], machine, len(corners))
        corners[i] = (x, y)
        row_depth = max(row_depth, box_y)
        used_width = max(used_width, x + box_x)
        x += box_x + gap_mm
    centre_x, centre_y = machine.centre_mm
    shift_x, shift_y = centre_x - used_width / 2, centre_y - (y + row_depth) / 2
    placed = []
    for i, (part, piece_id) in enumerate(pieces):
        box_x, box_y, angle = boxes[i]
        centre = (shift_x + corners[i][0] + box_x / 2, shift_y + corners[i][1] + box_y / 2)
        _check_round(part, machine, centre, (box_x, box_y))
        placed.append(PlacedPiece(piece_id, part, *centre, angle))
    return Plate(tuple(placed))


def pieces_per_plate(extent_mm: Sequence[float], machine: Machine) -> int:
    """Return how many boxes of one size :func:`place` puts on one bed in rows; at least 1.

    On a round bed only the square inside it counts.
    """
    inside = math.sqrt(0.5) if machine.bed_is_round else 1.0
    width, depth = (side * inside - 2 * _MARGIN_MM for side in (machine.bed_x_mm, machine.bed_y_mm))
    size_x, size_y = extent_mm[0], extent_mm[1]
    if size_x > width or size_y > depth:
        size_x, size_y = size_y, size_x
    across, deep = (
        int((room + _GAP_MM) / (size + _GAP_MM) + 1e-9) for room, size in ((width, size_x), (depth, size_y))
    )
    return max(1, across * deep)


def check_on_bed(plate: Plate, machine: Machine) -> None:
    """Raise :class:`PlateFull` for the first piece that reaches over the bed or the height; slicers do not notice."""
    left, front = machine.bed_origin_x_mm - _ROUNDING_MM, machine.bed_origin_y_mm - _ROUNDING_MM
    right, back = left + machine.bed_x_mm + 2 * _ROUNDING_MM, front + machine.bed_y_mm + 2 * _ROUNDING_MM
    for piece in plate.pieces:
        low, high = placed_mesh(piece).bounds_mm
        if low[0] < left or low[1] < front or high[0] > right or high[1] > back:
            raise PlateFull(
                "“{title}” would reach over the edge of the bed of {machine}: from {low} to {high} mm.",
                help="Place it further inside, or choose a machine with a larger bed.",
                title=piece.part.title,
                machine=machine.name,
                low=f"{low[0]:.1f} × {low[1]:.1f}",
                high=f"{high[0]:.1f} × {high[1]:.1f}",
                piece_id=str(piece.piece_id),
            )
        if high[2] > machine.height_mm:
            raise _too_tall(piece.part, piece.piece_id, high[2], machine)


def plate_objects(plate: Plate) -> list[PlacedObject]:
    """Return the pieces for ``write_3mf``, each with its id, its title and where it stands."""
    objects = []
    for piece in plate.pieces:
        turn, shift = _turn(piece.angle_deg), _shift(piece)
        transform = tuple(float(number) for number in (*turn.T.ravel(), *shift))
        objects.append(PlacedObject(piece.part.mesh, piece.piece_id, piece.part.title, transform))
    return objects


def placed_mesh(piece: PlacedPiece) -> Mesh:
    """Return a piece's mesh as it stands on the bed: turned, its box centred on (x, y), its foot at z = 0."""
    return Mesh(piece.part.mesh.vertices @ _turn(piece.angle_deg).T + _shift(piece), piece.part.mesh.faces)


def _shift(piece: PlacedPiece) -> npt.NDArray[np.float64]:
    """Return the way from the turned mesh to its place: (3,) float64, mm."""
    used = piece.part.mesh.vertices[np.unique(piece.part.mesh.faces)] @ _turn(piece.angle_deg).T
    low, high = used.min(axis=0), used.max(axis=0)
    return np.array([piece.x_mm - (low[0] + high[0]) / 2, piece.y_mm - (low[1] + high[1]) / 2, -low[2]])


def _turn(angle_deg: float) -> npt.NDArray[np.float64]:
    quarter, rest = divmod(angle_deg % 360, 90)
    if rest == 0:  # exact, so that a quarter turn adds no rounding
        cosine, sine = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter)]
    else:
        cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _box(part: Part, piece_id: uuid.UUID, machine: Machine, width: float, depth: float) -> tuple[float, float, float]:
    size_x, size_y, size_z = part.mesh.extent_mm
    if size_z > machine.height_mm:
        raise _too_tall(part, piece_id, size_z, machine)
    if size_x <= width and size_y <= depth:
        return size_x, size_y, 0.0
    if size_y <= width and size_x <= depth:
        return size_y, size_x, 90.0
    raise PlateFull(
        "“{title}” needs {part_mm} mm; the bed of {machine} leaves {bed_mm} mm.",
        help="Make the part smaller, split it, or choose a machine with a larger bed.",
        title=part.title,
        part_mm=f"{size_x:.1f} × {size_y:.1f}",
        machine=machine.name,
        bed_mm=f"{width:g} × {depth:g}",
        piece_id=str(piece_id),
    )


def _too_tall(part: Part, piece_id: uuid.UUID, height_mm: float, machine: Machine) -> PlateFull:
    return PlateFull(
        "“{title}” is {height_mm} mm tall; {machine} prints up to {most_mm} mm.",
        help="Lay the part down, split it, or choose a taller machine.",
        title=part.title,
        height_mm=round(float(height_mm), 1),
        machine=machine.name,
        most_mm=machine.height_mm,
        piece_id=str(piece_id),
    )


def _too_many(part: Part, machine: Machine, placed: int) -> PlateFull:
    return PlateFull(
        "“{title}” has no room left on the bed of {machine} beside {placed} other pieces.",
        help="Print it on another plate.",
        title=part.title,
        machine=machine.name,
        placed=placed,
    )


def _check_round(part: Part, machine: Machine, centre: tuple[float, float], box: tuple[float, float]) -> None:
    if not machine.bed_is_round:
        return
    middle_x, middle_y = machine.centre_mm
    far_x, far_y = abs(centre[0] - middle_x) + box[0] / 2, abs(centre[1] - middle_y) + box[1] / 2
    if math.hypot(far_x, far_y) > machine.bed_x_mm / 2:
        raise PlateFull(
            "“{title}” reaches over the edge of the round bed of {machine}.",
            help="Make the part smaller, print fewer at once, or choose a machine with a larger bed.",
            title=part.title,
            machine=machine.name,
        )
