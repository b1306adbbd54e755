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

if TYPE_CHECKING:
    from glocal.design.model import Mesh

Colour = tuple[float, float, float]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TERRACOTTA: Colour = (0.80, 0.40, 0.27)
_PAPER: Colour = (0.965, 0.958, 0.945)
_LIGHT = np.array([-0.51, -0.405, 0.758])  # towards the lamp: from the camera's left, from behind it, from above
_CREASE_COS = np.cos(np.radians(32.0))
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

    @property
    def rays(self) -> FloatArray:
        """Return (3, 3): times (column, row, 1) in pixels, where the ray of a pixel leads as it leads 1 mm ahead."""
        right, down = self.axes[0] / self.focal_px, -self.axes[1] / self.focal_px
        return np.stack([right, down, -self.axes[2] - self.centre_px[0] * right - self.centre_px[1] * down], axis=1)

    @property
    def lamp(self) -> FloatArray:
        """Return the (3,) direction to the lamp, which moves with the viewer."""
        ahead = np.cross([0.0, 0.0, 1.0], self.axes[0])
        towards: FloatArray = _LIGHT @ np.array([self.axes[0], ahead, [0.0, 0.0, 1.0]])
        return towards


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
    size_px, colours = (width_px, height_px), (colour, accent)
    return _encode(_draw(vertices, faces, size_px, colours, turn_deg=turn_deg, transparent=transparent))


def _draw(
    vertices: FloatArray,
    faces: IntArray,
    size_px: tuple[int, int],
    colours: tuple[Colour, tuple[float, Colour] | None],
    *,
    turn_deg: float,
    transparent: bool,
) -> npt.NDArray[np.uint8]:
    """Return the picture, (height, width, 4) red, green, blue and alpha."""
    from glocal.design import picture_kernel as kernel

    wide, high = size_px[0] * kernel.FINE, size_px[1] * kernel.FINE
    camera = _aim(vertices, wide, high, turn_deg)
    screen, distance = camera.project(vertices)
    face_at, depth_at = kernel.nearest_faces(screen[faces], -1.0 / distance[faces], wide, high, True)
    normal = kernel.surface_normals(face_at, screen[faces], distance[faces], corner_normals(vertices, faces))
    point = kernel.seen_points(face_at, depth_at, camera.rays, camera.eye[2] - float(vertices[:, 2].min()))
    reach_px = max(size_px) * 0.045
    reach_mm = reach_px * kernel.FINE * float(distance[faces].mean()) / camera.focal_px
    open_sky = kernel.openness(face_at, point, normal, reach_px, reach_mm)
    depth, lamp = _lamp_view(vertices - camera.eye, faces, camera.lamp)
    ground = _ground_light(kernel.ground_shadow(face_at, point, depth, lamp), open_sky)
    colour, accent = colours
    linear = np.array([_linear(colour), _linear(accent[1] if accent else colour), _PAPER])
    above_mm = accent[0] + 1e-3 - camera.eye[2] if accent else np.inf
    pixels: npt.NDArray[np.uint8] = kernel.paint(
        face_at,
        depth_at,
        normal,
        open_sky,
        camera.axes,
        camera.rays,
        depth,
        lamp,
        linear,
        above_mm,
        ground,
        transparent,
    )
    return pixels


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


def _lamp_view(
    vertices: FloatArray, faces: IntArray, towards: FloatArray
) -> tuple[npt.NDArray[np.float32], FloatArray]:
    """Return the part as the lamp sees it: the ``depth`` and the ``lamp`` of the kernel's ``ground_shadow``."""
    from glocal.design.picture_kernel import nearest_faces

    across = np.cross([0.0, 0.0, 1.0], towards)
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(towards, across), towards])
    seen = vertices @ axes.T
    low, high = seen.min(axis=0), seen.max(axis=0)
    scale = (_SHADOW_MAP_PX - 16) / float((high - low)[:2].max())
    screen = (seen[:, :2] - low[:2]) * scale + 8.0
    _, depth = nearest_faces(screen[faces], -seen[faces, 2], _SHADOW_MAP_PX, _SHADOW_MAP_PX, False)
    lamp = np.zeros((3, 5))
    lamp[:, :3] = axes * [[scale], [scale], [1.0]]
    lamp[:2, 3] = 8.0 - low[:2] * scale
    lamp[2, 4] = 1.0 / scale
    return depth, lamp


def _ground_light(shadow: FloatArray, open_sky: FloatArray) -> FloatArray:
    """Return how bright the ground is, 0 to 1, from what the part keeps from it."""
    from scipy.ndimage import gaussian_filter

    softness_px = 6.0 * shadow.shape[0] / 960
    soft = gaussian_filter(shadow, softness_px, mode="nearest")
    light: FloatArray = (1.0 - 0.42 * soft) * (1.0 - 0.75 * (1.0 - gaussian_filter(open_sky, softness_px / 3)))
    return light


def _linear(colour: Colour) -> FloatArray:
    return np.asarray(colour, dtype=np.float64) ** 2.2


def _encode(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Write (height, width, 4) pixels as a PNG file, without alpha where nothing shines through."""
    from PIL import Image

    opaque = bool((pixels[..., 3] == 255).all())
    image = Image.fromarray(pixels[..., :3] if opaque else pixels)
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=False, compress_level=6)
    return out.getvalue()
