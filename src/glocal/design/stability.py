"""Whether a part holds on to the bed: what it stands on, and where its weight is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.model import Finding, Mesh, PrintProcess

_SMALL_CONTACT_MM2 = 25.0
_SLENDER = 8.0  # height over the side of a square of the same contact area


def stability_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return findings on a first layer that holds too little."""
    contact_mm2, corners = contact(mesh, process.layer_height_mm)
    height = mesh.extent_mm[2]
    bottom = mesh.bounds_mm[0][2]
    if contact_mm2 < 1.0:
        lowest = mesh.vertices[np.unique(mesh.faces)]
        lowest = lowest[lowest[:, 2] <= bottom + process.layer_height_mm]
        return [
            Finding(
                "stands_on_a_point",
                "warning",
                "The part touches the bed in a point or along an edge, and does not hold.",
                "Turn a flat side down, flatten the bottom, or print it with support and a brim.",
                _points(lowest),
            )
        ]
    findings = []
    if contact_mm2 < _SMALL_CONTACT_MM2 or height > _SLENDER * np.sqrt(contact_mm2):
        findings.append(
            Finding(
                "small_footprint",
                "warning",
                f"The part is {height:.0f} mm tall and stands on {contact_mm2:.0f} mm² only; it may come off.",
                "A brim helps; so does a wider foot, or laying the part down.",
                _points(corners),
                {"height_mm": round(float(height)), "foot_mm2": round(float(contact_mm2))},
            )
        )
    centre = centre_of_mass(mesh)
    if not _inside_hull(corners[:, :2], centre[:2]):
        findings.append(
            Finding(
                "tips_over",
                "warning",
                "The weight of the part is not above its foot; it may tip over while it grows.",
                "Turn it, widen its foot, or print it with support.",
                _points(np.array([[centre[0], centre[1], bottom]])),
            )
        )
    return findings


def contact(mesh: Mesh, layer_height_mm: float) -> tuple[float, npt.NDArray[np.float64]]:
    """Return the area in mm² that lies on the bed within half a layer, and its corners: (k, 3) mm."""
    bottom = mesh.bounds_mm[0][2]
    vectors = mesh.area_vectors
    low = mesh.corners[:, :, 2].max(axis=1) <= bottom + layer_height_mm / 2
    down = low & (vectors[:, 2] < 0)
    return float(-vectors[down, 2].sum()), mesh.vertices[np.unique(mesh.faces[down])]


def centre_of_mass(mesh: Mesh) -> npt.NDArray[np.float64]:
    """Return the centre of the enclosed volume: (3,) mm."""
    origin = np.array(mesh.bounds_mm[0])
    corners = mesh.corners - origin
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    centre: npt.NDArray[np.float64] = (corners.sum(axis=1) * signed[:, None]).sum(axis=0) / (4 * signed.sum()) + origin
    return centre


def _inside_hull(points: npt.NDArray[np.float64], point: npt.NDArray[np.float64]) -> bool:
    from scipy.spatial import ConvexHull, QhullError

    try:
        equations = ConvexHull(points).equations
    except (QhullError, ValueError):
        return False
    return bool((equations[:, :2] @ point + equations[:, 2] <= 1e-6).all())


def _points(points: npt.NDArray[np.float64]) -> tuple[tuple[float, float, float], ...]:
    chosen = points[np.linspace(0, len(points) - 1, min(len(points), 20)).astype(int)]
    return tuple((round(float(x), 3), round(float(y), 3), round(float(z), 3)) for x, y, z in chosen)
