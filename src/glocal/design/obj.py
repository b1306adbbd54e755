"""Wavefront OBJ: corners and faces; colours, textures, normals and groups are passed over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.errors import MeshBadIndex, MeshBadNumber, MeshFileMalformed, MeshFileTooBig
from glocal.design.model import Mesh
from glocal.design.off import MAX_CORNERS, MAX_TRIANGLES, triangulate_polygons


def read_obj(data: bytes) -> Mesh:
    """Return the mesh in an OBJ file, its many-cornered faces cut into triangles."""
    vertices: list[tuple[float, float, float]] = []
    polygons: list[list[int]] = []
    for number, line in enumerate(data.decode("latin-1").replace("\\\n", " ").split("\n"), start=1):
        fields = line.split("#", 1)[0].split()
        if not fields:
            continue
        if fields[0] == "v":
            vertices.append(_vertex(fields, number))
        elif fields[0] == "f":
            polygons.append(_face(fields, len(vertices), number))
        if max(len(vertices), len(polygons)) > MAX_TRIANGLES:
            raise MeshFileTooBig(
                "The OBJ file is too large.", help="Simplify it to at most {most} triangles.", most=MAX_TRIANGLES
            )
    if not vertices:
        raise MeshFileMalformed("This is not an OBJ file: it has no line that begins with 'v'.")
    points: npt.NDArray[np.float64] = np.array(vertices, dtype=np.float64)
    if not np.isfinite(points).all():
        raise MeshBadNumber("The OBJ file holds a coordinate that is not finite.")
    return Mesh(points, triangulate_polygons(polygons, points))


def _vertex(fields: list[str], number: int) -> tuple[float, float, float]:
    try:
        return float(fields[1]), float(fields[2]), float(fields[3])
    except (IndexError, ValueError):
        raise MeshBadNumber("Line {line} of the OBJ file is not a corner of three numbers.", line=number) from None


def _face(fields: list[str], count: int, number: int) -> list[int]:
    """Return positions from 0; OBJ counts from 1, and backwards from the last corner with negative numbers."""
    if not 3 <= len(fields) - 1 <= MAX_CORNERS:
        raise MeshFileMalformed(
            "Line {line} of the OBJ file is a face with {count} corners.", line=number, count=len(fields) - 1
        )
    try:
        indices = [int(field.split("/", 1)[0]) for field in fields[1:]]
    except ValueError:
        raise MeshFileMalformed("Line {line} of the OBJ file is not a face.", line=number) from None
    positions = [index - 1 if index > 0 else count + index for index in indices]
    if 0 in indices or min(positions) < 0:
        raise MeshBadIndex("Line {line} of the OBJ file names a corner that does not exist.", line=number)
    return positions
