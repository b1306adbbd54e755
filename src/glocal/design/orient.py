"""Which way up a part is printed best: support, time, foot, and strength, with the reasons in words.

All directions are judged roughly (every triangle, no rays), the best few then as the printability check judges them.
What is compared is minutes of print and of a person's work, so that the figures can be added and argued about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from glocal.design.fit import directions, fits_rectangle, frame
from glocal.design.model import Finding, Mesh, Point, PrintProcess
from glocal.design.orient_reasons import Reason, reasons_of
from glocal.design.stability import contact, stability_findings
from glocal.design.support import in_the_air

_CLOSER_LOOKS = 8
_WORTH_MIN = 1.0  # for less nobody turns a part
_FINE = 20_000  # triangles
_LAYER_S = 3.0  # a layer's own time beside its lines: change, travel, slow small loops
_FLOW_MM3_S = 5.0  # what a usual process lays down
_SUPPORT_DENSITY = 0.2  # share of a support's room that is plastic
_REMOVAL_S_PER_CM2 = 40.0  # a person's time to break support off and clean the face
_FOOT_MIN = {"stands_on_a_point": 60.0, "tips_over": 40.0, "small_footprint": 10.0}
_STRENGTH_MIN = 45.0  # what a part that breaks between its layers is worth avoiding
_ACROSS = 0.5  # strength across layers as a share of that along them (Ahn et al. 2002 and since: 0.4 to 0.7)
_SLENDER = 3.0  # longer than this, times its next side, a part breaks across its length
_Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Orientation:
    """One way to lay a part down.

    Parameters
    ----------
    up : point
        The direction of the part, as it came, that points up.
    turn : 3 × 3
        ``points @ turn`` stand that way.
    support_mm2, support_cm3 : float
        Surface that is held by support, and the support's plastic.
    strength : float
        0 to 1: how much of the strength along the layers is left where the part is loaded.
    cost_min : float
        Minutes that this way costs beside what every way costs.
    """

    up: Point
    turn: tuple[Point, Point, Point]
    height_mm: float
    support_mm2: float
    support_cm3: float
    contact_mm2: float
    strength: float
    fits: bool
    cost_min: float
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...] = ()
    as_it_lies: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the orientation as it stands in JSON."""
        return {
            "up": list(self.up),
            "turn": [list(row) for row in self.turn],
            "height_mm": self.height_mm,
            "support_mm2": self.support_mm2,
            "support_cm3": self.support_cm3,
            "contact_mm2": self.contact_mm2,
            "strength": self.strength,
            "fits": self.fits,
            "cost_min": self.cost_min,
            "as_it_lies": self.as_it_lies,
            "findings": [finding.code for finding in self.findings],
            "reasons": [reason.message for reason in self.reasons],
        }


def orientations(
    mesh: Mesh, process: PrintProcess, *, load: Sequence[float] | None = None, most: int = 5
) -> tuple[Orientation, ...]:
    """Return the best ways to lay a part down, the best first; the way it lies is always among them.

    Parameters
    ----------
    mesh : Mesh
        Closed.
    load : (3,) numbers, optional
        Direction, in the part's own axes, in which it will be pulled or bent; without it a slender part is taken to be
        loaded along its length.
    most : int
        How many are returned.
    """
    mesh = _light(mesh, process.layer_height_mm / 4)
    ups = directions(mesh)
    vectors = mesh.area_vectors
    areas = np.linalg.norm(vectors, axis=1)
    rough = np.array([_rough(mesh, (vectors, areas), up, process) for up in ups])
    close = [0, *(int(i) for i in np.argsort(rough, kind="stable")[:_CLOSER_LOOKS] if i)]
    axis, certain = _loaded(mesh, load)
    found = [_judge(mesh, ups[i], process, axis * certain, as_it_lies=i == 0) for i in close]
    today = found[0]
    best = sorted(found, key=lambda way: (not way.fits, way.cost_min - (_WORTH_MIN if way.as_it_lies else 0.0)))
    best = _different(best)
    chosen = best[:most] if today in best[:most] else [*best[: most - 1], today]
    return tuple(replace(way, reasons=reasons_of(way, today)) for way in chosen)


def _light(mesh: Mesh, tolerance_mm: float) -> Mesh:
    """Return a fine mesh with fewer triangles, nowhere further from it than ``tolerance_mm``."""
    if len(mesh.faces) <= _FINE:
        return mesh
    import manifold3d

    solid = manifold3d.Manifold(manifold3d.Mesh64(np.array(mesh.vertices), mesh.faces.astype(np.uint64)))
    if solid.status() != manifold3d.Error.NoError:
        return mesh
    raw = solid.simplify(tolerance_mm).to_mesh64()
    return Mesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts).astype(np.int32))


def _different(ways: list[Orientation]) -> list[Orientation]:
    """Leave out sides that are as good as one before in every figure: a box has two of each."""
    kept: dict[tuple[object, ...], Orientation] = {}
    for way in ways:
        figures = (way.fits, round(way.cost_min, 1), round(way.height_mm), round(way.support_mm2, -1))
        kept.setdefault(figures, way)
    return list(kept.values())


def turned(mesh: Mesh, way: Orientation) -> Mesh:
    """Return the mesh laid down that way, its foot at z = 0 and its box centred on the origin."""
    return laid_down(mesh, way.turn)


