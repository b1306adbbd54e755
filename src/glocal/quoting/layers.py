"""Cross-sections of a mesh: area and perimeter of every layer, and the contours of chosen ones.

A plane never goes through a corner: a corner counts as above when ``z >= plane``. Each crossing lies on one edge of
the mesh, so the segments of a layer are chained by edges, not by coordinates.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
STRAIGHT_MM = 1e-6
"""A point that lies no further from the line past it is no corner."""


@numba.njit(cache=True)
def crossing(ax: float, ay: float, az: float, bx: float, by: float, bz: float, z: float) -> tuple[float, float]:  # noqa: PLR0917 - a kernel of plain numbers
    """Return where the edge a-b goes through height ``z``."""
    t = (z - az) / (bz - az)
    return ax + t * (bx - ax), ay + t * (by - ay)


@numba.njit(cache=True)
def areas_and_perimeters(
    vertices: Floats, faces: npt.NDArray[np.int32], first: float, step: float, count: int
) -> Floats:
    """Return the exact area and perimeter of all layers.

    Parameters
    ----------
    vertices, faces : (n, 3) mm, (m, 3)
    first, step : float
        Height of the first plane and the distance between planes, mm.
    count : int
        Number of planes.

    Returns
    -------
    (count, 2) float64
        Signed area (mm²; nested surfaces of the same sense count twice) and length of all contours (mm).
    """
    result = np.zeros((count, 2))
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        za, zb, zc = vertices[a, 2], vertices[b, 2], vertices[c, 2]
        low, high = min(za, zb, zc), max(za, zb, zc)
        begin = max(0, int(np.ceil((low - first) / step)) - 1)
        for k in range(begin, count):
            z = first + k * step
            if z > high:
                break
            up_a, up_b, up_c = za >= z, zb >= z, zc >= z
            if up_a == up_b and up_b == up_c:
                continue
            x0 = y0 = x1 = y1 = 0.0
            for edge in range(3):
                p, q = faces[face, edge], faces[face, (edge + 1) % 3]
                zp, zq = vertices[p, 2], vertices[q, 2]
                if (zp >= z) == (zq >= z):
                    continue
                x, y = crossing(vertices[p, 0], vertices[p, 1], zp, vertices[q, 0], vertices[q, 1], zq, z)
                if zp >= z:
                    x0, y0 = x, y
                else:
                    x1, y1 = x, y
            result[k, 0] += (x0 * y1 - x1 * y0) / 2
            result[k, 1] += np.hypot(x1 - x0, y1 - y0)
    return result


@numba.njit(cache=True)
def normal(a: Floats, b: Floats, c: Floats) -> tuple[float, float, float]:
    """Return the outward normal of a triangle, as long as twice its area."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


@numba.njit(cache=True)
def flat_areas(  # noqa: PLR0917 - a kernel of plain numbers
    vertices: Floats, faces: npt.NDArray[np.int32], first: float, step: float, count: int, steepest: float
) -> Floats:
    """Return how much surface lies flat near each layer, seen from above.

    Parameters
    ----------
    steepest : float
        Surfaces that rise by less than this per mm count as flat.

    Returns
    -------
    (count, 2) float64
        Projected area that faces up and down, mm², spread over the layers that each triangle spans.
    """
    result = np.zeros((count, 2))
    least = 1 / np.sqrt(1 + steepest * steepest)
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        nx, ny, nz = normal(vertices[a], vertices[b], vertices[c])
        if abs(nz) <= least * np.sqrt(nx * nx + ny * ny + nz * nz):
            continue
        low = min(vertices[a, 2], vertices[b, 2], vertices[c, 2])
        high = max(vertices[a, 2], vertices[b, 2], vertices[c, 2])
        # an upper surface closes the layer whose middle lies just below it, a lower one the layer just above
        begin, end = (low - first) / step, (high - first) / step
        k0 = int(np.floor(begin)) if nz > 0 else int(np.ceil(begin))
        k1 = int(np.floor(end)) if nz > 0 else int(np.ceil(end))
        share = abs(nz) / 2 / (k1 - k0 + 1)
        for k in range(k0, k1 + 1):
            result[min(max(k, 0), count - 1), 0 if nz > 0 else 1] += share
    return result


