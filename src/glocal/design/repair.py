"""Mend a damaged mesh where that is safe, prove the result, and refuse where only its author can know.

Safe is what has one sensible answer: corners that rounding has torn apart, doubled triangles, triangles that face the
wrong way, small or flat holes, pieces that overlap. A large hole in a curved surface has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from glocal.design.counted import counted
from glocal.design.errors import MeshNotRepairable
from glocal.design.intersect import crossings
from glocal.design.model import Mesh
from glocal.design.solid import body_of_faces, has_gaps, holes, manifold_status, open_edges
from glocal.design.winding import agree, face_outwards

if TYPE_CHECKING:
    import manifold3d

_WELD_SHARES = (1e-6, 1e-5, 1e-4)  # of the part's size
_SMALL_SHARE = 0.02  # of the surface: a hole that is smaller is closed even where it is not flat
_FLAT_SHARE = 0.01  # of the hole's own size
_MOST_HOLES = 200
_MOST_RIM = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """A mended mesh and what was done to it, in words; nothing when it was sound."""

    mesh: Mesh
    done: tuple[str, ...]


def repair(mesh: Mesh) -> Repaired:
    """Return the mesh mended and proven closed.

    Raises
    ------
    MeshNotRepairable
        Saying what is broken and why it is not guessed.
    """
    done: list[str] = []
    mesh = _without_doubles(mesh, done)
    mesh = _welded(mesh, done)
    mesh = _closed(mesh, done)
    mesh = _outwards(mesh, done)
    if manifold_status(mesh) != "NoError":
        raise _hopeless("its triangles do not enclose a volume that can be told from the outside", mesh)
    mesh = _united(mesh, done)
    if manifold_status(mesh) != "NoError" or mesh.volume_mm3 <= 0:
        raise _hopeless("what is inside and what is outside cannot be told apart", mesh)
    return Repaired(mesh, tuple(done))


def _hopeless(reason: str, mesh: Mesh) -> MeshNotRepairable:
    return MeshNotRepairable(
        f"This mesh is not repaired: {reason}.",
        help="Mend it in the program that made it, where its author can see what is meant.",
        open_edges=len(open_edges(mesh)),
    )


def _without_doubles(mesh: Mesh, done: list[str]) -> Mesh:
    """Drop triangles that stand in the file twice over, facing the same way, and those without an area of their own."""
    faces = mesh.faces
    flat = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
    faces = faces[~flat]
    start = faces.argmin(axis=1)
    rolled = np.stack([faces[np.arange(len(faces)), (start + k) % 3] for k in range(3)], axis=1)
    _, first = np.unique(rolled, axis=0, return_index=True)
    gone = len(mesh.faces) - len(first)
    if not gone:
        return mesh
    if not len(first):
        raise _hopeless("none of its triangles has an area", mesh)
    done.append(f"{counted(gone, 'doubled or flat triangle was', 'doubled or flat triangles were')} removed.")
    return Mesh(mesh.vertices, faces[np.sort(first)])


def _welded(mesh: Mesh, done: list[str]) -> Mesh:
    """Join corners that lie almost on each other, as far as that closes gaps."""
    gaps = len(open_edges(mesh))
    size = max(mesh.extent_mm)
    for share in _WELD_SHARES:
        if not gaps:
            return mesh
        _, first, place = np.unique(
            np.round(mesh.vertices / max(size * share, 1e-9)), axis=0, return_index=True, return_inverse=True
        )
        faces = place.ravel()[mesh.faces]
        sound = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
        near = Mesh(mesh.vertices[first], faces[sound].astype(np.int32))
        left = len(open_edges(near))
        if len(near.faces) and left < gaps:
            done.append(f"Corners less than {size * share:.2g} mm apart were joined; {gaps - left} open edges closed.")
            mesh, gaps = near, left
    return mesh


def _closed(mesh: Mesh, done: list[str]) -> Mesh:
    """Close holes that are small or flat; refuse others."""
    if not has_gaps(mesh):
        return mesh
    mesh = agree(mesh)
    rims = holes(open_edges(mesh))
    if len(rims) > _MOST_HOLES:
        raise _hopeless(f"its surface is open in {len(rims)} places", mesh)
    new: list[npt.NDArray[np.int64]] = []
    total = mesh.area_mm2
    for rim in rims:
        loop = _loop(rim)
        if loop is None:
            raise _hopeless("a hole in its surface has no simple rim", mesh)
        new.append(_lid(mesh, loop, total))
    done.append(f"{counted(len(rims), 'hole in the surface was', 'holes in the surface were')} closed.")
    return Mesh(mesh.vertices, np.concatenate([mesh.faces, *new]).astype(np.int32))


def _loop(rim: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return the corners of a rim in order, against its edges' direction, or None when it is no simple loop."""
    if len(rim) > _MOST_RIM or len(np.unique(rim[:, 0])) != len(rim) or len(np.unique(rim[:, 1])) != len(rim):
        return None
    after = dict(zip(rim[:, 1].tolist(), rim[:, 0].tolist(), strict=True))
    loop = [int(rim[0, 1])]
    while after[loop[-1]] != loop[0]:
        loop.append(after[loop[-1]])
        if len(loop) > len(rim):
            return None
    return np.array(loop) if len(loop) == len(rim) else None


