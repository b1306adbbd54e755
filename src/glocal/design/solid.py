"""The proof that a surface encloses a volume, and what is known of a shape without slicing it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.errors import DesignNotSolid
from glocal.design.model import Mesh, PartFeatures

OVERHANG_DEG = 45.0
_FLAT_ON_BED_MM = 0.05


def open_edges(mesh: Mesh) -> npt.NDArray[np.int64]:
    """Return the directed edges, (k, 2), that no neighbour runs through the other way, or that are there twice.

    A closed, orientable surface has none: each directed edge stands once, and its opposite once.
    """
    faces = mesh.faces.astype(np.int64)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    count = len(mesh.vertices)
    forward = edges[:, 0] * count + edges[:, 1]
    backward = edges[:, 1] * count + edges[:, 0]
    keys, inverse, counts = np.unique(forward, return_inverse=True, return_counts=True)
    twice = counts[inverse] > 1
    unmatched = ~np.isin(backward, keys)
    bad: npt.NDArray[np.int64] = edges[twice | unmatched | (edges[:, 0] == edges[:, 1])]
    return bad


def prove_solid(mesh: Mesh) -> None:
    """Raise DesignNotSolid unless Manifold accepts the mesh and it encloses a positive volume."""
    import manifold3d

    status = manifold3d.Manifold(
        manifold3d.Mesh64(np.array(mesh.vertices), np.array(mesh.faces, dtype=np.uint64))
    ).status()
    if status != manifold3d.Error.NoError:
        count = len(open_edges(mesh))
        raise DesignNotSolid(
            f"The surface of the part is not closed: {count} edges have no neighbour.",
            help="The design needs a change: its pieces must overlap, and its polyhedra be closed.",
            open_edges=count,
            proof=status.name,
        )
    if mesh.volume_mm3 <= 0:
        raise DesignNotSolid(
            "The surface of the part is inside out.", help="The design's polyhedra must list their corners clockwise."
        )


def body_of_faces(mesh: Mesh) -> npt.NDArray[np.int64]:
    """Return for each face the number of the body that it belongs to, counted from 0 in order of appearance: (m,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    faces = mesh.faces
    count = len(mesh.vertices)
    start = np.concatenate([faces[:, 0], faces[:, 1]])
    end = np.concatenate([faces[:, 1], faces[:, 2]])
    graph = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, first, body = np.unique(label[faces[:, 0]], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: npt.NDArray[np.int64] = rank[body]
    return numbered


def overhanging(mesh: Mesh) -> npt.NDArray[np.bool_]:
    """Return which faces hang over by more than 45° and do not lie on the bed: (m,) bool."""
    vectors = mesh.area_vectors
    areas = np.linalg.norm(vectors, axis=1)
    steep = vectors[:, 2] < -np.sin(np.radians(OVERHANG_DEG)) * areas - 1e-9 * areas
    bottom = mesh.vertices[:, 2][mesh.faces].max(axis=1) - mesh.bounds_mm[0][2] <= _FLAT_ON_BED_MM
    hanging: npt.NDArray[np.bool_] = steep & ~bottom
    return hanging


def features(mesh: Mesh) -> PartFeatures:
    """Return what is known of a mesh's shape."""
    areas = np.linalg.norm(mesh.area_vectors, axis=1)
    return PartFeatures(
        volume_mm3=mesh.volume_mm3,
        area_mm2=float(areas.sum()),
        extent_mm=mesh.extent_mm,
        triangles=len(mesh.faces),
        overhang_mm2=float(areas[overhanging(mesh)].sum()),
        bodies=int(body_of_faces(mesh).max()) + 1,
    )
