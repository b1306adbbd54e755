"""Which parts of a surface hang in the air, and need support or a bridge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glocal.design.bridge import MOST_MM, bridge_mm
from glocal.design.counted import counted, percent, share
from glocal.design.model import Finding, Mesh, Point, PrintProcess
from glocal.design.solid import overhanging

_SMALL_MM2 = 15.0
_NARROW_MM = 4.0  # a nozzle bridges this without help
_MOST_REGIONS = 50  # that are looked at for bridging, the largest first


@dataclass(frozen=True, slots=True, eq=False)
class InTheAir:
    """Regions that hang over by more than 45° and are too large to print in the air.

    Parameters
    ----------
    faces : (k,) int64
        All faces that hang; ``label`` says of which region each is.
    needs : (r,) int64
        Regions that need support, the largest first.
    spans : mapping
        Regions that can be bridged, and over how many mm.
    low, high, area : per region
        Corners of its box in mm, and its area in mm².
    """

    faces: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    needs: npt.NDArray[np.int64]
    spans: Mapping[int, float]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    area: npt.NDArray[np.float64]

    @property
    def supported(self) -> npt.NDArray[np.int64]:
        """Return the faces that need support: (n,)."""
        return self.faces[np.isin(self.label, self.needs)]


def in_the_air(mesh: Mesh) -> InTheAir | None:
    """Return the regions of a mesh, as it lies, that hang in the air; None when nothing does."""
    hanging = np.flatnonzero(overhanging(mesh))
    if not len(hanging):
        return None
    label = _regions(mesh, hanging)
    count = int(label.max()) + 1
    areas = np.linalg.norm(mesh.area_vectors[hanging], axis=1)
    corners = mesh.corners[hanging]
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, label, corners.min(axis=1))
    np.maximum.at(high, label, corners.max(axis=1))
    area = np.bincount(label, weights=areas, minlength=count).astype(np.float64)
    wide = np.flatnonzero((area >= _SMALL_MM2) & ((high - low)[:, :2].min(axis=1) > _NARROW_MM))
    wide = wide[np.argsort(-area[wide], kind="stable")]
    spans = {}
    for region in wide[:_MOST_REGIONS]:
        span = bridge_mm(mesh, hanging[label == region])
        if span is not None and span <= MOST_MM:
            spans[int(region)] = span
    needs = np.array([region for region in wide if int(region) not in spans], dtype=np.int64)
    return InTheAir(hanging, label, needs, spans, low, high, area)


def support_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return findings on regions that hang over by more than 45°: those that need support, and those it can bridge."""
    air = in_the_air(mesh)
    if air is None:
        return []
    low, high, area, needs, spans = air.low, air.high, air.area, air.needs, air.spans
    findings = []
    if len(needs):
        hanging = float(area[needs].sum() / np.linalg.norm(mesh.area_vectors, axis=1).sum())
        findings.append(
            Finding(
                "needs_support",
                "warning",
                f"{counted(len(needs), 'region', 'regions')}, {share(hanging)} of the surface, "
                f"{'hangs' if len(needs) == 1 else 'hang'} in the air.",
                "Support costs material and leaves marks; another orientation or slopes of 45° avoid it.",
                _middles(low, high, needs),
                {"regions": len(needs), "percent": percent(hanging)},
            )
        )
    if spans:
        findings.append(
            Finding(
                "bridges",
                "warning",
                f"{counted(len(spans), 'flat ceiling is', 'flat ceilings are')} bridged through the air over up to "
                f"{max(spans.values()):.0f} mm; the underside sags a little.",
                "It prints without support. Turn the part if that side must be smooth.",
                _middles(low, high, np.array(sorted(spans, key=lambda region: -spans[region]))),
                {"ceilings": len(spans), "span_mm": round(float(max(spans.values())))},
            )
        )
    return findings


def _middles(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], regions: npt.NDArray[np.int64]
) -> tuple[Point, ...]:
    middle = (low[regions[:20]] + high[regions[:20]]) / 2
    return tuple((round(float(x), 3), round(float(y), 3), round(float(z), 3)) for x, y, z in middle)


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
