"""How long a printer takes for a path: trapezoids of constant acceleration, corners limited by jerk.

This is the kinematics of Marlin's classic planner with full look-ahead, on paths of ours.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@numba.njit(cache=True)
def trapezoid_s(length: float, entry: float, leave: float, speed: float, acceleration: float) -> float:
    """Return the time for a straight move, s; speeds in mm/s, acceleration in mm/s²."""
    up = (speed * speed - entry * entry) / (2 * acceleration)
    down = (speed * speed - leave * leave) / (2 * acceleration)
    if up + down <= length:
        return (speed - entry + speed - leave) / acceleration + (length - up - down) / speed
    peak: float = np.sqrt(max(acceleration * length + (entry * entry + leave * leave) / 2, max(entry, leave) ** 2))
    return (peak - entry + peak - leave) / acceleration


@numba.njit(cache=True)
def corner_speed(ux: float, uy: float, vx: float, vy: float, speed: float, jerk: float) -> float:  # noqa: PLR0917 - a kernel of plain numbers
    """Return how fast a corner between two directions may be taken when each axis may jump by ``jerk``."""
    change = max(abs(vx - ux), abs(vy - uy)) * speed
    return speed if change <= jerk else speed * jerk / change


@numba.njit(cache=True)
def length_mm(points: Floats) -> float:
    """Return how long a closed contour is."""
    total = 0.0
    for i in range(len(points)):
        total += np.hypot(points[i, 0] - points[i - 1, 0], points[i, 1] - points[i - 1, 1])
    return total


@numba.njit(cache=True)
def loop_s(points: Floats, speed: float, acceleration: float, jerk: float, closed: bool) -> tuple[float, float]:
    """Return time (s) and length (mm) of a path that starts and ends at the jerk speed.

    Parameters
    ----------
    points : (n, 2) mm
    closed : bool
        Whether the path goes back to its first point.
    """
    n = len(points)
    moves = n if closed else n - 1
    if moves < 1:
        return 0.0, 0.0
    lengths, junction = np.empty(moves), np.empty(moves + 1)
    ux = uy = 0.0
    junction[0] = min(speed, jerk)
    count, total = 0, 0.0
    for i in range(moves):
        j = (i + 1) % n
        dx, dy = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
        length = np.hypot(dx, dy)
        if length < 1e-9:
            continue
        vx, vy = dx / length, dy / length
        if count:
            junction[count] = corner_speed(ux, uy, vx, vy, speed, jerk)
        lengths[count] = length
        total += length
        ux, uy = vx, vy
        count += 1
    if count == 0:
        return 0.0, 0.0
    junction[count] = min(speed, jerk)
    for i in range(count - 1, -1, -1):
        junction[i] = min(junction[i], np.sqrt(junction[i + 1] ** 2 + 2 * acceleration * lengths[i]))
    time = 0.0
    for i in range(count):
        junction[i + 1] = min(junction[i + 1], np.sqrt(junction[i] ** 2 + 2 * acceleration * lengths[i]))
        time += trapezoid_s(lengths[i], junction[i], junction[i + 1], speed, acceleration)
    return time, total


@numba.njit(cache=True)
def tour(  # noqa: PLR0917 - a kernel of plain numbers
    points: Floats, ends: npt.NDArray[np.int64], short_mm: float, speed: float, acceleration: float, jerk: float
) -> tuple[float, int]:
    """Visit contours one after the other, always the nearest corner left: return the time (s) and the long hops.

    Parameters
    ----------
    points : (n, 2) mm
        Corners of all contours, one after the other.
    ends : (c,)
        Where each contour ends in ``points``.
    short_mm : float
        Hops up to this length do not count as long.
    """
    left = np.ones(len(ends), dtype=np.bool_)
    time, count = 0.0, 0
    contour, at = 0, 0
    for _ in range(len(ends) - 1):
        left[contour] = False
        shortest, nearest, begin = np.inf, at, 0
        for k in range(len(ends)):
            if left[k]:
                step = max(1, (ends[k] - begin) // 12)
                for i in range(begin, ends[k], step):
                    away = (points[i, 0] - points[at, 0]) ** 2 + (points[i, 1] - points[at, 1]) ** 2
                    if away < shortest:
                        shortest, nearest, contour = away, i, k
            begin = ends[k]
        at = nearest
        distance = np.sqrt(shortest)
        turn = min(jerk, np.sqrt(2 * acceleration * distance))
        time += trapezoid_s(distance, turn, turn, max(speed, turn), acceleration)
        if distance > short_mm:
            count += 1
    return time, count


@numba.njit(cache=True)
def turned_by(points: Floats, angle: float) -> Floats:
    """Return points as seen along a direction (radians): its x runs along it, its y across to the left."""
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.empty_like(points)
    turned[:, 0] = cos * points[:, 0] + sin * points[:, 1]
    turned[:, 1] = -sin * points[:, 0] + cos * points[:, 1]
    return turned


@numba.njit(cache=True)
def row_crossings(
    points: Floats, ends: npt.NDArray[np.int64], first: float, spacing: float, rows: int
) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.int64]]:
    """Return where level rows cross contours: (rows + 1,) where each row's begin, their x, and the edges crossed.

    ``first`` is the lowest row's height, mm; ``points`` and ``ends`` as in :func:`chords`.
    """
    counts = np.zeros(rows + 1, dtype=np.int64)
    offsets, fill, crossings, edges = counts, counts, np.empty(0), counts
    for phase in range(2):  # counted first, then filled in
        if phase == 1:
            offsets = np.cumsum(counts)
            crossings, fill = np.empty(offsets[-1]), offsets[:-1].copy()
            edges = np.empty(offsets[-1], dtype=np.int64)
        begin = 0
        for contour in range(len(ends)):
            for i in range(begin, ends[contour]):
                j = i + 1 if i + 1 < ends[contour] else begin
                x0, y0, x1, y1 = points[i, 0], points[i, 1], points[j, 0], points[j, 1]
                bottom, top = min(y0, y1), max(y0, y1)
                for row in range(max(0, int((bottom - first) / spacing)), rows):
                    y = first + row * spacing
                    if y >= top:
                        break
                    if y < bottom:  # asked of y itself, or a corner on a row is crossed twice, or not at all
                        continue
                    if phase == 0:
                        counts[row + 1] += 1
                    else:
                        crossings[fill[row]] = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                        edges[fill[row]] = i
                        fill[row] += 1
            begin = ends[contour]
    return offsets, crossings, edges


@numba.njit(cache=True)
def chords(  # noqa: PLR0917 - a kernel of plain numbers
    points: Floats,
    ends: npt.NDArray[np.int64],
    angle: float,
    spacing: float,
    speed: float,
    acceleration: float,
    jerk: float,
) -> tuple[float, float, float]:
    """Fill polygons with parallel lines: return their time (s), length (mm) and number.

    Parameters
    ----------
    points : (n, 2) mm
        Corners of all contours, one after the other.
    ends : (c,)
        Where each contour ends in ``points``.
    angle : float
        Direction of the lines, radians.
    spacing : float
        Distance between lines, mm.
    """
    if len(points) == 0:
        return 0.0, 0.0, 0.0
    turned = turned_by(points, angle)
    low, high = turned[:, 1].min(), turned[:, 1].max()
    rows = int((high - low) / spacing) + 2
    offsets, crossings, _ = row_crossings(turned, ends, low + spacing / 2, spacing, rows)
    time, total, number = 0.0, 0.0, 0.0
    for row in range(rows):
        line = np.sort(crossings[offsets[row] : offsets[row + 1]])
        for i in range(0, len(line) - 1, 2):
            length = line[i + 1] - line[i]
            if length < 1e-6:
                continue
            turn = min(speed, jerk, np.sqrt(2 * acceleration * length))
            time += trapezoid_s(length, turn, turn, speed, acceleration)
            total += length
            number += 1
    return time, total, number
