"""Whether a box fits a machine's bed, turned any way."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

KINDS_KEPT = 4096  # many makers have the same kind of machine, and each is asked for the same part
PLATE_GAP_MM = 5.0  # between pieces on one plate, room for a brim and the nozzle


def rectangle_fits(p_mm: float, q_mm: float, a_mm: float, b_mm: float) -> bool:
    """Say whether a p × q rectangle fits into an a × b one, rotated by any angle.

    Carver's condition (W. B. Carver, "Problem E1225", American Mathematical Monthly 64, 1957; proof by Wetzel,
    "Rectangles in rectangles", Mathematics Magazine 73, 2000).
    """
    p, q = max(p_mm, q_mm), min(p_mm, q_mm)
    a, b = max(a_mm, b_mm), min(a_mm, b_mm)
    if p <= a and q <= b:
        return True
    if p <= a or q > b or p == q:
        return False
    return ((a + b) / (p + q)) ** 2 + ((a - b) / (p - q)) ** 2 >= 2


def smallest_square_mm(p_mm: float, q_mm: float) -> float:
    """Return the side of the smallest square that holds a p × q rectangle at any angle."""
    p, q = max(p_mm, q_mm), min(p_mm, q_mm)
    return min(p, (p + q) / 2**0.5)


def orientations(extent_mm: tuple[float, float, float], *, reorient: bool) -> list[tuple[float, float, float]]:
    """Return the boxes (x, y, z) that stand on the bed, one for each axis that may point up."""
    x, y, z = extent_mm
    return sorted({(x, y, z), (x, z, y), (y, z, x)}) if reorient else [(x, y, z)]


@lru_cache(KINDS_KEPT)
def box_fits(
    extent_mm: tuple[float, float, float], bed_mm: tuple[float, float], height_mm: float, *, reorient: bool
) -> bool:
    """Say whether a box fits a machine's build space, rotated in the plane and, if allowed, put on any side."""
    return any(
        z <= height_mm and rectangle_fits(x, y, *bed_mm) for x, y, z in orientations(extent_mm, reorient=reorient)
    )


@lru_cache(KINDS_KEPT)
def needed_side_mm(extent_mm: tuple[float, float, float], height_mm: float, *, reorient: bool) -> float:
    """Return the side of the smallest square bed that would do at this build height (infinite if none would)."""
    sides = [smallest_square_mm(x, y) for x, y, z in orientations(extent_mm, reorient=reorient) if z <= height_mm]
    return min(sides, default=float("inf"))


@lru_cache(KINDS_KEPT)
def pieces_per_plate(
    extent_mm: tuple[float, float, float], bed_mm: tuple[float, float], height_mm: float, *, reorient: bool
) -> int:
    """Return how many equal boxes fit one plate in straight rows; at least 1 for a box that fits at all."""
    best = 1 if box_fits(extent_mm, bed_mm, height_mm, reorient=reorient) else 0
    for x, y, z in orientations(extent_mm, reorient=reorient):
        if z <= height_mm:
            for p, q in permutations((x, y)):
                across = int((bed_mm[0] + PLATE_GAP_MM) // (p + PLATE_GAP_MM))
                along = int((bed_mm[1] + PLATE_GAP_MM) // (q + PLATE_GAP_MM))
                best = max(best, across * along)
    return best
