"""Ceilings that a printer can span: flat regions in the air that are held on both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh

MOST_MM = 20.0
"""Longest bridge that is trusted without support; common filaments with cooling span more, at the price of sagging."""

_FLAT = 0.999
_DIRECTIONS = 12
_LINES = 24
_LEVEL_MM = 0.02


def bridge_mm(mesh: Mesh, faces: npt.NDArray[np.int64]) -> float | None:
    """Return how far lines must span to bridge a region of downward faces; ``None`` when it cannot be bridged.

    The region must be flat and level. Lines are drawn over it in twelve directions; it can be bridged along one when
    each line begins and ends at an edge from which a wall goes down. The shortest of the longest lines counts.
    """
    vectors = mesh.area_vectors[faces]
    if (-vectors[:, 2] < _FLAT * np.linalg.norm(vectors, axis=1)).any():
        return None
    corners = mesh.vertices[mesh.faces[faces]]
    if np.ptp(corners[:, :, 2]) > _LEVEL_MM:
        return None
    rim, held = _rim(mesh, faces)
    spans = [span for k in range(_DIRECTIONS) if (span := _span(rim, held, np.pi * k / _DIRECTIONS)) is not None]
    return min(spans, default=None)


def _rim(mesh: Mesh, faces: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the edges around a region in the plane, (k, 2, 2), and whether a wall goes down from each."""
    own = mesh.faces[faces].astype(np.int64)
    count = len(mesh.vertices)
    edges = np.concatenate([own[:, [0, 1]], own[:, [1, 2]], own[:, [2, 0]]])
    key = edges[:, 0] * count + edges[:, 1]
    outer = edges[~np.isin(edges[:, 1] * count + edges[:, 0], key)]
    every = mesh.faces.astype(np.int64)
    pairs = np.concatenate([every[:, [0, 1]], every[:, [1, 2]], every[:, [2, 0]]])
    third = np.concatenate([every[:, 2], every[:, 0], every[:, 1]])
    names = pairs[:, 0] * count + pairs[:, 1]
    order = np.argsort(names)
    wanted = outer[:, 1] * count + outer[:, 0]
    place = np.minimum(np.searchsorted(names[order], wanted), len(names) - 1)
    across = third[order][place]
    z = mesh.vertices[:, 2]
    held = z[across] < z[outer[:, 0]] - _LEVEL_MM
    return mesh.vertices[outer][:, :, :2], held


def _span(rim: npt.NDArray[np.float64], held: npt.NDArray[np.bool_], angle: float) -> float | None:
    """Return the longest line over the region in one direction, or None when a line has an end in the air."""
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-np.sin(angle), np.cos(angle)])
    u, v = rim @ along, rim @ across
    low, high = float(v.min()), float(v.max())
    longest = 0.0
    for i in range(_LINES):
        at = low + (i + 0.5 + 1e-4) / _LINES * (high - low)
        crossed = (v.min(axis=1) <= at) & (v.max(axis=1) > at)
        share = (at - v[crossed, 0]) / (v[crossed, 1] - v[crossed, 0])
        places = u[crossed, 0] + share * (u[crossed, 1] - u[crossed, 0])
        order = np.argsort(places)
        if not held[crossed].all():
            return None
        places = places[order]
        if len(places) % 2:
            return None
        longest = max(longest, float((places[1::2] - places[::2]).max(initial=0.0)))
    return longest
