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


def fits_in_any_way(mesh: Mesh, process: PrintProcess) -> bool:
    """Say whether the part would fit the machine lying on any of its sides or standing aslant."""
    hull = mesh.vertices[np.unique(mesh.faces)]
    hull = hull[_hull_corners(hull)]
    for up in directions(mesh):
        points = hull @ frame(up)
        if np.ptp(points[:, 2]) <= process.height_mm + _SLACK_MM and fits_rectangle(
            points[:, :2], process.bed_x_mm, process.bed_y_mm
        ):
            return True
    return False


def directions(mesh: Mesh, *, most_sides: int = 60, spread: int = 100) -> npt.NDArray[np.float64]:
    """Return directions that may point up, (k, 3) of length 1, the largest flat sides to lie on first.

    Those against the sides of the convex hull, on which a part can lie, the six axes, and ``spread`` more that cover
    the sphere evenly (Fibonacci lattice, González 2010).
    """
    from scipy.spatial import ConvexHull, QhullError

    points = mesh.vertices[np.unique(mesh.faces)]
    sides = np.empty((0, 3))
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        pass
    else:
        corners = points[hull.simplices]
        areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
        normals, place = np.unique(np.round(hull.equations[:, :3], 3), axis=0, return_inverse=True)
        total = np.bincount(place.ravel(), weights=areas)
        sides = -normals[np.argsort(-total, kind="stable")[:most_sides]]
    axes = np.concatenate([np.eye(3), -np.eye(3)])[[2, 5, 0, 3, 1, 4]]
    height = 1 - (2 * np.arange(spread) + 1) / spread
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(spread)
    ring = np.sqrt(1 - height**2)
    sphere = np.stack([ring * np.cos(turn), ring * np.sin(turn), height], axis=1)
    ups = np.concatenate([axes[:1], sides, axes[1:], sphere])
    ups /= np.linalg.norm(ups, axis=1, keepdims=True)
    _, first = np.unique(np.round(ups, 3) + 0.0, axis=0, return_index=True)
    chosen: npt.NDArray[np.float64] = ups[np.sort(first)]
    return chosen


def frame(up: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the matrix, (3, 3), with which ``points @ frame`` stand with ``up`` along z."""
    axis = np.cross(up, [0.0, 0.0, 1.0])
    cosine = float(up[2])
    if np.linalg.norm(axis) < 1e-9:
        return np.eye(3) if cosine > 0 else np.diag([1.0, -1.0, -1.0])
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn: npt.NDArray[np.float64] = np.eye(3) + skew + skew @ skew / (1 + cosine)  # Rodrigues
    return turn.T


def _hull_corners(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners: npt.NDArray[np.int64] = ConvexHull(points).vertices.astype(np.int64)
    except (QhullError, ValueError):
        return np.arange(len(points))
    return corners


def _hull(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners: npt.NDArray[np.float64] = points[ConvexHull(points).vertices]
    except QhullError:  # all points on one line
        return points
    return corners
