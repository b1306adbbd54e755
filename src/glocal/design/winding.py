"""Turn the triangles of a closed surface so that all face outwards, as slicers do when they load a file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh
from glocal.design.solid import has_gaps, open_edges


def face_outwards(mesh: Mesh) -> Mesh:
    """Return the mesh with triangles turned to agree with their neighbours, and the whole the right side out.

    A mesh with gaps comes back as it is: what is outside cannot be known there. Bodies inside others (cavities) keep
    the side they have, unless their own triangles disagree.
    """
    if has_gaps(mesh):
        return mesh
    if len(open_edges(mesh)):
        mesh = agree(mesh)
    return Mesh(mesh.vertices, mesh.faces[:, ::-1]) if mesh.volume_mm3 < 0 else mesh


def agree(mesh: Mesh) -> Mesh:
    """Return the mesh with each body's triangles turned to face the same way."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    first, second, same_way = _neighbours(mesh)
    count = len(mesh.faces)
    ones = np.ones(len(first), dtype=np.int8)
    graph = coo_array((ones, (first, second)), shape=(count, count)).tocsr()
    turned_against = {(int(a), int(b)) for a, b in zip(first[same_way], second[same_way], strict=True)}
    groups, label = connected_components(graph, directed=False)
    flip = np.zeros(count, dtype=bool)
    for group in range(groups):
        members = np.flatnonzero(label == group)
        order, parent = breadth_first_order(graph, int(members[0]), directed=False)
        for face in order[1:].tolist():
            above = int(parent[face])
            disagrees = (above, face) in turned_against or (face, above) in turned_against
            flip[face] = flip[above] ^ disagrees
        if flip[members].any() and _volume(mesh, members, flip) < 0:
            flip[members] = ~flip[members]
    faces = mesh.faces.copy()
    faces[flip] = faces[flip][:, ::-1]
    return Mesh(mesh.vertices, faces)


def _neighbours(
    mesh: Mesh,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the pairs of faces that share an edge of exactly two, and whether both run along it the same way."""
    faces = mesh.faces.astype(np.int64)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    owner = np.tile(np.arange(len(faces)), 3)
    low, high = edges.min(axis=1), edges.max(axis=1)
    key = low * len(mesh.vertices) + high
    order = np.argsort(key, kind="stable")
    _, start, counts = np.unique(key[order], return_index=True, return_counts=True)
    pairs = start[counts == 2]
    a, b = order[pairs], order[pairs + 1]
    return owner[a], owner[b], edges[a, 0] == edges[b, 0]


def _volume(mesh: Mesh, members: npt.NDArray[np.int64], flip: npt.NDArray[np.bool_]) -> float:
    corners = mesh.corners[members] - mesh.vertices[mesh.faces[members[0], 0]]
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return float(np.where(flip[members], -signed, signed).sum() / 6)
