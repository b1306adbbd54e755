"""Say whether a mesh can be printed with a process, and what stands in the way, each finding placed on the part.

*Blocking* findings make the part unprintable as it is; *warnings* cost support, time or looks, and are told before
anybody pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from glocal.design.counted import counted
from glocal.design.detail import detail_findings
from glocal.design.fit import fits_in_any_way, fits_rectangle
from glocal.design.intersect import Crossings, crossings
from glocal.design.model import Finding, Mesh, Point, PrintProcess
from glocal.design.solid import body_of_faces, has_gaps, holes, is_flat, manifold_status, open_edges
from glocal.design.stability import stability_findings
from glocal.design.support import support_findings
from glocal.design.walls import wall_findings

MAX_POINTS = 20
"""Points that one finding shows on the model."""

_HOPELESS = frozenset({"open_mesh", "flipped_triangles", "inside_out", "too_small"})  # nothing else can be said then


def check(mesh: Mesh, process: PrintProcess) -> tuple[Finding, ...]:
    """Return what stands in the way of printing a mesh as it lies, blocking findings first.

    Parameters
    ----------
    mesh : Mesh
        In mm, z up; it is put down on the bed, so its place in space does not matter.
    process : PrintProcess
        Nozzle, layers and room of the machine.
    """
    return in_room(shape_findings(mesh, process), mesh, process)


def shape_findings(mesh: Mesh, process: PrintProcess) -> tuple[Finding, ...]:
    """Return what :func:`check` finds whatever the machine's room: the same for all with such nozzle and layers."""
    findings = [*_closed(mesh), *_smallness(mesh, process)]
    if not _HOPELESS & {finding.code for finding in findings}:
        crossed = crossings(mesh)
        findings += _crossed(crossed)
        findings += _bodies(mesh, process, crossed)
        findings += wall_findings(mesh, process)
        findings += detail_findings(mesh, process)
        findings += support_findings(mesh, process)
        findings += stability_findings(mesh, process)
    return tuple(findings)


def in_room(found: Sequence[Finding], mesh: Mesh, process: PrintProcess) -> tuple[Finding, ...]:
    """Return all that :func:`check` finds, from what :func:`shape_findings` found."""
    return tuple(sorted([*found, *_room(mesh, process)], key=lambda finding: finding.severity != "blocking"))


def printable(findings: Iterable[Finding]) -> bool:
    """Say whether none of the findings is blocking."""
    return all(finding.severity != "blocking" for finding in findings)


def _points(points: npt.NDArray[np.float64]) -> tuple[Point, ...]:
    return tuple((round(float(x), 3), round(float(y), 3), round(float(z), 3)) for x, y, z in points[:MAX_POINTS])


def _closed(mesh: Mesh) -> list[Finding]:
    edges = open_edges(mesh)
    if len(edges) and has_gaps(mesh):
        rims = holes(edges)
        places = "1 place" if len(rims) == 1 else f"{len(rims)} places"
        centres = np.array([mesh.vertices[rim].reshape(-1, 3).mean(axis=0) for rim in rims[:MAX_POINTS]])
        return [
            Finding(
                "open_mesh",
                "blocking",
                f"The surface is open in {places} ({len(edges)} open edges), so it has no inside to print.",
                "Close the holes in a CAD program, or use a repair function, and send the file again.",
                _points(centres),
                {"places": len(rims), "edges": len(edges)},
            )
        ]
    if len(edges):
        return [_flipped(mesh, edges)]
    status = "it is flat" if is_flat(mesh) else manifold_status(mesh)
    if status != "NoError":
        return [
            Finding(
                "open_mesh",
                "blocking",
                f"The surface does not enclose a volume ({status}).",
                "Repair the mesh in a CAD program and send the file again.",
            )
        ]
    if mesh.volume_mm3 <= 0:
        return [
            Finding("inside_out", "blocking", "The surface is inside out.", "Turn its faces around in a CAD program.")
        ]
    return []


def _flipped(mesh: Mesh, edges: npt.NDArray[np.int64]) -> Finding:
    return Finding(
        "flipped_triangles",
        "blocking",
        "Some triangles face inwards, so inside and outside cannot be told apart.",
        "Recalculate the normals in a CAD program and send the file again.",
        _points(mesh.vertices[edges].mean(axis=1)),
    )


def _size(mesh: Mesh) -> tuple[str, list[float]]:
    x, y, z = mesh.extent_mm
    return f"{x:.1f} × {y:.1f} × {z:.1f} mm", [round(float(length), 1) for length in (x, y, z)]


