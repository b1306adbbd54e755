"""The loops over triangles and pixels of a picture, compiled: no graphics card, no window, the same bytes every time.

The picture is traced at twice its width and height (``h`` by ``w``), so that outlines are smooth; light on the ground
and the sky are soft and are worked out once per pixel of the picture itself (``h / 2`` by ``w / 2``).
"""

# ruff: noqa: PLR0917 - compiled code wants plain arguments

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

FINE = 2
"""How many traced pixels lie along one pixel of the picture."""

_NOTHING = -1
_SRGB = np.linspace(0.0, 1.0, 4096) ** (1 / 2.2)
_TAPS_RIGHT, _TAPS_DOWN = np.array([-2.2, 0.7, 2.2, -0.7, 0.0]), np.array([-0.7, -2.2, 0.7, 2.2, 0.0])

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")


@_jit
def nearest_faces(corners_px: Any, depth: Any, width_px: int, height_px: int, only_front: bool) -> tuple[Any, Any]:
    """Find the nearest triangle at every pixel.

    Each triangle is cut into rows and each row into pixels, so that the work follows the area that is really covered:
    long slivers, of which constructive geometry is full, cost no more than their pixels.

    Parameters
    ----------
    corners_px : (m, 3, 2) float
        Screen position of each corner in pixels, origin top left, centres of pixels at one half.
    depth : (m, 3) float
        Of each corner, linear on the screen; less is nearer.
    only_front : bool
        Leave out triangles that run clockwise as y points up, which look away.

    Returns
    -------
    (h, w) int32, (h, w) float32
        The nearest face, -1 where there is none, and its depth, infinite where there is none.
    """
    face_at = np.full((height_px, width_px), _NOTHING, np.int32)
    depth_at = np.full((height_px, width_px), np.inf, np.float32)
    for t in range(len(corners_px)):
        x0, y0 = corners_px[t, 0, 0], corners_px[t, 0, 1]
        x1, y1 = corners_px[t, 1, 0], corners_px[t, 1, 1]
        x2, y2 = corners_px[t, 2, 0], corners_px[t, 2, 1]
        twice_area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if only_front and twice_area >= 0.0:
            continue
        z0, rise_1, rise_2 = depth[t, 0], depth[t, 1] - depth[t, 0], depth[t, 2] - depth[t, 0]
        least, most = z0 + min(0.0, rise_1, rise_2), z0 + max(0.0, rise_1, rise_2)
        over = 0.0 if abs(twice_area) < 1e-12 else 1.0 / twice_area
        slope_x = (rise_1 * (y2 - y0) - rise_2 * (y1 - y0)) * over
        slope_y = (rise_2 * (x1 - x0) - rise_1 * (x2 - x0)) * over
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        bottom = min(height_px - 1, math.floor(max(y0, y1, y2) - 0.5))
        for row in range(top, bottom + 1):
            first, last = _span(corners_px, t, row + 0.5, width_px)
            along = z0 + slope_y * (row + 0.5 - y0) - slope_x * x0
            for column in range(first, last + 1):
                near = np.float32(min(max(along + slope_x * (column + 0.5), least), most))
                if near < depth_at[row, column]:
                    depth_at[row, column] = near
                    face_at[row, column] = t
    return face_at, depth_at


@_jit
def _span(corners_px: Any, t: int, y: float, width_px: int) -> tuple[int, int]:
    """Return the first and the last column of triangle ``t`` on the line ``y``; first > last when there is none."""
    left, right = np.inf, -np.inf
    for a in range(3):
        b = a + 1 if a < 2 else 0
        x_a, y_a, x_b, y_b = corners_px[t, a, 0], corners_px[t, a, 1], corners_px[t, b, 0], corners_px[t, b, 1]
        if y_a != y_b and min(y_a, y_b) <= y <= max(y_a, y_b):
            x = x_a + (x_b - x_a) * (y - y_a) / (y_b - y_a)
            left, right = min(left, x), max(right, x)
    if right < left:
        return 0, -1
    return max(0, math.ceil(left - 0.5)), min(width_px - 1, math.floor(right - 0.5))


