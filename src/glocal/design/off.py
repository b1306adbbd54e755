"""OFF, the plain text format in which the design engine hands over its mesh."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from glocal.design.errors import MeshBadIndex, MeshBadNumber, MeshFileMalformed, MeshFileTooBig, MeshFileTruncated
from glocal.design.model import Mesh

MAX_TRIANGLES = 2_000_000
MAX_CORNERS = 10_000  # of one face


def read_off(data: bytes) -> Mesh:
    """Return the mesh in an OFF file, its many-cornered faces cut into triangles.

    Parameters
    ----------
    data : bytes
        Text, with ``OFF`` in its first line; colours behind the faces are ignored.
    """
    text = data.decode("latin-1")
    lines = [stripped for line in text.split("\n") if (stripped := line.split("#", 1)[0].strip())]
    if not lines or not lines[0].startswith("OFF"):
        raise MeshFileMalformed("This is not an OFF file: its first line does not begin with OFF.")
    header = lines[0][3:].split()
    first = 1
    if not header:
        header, first = lines[1].split() if len(lines) > 1 else [], 2
    try:
        vertex_count, face_count = int(header[0]), int(header[1])
    except (IndexError, ValueError):
        raise MeshFileMalformed("The OFF file does not say how many corners and faces it has.") from None
    if vertex_count < 0 or face_count < 0 or max(vertex_count, face_count) > MAX_TRIANGLES:
        raise MeshFileTooBig(
            "The OFF file claims {count} corners or faces.",
            help="At most {most} are read.",
            count=max(vertex_count, face_count),
            most=MAX_TRIANGLES,
        )
    if len(lines) < first + vertex_count + face_count:
        raise MeshFileTruncated("The OFF file ends before its last face.", help="Save it again, and send it whole.")
    vertices = _vertices(lines[first : first + vertex_count])
    faces = _faces(lines[first + vertex_count : first + vertex_count + face_count], vertices)
    return Mesh(vertices, faces)


def write_off(mesh: Mesh) -> bytes:
    """Return a mesh as OFF text, coordinates with all their digits."""
    parts = [f"OFF {len(mesh.vertices)} {len(mesh.faces)} 0"]
    parts += [f"{x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    parts += [f"3 {a} {b} {c}" for a, b, c in mesh.faces.tolist()]
    return ("\n".join(parts) + "\n").encode("ascii")


def _numbers(lines: list[str], dtype: type[np.generic]) -> npt.NDArray[np.generic] | None:
    """Return all numbers in the lines, or None when something there is no number."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # what numpy says when text follows the last number
        try:
            return np.fromstring(" ".join(lines), dtype=dtype, sep=" ")
        except (DeprecationWarning, ValueError):
            return None


def _vertices(lines: list[str]) -> npt.NDArray[np.float64]:
    numbers = _numbers(lines, np.float64)
    if numbers is None or numbers.size != 3 * len(lines):
        try:
            numbers = np.array([line.split()[:3] for line in lines], dtype=np.float64)
        except ValueError:
            raise MeshBadNumber("A corner in the OFF file is not three numbers.") from None
    vertices = numbers.astype(np.float64).reshape(-1, 3)
    if not np.isfinite(vertices).all():
        raise MeshBadNumber("A corner in the OFF file is not finite.")
    return vertices


def _faces(lines: list[str], vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Return (m, 3) int32 in the order of the file."""
    numbers = _numbers(lines, np.int64)
    if numbers is not None and numbers.size == 4 * len(lines) and bool((numbers.reshape(-1, 4)[:, 0] == 3).all()):
        triangles = numbers.reshape(-1, 4)[:, 1:].astype(np.int64)
        _check_indices(triangles, len(vertices))
        return triangles.astype(np.int32)
    return triangulate_polygons([_polygon(line) for line in lines], vertices)


def triangulate_polygons(polygons: Sequence[Sequence[int]], vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Cut flat faces of any number of corners into triangles without new corners: (m, 3) int32, in the same order.

    Faces with fewer than three corners vanish.
    """
    by_size: dict[int, list[int]] = {}
    for position, polygon in enumerate(polygons):
        by_size.setdefault(len(polygon), []).append(position)
    parts, positions = [np.empty((0, 3), np.int64)], [np.empty(0, np.int64)]
    for size, members in by_size.items():
        if size < 3:
            continue
        same = np.array([polygons[position] for position in members], dtype=np.int64)
        _check_indices(same, len(vertices))
        parts.append(same if size == 3 else _triangulate(same, vertices))
        positions.append(np.repeat(members, size - 2))
    order = np.argsort(np.concatenate(positions), kind="stable")
    return np.concatenate(parts)[order].astype(np.int32)


def _polygon(line: str) -> list[int]:
    fields = line.split()
    try:
        size = int(fields[0])
        polygon = [int(field) for field in fields[1 : 1 + size]]
    except ValueError:
        raise MeshFileMalformed("A face in the OFF file is not a list of whole numbers.") from None
    if not 0 <= size <= MAX_CORNERS or len(polygon) != size:
        raise MeshFileMalformed("A face in the OFF file has fewer corners than it says, or far too many.")
    return polygon


def _check_indices(polygons: npt.NDArray[np.int64], vertex_count: int) -> None:
    if polygons.size and not (polygons.min() >= 0 and polygons.max() < vertex_count):
        raise MeshBadIndex("A face names a corner that does not exist (there are {count}).", count=vertex_count)


def _triangulate(polygons: npt.NDArray[np.int64], vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Cut flat faces with the same number of corners, (k, n), into triangles without new corners: (k * (n - 2), 3)."""
    size = polygons.shape[1]
    points = vertices[polygons]
    following = np.roll(points, -1, axis=1)
    normals = np.cross(points, following).sum(axis=1)  # Newell: twice the area vector
    turns = np.einsum("kni,ki->kn", np.cross(following - points, np.roll(following, -1, axis=1) - following), normals)
    fan = np.array([[0, i, i + 1] for i in range(1, size - 1)])
    triangles = polygons[:, fan]  # right for convex faces
    for k in np.flatnonzero((turns <= 0).any(axis=1)):
        triangles[k] = polygons[k][_triangulate_hollow(points[k], normals[k])]
    return triangles.reshape(-1, 3)


def _triangulate_hollow(points: npt.NDArray[np.float64], normal: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Cut a face that is not convex, seen along its normal: (n - 2, 3) positions in the face."""
    import manifold3d

    drop = int(np.argmax(np.abs(normal)))
    axes = [(1, 2), (2, 0), (0, 1)][drop]
    flat = points[:, axes] if normal[drop] > 0 else points[:, axes[::-1]]
    triangles = np.asarray(manifold3d.triangulate([np.ascontiguousarray(flat)]), dtype=np.int64)
    if len(triangles) != len(points) - 2:
        raise MeshFileMalformed("A face crosses itself.")
    return triangles
