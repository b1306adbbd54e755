"""Join the corners of loose triangles: formats that repeat each corner, and readers that make every face by itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh
from glocal.design.solid import open_edges

_WELD_SHARE = 1e-6  # of the part's size: what rounding to 32 bits leaves between two copies of a corner


def weld(corners: npt.NDArray[np.float64]) -> Mesh:
    """Join equal corners; where the surface then stays open, also those that differ by rounding only.

    Parameters
    ----------
    corners : (m, 3, 3) float64, mm
        Of each triangle.
    """
    exact = _join_equal(corners.reshape(-1, 3) + 0.0, corners.reshape(-1, 3) + 0.0)
    gaps = len(open_edges(exact))
    if not gaps:
        return exact
    grid = float(np.ptp(exact.vertices, axis=0).max()) * _WELD_SHARE
    if grid <= 0:
        return exact
    flat = corners.reshape(-1, 3)
    near = _join_equal(flat + 0.0, np.round(flat / grid))
    kept = len(near.faces) == len(exact.faces)
    return near if kept and len(open_edges(near)) < gaps else exact


def _join_equal(points: npt.NDArray[np.float64], keys: npt.NDArray[np.float64]) -> Mesh:
    """Return the triangles over the distinct ``keys``, corners in order of appearance."""
    rows = np.ascontiguousarray(keys + 0.0).view(np.dtype((np.void, 24))).ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[order] = np.arange(len(first))
    faces = rank[inverse].reshape(-1, 3)
    solid = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return Mesh(points[first[order]], faces[solid])
