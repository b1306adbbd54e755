"""A shaded picture of a part, for shop windows, order pages and 3MF thumbnails.

The picture is made on the processor: depth buffer, light from above left with its shadow, sky light, and darkening
where surfaces meet. The same mesh gives the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from glocal.design.raster import FloatArray, IntArray, rasterise

if TYPE_CHECKING:
    from glocal.design.model import Mesh

Colour = tuple[float, float, float]

TERRACOTTA: Colour = (0.80, 0.40, 0.27)
_PAPER: Colour = (0.965, 0.958, 0.945)
_LIGHT = np.array([-0.51, -0.405, 0.758])  # towards the lamp: from the camera's left, from behind it, from above
_CREASE_COS = np.cos(np.radians(32.0))
_SRGB_TABLE = np.linspace(0.0, 1.0, 4096) ** (1 / 2.2)
_SUPERSAMPLING = 2
_SHADOW_MAP_PX = 1024


@dataclass(frozen=True, slots=True)
class _Camera:
    """A perspective camera that looks at the part's middle.

    Parameters
    ----------
    axes : (3, 3) float
        Rows: right, up and towards the viewer, in the part's coordinates.
    eye : (3,) float, mm
    focal_px : float
    centre_px : (2,) float
        Where the axis of view meets the picture.
    """

    axes: FloatArray
    eye: FloatArray
    focal_px: float
    centre_px: FloatArray

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (n, 2) pixels and (n,) distances in mm of (n, 3) points."""
        seen = (points - self.eye) @ self.axes.T
        distance = -seen[:, 2]
        screen = seen[:, :2] * [1.0, -1.0] * (self.focal_px / distance)[:, None] + self.centre_px
        return screen, distance

    def ground(self, width_px: int, height_px: int, z_mm: float) -> FloatArray:
        """Return (height, width, 3) the points where the rays of the pixels meet the plane z; NaN above the horizon."""
        column, row = np.meshgrid(np.arange(width_px) + 0.5, np.arange(height_px) + 0.5)
        on_film = np.stack([column - self.centre_px[0], self.centre_px[1] - row, np.full_like(row, -self.focal_px)], -1)
        ray = on_film @ self.axes
        reach = np.where(ray[..., 2] < 0, (z_mm - self.eye[2]) / np.where(ray[..., 2] < 0, ray[..., 2], 1.0), np.nan)
        return self.eye + ray * reach[..., None]


def render_png(
    mesh: Mesh,
    *,
    width_px: int = 640,
    height_px: int = 480,
    colour: Colour = TERRACOTTA,
    accent: tuple[float, Colour] | None = None,
    transparent: bool = False,
    turn_deg: float = -16.0,
) -> bytes:
    """Render a three-quarter view of ``mesh`` as a PNG file.

    Parameters
    ----------
    mesh : Mesh
        Closed surface, mm, z up.
    width_px, height_px : int
        Size of the picture, each 16 to 2048.
    colour : three floats, 0 to 1
        Colour of the material (sRGB).
    accent : (z in mm, colour), optional
        Second colour above that height, as a change of filament gives it.
    transparent : bool
        Leave the ground out (its shadow stays) instead of laying a light sheet.
    turn_deg : float
        How far the viewer walks around the part; 0 looks from the front (from -y).
    """
    for name, size in (("width_px", width_px), ("height_px", height_px)):
        if not 16 <= size <= 2048:
            raise ValueError(f"{name} is {size}, expected 16 to 2048")
    vertices = np.asarray(mesh.vertices, dtype=np.float64)
    faces = np.asarray(mesh.faces, dtype=np.int64)
    if len(faces) == 0:
        raise ValueError("the mesh has no faces, expected at least one")
    wide, high = width_px * _SUPERSAMPLING, height_px * _SUPERSAMPLING
    camera = _aim(vertices, wide, high, turn_deg)
    scene = _trace(vertices, faces, camera, wide, high)
    lamp = _LIGHT @ np.array([camera.axes[0], np.cross([0.0, 0.0, 1.0], camera.axes[0]), [0.0, 0.0, 1.0]])
    shade = _Lamp(vertices, faces, lamp)
    rgba = _paint(scene, shade, camera, lamp, (colour, accent), transparent=transparent)
    return _encode(rgba, width_px, height_px)