def laid_down(mesh: Mesh, turn: Sequence[Sequence[float]]) -> Mesh:
    """Return ``points @ turn`` (3 × 3, a rotation), its foot at z = 0 and its box centred on the origin."""
    points = mesh.vertices @ np.array(turn)
    used = points[np.unique(mesh.faces)]
    low, high = used.min(axis=0), used.max(axis=0)
    return Mesh(points - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]], mesh.faces)


def _rough(mesh: Mesh, surface: tuple[_Vectors, _Vectors], up: _Vectors, process: PrintProcess) -> float:
    """Return minutes by which a direction is ranked: support down to the bed, layers, foot."""
    vectors, areas = surface
    height = mesh.vertices @ up
    lean = vectors @ up
    down = np.flatnonzero(lean < -0.7072 * areas)
    of_face = height[mesh.faces[down]]
    low, top = (of_face.min() if len(down) else height.min()), height.max()
    lean, highest = lean[down], of_face.max(axis=1) - low
    hanging = highest > 0.05
    volume = float((-lean[hanging] * (of_face[hanging].mean(axis=1) - low)).sum())
    flat = (lean < -0.9 * areas[down]) & (highest <= process.layer_height_mm / 2)
    areas, foot = areas[down], float(-lean[flat].sum())
    penalty = 60.0 if foot < 1 else 10.0 if foot < 25 else 0.0
    return _support_min(float(areas[hanging].sum()), volume) + _layers_min(top - low, process) + penalty


def _support_min(area_mm2: float, room_mm3: float) -> float:
    return (room_mm3 * _SUPPORT_DENSITY / _FLOW_MM3_S + area_mm2 / 100 * _REMOVAL_S_PER_CM2) / 60


def _layers_min(height_mm: float, process: PrintProcess) -> float:
    return float(height_mm / process.layer_height_mm * _LAYER_S / 60)


def _judge(mesh: Mesh, up: _Vectors, process: PrintProcess, load: _Vectors, *, as_it_lies: bool) -> Orientation:
    turn = frame(up)
    laid = Mesh(mesh.vertices @ turn, mesh.faces)
    height = laid.extent_mm[2]
    area, room = _support(laid)
    foot = stability_findings(laid, process)
    length = float(np.linalg.norm(load))
    strength = 1.0 if length == 0 else 1 - (1 - _ACROSS) * min(1.0, length) * float(load @ up / length) ** 2
    cost = (
        _support_min(area, room)
        + _layers_min(height, process)
        + sum(_FOOT_MIN.get(finding.code, 0.0) for finding in foot)
        + _STRENGTH_MIN * (1 - strength)
    )
    fits = height <= process.height_mm and fits_rectangle(laid.vertices[:, :2], process.bed_x_mm, process.bed_y_mm)
    return Orientation(
        up=_point(up),
        turn=(_point(turn[0]), _point(turn[1]), _point(turn[2])),
        height_mm=round(height, 3),
        support_mm2=round(area, 1),
        support_cm3=round(room * _SUPPORT_DENSITY / 1000, 3),
        contact_mm2=max(0.0, round(contact(laid, process.layer_height_mm)[0], 1)),
        strength=round(strength, 3),
        fits=fits,
        cost_min=round(cost, 2),
        findings=tuple(foot),
        as_it_lies=as_it_lies,
    )


def _support(laid: Mesh) -> tuple[float, float]:
    """Return the area that needs support, mm², and the room below it down to whatever is there, mm³."""
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    air = in_the_air(laid)
    if air is None or not len(air.needs):
        return 0.0, 0.0
    faces = air.supported
    vectors = laid.area_vectors[faces]
    centre = (np.array(laid.bounds_mm[0]) + np.array(laid.bounds_mm[1])) / 2
    scene = EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(laid.corners - centre, dtype=np.float32))
    start = laid.corners[faces].mean(axis=1) - centre - [0, 0, 1e-3]
    down = np.tile(np.array([0, 0, -1], dtype=np.float32), (len(faces), 1))
    hits = scene.run(start.astype(np.float32), down, output=True)
    to_bed = start[:, 2] - (laid.bounds_mm[0][2] - centre[2])
    deep = np.where(hits["primID"] >= 0, np.minimum(hits["tfar"], to_bed), to_bed)
    return float(np.linalg.norm(vectors, axis=1).sum()), float((-vectors[:, 2] * np.maximum(deep, 0)).sum())


def _loaded(mesh: Mesh, load: Sequence[float] | None) -> tuple[_Vectors, float]:
    """Return the direction of the load, and how sure it is, 0 to 1."""
    if load is not None:
        axis = np.array(load, dtype=np.float64)
        length = float(np.linalg.norm(axis))
        if axis.shape != (3,) or not np.isfinite(length) or length == 0:
            raise ValueError(f"load is {load}, expected a direction of three numbers")
        return axis / length, 1.0
    areas = np.linalg.norm(mesh.area_vectors, axis=1)
    corners = mesh.corners - np.average(mesh.corners.mean(axis=1), axis=0, weights=areas)
    total = corners.sum(axis=1)  # the second moment of a triangle: area / 12 · (Σ v vᵀ + Σv Σvᵀ)
    moment = np.einsum("f,fki,fkj->ij", areas, corners, corners) + (total * areas[:, None]).T @ total
    _, axes = np.linalg.eigh(moment)
    sides = np.ptp(mesh.vertices @ axes, axis=0)
    slender = float(sides[2] / max(sides[1], 1e-9))
    return axes[:, 2], float(np.clip((slender - 1) / (_SLENDER - 1), 0, 1))


def _point(vector: _Vectors) -> Point:
    x, y, z = (round(float(number), 9) + 0.0 for number in vector)
    return x, y, z
