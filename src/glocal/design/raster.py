"""Triangles to pixels with a depth buffer, all in numpy: no graphics card, no window, the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_FRAGMENTS_AT_ONCE = 4_000_000
_NOTHING = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True, slots=True)
class Hits:
    """What the depth buffer kept.

    Parameters
    ----------
    pixel : (n,) int
        Flat indices (row times width plus column) of the covered pixels, ascending.
    face : (n,) int
        The nearest face at each of them.
    weights : (n, 3) float
        Barycentric weights of that face's corners at the pixel's centre, linear on the screen.
    """

    pixel: IntArray
    face: IntArray
    weights: FloatArray


def rasterise(corners_px: FloatArray, depth: FloatArray, width_px: int, height_px: int) -> Hits:
    """Find the nearest triangle at every pixel.

    Each triangle is cut into rows and each row into pixels, so that the work follows the area that is really covered:
    long slivers, of which constructive geometry is full, cost no more than their pixels.

    Parameters
    ----------
    corners_px : (m, 3, 2) float
        Screen position of each corner in pixels, origin top left, centres of pixels at one half.
    depth : (m, 3) float
        0 (nearest) to 1 (farthest) of each corner, linear on the screen.
    width_px, height_px : int
        Size of the screen.
    """
    buffer = np.full(width_px * height_px, _NOTHING, dtype=np.uint64)
    gradient_x, gradient_y, at_origin = _planes(corners_px, depth)
    face, row, first, count = _spans(corners_px, width_px, height_px)
    ends = np.cumsum(count)
    start = 0
    while start < len(face):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _FRAGMENTS_AT_ONCE, side="right")))
        chunk = slice(start, stop)
        which = np.repeat(np.arange(start, stop), count[chunk])
        column = np.arange(len(which)) - np.repeat(ends[chunk] - count[chunk] - before, count[chunk]) + first[which]
        of_face, of_row = face[which], row[which]
        near = at_origin[of_face] + gradient_x[of_face] * (column + 0.5) + gradient_y[of_face] * (of_row + 0.5)
        steps = (np.clip(near, 0.0, 1.0) * (2**31 - 1)).astype(np.uint64)
        np.minimum.at(buffer, of_row * width_px + column, (steps << np.uint64(32)) | of_face.astype(np.uint64))
        start = stop
    pixel = np.flatnonzero(buffer != _NOTHING)
    hit = (buffer[pixel] & np.uint64(0xFFFF_FFFF)).astype(np.int64)
    hit_row, hit_column = np.divmod(pixel.astype(np.float64), width_px)
    return Hits(pixel, hit, _barycentric(corners_px[hit], hit_column + 0.5, hit_row + 0.5))


def _planes(corners_px: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the slope in x, the slope in y and the value at the origin of each triangle's plane."""
    (x0, y0), (x1, y1), (x2, y2) = (corners_px[:, i].T for i in range(3))
    twice_area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    safe = np.where(np.abs(twice_area) < 1e-12, np.inf, twice_area)
    rise_1, rise_2 = value[:, 1] - value[:, 0], value[:, 2] - value[:, 0]
    slope_x = (rise_1 * (y2 - y0) - rise_2 * (y1 - y0)) / safe
    slope_y = (rise_2 * (x1 - x0) - rise_1 * (x2 - x0)) / safe
    return slope_x, slope_y, value[:, 0] - slope_x * x0 - slope_y * y0


def _spans(corners_px: FloatArray, width_px: int, height_px: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return face, row, first column and number of columns of each piece of a triangle that lies in one row."""
    y = corners_px[:, :, 1]
    top = np.clip(np.ceil(y.min(axis=1) - 0.5), 0, height_px).astype(np.int64)
    bottom = np.clip(np.floor(y.max(axis=1) - 0.5), -1, height_px - 1).astype(np.int64)
    rows = np.maximum(bottom - top + 1, 0)
    face = np.repeat(np.arange(len(y)), rows)
    row = np.arange(len(face)) - np.repeat(np.cumsum(rows) - rows, rows) + top[face]
    centre = row + 0.5
    left = np.full(len(face), np.inf)
    right = np.full(len(face), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        x_a, y_a = corners_px[face, a].T
        x_b, y_b = corners_px[face, b].T
        crossed = (np.minimum(y_a, y_b) <= centre) & (centre <= np.maximum(y_a, y_b)) & (y_a != y_b)
        x = x_a + (x_b - x_a) * (centre - y_a) / np.where(crossed, y_b - y_a, 1.0)
        left = np.where(crossed, np.minimum(left, x), left)
        right = np.where(crossed, np.maximum(right, x), right)
    first = np.clip(np.ceil(left - 0.5), 0, width_px)
    last = np.clip(np.floor(right - 0.5), -1, width_px - 1)
    kept = last >= first
    first_column = first[kept].astype(np.int64)
    return face[kept], row[kept], first_column, last[kept].astype(np.int64) - first_column + 1


def _barycentric(corners: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return (n, 3) weights of the corners (n, 3, 2) at the points ``x``, ``y``, clipped to the triangle."""
    (x0, y0), (x1, y1), (x2, y2) = (corners[:, i].T for i in range(3))
    twice_area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    safe = np.where(np.abs(twice_area) < 1e-12, 1.0, twice_area)
    second = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / safe
    third = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / safe
    weights: FloatArray = np.clip(np.stack([1.0 - second - third, second, third], axis=1), 0.0, 1.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