def _aim(vertices: FloatArray, width_px: int, height_px: int, turn_deg: float) -> _Camera:
    """Stand so that the whole part and its shadow fill the picture; look down more steeply on flat parts."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    size = high - low
    slender = min(1.0, size[2] / max(size[0], size[1], 1e-9))
    rise, turn = np.radians(58.0 - 34.0 * slender**0.6), np.radians(turn_deg * (0.55 + 0.45 * slender))
    towards = np.array([np.sin(turn) * np.cos(rise), -np.cos(turn) * np.cos(rise), np.sin(rise)])
    right = np.array([np.cos(turn), np.sin(turn), 0.0])
    axes = np.stack([right, np.cross(towards, right), towards])
    middle = (low + high) / 2
    distance = 4.2 * max(float(np.linalg.norm(size)), 1e-6)
    camera = _Camera(axes, middle + towards * distance, 1.0, np.zeros(2))
    screen, _ = camera.project(vertices)
    least, most = screen.min(axis=0), screen.max(axis=0)
    focal = 0.78 * min(width_px / (most[0] - least[0]), height_px / (most[1] - least[1]))
    centre = np.array([width_px * 0.47, height_px * 0.49]) - focal * (least + most) / 2
    return _Camera(axes, camera.eye, float(focal), centre)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What each pixel sees: whether it is the part (h, w), the point (h, w, 3) in mm, the normal there (h, w, 3)."""

    covered: npt.NDArray[np.bool_]
    point: FloatArray
    normal: FloatArray


def _trace(vertices: FloatArray, faces: IntArray, camera: _Camera, width_px: int, height_px: int) -> _Scene:
    """Find the point and the normal behind every pixel."""
    normals = corner_normals(vertices, faces)
    screen, distance = camera.project(vertices)
    corners = screen[faces]
    (x0, y0), (x1, y1), (x2, y2) = (corners[:, i].T for i in range(3))
    front = np.flatnonzero((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) < 0)  # y points down on the screen
    nearest, farthest = 1.0 / distance.min(), 1.0 / distance.max()
    depth = (nearest - 1.0 / distance) / max(nearest - farthest, 1e-12)
    hits = rasterise(corners[front], depth[faces[front]], width_px, height_px)
    face = front[hits.face]
    weights = hits.weights / distance[faces[face]]
    weights /= weights.sum(axis=1, keepdims=True)
    point = camera.ground(width_px, height_px, float(vertices[:, 2].min())).reshape(-1, 3)
    normal = np.tile([0.0, 0.0, 1.0], (width_px * height_px, 1))
    point[hits.pixel] = np.einsum("nc,ncx->nx", weights, vertices[faces[face]])
    smooth = np.einsum("nc,ncx->nx", weights, normals[face])
    normal[hits.pixel] = smooth / np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-12)
    covered = np.zeros(width_px * height_px, dtype=bool)
    covered[hits.pixel] = True
    shape = (height_px, width_px)
    return _Scene(covered.reshape(shape), point.reshape(*shape, 3), normal.reshape(*shape, 3))


