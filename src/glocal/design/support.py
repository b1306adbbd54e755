"""Which parts of a surface hang in the air, and need support or a bridge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Finding, Mesh, PrintProcess
from glocal.design.solid import overhanging

_SMALL_MM2 = 15.0
_NARROW_MM = 4.0  # a nozzle bridges this without help


def support_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return a finding when regions that hang over by more than 45° are too large to print in the air."""
    hanging = np.flatnonzero(overhanging(mesh))
    if not len(hanging):
        return []
    label = _regions(mesh, hanging)
    count = int(label.max()) + 1
    areas = np.linalg.norm(mesh.area_vectors[hanging], axis=1)
    corners = mesh.corners[hanging]
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, label, corners.min(axis=1))
    np.maximum.at(high, label, corners.max(axis=1))
    area = np.bincount(label, weights=areas, minlength=count)
    needs = np.flatnonzero((area >= _SMALL_MM2) & ((high - low)[:, :2].min(axis=1) > _NARROW_MM))
    if not len(needs):
        return []
    total = float(np.linalg.norm(mesh.area_vectors, axis=1).sum())
    largest = needs[np.argsort(-area[needs], kind="stable")][:20]
    middle = (low[largest] + high[largest]) / 2
    return [
        Finding(
            "needs_support",
            "warning",
            f"{len(needs)} region(s), {area[needs].sum() / total:.0%} of the surface, hang in the air.",
            "Support costs material and leaves marks; another orientation or slopes of 45° avoid it.",
            tuple((round(float(x), 3), round(float(y), 3), round(float(z), 3)) for x, y, z in middle),
        )
    ]


def _regions(mesh: Mesh, faces: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number the groups of chosen faces that touch at corners: (k,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    corners = mesh.faces[faces]
    _, flat = np.unique(corners, return_inverse=True)
    local = flat.reshape(-1, 3)
    size = int(local.max()) + 1
    ones = np.ones(2 * len(local), dtype=np.int8)
    start = np.concatenate([local[:, 0], local[:, 1]])
    end = np.concatenate([local[:, 1], local[:, 2]])
    _, label = connected_components(coo_array((ones, (start, end)), shape=(size, size)), directed=False)
    _, numbered = np.unique(label[local[:, 0]], return_inverse=True)
    regions: npt.NDArray[np.int64] = numbered.ravel().astype(np.int64)
    return regions
