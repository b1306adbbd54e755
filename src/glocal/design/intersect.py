"""Where a surface passes through itself, or through another body of the same file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh

MOST_CROSSINGS = 20_000
"""Crossings that are looked at; a mesh with more is broken all over, and says so just as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Where edges pierce triangles that are not their neighbours.

    Parameters
    ----------
    places_mm : (k, 3) float64
    edge_faces, faces : (k,) int64
        A triangle on the edge, and the triangle that is pierced.
    """

    places_mm: npt.NDArray[np.float64]
    edge_faces: npt.NDArray[np.int64]
    faces: npt.NDArray[np.int64]


def crossings(mesh: Mesh) -> Crossings:
    """Return where a mesh passes through itself.

    Surfaces that only touch (two bodies side by side, a corner on a face) do not cross: both ends of the edge must lie
    0.1 µm off the triangle. Triangles that lie in one plane are not compared.
    """
    from glocal.design import intersect_kernel as kernel

    faces = mesh.faces.astype(np.int64)
    corners = mesh.corners
    low, high = corners.min(axis=1), corners.max(axis=1)
    least = low.min(axis=0)
    scale = (2**20 - 1) / np.maximum(high.max(axis=0) - least, 1e-9)
    order = np.argsort(kernel.morton((low + high) / 2, least, scale), kind="stable")
    leaves = 1
    while leaves * 4 < len(faces):
        leaves *= 2
    box_low, box_high = kernel.tree_boxes(low[order], high[order], leaves)
    edges, owner = _edges_once(faces, len(mesh.vertices))
    pairs, places = kernel.piercing_edges(
        np.asarray(mesh.vertices), faces, order, box_low, box_high, edges, MOST_CROSSINGS
    )
    return Crossings(places, owner[pairs[:, 0]], pairs[:, 1])


def _edges_once(faces: npt.NDArray[np.int64], count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each edge once, (k, 2), in an order that keeps neighbours together, and a face that it belongs to."""
    start, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
    key = np.minimum(start, end) * count + np.maximum(start, end)
    _, first = np.unique(key, return_index=True)
    first.sort()
    return np.stack([start[first], end[first]], axis=1), first // 3
