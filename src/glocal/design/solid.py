"""The proof that a surface encloses a volume, and what is known of a shape without slicing it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.errors import DesignNotSolid, DesignTooBig
from glocal.design.model import Mesh, PartFeatures

MOST_REACH_MM = 1e6
"""How far from the origin a part may reach; beyond lie numbers with which nothing can be computed."""

OVERHANG_DEG = 45.0
_FLAT_ON_BED_MM = 0.05
_FLAT = 1e-9
"""A mesh that encloses no more than this share of the cube around it encloses nothing."""


def open_edges(mesh: Mesh) -> npt.NDArray[np.int64]:
    """Return the directed edges, (k, 2), that do not run back as often as they run forth.

    A closed, orientable surface has none. Edges where several bodies touch balance, and are none either.
    """
    edges = _edges(mesh)
    count = len(mesh.vertices)
    forward = edges[:, 0] * count + edges[:, 1]
    backward = edges[:, 1] * count + edges[:, 0]
    keys, counts = np.unique(forward, return_counts=True)
    there = counts[np.searchsorted(keys, forward)]
    place = np.minimum(np.searchsorted(keys, backward), len(keys) - 1)
    back = np.where(keys[place] == backward, counts[place], 0) if len(keys) else there
    bad: npt.NDArray[np.int64] = edges[(there != back) & (edges[:, 0] != edges[:, 1])]
    return bad


def has_gaps(mesh: Mesh) -> bool:
    """Say whether an edge has an odd number of triangles: then something is missing, not just turned over."""
    edges = np.sort(_edges(mesh), axis=1)
    _, counts = np.unique(edges[:, 0] * len(mesh.vertices) + edges[:, 1], return_counts=True)
    return bool((counts % 2).any())


def holes(edges: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Return the open edges, (k, 2), grouped into connected rims."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(edges):
        return []
    names, flat = np.unique(edges, return_inverse=True)
    pairs = flat.reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names)))
    count, label = connected_components(graph, directed=False)
    return [edges[label[pairs[:, 0]] == rim] for rim in range(count)]


def _edges(mesh: Mesh) -> npt.NDArray[np.int64]:
    faces = mesh.faces.astype(np.int64)
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def manifold_status(mesh: Mesh) -> str:
    """Return what Manifold says of the mesh; ``"NoError"`` is the proof that it encloses a volume."""
    import manifold3d

    soup = manifold3d.Mesh64(np.array(mesh.vertices), np.array(mesh.faces, dtype=np.uint64))
    return str(manifold3d.Manifold(soup).status().name)


def is_flat(mesh: Mesh) -> bool:
    """Say whether a closed mesh encloses nothing, give or take rounding."""
    return abs(mesh.volume_mm3) <= _FLAT * max(mesh.extent_mm) ** 3


def prove_solid(mesh: Mesh) -> None:
    """Raise DesignNotSolid unless Manifold accepts the mesh and its volume is positive, DesignTooBig beyond 1 km."""
    if not np.abs(mesh.vertices).max(initial=0.0) <= MOST_REACH_MM:  # nor what is no number
        raise DesignTooBig(
            "The part would be larger than a kilometre.", help="Lengths are in millimetres: choose smaller values."
        )
    status = manifold_status(mesh)
    if status != "NoError":
        count = len(open_edges(mesh))
        raise DesignNotSolid(
            "The surface of the part is not closed: {open_edges} edges have no neighbour.",
            help="The design needs a change: its pieces must overlap, and its polyhedra be closed.",
            open_edges=count,
            proof=status,
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
