"""The outline of a part as it is seen from one side: what is drawn on paper at true size to try it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from glocal.design.errors import DesignNotSolid
from glocal.design.model import Mesh

View = Literal["top", "front", "side"]
VIEWS: tuple[View, ...] = ("top", "front", "side")
_AXES: dict[View, tuple[tuple[int, int], ...]] = {
    "top": ((0, 1), (1, 1), (2, 1)),
    "front": ((0, 1), (2, 1), (1, -1)),
    "side": ((1, 1), (2, 1), (0, 1)),
}
"""For each view the axes to the right, upwards and towards the eye, each with its sign: turns, no mirror images."""
_BELOW_TOP_MM = 0.1
_SMOOTH_MM = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """A part from one side, on paper: mm, x to the right, y down, the corner at 0, 0.

    Parameters
    ----------
    outline : tuple of (n, 2) float64, mm
        Closed rings: what the part hides of what lies behind it.
    detail : tuple of (n, 2) float64, mm
        Closed rings just below what is nearest to the eye: letters, rims and holes.
    """

    view: View
    width_mm: float
    height_mm: float
    outline: tuple[npt.NDArray[np.float64], ...]
    detail: tuple[npt.NDArray[np.float64], ...]


def silhouette(mesh: Mesh, view: View) -> Silhouette:
    """Return the outline of a closed mesh as seen from above, from the front or from the right.

    Raises
    ------
    DesignNotSolid
        When the mesh does not enclose a volume.
    """
    import manifold3d

    turned = np.stack([mesh.vertices[:, axis] * sign for axis, sign in _AXES[view]], axis=1)
    low, high = turned[mesh.faces.ravel()].min(axis=0), turned[mesh.faces.ravel()].max(axis=0)
    solid = manifold3d.Manifold(manifold3d.Mesh64(turned - low, mesh.faces.astype(np.uint64)))
    if solid.status().name != "NoError":
        raise DesignNotSolid("The surface of the part is not closed, so it has no outline.")
    width_mm, height_mm, depth_mm = (float(size) for size in high - low)
    near = solid.slice(max(depth_mm - _BELOW_TOP_MM, depth_mm / 2))
    return Silhouette(view, width_mm, height_mm, _rings(solid.project(), height_mm), _rings(near, height_mm))


def _rings(section: object, height_mm: float) -> tuple[npt.NDArray[np.float64], ...]:
    """Return the rings of a cross-section with y pointing down."""
    rings = section.simplify(_SMOOTH_MM).to_polygons()  # type: ignore[attr-defined]  # manifold3d has no types
    return tuple(np.asarray(ring, dtype=np.float64) * (1, -1) + (0, height_mm) for ring in rings)