@_jit
def surface_normals(face_at: Any, corners_px: Any, distance_mm: Any, normals: Any) -> Any:
    """Return the unit normal behind each pixel with a face, (h, w, 3) float32.

    Parameters
    ----------
    corners_px, distance_mm, normals : (m, 3, …) float
        Of each face's corners: on the screen, how far in front of the eye; unit normals.
    """
    rows, columns = face_at.shape
    normal = np.empty((rows, columns, 3), np.float32)
    known, share = _NOTHING, np.zeros((3, 3))
    for i in range(rows):
        for j in range(columns):
            t = face_at[i, j]
            if t == _NOTHING:
                continue
            if t != known:
                known = t
                _shares(corners_px, distance_mm, t, share)
            w0 = max(share[0, 0] * (j + 0.5) + share[0, 1] * (i + 0.5) + share[0, 2], 0.0)
            w1 = max(share[1, 0] * (j + 0.5) + share[1, 1] * (i + 0.5) + share[1, 2], 0.0)
            w2 = max(share[2, 0] * (j + 0.5) + share[2, 1] * (i + 0.5) + share[2, 2], 0.0)
            x = w0 * normals[t, 0, 0] + w1 * normals[t, 1, 0] + w2 * normals[t, 2, 0]
            y = w0 * normals[t, 0, 1] + w1 * normals[t, 1, 1] + w2 * normals[t, 2, 1]
            z = w0 * normals[t, 0, 2] + w1 * normals[t, 1, 2] + w2 * normals[t, 2, 2]
            over = 1.0 / max(math.sqrt(x * x + y * y + z * z), 1e-300)
            normal[i, j, 0], normal[i, j, 1], normal[i, j, 2] = x * over, y * over, z * over
    return normal


@_jit
def _shares(corners_px: Any, distance_mm: Any, t: int, share: Any) -> None:
    """Fill ``share`` (3, 3): in x, in y and at the origin of the screen, how much each corner weighs in space."""
    x0, y0 = corners_px[t, 0, 0], corners_px[t, 0, 1]
    x1, y1 = corners_px[t, 1, 0] - x0, corners_px[t, 1, 1] - y0
    x2, y2 = corners_px[t, 2, 0] - x0, corners_px[t, 2, 1] - y0
    twice_area = x1 * y2 - x2 * y1
    over = 0.0 if abs(twice_area) < 1e-12 else 1.0 / twice_area
    share[1, 0], share[1, 1], share[1, 2] = y2 * over, -x2 * over, (x2 * y0 - x0 * y2) * over
    share[2, 0], share[2, 1], share[2, 2] = -y1 * over, x1 * over, (x0 * y1 - x1 * y0) * over
    share[0, 0], share[0, 1] = -share[1, 0] - share[2, 0], -share[1, 1] - share[2, 1]
    share[0, 2] = 1.0 - share[1, 2] - share[2, 2]
    for corner in range(3):
        for k in range(3):
            share[corner, k] /= distance_mm[t, corner]


@_jit
def _ray(rays: Any, i: int, j: int) -> tuple[float, float, float]:
    """Return how far the ray of a pixel leads in space for each mm that it leads ahead."""
    x = rays[0, 0] * (j + 0.5) + rays[0, 1] * (i + 0.5) + rays[0, 2]
    y = rays[1, 0] * (j + 0.5) + rays[1, 1] * (i + 0.5) + rays[1, 2]
    z = rays[2, 0] * (j + 0.5) + rays[2, 1] * (i + 0.5) + rays[2, 2]
    return x, y, z


@_jit
def seen_points(face_at: Any, depth_at: Any, rays: Any, drop_mm: float) -> Any:
    """Return the point that each pixel of the picture sees, from the eye, (h / 2, w / 2, 3) float32 in mm.

    Parameters
    ----------
    depth_at : (h, w) float32
        Of the nearest faces: -1 / distance in mm.
    rays : (3, 3) float
        ``rays @ (column, row, 1)`` is the ray of a pixel, as long as it leads 1 mm ahead.
    drop_mm : float
        How far the ground lies below the eye; its points are not numbers above the horizon.
    """
    rows, columns = face_at.shape[0] // FINE, face_at.shape[1] // FINE
    point = np.empty((rows, columns, 3), np.float32)
    for i in range(rows):
        for j in range(columns):
            x, y, z = _ray(rays, FINE * i, FINE * j)
            if face_at[FINE * i, FINE * j] != _NOTHING:
                reach = -1.0 / depth_at[FINE * i, FINE * j]
            else:
                reach = -drop_mm / z if z < 0.0 else np.nan
            point[i, j, 0], point[i, j, 1], point[i, j, 2] = x * reach, y * reach, z * reach
    return point


