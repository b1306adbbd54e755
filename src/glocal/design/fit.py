"""Whether a part fits a machine, turned in any way about the vertical."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Mesh, PrintProcess

_SLACK_MM = 1e-6


def fits_rectangle(points: npt.NDArray[np.float64], width_mm: float, depth_mm: float) -> bool:
    """Say whether points, (n, 2) in mm, fit a rectangle when turned by some angle.

    The extent along a direction is smallest or steepest where an edge of the convex hull lies along it, so those
    angles are tried, and each degree between.
    """
    hull = _hull(points)
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.concatenate([[0.0, np.pi / 2], np.arctan2(edges[:, 1], edges[:, 0]), np.radians(np.arange(180))])
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    normals = np.stack([-np.sin(angles), np.cos(angles)], axis=1)
    across = np.ptp(hull @ directions.T, axis=0)
    along = np.ptp(hull @ normals.T, axis=0)
    upright = (across <= width_mm + _SLACK_MM) & (along <= depth_mm + _SLACK_MM)
    turned = (along <= width_mm + _SLACK_MM) & (across <= depth_mm + _SLACK_MM)
    return bool((upright | turned).any())


def on_its_side(mesh: Mesh, process: PrintProcess) -> bool:
    """Say whether the part would fit when another of its axes points up."""
    for up in range(3):
        flat = mesh.vertices[:, [axis for axis in range(3) if axis != up]]
        height = float(np.ptp(mesh.vertices[:, up]))
        if height <= process.height_mm and fits_rectangle(flat, process.bed_x_mm, process.bed_y_mm):
            return True
    return False


def _hull(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners: npt.NDArray[np.float64] = points[ConvexHull(points).vertices]
    except QhullError:  # all points on one line
        return points
    return corners
