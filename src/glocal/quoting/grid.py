"""Grid infill as the slicer draws it: lines in two directions through the middle of the part, joined along the border.

A slicer draws as few strokes as it can: from where one line meets the border it goes along it to where another does,
the shortest way first, never closing a loop. An end that is left over is anchored by a hook along the border.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from glocal.quoting.motion import Floats, row_crossings, trapezoid_s, turned_by

Ints = npt.NDArray[np.int64]
ANGLES = (math.pi / 4, -math.pi / 4)


@numba.njit(cache=True)
def grid_lines(  # noqa: PLR0917 - a kernel of plain numbers
    points: Floats,
    ends: Ints,
    distance: float,
    speed: float,
    acceleration: float,
    jerk: float,
    join_mm: float,
    hook_mm: float,
) -> tuple[float, float, float]:
    """Fill polygons with two sets of parallel lines: return their time (s), length (mm), joins included, and number.

    Parameters
    ----------
    points, ends : (n, 2) mm, (c,)
        Corners of all contours, one after the other, and where each contour ends; the part's middle is the origin.
    distance : float
        Distance between parallel lines, mm.
    join_mm : float
        The longest way along the border from one line to another.
    hook_mm : float
        How far along the border an end goes that meets no other.
    """
    time, total = 0.0, 0.0
    along = np.zeros(len(points) + 1)
    begin = 0
    for end in ends:
        for i in range(begin, end):
            j = i + 1 if i + 1 < end else begin
            along[i + 1] = along[i] + np.hypot(points[j, 0] - points[i, 0], points[j, 1] - points[i, 1])
        begin = end
    arcs = np.empty(0)
    for angle in ANGLES:
        lengths, found = lines_of(turned_by(points, angle), ends, along, distance)
        arcs = np.concatenate((arcs, found))
        for length in lengths:
            turn = min(speed, jerk, np.sqrt(2 * acceleration * length))
            time += trapezoid_s(length, turn, turn, speed, acceleration)
            total += length
    for length in joins(arcs, along[ends], join_mm, hook_mm):
        turn = min(speed, jerk, np.sqrt(2 * acceleration * length))
        time += trapezoid_s(length, turn, turn, speed, acceleration)
        total += length
    return time, total, len(arcs) / 2


@numba.njit(cache=True)
def lines_of(points: Floats, ends: Ints, along: Floats, distance: float) -> tuple[Floats, Floats]:
    """Return the lengths of level lines within contours, and where along the border their ends lie, in pairs."""
    if len(points) == 0:
        return np.empty(0), np.empty(0)
    low, high = points[:, 1].min(), points[:, 1].max()
    first = np.ceil(low / distance) * distance
    rows = int(max(0.0, (high - first) / distance)) + 1
    offsets, crossings, edges = row_crossings(points, ends, first, distance, rows)
    lengths, arcs, count = np.empty(len(crossings) // 2), np.empty(len(crossings)), 0
    for row in range(rows):
        order = offsets[row] + np.argsort(crossings[offsets[row] : offsets[row + 1]])
        for k in range(0, len(order) - 1, 2):
            lengths[count] = crossings[order[k + 1]] - crossings[order[k]]
            for end in range(2):
                at, edge = order[k + end], edges[order[k + end]]
                away = np.hypot(crossings[at] - points[edge, 0], first + row * distance - points[edge, 1])
                arcs[2 * count + end] = along[edge] + away
            count += 1
    return lengths[:count], arcs[: 2 * count]


@numba.njit(cache=True)
def joins(arcs: Floats, contour_ends: Floats, join_mm: float, hook_mm: float) -> Floats:
    """Return the lengths of the ways along the border from line to line, and of the hooks.

    Parameters
    ----------
    arcs : (2 n,) mm
        Where along the border, all contours one after the other, the two ends of each line lie.
    contour_ends : (c,) mm
        Where each contour ends.
    """
    order = np.argsort(arcs)
    after, gaps = ways(arcs[order], contour_ends)
    before = np.empty_like(after)
    before[after] = np.arange(len(order))
    stroke = np.arange(len(order))  # ends of a stroke lead to the same number
    stroke[1::2] -= 1
    free, lengths, count = np.ones(len(order), dtype=np.bool_), np.empty(2 * len(order)), 0
    for k in np.argsort(gaps):
        if gaps[k] > join_mm:
            break
        one, other = stroke_of(stroke, order[k]), stroke_of(stroke, order[after[k]])
        if free[k] and free[after[k]] and one != other:
            stroke[one] = other
            free[k] = free[after[k]] = False
            lengths[count], gaps[k] = gaps[k], 0.0
            count += 1
    for k in range(len(order)):
        if free[k]:
            way = k if gaps[k] >= gaps[before[k]] else before[k]
            lengths[count] = min(hook_mm, gaps[way])
            gaps[way] -= lengths[count]
            count += 1
    return lengths[:count]


@numba.njit(cache=True)
def ways(arcs: Floats, contour_ends: Floats) -> tuple[Ints, Floats]:
    """Return which end of a line comes next along its contour, and how far away it is, mm, for all in their order."""
    after, gaps = np.arange(len(arcs)), np.zeros(len(arcs))
    first, begin = 0, 0.0
    for end in contour_ends:
        last = first
        while last < len(arcs) and arcs[last] <= end:
            last += 1
        for k in range(first, last):
            after[k] = k + 1 if k + 1 < last else first
            gaps[k] = arcs[after[k]] - arcs[k] + (end - begin if k + 1 == last else 0.0)
        first, begin = last, end
    return after, gaps


@numba.njit(cache=True)
def stroke_of(stroke: Ints, end: int) -> int:
    """Return the number of the stroke that an end belongs to."""
    while stroke[end] != end:
        stroke[end] = stroke[stroke[end]]
        end = stroke[end]
    return end