@_jit
def openness(face_at: Any, point: Any, normal: Any, reach_px: float, reach_mm: float) -> Any:
    """Return (h / 2, w / 2) how much of the sky each pixel sees, 0 to 1, from the points around it on the screen."""
    taps = 20
    down, right = np.empty(taps, np.int64), np.empty(taps, np.int64)
    for tap in range(taps):
        radius, angle = reach_px * math.sqrt((tap + 0.7) / taps), tap * 2.399963
        down[tap], right[tap] = round(radius * math.sin(angle)), round(radius * math.cos(angle))
    rows, columns = face_at.shape[0] // FINE, face_at.shape[1] // FINE
    low, high = _part_columns(face_at, math.ceil(reach_px))
    open_sky = np.ones((rows, columns))
    for i in range(rows):
        for j in range(low[i], high[i] + 1):
            here_x, here_y, here_z = point[i, j, 0], point[i, j, 1], point[i, j, 2]
            up_x, up_y, up_z = np.float32(0.0), np.float32(0.0), np.float32(1.0)
            if face_at[FINE * i, FINE * j] != _NOTHING:
                k, m = FINE * i, FINE * j
                up_x, up_y, up_z = normal[k, m, 0], normal[k, m, 1], normal[k, m, 2]
            hidden = 0.0
            for tap in range(taps):
                k, m = min(max(i + down[tap], 0), rows - 1), min(max(j + right[tap], 0), columns - 1)
                x, y, z = point[k, m, 0] - here_x, point[k, m, 1] - here_y, point[k, m, 2] - here_z
                rise = x * up_x + y * up_y + z * up_z
                if rise > 0.0:  # never where one is the sky, whose point is not a number
                    distance = math.sqrt(x * x + y * y + z * z) + 1e-6
                    hidden += max(rise / distance - 0.12, 0.0) / (1.0 + (distance / reach_mm) ** 2)
            open_sky[i, j] = min(max(1.0 - 2.1 * hidden / taps, 0.0), 1.0)
    return open_sky


@_jit
def _part_columns(face_at: Any, margin_px: int) -> tuple[Any, Any]:
    """Return the first and last column of each row of the picture that is at most ``margin_px`` from the part."""
    rows, columns = face_at.shape[0] // FINE, face_at.shape[1] // FINE
    low, high = np.full(rows, columns), np.full(rows, -1)
    for i in range(rows):
        first, last = columns, -1
        for j in range(columns):
            if face_at[FINE * i, FINE * j] != _NOTHING:
                first, last = min(first, j), j
        if last >= 0:
            for near in range(max(0, i - margin_px), min(rows, i + margin_px + 1)):
                low[near] = min(low[near], max(0, first - margin_px))
                high[near] = max(high[near], min(columns - 1, last + margin_px))
    return low, high


@_jit
def _lit(depth: Any, lamp: Any, here: Any, up: Any) -> float:
    """Return the share of the lamp's light, 0 to 1, that reaches a point, from the eye, whose surface looks ``up``."""
    pixel_mm = lamp[2, 4]
    x, y, z = here[0] + up[0] * 2.0 * pixel_mm, here[1] + up[1] * 2.0 * pixel_mm, here[2] + up[2] * 2.0 * pixel_mm
    # nothing of the part is in the outermost pixels of the map, so points beside it are lit
    last = depth.shape[0] - 4.0
    column = min(max(x * lamp[0, 0] + y * lamp[0, 1] + z * lamp[0, 2] + lamp[0, 3], 3.0), last)
    row = min(max(x * lamp[1, 0] + y * lamp[1, 1] + z * lamp[1, 2] + lamp[1, 3], 3.0), last)
    reach = x * lamp[2, 0] + y * lamp[2, 1] + z * lamp[2, 2] + 3.0 * pixel_mm
    lit = 0
    for tap in range(5):
        if -depth[int(row + _TAPS_DOWN[tap]), int(column + _TAPS_RIGHT[tap])] <= reach:
            lit += 1
    return lit / 5.0


@_jit
def ground_shadow(face_at: Any, point: Any, depth: Any, lamp: Any) -> Any:
    """Return (h / 2, w / 2) the share of the lamp's light that the part keeps from the ground; none on the part.

    Parameters
    ----------
    depth : (n, n) float32
        How far what the lamp sees lies below it, in mm: minus its height along the third row of ``lamp``.
    lamp : (3, 5) float
        Of a point (x, y, z, 1) from the eye the first four columns make its column and row on that map and its height
        in mm along the light; last in the third row the size of a pixel in mm.
    """
    rows, columns = face_at.shape[0] // FINE, face_at.shape[1] // FINE
    shadow = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            x, y, z = point[i, j, 0], point[i, j, 1], point[i, j, 2]
            if face_at[FINE * i, FINE * j] == _NOTHING and not math.isnan(x):
                shadow[i, j] = 1.0 - _lit(depth, lamp, (x, y, z), (0.0, 0.0, 1.0))
    return shadow


@_jit
def _edge(face_at: Any, normal: Any, i: int, j: int) -> float:
    """Return a factor, below 1 where the surface bends sharply, so that low relief reads as letters."""
    bend, ux, uy, uz = 0.0, normal[i, j, 0], normal[i, j, 1], normal[i, j, 2]
    for way in range(4):
        k, m = i + (way == 0) - (way == 1), j + (way == 2) - (way == 3)
        if 0 <= k < face_at.shape[0] and 0 <= m < face_at.shape[1] and face_at[k, m] != _NOTHING:
            bend = max(bend, 1.0 - ux * normal[k, m, 0] - uy * normal[k, m, 1] - uz * normal[k, m, 2])
    return float(1.0 - 0.42 * min(max(1.6 * (bend - 0.08), 0.0), 1.0))