def _smallness(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    if max(mesh.extent_mm) >= 2 * process.nozzle_mm:
        return []
    size, extent_mm = _size(mesh)
    return [
        Finding(
            "too_small",
            "blocking",
            f"The part is {size}, smaller than two lines of a {process.nozzle_mm:g} mm nozzle.",
            "Is the file in millimetres? Make the part larger.",
            figures={"size_mm": extent_mm, "nozzle_mm": process.nozzle_mm},
        )
    ]


def _room(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    z = mesh.extent_mm[2]
    size, extent_mm = _size(mesh)
    room = f"{process.bed_x_mm:g} × {process.bed_y_mm:g} × {process.height_mm:g} mm"
    footprint = fits_rectangle(mesh.vertices[:, :2], process.bed_x_mm, process.bed_y_mm)
    if footprint and z <= process.height_mm:
        return []
    code, problem = ("too_tall", "too tall") if footprint else ("too_large", "too large")
    advice = (
        "It would fit lying on another side; `glocal orient` finds how, or turn it in a CAD program."
        if fits_in_any_way(mesh, process)
        else "Make it smaller, cut it into pieces, or choose a larger machine."
    )
    return [
        Finding(
            code,
            "blocking",
            f"The part is {size}, {problem} for the machine, which has room for {room}.",
            advice,
            figures={"size_mm": extent_mm, "room_mm": [process.bed_x_mm, process.bed_y_mm, process.height_mm]},
        )
    ]


def _crossed(crossed: Crossings) -> list[Finding]:
    if not len(crossed.faces):
        return []
    return [
        Finding(
            "self_intersection",
            "warning",
            "The surface passes through itself. The slicer fills what is inside twice, which is right for overlapping "
            "pieces and wrong for a damaged surface.",
            "Join the pieces (union) in a CAD program; `glocal repair` does so where it is safe.",
            _points(crossed.places_mm[np.linspace(0, len(crossed.faces) - 1, MAX_POINTS).astype(int)]),
        )
    ]


def _joined(body: npt.NDArray[np.int64], crossed: Crossings) -> npt.NDArray[np.int64]:
    """Return the number of the piece that each body belongs to: bodies that pass through each other print as one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = int(body.max()) + 1
    pairs = body[crossed.edge_faces], body[crossed.faces]
    graph = coo_array((np.ones(len(pairs[0]), dtype=np.int8), pairs), shape=(count, count))
    piece: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return piece


def _bodies(mesh: Mesh, process: PrintProcess, crossed: Crossings) -> list[Finding]:
    body = body_of_faces(mesh)
    if len(crossed.faces):
        _, body = np.unique(_joined(body, crossed)[body], return_inverse=True)
    count = int(body.max()) + 1
    if count == 1:
        return []
    corners = mesh.corners.reshape(-1, 3)
    owner = np.repeat(body, 3)
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, owner, corners)
    np.maximum.at(high, owner, corners)
    volumes = _signed_volumes(mesh, body, count)
    findings = []
    outer = np.flatnonzero(volumes > 0)
    if len(outer) > 1:
        findings.append(
            Finding(
                "loose_bodies",
                "warning",
                f"The part consists of {len(outer)} pieces that are not joined.",
                "If it should be one piece, let the pieces overlap.",
                _points((low[outer] + high[outer]) / 2),
                {"pieces": len(outer)},
            )
        )
    if len(outer) < count:
        cavities = np.flatnonzero(volumes <= 0)
        findings.append(
            Finding(
                "closed_cavity",
                "warning",
                f"{counted(len(cavities), 'hollow space inside has', 'hollow spaces inside have')} no way out, "
                f"and {'is' if len(cavities) == 1 else 'are'} printed without being seen.",
                "Add a hole if the hollow should be open.",
                _points((low[cavities] + high[cavities]) / 2),
                {"cavities": len(cavities)},
            )
        )
    tiny = outer[(high[outer] - low[outer]).max(axis=1) < 2 * process.nozzle_mm]
    if len(tiny):
        findings.append(
            Finding(
                "tiny_body",
                "warning",
                f"{counted(len(tiny), 'loose piece is', 'loose pieces are')} smaller than two lines of the nozzle and "
                "will not print.",
                "Remove them, or make them larger.",
                _points((low[tiny] + high[tiny]) / 2),
                {"pieces": len(tiny)},
            )
        )
    return findings


def _signed_volumes(mesh: Mesh, body: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.float64]:
    corners = mesh.corners - mesh.vertices.mean(axis=0)
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    return np.bincount(body, weights=signed, minlength=count).astype(np.float64)


def summary(findings: Sequence[Finding]) -> str:
    """Return the findings as lines for a person."""
    if not findings:
        return "Printable: nothing stands in the way."
    head = "Printable, but:" if printable(findings) else "Cannot be printed as it is:"
    return "\n".join([head, *(f"  {f.severity}: {f.message} {f.help}" for f in findings)])