def corner_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Return (m, 3, 3) unit normals per face corner, smooth over soft edges and sharp over hard ones.

    Two neighbours share a normal at their common corners when their faces differ by less than 32 degrees.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = vertices[faces]
    area_normals = np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0])
    unit = area_normals / np.maximum(np.linalg.norm(area_normals, axis=1, keepdims=True), 1e-12)
    start = faces.ravel()
    end = np.roll(faces, -1, axis=1).ravel()
    key = np.minimum(start, end) * len(vertices) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, other = order[twin], order[twin + 1]
    soft = np.einsum("nx,nx->n", unit[one // 3], unit[other // 3]) > _CREASE_COS
    one, other = one[soft], other[soft]
    after_one, after_other = one // 3 * 3 + (one + 1) % 3, other // 3 * 3 + (other + 1) % 3
    same_way = start[one] == start[other]
    links_a = np.concatenate([one, after_one])
    links_b = np.concatenate([np.where(same_way, other, after_other), np.where(same_way, after_other, other)])
    graph = coo_matrix((np.ones(len(links_a), dtype=np.int8), (links_a, links_b)), shape=(start.size, start.size))
    groups, group = connected_components(graph, directed=False)
    total = np.zeros((groups, 3))
    for axis in range(3):
        total[:, axis] = np.bincount(group, weights=np.repeat(area_normals[:, axis], 3), minlength=groups)
    total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return total[group].reshape(-1, 3, 3)


class _Lamp:
    """Knows which points the lamp reaches: a depth map of the part as the lamp sees it."""

    def __init__(self, vertices: FloatArray, faces: IntArray, towards: FloatArray) -> None:
        across = np.cross([0.0, 0.0, 1.0], towards)
        across /= np.linalg.norm(across)
        self._axes = np.stack([across, np.cross(towards, across), towards])
        seen = vertices @ self._axes.T
        self._low, high = seen.min(axis=0), seen.max(axis=0)
        self._scale = (_SHADOW_MAP_PX - 16) / float((high - self._low)[:2].max())
        self._span = float(high[2] - self._low[2]) or 1.0
        screen = (seen[:, :2] - self._low[:2]) * self._scale + 8.0
        depth = 1.0 - (seen[:, 2] - self._low[2]) / self._span
        hits = rasterise(screen[faces], depth[faces], _SHADOW_MAP_PX, _SHADOW_MAP_PX)
        height = np.full(_SHADOW_MAP_PX**2, -np.inf)
        height[hits.pixel] = np.einsum("nc,nc->n", hits.weights, seen[faces[hits.face], 2])
        self._height = height

    def reaches(self, points: FloatArray, normals: FloatArray) -> FloatArray:
        """Return (n,) shares of light, 0 to 1, that arrive at (n, 3) points."""
        seen = (points + normals * (2.0 / self._scale)) @ self._axes.T
        # nothing of the part is in the outermost pixels of the map, so points beside it are lit
        last = _SHADOW_MAP_PX - 4.0
        column = np.clip(np.nan_to_num((seen[:, 0] - self._low[0]) * self._scale + 8.0), 3.0, last)
        row = np.clip(np.nan_to_num((seen[:, 1] - self._low[1]) * self._scale + 8.0), 3.0, last)
        reach = seen[:, 2] + 3.0 / self._scale
        lit = np.zeros(len(points))
        taps = ((-2.2, -0.7), (0.7, -2.2), (2.2, 0.7), (-0.7, 2.2), (0.0, 0.0))
        for right, down in taps:
            place = (row + down).astype(np.int32) * _SHADOW_MAP_PX + (column + right).astype(np.int32)
            lit += self._height[place] <= reach
        return lit / len(taps)


def _paint(
    scene: _Scene,
    lamp: _Lamp,
    camera: _Camera,
    towards: FloatArray,
    colours: tuple[Colour, tuple[float, Colour] | None],
    *,
    transparent: bool,
) -> FloatArray:
    """Return (h, w, 4) sRGB and alpha, 0 to 1."""
    from scipy.ndimage import gaussian_filter

    part, shape = scene.covered, scene.covered.shape
    lit = lamp.reaches(scene.point.reshape(-1, 3), scene.normal.reshape(-1, 3)).reshape(shape)
    open_sky = _openness(scene, camera)
    softness_px = 6.0 * shape[0] / 960
    shadow = gaussian_filter(np.where(part, 0.0, 1.0 - lit), softness_px, mode="nearest")
    ground_light = (1.0 - 0.42 * shadow) * (1.0 - 0.75 * (1.0 - gaussian_filter(open_sky, softness_px / 3)))
    ground_light = np.where(np.isnan(scene.point[..., 0]), 1.0, ground_light)
    picture = np.zeros((*shape, 4))
    if transparent:
        picture[..., 3] = 1.0 - ground_light
    else:
        picture[..., :3] = np.asarray(_PAPER) * _srgb(ground_light)[..., None]
        picture[..., 3] = 1.0
    point, normal = scene.point[part], scene.normal[part]
    light, gloss = _light(point, normal, camera, towards, lit=lit[part], open_sky=open_sky[part])
    body = (_materials(point, *colours) * light[:, None] + gloss[:, None]) * _edges(scene)[part][:, None]
    picture[part, :3] = _srgb(body)
    picture[part, 3] = 1.0
    return picture


def _light(
    point: FloatArray,
    normal: FloatArray,
    camera: _Camera,
    towards: FloatArray,
    *,
    lit: FloatArray,
    open_sky: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the light (n,) that a surface scatters and the light (n,) that it mirrors to the eye."""
    view = camera.eye - point
    view /= np.maximum(np.linalg.norm(view, axis=1, keepdims=True), 1e-9)
    half = view + towards
    half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-9)
    gloss = np.clip(np.einsum("nx,nx->n", normal, half), 0.0, 1.0) ** 36
    facing = np.clip(normal @ towards, 0.0, 1.0)
    fill = np.clip(normal @ (camera.axes[0] * 0.75 + camera.axes[2] * 0.5), 0.0, 1.0)
    sky = (0.30 + 0.16 * normal[:, 2] + 0.12 * fill) * open_sky
    return sky + 0.78 * facing * lit, 0.10 * gloss * lit


def _materials(point: FloatArray, colour: Colour, accent: tuple[float, Colour] | None) -> FloatArray:
    """Return (n, 3) linear surface colours at (n, 3) points."""
    surface = np.broadcast_to(_linear(colour), point.shape)
    if accent is None:
        return surface
    return np.where(point[:, 2:] > accent[0] + 1e-3, _linear(accent[1]), surface)


def _edges(scene: _Scene) -> FloatArray:
    """Return (h, w) factors below 1 where the surface bends sharply, so that low relief reads as letters."""
    bend = np.zeros(scene.covered.shape)
    for axis in (0, 1):
        here = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        there = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        change = 1.0 - np.einsum("hwx,hwx->hw", scene.normal[here], scene.normal[there])
        change *= scene.covered[here] & scene.covered[there]
        bend[here] = np.maximum(bend[here], change)
        bend[there] = np.maximum(bend[there], change)
    factor: FloatArray = 1.0 - 0.42 * np.clip(1.6 * (bend - 0.08), 0.0, 1.0)
    return factor


def _openness(scene: _Scene, camera: _Camera) -> FloatArray:
    """Return (h, w) how much of the sky each pixel sees, 0 to 1, from the points around it on the screen."""
    step = _SUPERSAMPLING
    points = np.nan_to_num(scene.point[::step, ::step], nan=1e9).astype(np.float32)
    normals = scene.normal[::step, ::step].astype(np.float32)
    rows, columns = points.shape[:2]
    reach_px = max(rows, columns) * 0.045
    per_px = np.linalg.norm(camera.eye - scene.point[scene.covered].mean(axis=0)) / camera.focal_px * step
    reach_mm = float(reach_px * per_px)
    hidden = np.zeros((rows, columns), dtype=np.float32)
    taps = 20
    for tap in range(taps):
        radius, angle = reach_px * np.sqrt((tap + 0.7) / taps), tap * 2.399963
        down, right = round(radius * np.sin(angle)), round(radius * np.cos(angle))
        i = np.clip(np.arange(rows) + down, 0, rows - 1)
        j = np.clip(np.arange(columns) + right, 0, columns - 1)
        offset = points[np.ix_(i, j)] - points
        distance = np.sqrt(np.einsum("hwx,hwx->hw", offset, offset)) + 1e-6
        rise = np.einsum("hwx,hwx->hw", offset, normals) / distance
        hidden += np.clip(rise - 0.12, 0.0, 1.0) / (1.0 + (distance / reach_mm) ** 2)
    open_sky = np.clip(1.0 - 2.1 * hidden / taps, 0.0, 1.0)
    full = np.repeat(np.repeat(open_sky, step, axis=0), step, axis=1)[
        : scene.covered.shape[0], : scene.covered.shape[1]
    ]
    return full.astype(np.float64)


def _linear(colour: Colour) -> FloatArray:
    return np.asarray(colour, dtype=np.float64) ** 2.2


def _srgb(light: FloatArray) -> FloatArray:
    """Return the light as a screen wants it, from a table of 4096 steps."""
    encoded: FloatArray = _SRGB_TABLE[(np.clip(light, 0.0, 1.0) * 4095.0 + 0.5).astype(np.int16)]
    return encoded


def _encode(rgba: FloatArray, width_px: int, height_px: int) -> bytes:
    """Average the supersampled pixels (alpha first) and write the PNG."""
    from PIL import Image

    alpha = rgba[..., 3:]
    weighted = np.concatenate([rgba[..., :3] * alpha, alpha], axis=-1)
    mean = weighted.reshape(height_px, _SUPERSAMPLING, width_px, _SUPERSAMPLING, 4).mean(axis=(1, 3))
    mean[..., :3] /= np.maximum(mean[..., 3:], 1e-6)
    pixels = np.round(mean * 255).astype(np.uint8)
    opaque = bool((pixels[..., 3] == 255).all())
    image = Image.fromarray(pixels[..., :3] if opaque else pixels)
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=False, compress_level=6)
    return out.getvalue()
