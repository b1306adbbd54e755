"""The inner loops of nesting, compiled: outlines to cells, and bottom-left first fit on bit rows.

The bed is a grid of cells; each row of it is a few 64-bit words, one bit a cell. A part in one rotation is a list of
runs (row, first cell, last cell + 1). For each row and power of two there is the OR of that many neighbours, so that
one run is tested against all positions of a row at once with two shifts. numba is imported with this module: import it
late.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

_jit = numba.njit(cache=True, nogil=True)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Runs = NDArray[np.int32]
Words = NDArray[np.uint64]

LEVELS = 12  # runs up to 2¹¹ cells


@_jit
def cells_of(rings: Floats, ring_of: Ints, height: int, width: int) -> Bools:
    """Return the cells that a shape touches, (height, width) bool: each cell that an edge crosses or that lies inside.

    Parameters
    ----------
    rings : (n, 2) float
        Vertices of closed rings in cells, one ring after the other.
    ring_of : (n,) int
        Which ring each vertex belongs to.
    """
    grid = np.zeros((height, width), dtype=np.bool_)
    crossings = np.zeros((height, 2 * len(rings) + 2))
    count = np.zeros(height, dtype=np.int64)
    for k in range(len(rings) - 1):
        if ring_of[k] != ring_of[k + 1]:
            continue
        ax, ay, bx, by = rings[k, 0], rings[k, 1], rings[k + 1, 0], rings[k + 1, 1]
        low, high = min(ay, by), max(ay, by)
        for row in range(max(int(np.floor(low)), 0), min(int(np.floor(high)), height - 1) + 1):
            if by == ay:
                left, right = min(ax, bx), max(ax, bx)
            else:
                at_low = ax + (bx - ax) * (max(low, row) - ay) / (by - ay)
                at_high = ax + (bx - ax) * (min(high, row + 1.0) - ay) / (by - ay)
                left, right = min(at_low, at_high), max(at_low, at_high)
            for cell in range(max(int(np.floor(left)), 0), min(int(np.floor(right)), width - 1) + 1):
                grid[row, cell] = True
            middle = row + 0.5
            if low <= middle < high:
                crossings[row, count[row]] = ax + (bx - ax) * (middle - ay) / (by - ay)
                count[row] += 1
    for row in range(height):
        across = np.sort(crossings[row, : count[row]])
        for pair in range(0, count[row] - 1, 2):
            for cell in range(max(int(np.floor(across[pair])), 0), min(int(across[pair + 1]), width - 1) + 1):
                grid[row, cell] = True
    return grid


@_jit
def runs_of(grid: Bools) -> Runs:
    """Return the runs of a mask, (n, 3) int32: row, first cell, last cell + 1; the longest first."""
    found = np.zeros((grid.size // 2 + grid.shape[0], 3), dtype=np.int32)
    count = 0
    for row in range(grid.shape[0]):
        cell = 0
        while cell < grid.shape[1]:
            if grid[row, cell]:
                begin = cell
                while cell < grid.shape[1] and grid[row, cell]:
                    cell += 1
                found[count, 0], found[count, 1], found[count, 2] = row, begin, cell
                count += 1
            cell += 1
    runs = found[:count]
    return runs[np.argsort(runs[:, 1] - runs[:, 2], kind="mergesort")]


@_jit
def _block(free: Words, smear: Words, row: int, level: int, shift: int) -> bool:
    """Clear in ``free`` the positions x whose cell x + ``shift`` is set in the smeared ``row``."""
    words = free.shape[0]
    jump, rest = shift >> 6, np.uint64(shift & 63)
    any_left = np.uint64(0)
    for word in range(words):
        source = word + jump
        bits = np.uint64(0)
        if source < words:
            bits = smear[row, level, source] >> rest
            if rest and source + 1 < words:
                bits |= smear[row, level, source + 1] << (np.uint64(64) - rest)
        free[word] &= ~bits
        any_left |= free[word]
    return bool(any_left != 0)


@_jit
def _all_free(free: Words, places: int) -> None:
    """Set the first ``places`` bits and clear the rest."""
    for word in range(free.shape[0]):
        left = places - word * 64
        if left >= 64:
            free[word] = ~np.uint64(0)
        elif left > 0:
            free[word] = (np.uint64(1) << np.uint64(left)) - np.uint64(1)
        else:
            free[word] = np.uint64(0)


@_jit
def first_place(smear: Words, runs: Runs, size: Ints, grid: Ints) -> tuple[int, int]:
    """Return the lowest, then leftmost cell (y, x) where a mask of ``size`` (rows, cells) fits, or (-1, -1)."""
    free = np.zeros(smear.shape[2], dtype=np.uint64)
    places = grid[1] - size[1] + 1
    if places <= 0:
        return -1, -1
    for y in range(grid[0] - size[0] + 1):
        _all_free(free, places)
        open_ = True
        for k in range(runs.shape[0]):
            row, begin, end = runs[k, 0] + y, runs[k, 1], runs[k, 2]
            level, power = 0, 1
            while power * 2 <= end - begin:
                power *= 2
                level += 1
            open_ = _block(free, smear, row, level, begin)
            if open_ and power < end - begin:
                open_ = _block(free, smear, row, level, end - power)
            if not open_:
                break
        if open_:
            for x in range(places):
                if (free[x >> 6] >> np.uint64(x & 63)) & np.uint64(1):
                    return y, x
    return -1, -1


@_jit
def occupy(smear: Words, runs: Runs, y: int, x: int) -> None:
    """Set a mask's cells and refresh the smeared rows that changed."""
    words, levels = smear.shape[2], smear.shape[1]
    first, last = smear.shape[0], -1
    for k in range(runs.shape[0]):
        row = runs[k, 0] + y
        first, last = min(first, row), max(last, row)
        for cell in range(runs[k, 1] + x, runs[k, 2] + x):
            smear[row, 0, cell >> 6] |= np.uint64(1) << np.uint64(cell & 63)
    for row in range(first, last + 1):
        for level in range(1, levels):
            step = 1 << (level - 1)
            jump, rest = step >> 6, np.uint64(step & 63)
            for word in range(words):
                bits = smear[row, level - 1, word]
                source = word + jump
                if source < words:
                    bits |= smear[row, level - 1, source] >> rest
                    if rest and source + 1 < words:
                        bits |= smear[row, level - 1, source + 1] << (np.uint64(64) - rest)
                smear[row, level, word] = bits


