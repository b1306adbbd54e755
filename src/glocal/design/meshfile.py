"""Read a shape that may come from a stranger: STL, OBJ, 3MF, OFF, STEP. Each fault has an error by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from glocal.design.errors import (
    MeshBadNumber,
    MeshEmpty,
    MeshFileMalformed,
    MeshFileTooBig,
    UnknownMeshFormat,
)
from glocal.design.model import Mesh
from glocal.design.obj import read_obj
from glocal.design.off import MAX_TRIANGLES, read_off, write_off
from glocal.design.step_occt import read_step
from glocal.design.stl import read_stl, write_stl
from glocal.design.threemf_read import read_3mf
from glocal.design.winding import face_outwards

__all__ = ["MAX_FILE_BYTES", "MAX_TRIANGLES", "join", "read_mesh", "read_mesh_bytes", "write_off", "write_stl"]

MAX_FILE_BYTES = 200_000_000
SAY_THEIR_UNIT = frozenset({".3mf", ".step", ".stp"})
MAX_COORDINATE_MM = 1e5
"""Beyond a hundred metres no file is meant in millimetres for a printer."""


def read_mesh(path: Path, *, unit_mm: float = 1.0) -> Mesh:
    """Return the mesh in a file, in mm; a file with several objects becomes one mesh.

    ``unit_mm`` says what a number in the file stands for where the format does not (all but 3MF and STEP).

    Open meshes can be read; :func:`glocal.design.check.check` says where they are open. Triangles of a closed mesh that
    face the wrong way are turned, as slicers do.

    Raises
    ------
    MeshFileError
        A leaf of it for each way in which the file is not what its name claims.
    """
    if not path.is_file():
        raise MeshFileMalformed("There is no file {path}.", path=str(path))
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise MeshFileTooBig(
            "{name} has {bytes} bytes.",
            help="At most {most} are read.",
            name=path.name,
            bytes=size,
            most=MAX_FILE_BYTES,
        )
    return read_mesh_bytes(path.read_bytes(), path.suffix, unit_mm=unit_mm)


def read_mesh_bytes(data: bytes, suffix: str, *, unit_mm: float = 1.0) -> Mesh:
    """Return the mesh in the bytes of a file whose name ends in ``suffix`` (``".stl"``)."""
    reader = _READERS.get(suffix.lower())
    if reader is None:
        raise UnknownMeshFormat(
            "Files that end in “{suffix}” are not read.",
            help="Send one of: {allowed}.",
            suffix=suffix[:20],
            allowed=list(_READERS),
        )
    if len(data) > MAX_FILE_BYTES:
        raise MeshFileTooBig(
            "The file has {bytes} bytes.", help="At most {most} are read.", bytes=len(data), most=MAX_FILE_BYTES
        )
    if not data:
        raise MeshEmpty("The file is empty.")
    mesh = reader(data)
    if unit_mm != 1.0 and suffix.lower() not in SAY_THEIR_UNIT:
        mesh = Mesh(mesh.vertices * unit_mm, mesh.faces)
    if not len(mesh.faces):
        raise MeshEmpty("The file holds no triangles.")
    if len(mesh.faces) > MAX_TRIANGLES:
        raise MeshFileTooBig(
            "The file holds {count} triangles.",
            help="Simplify it to at most {most}.",
            count=len(mesh.faces),
            most=MAX_TRIANGLES,
        )
    if float(np.abs(mesh.vertices).max()) > MAX_COORDINATE_MM:
        raise MeshBadNumber(
            "The file holds coordinates beyond 100 metres.", help="Is it in millimetres? Export it again in mm."
        )
    return face_outwards(_without_flat_triangles(mesh))


def join(meshes: tuple[Mesh, ...]) -> Mesh:
    """Return several meshes as one, their bodies side by side."""
    if len(meshes) == 1:
        return meshes[0]
    vertices: list[npt.NDArray[np.float64]] = [np.empty((0, 3))]
    faces: list[npt.NDArray[np.int32]] = [np.empty((0, 3), np.int32)]
    offset = 0
    for mesh in meshes:
        vertices.append(mesh.vertices)
        faces.append(mesh.faces + np.int32(offset))
        offset += len(mesh.vertices)
    return Mesh(np.concatenate(vertices), np.concatenate(faces))


def _without_flat_triangles(mesh: Mesh) -> Mesh:
    """Drop triangles that use a corner twice: they enclose nothing and only confuse."""
    faces = mesh.faces
    flat = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
    if not flat.any():
        return mesh
    if flat.all():
        raise MeshEmpty("All triangles in the file are flat lines.")
    return Mesh(mesh.vertices, faces[~flat])


def _read_all_of_3mf(data: bytes) -> Mesh:
    return join(read_3mf(data))


def _read_all_of_step(data: bytes) -> Mesh:
    return join(read_step(data))


_READERS: dict[str, Callable[[bytes], Mesh]] = {
    ".stl": read_stl,
    ".obj": read_obj,
    ".3mf": _read_all_of_3mf,
    ".off": read_off,
    ".step": _read_all_of_step,
    ".stp": _read_all_of_step,
}