def _lid(mesh: Mesh, loop: npt.NDArray[np.int64], surface_mm2: float) -> npt.NDArray[np.int64]:
    """Return triangles over a hole, drawn in the plane that fits its rim best."""
    import manifold3d

    points = mesh.vertices[loop]
    middle = points.mean(axis=0)
    _, spread, axes = np.linalg.svd(points - middle, full_matrices=False)
    size = float(spread[0]) / np.sqrt(len(loop))
    bend = float(np.abs((points - middle) @ axes[2]).max()) if len(axes) > 2 else 0.0
    flat = (points - middle) @ axes[:2].T
    x, y = flat[:, 0], flat[:, 1]
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    if bend > _FLAT_SHARE * size and abs(area) > _SMALL_SHARE * surface_mm2:
        raise _hopeless(
            f"a hole of about {abs(area):.0f} mm² is in a curved surface, and its shape can only be guessed", mesh
        )
    ring = flat if area > 0 else flat[::-1]
    triangles = np.asarray(manifold3d.triangulate([ring]))
    own = loop if area > 0 else loop[::-1]
    lid = own[triangles].astype(np.int64)
    facing: npt.NDArray[np.int64] = lid if area > 0 else lid[:, ::-1]
    return facing


def _outwards(mesh: Mesh, done: list[str]) -> Mesh:
    outwards = face_outwards(mesh)
    if not np.array_equal(outwards.faces, mesh.faces):
        done.append("Triangles that faced inwards were turned.")
    return outwards


def _united(mesh: Mesh, done: list[str]) -> Mesh:
    """Join bodies that pass through each other; hollows stay hollow."""
    crossed = crossings(mesh)
    if not len(crossed.faces):
        return mesh
    body = body_of_faces(mesh)
    if (body[crossed.edge_faces] == body[crossed.faces]).any():
        raise _hopeless("its surface passes through itself, so that inside and outside are mixed up", mesh)
    import manifold3d

    solid: list[Mesh] = []
    hollow: list[Mesh] = []
    for number in range(int(body.max()) + 1):
        faces = mesh.faces[body == number]
        own = Mesh(mesh.vertices, faces)
        (solid if own.volume_mm3 > 0 else hollow).append(
            own if own.volume_mm3 > 0 else Mesh(own.vertices, faces[:, ::-1])
        )
    joined = manifold3d.Manifold.batch_boolean([_manifold(part) for part in solid], manifold3d.OpType.Add)
    for part in hollow:
        joined -= _manifold(part)
    raw = joined.to_mesh64()
    done.append(f"{len(solid)} overlapping pieces were joined to one solid.")
    return Mesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts).astype(np.int32))


def _manifold(mesh: Mesh) -> manifold3d.Manifold:
    import manifold3d

    used, faces = np.unique(mesh.faces, return_inverse=True)
    return manifold3d.Manifold(manifold3d.Mesh64(np.array(mesh.vertices[used]), faces.reshape(-1, 3).astype(np.uint64)))
