"""Find edges of a mesh that pierce its own triangles: a tree of boxes over Morton order, compiled.

The tree is a complete binary tree over the triangles sorted along a Z-curve (Karras 2012 builds the same order in
parallel); a query walks it with a stack. Two triangles cross when, and only when, an edge of one pierces the other,
so each edge is asked once.
"""

# ruff: noqa: PLR0917, PLR1714, SIM109 - compiled code wants plain arguments and plain comparisons

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_LEAF = 4  # triangles per leaf
_STACK = 64
_DEEP = 1e-4  # how far, in mm, both ends of an edge must lie off a triangle's plane: touching is not piercing
_RIM = 1e-9


@numba.njit(cache=True, nogil=True)
def morton(points: Any, low: Any, scale: Any) -> Any:
    """Return the place of each point, (n, 3), on a Z-curve of 21 bits per axis."""
    codes = np.empty(len(points), np.int64)
    for i in range(len(points)):
        code = np.int64(0)
        for axis in range(3):
            cell = np.int64((points[i, axis] - low[axis]) * scale[axis])
            for bit in range(20):
                code |= ((cell >> bit) & 1) << (3 * bit + axis)
        codes[i] = code
    return codes


@numba.njit(cache=True, nogil=True)
def tree_boxes(low: Any, high: Any, leaves: int) -> tuple[Any, Any]:
    """Return the boxes of a complete binary tree whose leaves hold ``_LEAF`` sorted triangles each."""
    box_low = np.full((2 * leaves, 3), np.inf)
    box_high = np.full((2 * leaves, 3), -np.inf)
    for i in range(len(low)):
        node = leaves + i // _LEAF
        for axis in range(3):
            box_low[node, axis] = min(box_low[node, axis], low[i, axis])
            box_high[node, axis] = max(box_high[node, axis], high[i, axis])
    for node in range(leaves - 1, 0, -1):
        for axis in range(3):
            box_low[node, axis] = min(box_low[2 * node, axis], box_low[2 * node + 1, axis])
            box_high[node, axis] = max(box_high[2 * node, axis], box_high[2 * node + 1, axis])
    return box_low, box_high


@numba.njit(cache=True, nogil=True)
def _height(a: Any, b: Any, c: Any, p: Any, normal: Any) -> float:
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    normal[0], normal[1], normal[2] = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    if length <= 0:
        return 0.0
    for axis in range(3):
        normal[axis] /= length
    return float((p[0] - a[0]) * normal[0] + (p[1] - a[1]) * normal[1] + (p[2] - a[2]) * normal[2])


@numba.njit(cache=True, nogil=True)
def _pierces(p: Any, q: Any, a: Any, b: Any, c: Any, normal: Any, hit: Any) -> bool:
    """Say whether the segment p–q goes through the triangle a, b, c, and where."""
    above = _height(a, b, c, p, normal)
    below = (q[0] - a[0]) * normal[0] + (q[1] - a[1]) * normal[1] + (q[2] - a[2]) * normal[2]
    if above * below >= 0 or abs(above) < _DEEP or abs(below) < _DEEP:
        return False
    share = above / (above - below)
    for axis in range(3):
        hit[axis] = p[axis] + share * (q[axis] - p[axis])
    for corner in range(3):
        s, e = (a, b) if corner == 0 else (b, c) if corner == 1 else (c, a)
        ex, ey, ez = e[0] - s[0], e[1] - s[1], e[2] - s[2]
        hx, hy, hz = hit[0] - s[0], hit[1] - s[1], hit[2] - s[2]
        side = normal[0] * (ey * hz - ez * hy) + normal[1] * (ez * hx - ex * hz) + normal[2] * (ex * hy - ey * hx)
        if side < -_RIM * (ex * ex + ey * ey + ez * ez):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def piercing_edges(vertices: Any, faces: Any, order: Any, box_low: Any, box_high: Any, edges: Any, most: int) -> Any:
    """Return (edge, face) numbers of the first ``most`` crossings and where they are: (k, 2), (k, 3)."""
    pairs = np.empty((most, 2), np.int64)
    places = np.empty((most, 3))
    stack = np.empty(_STACK, np.int64)
    low, high, normal, hit = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    leaves = len(box_low) // 2
    found = 0
    for edge in range(len(edges)):
        i, j = edges[edge, 0], edges[edge, 1]
        p, q = vertices[i], vertices[j]
        for axis in range(3):
            low[axis], high[axis] = min(p[axis], q[axis]), max(p[axis], q[axis])
        depth, stack[0] = 1, 1
        while depth:
            depth -= 1
            node = stack[depth]
            if (
                box_low[node, 0] > high[0] or box_high[node, 0] < low[0]
                or box_low[node, 1] > high[1] or box_high[node, 1] < low[1]
                or box_low[node, 2] > high[2] or box_high[node, 2] < low[2]
            ):  # fmt: skip
                continue
            if node < leaves:
                stack[depth], stack[depth + 1] = 2 * node, 2 * node + 1
                depth += 2
                continue
            start = (node - leaves) * _LEAF
            for place in range(start, min(start + _LEAF, len(order))):
                face = order[place]
                a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
                if i == a or i == b or i == c or j == a or j == b or j == c:
                    continue
                if _pierces(p, q, vertices[a], vertices[b], vertices[c], normal, hit):
                    pairs[found, 0], pairs[found, 1] = edge, face
                    places[found] = hit
                    found += 1
                    if found == most:
                        return pairs, places
    return pairs[:found], places[:found]