@numba.njit(cache=True)
def drifts(vertices: Floats, faces: npt.NDArray[np.int32], first: float, step: float, count: int) -> Floats:
    """Return how far an outline can move sideways on its way from each plane to the next.

    Returns
    -------
    (count,) float64
        Largest horizontal run, mm, of the triangles between plane k and plane k + 1, as if each went all the way;
        infinite where a surface lies flat.
    """
    result = np.zeros(count)
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        nx, ny, nz = normal(vertices[a], vertices[b], vertices[c])
        rise, run = np.hypot(nx, ny), abs(nz)
        if run == 0.0:
            continue
        move = step * run / rise if rise > 0.0 else np.inf
        low = min(vertices[a, 2], vertices[b, 2], vertices[c, 2])
        high = max(vertices[a, 2], vertices[b, 2], vertices[c, 2])
        for k in range(max(0, int(np.floor((low - first) / step))), min(count - 1, int((high - first) / step)) + 1):
            result[k] = max(result[k], move)
    return result


@numba.njit(cache=True)
def segments_of_layers(
    vertices: Floats, faces: npt.NDArray[np.int32], planes: Floats
) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Return the segments in which triangles cross sorted ``planes``.

    Returns
    -------
    offsets : (len(planes) + 1,)
        Where the segments of each plane begin.
    from_edge, to_edge : (s,)
        Keys of the mesh edges on which each segment begins and ends; the solid lies to its left.
    start, end : (s, 2) mm
    """
    n = vertices.shape[0]
    counts = np.zeros(len(planes) + 1, dtype=np.int64)
    for face in range(faces.shape[0]):
        za, zb, zc = vertices[faces[face, 0], 2], vertices[faces[face, 1], 2], vertices[faces[face, 2], 2]
        low, high = min(za, zb, zc), max(za, zb, zc)
        for k in range(np.searchsorted(planes, low, side="right"), len(planes)):
            if planes[k] > high:
                break
            counts[k + 1] += 1
    offsets = np.cumsum(counts)
    total = offsets[-1]
    from_edge, to_edge = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    start, end = np.empty((total, 2)), np.empty((total, 2))
    fill = offsets[:-1].copy()
    for face in range(faces.shape[0]):
        za, zb, zc = vertices[faces[face, 0], 2], vertices[faces[face, 1], 2], vertices[faces[face, 2], 2]
        low, high = min(za, zb, zc), max(za, zb, zc)
        for k in range(np.searchsorted(planes, low, side="right"), len(planes)):
            z = planes[k]
            if z > high:
                break
            at = fill[k]
            fill[k] += 1
            for edge in range(3):
                p, q = faces[face, edge], faces[face, (edge + 1) % 3]
                zp, zq = vertices[p, 2], vertices[q, 2]
                if (zp >= z) == (zq >= z):
                    continue
                key = np.int64(min(p, q)) * n + max(p, q)
                x, y = crossing(vertices[p, 0], vertices[p, 1], zp, vertices[q, 0], vertices[q, 1], zq, z)
                if zp >= z:
                    from_edge[at] = key
                    start[at, 0], start[at, 1] = x, y
                else:
                    to_edge[at] = key
                    end[at, 0], end[at, 1] = x, y
    return offsets, from_edge, to_edge, start, end


@numba.njit(cache=True)
def chain(from_edge: Ints, to_edge: Ints) -> tuple[Ints, Ints, int]:
    """Chain the segments of one layer into closed contours.

    Returns
    -------
    order : (s,)
        Segment numbers, contour after contour.
    lengths : (s,)
        Number of segments of each contour; the first ``contours`` entries count.
    broken : int
        Contours that did not close.
    """
    count = len(from_edge)
    size = 8
    while size < 2 * count:
        size *= 2
    slot_segment = np.full(size, -1, dtype=np.int64)
    for i in range(count):
        at = (from_edge[i] * 40503) & (size - 1)
        while slot_segment[at] >= 0:
            at = (at + 1) & (size - 1)
        slot_segment[at] = i
    used = np.zeros(count, dtype=np.bool_)
    order, lengths = np.empty(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    done, contours, broken = 0, 0, 0
    for seed in range(count):
        if used[seed]:
            continue
        current, length = seed, 0
        while current >= 0:
            used[current] = True
            order[done] = current
            done += 1
            length += 1
            wanted = to_edge[current]
            following = -1
            at = (wanted * 40503) & (size - 1)
            while slot_segment[at] >= 0:
                candidate = slot_segment[at]
                if not used[candidate] and from_edge[candidate] == wanted:
                    following = candidate
                    break
                at = (at + 1) & (size - 1)
            if following < 0 and wanted != from_edge[seed]:
                broken += 1
            current = following
        lengths[contours] = length
        contours += 1
    return order, lengths[:contours], broken


@numba.njit(cache=True)
def cornered(points: Floats) -> Floats:
    """Return a closed contour from its corners alone, without the points where it crosses a diagonal of a flat side.

    Layers of an upright shape so have the same points, wherever their planes cross the diagonals.
    """
    count = len(points)
    kept = np.empty(count, dtype=np.int64)
    total, before = 0, count - 1
    for i in range(count):
        after = i + 1 if i + 1 < count else 0
        along_x, along_y = points[after, 0] - points[before, 0], points[after, 1] - points[before, 1]
        aside = along_x * (points[i, 1] - points[before, 1]) - along_y * (points[i, 0] - points[before, 0])
        if abs(aside) > STRAIGHT_MM * np.hypot(along_x, along_y):
            kept[total] = before = i
            total += 1
    return points[kept[:total]] if total >= 3 else points


@numba.njit(cache=True)
def thinned(points: Floats, tolerance: float) -> Floats:
    """Return a closed contour without points that lie within ``tolerance`` of the line past them.

    A cone of directions from the last kept point is narrowed point by point (Reumann-Witkam with a moving cone).
    """
    points = cornered(points)
    count = len(points)
    if count < 5:
        return points
    kept = np.empty(count, dtype=np.int64)
    kept[0] = 0
    total, anchor = 1, 0
    low, high, have = 0.0, 0.0, False
    base = 0.0
    for i in range(1, count):
        dx, dy = points[i, 0] - points[anchor, 0], points[i, 1] - points[anchor, 1]
        distance = np.hypot(dx, dy)
        if distance < tolerance:
            continue
        angle, width = np.arctan2(dy, dx), np.arcsin(min(1.0, tolerance / distance))
        if not have:
            base, low, high, have = angle, -width, width, True
            continue
        turn = angle - base
        turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
        if turn < low or turn > high:
            anchor = i - 1
            kept[total] = anchor
            total += 1
            dx, dy = points[i, 0] - points[anchor, 0], points[i, 1] - points[anchor, 1]
            distance = max(np.hypot(dx, dy), 1e-12)
            base = np.arctan2(dy, dx)
            width = np.arcsin(min(1.0, tolerance / distance))
            low, high = -width, width
        else:
            low, high = max(low, turn - width), min(high, turn + width)
    if kept[total - 1] != count - 1:
        kept[total] = count - 1
        total += 1
    return points[kept[:total]]


def contours(
    vertices: Floats, faces: npt.NDArray[np.int32], planes: Floats, tolerance_mm: float
) -> tuple[list[list[Floats]], int]:
    """Return the contours of each plane, solid to the left, and how many did not close.

    Parameters
    ----------
    planes : (k,) float64, mm
        Sorted heights.
    tolerance_mm : float
        Points closer than this to the line through their neighbours are left out.
    """
    offsets, from_edge, to_edge, start, _ = segments_of_layers(vertices, faces, planes)
    result, open_contours = [], 0
    for k in range(len(planes)):
        part = slice(int(offsets[k]), int(offsets[k + 1]))
        order, lengths, broken = chain(from_edge[part], to_edge[part])
        open_contours += int(broken)
        points = start[part][order]
        ends = np.cumsum(lengths)
        loops = [thinned(points[end - length : end], tolerance_mm) for end, length in zip(ends, lengths, strict=True)]
        result.append([loop for loop in loops if len(loop) >= 3])
    return result, open_contours