@_jit
def _best_turn(  # noqa: PLR0917 - compiled functions take arguments by position
    plate: Words, masks: tuple[int, int], starts: Ints, all_runs: Runs, sizes: Ints, grid: Ints, upright: float
) -> tuple[int, int, int]:
    """Return the mask that ends lowest and leftmost on a plate, and its y and x; −1 where none of them fits."""
    best, best_y, best_x, best_mask = np.inf, -1, -1, -1
    for mask in range(masks[0], masks[1]):
        y, x = first_place(plate, all_runs[starts[mask] : starts[mask + 1]], sizes[mask], grid)
        if y >= 0:
            top = (y + sizes[mask, 0]) * upright + (x + sizes[mask, 1]) * (1.0 - upright)
            if top < best:
                best, best_y, best_x, best_mask = top, y, x, mask
    return best_mask, best_y, best_x


@_jit
def _first_plate(  # noqa: PLR0917 - compiled functions take arguments by position
    plates: Words,
    used: int,
    closed: Bools,
    full: Bools,
    masks: tuple[int, int],
    starts: Ints,
    all_runs: Runs,
    sizes: Ints,
    grid: Ints,
    upright: float,
) -> tuple[int, int, int, int]:
    """Return the first plate that takes a shape, with its mask, y and x; plate −1 where none does.

    ``closed`` (P,) are plates not to be tried; those found ``full`` (P,) for this shape are noted. The plate after the
    ``used`` ones is an empty one, the last to be tried.
    """
    for plate in range(min(used + 1, len(plates))):
        if full[plate] or closed[plate]:
            continue
        mask, y, x = _best_turn(plates[plate], masks, starts, all_runs, sizes, grid, upright)
        if mask >= 0:
            return plate, mask, y, x
        full[plate] = True
    return -1, -1, -1, -1


@_jit
def first_fit(  # noqa: PLR0917 - compiled functions take arguments by position
    order: Ints,
    kind: Ints,
    turns: int,
    starts: Ints,
    all_runs: Runs,
    sizes: Ints,
    empty: Words,
    grid: Ints,
    most_plates: int,
    upright: float,
    tall: Bools,
) -> tuple[Ints, int]:
    """Place items in ``order``: each on the first plate that takes it, in the rotation that ends lowest and leftmost.

    Parameters
    ----------
    order : (n,) int
        Items in the order of placing.
    kind : (n,) int
        Shape of each item.
    turns : int
        Rotations of each shape; mask of shape s in rotation t is number s · turns + t.
    starts : (m + 1,) int
        Where each mask's runs begin in ``all_runs`` (…, 3).
    sizes : (m, 2) int
        Rows and cells of each mask.
    empty : (rows, LEVELS, words) uint64
        The bed with its exclusions.
    upright : float
        Weight of ending low against ending left, 0 to 1.
    tall : (n,) bool
        Items of which a plate may hold one only.

    Returns
    -------
    (n, 4) int
        Plate, rotation, y and x of each item; plate −1 where it does not fit an empty bed or ``most_plates`` are full.
    int
        Plates used.
    """
    placed = np.full((len(order), 4), -1, dtype=np.int64)
    plates = np.zeros((most_plates, empty.shape[0], empty.shape[1], empty.shape[2]), dtype=np.uint64)
    has_tall = np.zeros(most_plates, dtype=np.bool_)
    nothing = np.zeros(most_plates, dtype=np.bool_)
    full = np.zeros((starts.shape[0] // turns + 1, most_plates), dtype=np.bool_)
    used = 0
    for item in order:
        shape = kind[item]
        masks = (shape * turns, (shape + 1) * turns)
        if used < most_plates:
            plates[used] = empty
        closed = has_tall if tall[item] else nothing
        plate, mask, y, x = _first_plate(
            plates, used, closed, full[shape], masks, starts, all_runs, sizes, grid, upright
        )
        if plate < 0:
            continue
        occupy(plates[plate], all_runs[starts[mask] : starts[mask + 1]], y, x)
        placed[item, 0], placed[item, 1], placed[item, 2], placed[item, 3] = plate, mask - masks[0], y, x
        used = max(used, plate + 1)
        has_tall[plate] = has_tall[plate] or tall[item]
    return placed, used
