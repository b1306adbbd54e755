"""How thick the walls are, against what the nozzle can draw: rays shot inwards from the surface."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from glocal.design.counted import in_mm, share
from glocal.design.model import Finding, Mesh, PrintProcess
from glocal.design.solid import body_of_faces

MAX_RAYS = 20_000
_OPPOSITE = -0.8  # cosine between the two sides of a wall; sharper pairs are wedges and edges, not walls
_LEVEL = 0.7  # a surface whose normal is steeper than this is a floor or a roof, made of layers and not of lines
_START_MM = 1e-3  # rays start this far inside, or they would hit their own triangle
_THIN_SHARE = 0.01  # of the measured surface
_SEED = 7

_Vectors = npt.NDArray[np.float64]


def _figures(
    thickness: npt.NDArray[np.float64], thin: npt.NDArray[np.bool_], process: PrintProcess
) -> dict[str, float]:
    return {
        "percent": round(100 * float(thin.mean())),
        "thinnest_mm": round(float(np.percentile(thickness[thin], 5)), 2),
        "wall_mm": round(2 * process.nozzle_mm, 2),
        "floor_mm": round(3 * process.layer_height_mm, 2),
    }


def wall_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return findings on walls that are too thin to print, or only just thick enough."""
    points, normals, thickness = wall_thickness(mesh)
    if not len(points):
        return []
    level = np.abs(normals[:, 2]) > _LEVEL
    unit = np.where(level, process.layer_height_mm, process.nozzle_mm)
    too_thin = thickness < 0.8 * unit
    thin = (thickness < 2 * unit) & ~too_thin
    findings = []
    if too_thin.mean() >= _THIN_SHARE:
        where = points[too_thin]
        findings.append(
            Finding(
                "wall_too_thin",
                "blocking",
                f"{share(too_thin.mean())} of the walls are thinner than the machine can draw; "
                f"the thinnest is {in_mm(np.percentile(thickness[too_thin], 5))}.",
                f"Make walls at least {2 * process.nozzle_mm:g} mm and floors at least "
                f"{3 * process.layer_height_mm:.2g} mm, or choose a finer nozzle.",
                _spread(where),
                _figures(thickness, too_thin, process),
            )
        )
    if thin.mean() >= _THIN_SHARE:
        findings.append(
            Finding(
                "wall_thin",
                "warning",
                f"{share(thin.mean())} of the walls are thinner than two lines; the thinnest of them is "
                f"{in_mm(np.percentile(thickness[thin], 5))}. They will be weak.",
                f"Walls of {2 * process.nozzle_mm:g} mm and more hold better.",
                _spread(points[thin]),
                _figures(thickness, thin, process),
            )
        )
    return findings


def wall_thickness(mesh: Mesh, *, rays: int = MAX_RAYS) -> tuple[_Vectors, _Vectors, npt.NDArray[np.float64]]:
    """Measure the wall behind points that are spread evenly over the surface.

    Parameters
    ----------
    mesh : Mesh
        Closed.
    rays : int
        How many points are measured; the same ones every time.

    Returns
    -------
    points : (k, 3) float64, mm
        Those behind which another side of the same wall was met.
    normals : (k, 3) float64
    thickness_mm : (k,) float64
    """
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    points, normals, faces = _sample(mesh, rays)
    centre = (np.array(mesh.bounds_mm[0]) + np.array(mesh.bounds_mm[1])) / 2  # embree counts in 32 bits
    scene = EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(mesh.corners - centre, dtype=np.float32))
    origins = (points - centre - normals * _START_MM).astype(np.float32)
    hits = scene.run(origins, (-normals).astype(np.float32), output=True)
    met = hits["primID"] >= 0
    vectors = mesh.area_vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    facing = np.einsum("ij,ij->i", unit[hits["primID"]], normals) < _OPPOSITE
    body = body_of_faces(mesh)
    same_body = body[hits["primID"]] == body[faces]  # what pokes into another body is no wall of it
    wall = met & facing & same_body
    return points[wall], normals[wall], hits["tfar"][wall].astype(np.float64) + _START_MM


def _sample(mesh: Mesh, count: int) -> tuple[_Vectors, _Vectors, npt.NDArray[np.int64]]:
    """Return points, outward normals, (count, 3) each, and faces, one in each equal share of the area."""
    vectors = mesh.area_vectors
    areas = np.linalg.norm(vectors, axis=1)
    random = np.random.default_rng(_SEED)
    ends = np.cumsum(areas)
    place = (np.arange(count) + random.random(count)) / count * ends[-1]
    faces = np.minimum(np.searchsorted(ends, place), len(areas) - 1)
    u, v = np.sqrt(random.random(count)), random.random(count)
    weights = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    points: _Vectors = np.einsum("ki,kij->kj", weights, mesh.corners[faces])
    normals: _Vectors = vectors[faces] / areas[faces][:, None]
    return points, normals, faces


def _spread(points: _Vectors) -> tuple[tuple[float, float, float], ...]:
    """Return up to 20 of the points, evenly chosen."""
    chosen = points[np.linspace(0, len(points) - 1, min(len(points), 20)).astype(int)]
    return tuple((round(float(x), 3), round(float(y), 3), round(float(z), 3)) for x, y, z in chosen)
