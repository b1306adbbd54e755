"""STL, binary and text. STL knows no corners, only triangles, so equal coordinates become one corner again."""

from __future__ import annotations

import re
import struct

import numpy as np
import numpy.typing as npt

from glocal.design.errors import MeshBadNumber, MeshEmpty, MeshFileMalformed, MeshFileTooBig, MeshFileTruncated
from glocal.design.model import Mesh
from glocal.design.off import MAX_TRIANGLES
from glocal.design.weld import weld

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_HEADER_BYTES = 84
_VERTEX = re.compile(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)")


def read_stl(data: bytes) -> Mesh:
    """Return the mesh in an STL file."""
    corners = _read_text(data) if _is_text(data) else _read_binary(data)
    if not len(corners):
        raise MeshEmpty("The STL file holds no triangles.")
    if not np.isfinite(corners).all():
        raise MeshBadNumber("The STL file holds a coordinate that is not a finite number.")
    return weld(corners)


def write_stl(mesh: Mesh) -> bytes:
    """Return a mesh as binary STL (32-bit coordinates; 3MF keeps all digits)."""
    records = np.zeros(len(mesh.faces), dtype=_RECORD)
    vectors = mesh.area_vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    records["normal"] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    records["corners"] = mesh.corners
    return b"glocal, mm".ljust(80, b"\0") + struct.pack("<I", len(records)) + records.tobytes()


def _is_text(data: bytes) -> bool:
    """Tell text from binary; a binary file may begin with "solid" too, but its size gives it away."""
    if len(data) >= _HEADER_BYTES:
        (count,) = struct.unpack_from("<I", data, 80)
        if len(data) == _HEADER_BYTES + count * _RECORD.itemsize:
            return False
    return data[:512].lstrip()[:5].lower() == b"solid" and b"\0" not in data[:512]


def _read_binary(data: bytes) -> npt.NDArray[np.float64]:
    if len(data) < _HEADER_BYTES:
        raise MeshFileMalformed("This is not an STL file: it is shorter than an STL header.")
    (count,) = struct.unpack_from("<I", data, 80)
    room = (len(data) - _HEADER_BYTES) // _RECORD.itemsize
    if count > room:
        raise MeshFileTruncated(
            "The STL file says it has {count} triangles, but ends after {there}.",
            help="It was cut off on its way, or is no STL file. Save it again, and send it whole.",
            count=count,
            there=room,
        )
    if count > MAX_TRIANGLES:
        raise _too_many(count)
    return np.frombuffer(data, dtype=_RECORD, count=count, offset=_HEADER_BYTES)["corners"].astype(np.float64)


def _read_text(data: bytes) -> npt.NDArray[np.float64]:
    text = data.lower()
    loops = text.count(b"outer loop")
    if loops > MAX_TRIANGLES:
        raise _too_many(loops)
    if b"endsolid" not in text[-4096:]:
        raise MeshFileTruncated("The STL text ends without 'endsolid'.", help="Save it again, and send it whole.")
    vertices = _VERTEX.findall(text)
    if len(vertices) != 3 * loops:
        raise MeshFileMalformed(
            "The STL text has {count} triangles but {corners} corners instead of {wanted}.",
            count=loops,
            corners=len(vertices),
            wanted=3 * loops,
        )
    try:
        return np.array(vertices).astype(np.float64).reshape(-1, 3, 3)
    except ValueError:
        raise MeshBadNumber("The STL text holds a coordinate that is no number.") from None


def _too_many(count: int) -> MeshFileTooBig:
    return MeshFileTooBig(
        "The STL file has {count} triangles.", help="Simplify it to at most {most}.", count=count, most=MAX_TRIANGLES
    )