@_jit
def _light(here: Any, up: Any, axes: Any, depth: Any, lamp: Any, open_sky: float) -> tuple[float, float]:
    """Return the light that a surface scatters and the light that it mirrors to the eye."""
    ux, uy, uz = up
    facing = ux * lamp[2, 0] + uy * lamp[2, 1] + uz * lamp[2, 2]
    lit = _lit(depth, lamp, here, up) if facing > 0.0 else 0.0
    vx, vy, vz = here
    over = 1.0 / max(math.sqrt(vx * vx + vy * vy + vz * vz), 1e-9)
    hx, hy, hz = lamp[2, 0] - vx * over, lamp[2, 1] - vy * over, lamp[2, 2] - vz * over
    size = max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-9)
    mirror = min(max((ux * hx + uy * hy + uz * hz) / size, 0.0), 1.0)
    right = ux * axes[0, 0] + uy * axes[0, 1] + uz * axes[0, 2]
    towards = ux * axes[2, 0] + uy * axes[2, 1] + uz * axes[2, 2]
    fill = min(max(0.75 * right + 0.5 * towards, 0.0), 1.0)
    fourth = mirror * mirror * mirror * mirror
    sixteenth = fourth * fourth * fourth * fourth
    sky = (0.30 + 0.16 * uz + 0.12 * fill) * open_sky
    return sky + 0.78 * facing * lit, 0.10 * sixteenth * sixteenth * fourth * lit


@_jit
def _srgb(light: float) -> float:
    """Return a light as a screen wants it, from a table of 4096 steps."""
    return float(_SRGB[int(min(max(light, 0.0), 1.0) * 4095.0 + 0.5)])


@_jit
def _add_sheet(total: Any, colour: Any, light: float, transparent: bool) -> None:
    """Add a place where the sheet is seen: its colour, or only its shadow."""
    if transparent:
        total[3] += 1.0 - light
        return
    tone = _srgb(light)
    for c in range(3):
        total[c] += colour[c] * tone
    total[3] += 1.0


@_jit
def paint(
    face_at: Any,
    depth_at: Any,
    normal: Any,
    open_sky: Any,
    axes: Any,
    rays: Any,
    depth: Any,
    lamp: Any,
    colours: Any,
    accent_mm: float,
    ground: Any,
    transparent: bool,
) -> Any:
    """Return the picture, (h / 2, w / 2, 4) uint8 red, green, blue and alpha: the mean of what was traced.

    Parameters
    ----------
    axes : (3, 3) float
        Of the camera: right, up, towards the viewer.
    rays : (3, 3) float
        As :func:`seen_points` has them.
    depth, lamp
        What the lamp sees, as :func:`ground_shadow` has it.
    colours : (3, 3) float
        Linear colours of the part and of the part above ``accent_mm``, from the eye; sRGB of the sheet below.
    ground : (h / 2, w / 2) float
        Light on the sheet, 0 to 1.
    transparent : bool
        Leave the sheet out, all but its shadow.
    """
    rows, columns = open_sky.shape
    picture = np.empty((rows, columns, 4), np.uint8)
    total = np.empty(4)
    for i in range(rows):
        for j in range(columns):
            total[:] = 0.0
            known, which, scattered, mirrored = _NOTHING, 0, 0.0, 0.0
            for part in range(FINE * FINE):
                k, m = FINE * i + part // FINE, FINE * j + part % FINE
                t = face_at[k, m]
                if t != _NOTHING:
                    if t != known:  # light hardly differs within a pixel of the picture
                        known, reach = t, -1.0 / depth_at[k, m]
                        x, y, z = _ray(rays, k, m)
                        here = x * reach, y * reach, z * reach
                        up = normal[k, m, 0], normal[k, m, 1], normal[k, m, 2]
                        scattered, mirrored = _light(here, up, axes, depth, lamp, open_sky[i, j])
                        which = 1 if here[2] > accent_mm else 0
                    edge = _edge(face_at, normal, k, m)
                    for c in range(3):
                        total[c] += _srgb((colours[which, c] * scattered + mirrored) * edge)
                    total[3] += 1.0
                else:
                    _add_sheet(total, colours[2], ground[i, j], transparent)
            for c in range(3):
                picture[i, j, c] = int(total[c] / max(total[3], 1e-6) * 255.0 + 0.5)
            picture[i, j, 3] = int(total[3] / (FINE * FINE) * 255.0 + 0.5)
    return picture
