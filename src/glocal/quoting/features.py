"""The columns whose weighted sums are the print time and the extruded volume, with what physics expects of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from glocal.quoting.layers import Floats
from glocal.quoting.paths import KINDS
from glocal.quoting.process import FLAT_FLOW, Process
from glocal.quoting.shape import AT, ShapeUse, slowed

FEATURES_VERSION = 6
"""Raised whenever a column changes its meaning: a calibration of another version is not read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the coefficient that physics expects, and how firmly (0 is not at all)."""

    expected: float
    firmness: float


DENSITIES = (0.1, 0.15, 0.2, 0.3, 0.4)
"""Infill densities at which the speed of its curves is fitted; between them it is interpolated."""
SPARSE = tuple(f"sparse_{density:.0%}_s" for density in DENSITIES)
SPARSE_VOLUME = tuple(f"sparse_{density:.0%}_mm3" for density in DENSITIES)

TIME: Mapping[str, Column] = {
    "outer_s": Column(1.0, 4.0),
    "wall_s": Column(1.0, 4.0),
    "bridge_s": Column(1.0, 2.0),
    "solid_s": Column(1.0, 4.0),
    "top_s": Column(1.0, 4.0),
    **dict.fromkeys(SPARSE, Column(1.0, 1.0)),
    "sparse_ends_s": Column(1.0, 0.3),
    "turns_s": Column(1.0, 0.3),
    "loops": Column(0.3, 0.3),
    "pieces": Column(0.3, 0.3),
    "hops_s": Column(0.3, 0.1),
    "tour_s": Column(1.0, 0.05),
    "retracts_s": Column(1.0, 0.05),
    "layers": Column(0.3, 0.3),
    "skirt_s": Column(1.0, 2.0),
    "reach_s": Column(0.5, 0.1),
    "strokes_s": Column(1.0, 0.1),
    "cooling_s": Column(1.0, 4.0),
    "start_s": Column(6.0, 0.1),
}
"""Print time, s. Infill is planned as straight lines, or as a gyroid's waves; other curved kinds take longer."""

VOLUME: Mapping[str, Column] = {
    "outer_mm3": Column(1.0, 1.0),
    "wall_mm3": Column(0.98, 1.0),  # lines overlap in corners
    "bridge_mm3": Column(1.0, 0.3),
    "solid_mm3": Column(1.0, 1.0),
    "moved_mm3": Column(0.9, 0.3),  # the slicer makes strips along sloping walls a little narrower
    "top_mm3": Column(1.0, 0.3),
    **dict.fromkeys(SPARSE_VOLUME, Column(1.0, 1.0)),
    "sparse_ends_mm3": Column(0.8, 0.1),
    "sparse_around_mm3": Column(0.2, 0.1),  # lines are joined along every second stretch of the border
    "skirt_mm3": Column(1.0, 2.0),
}
"""Extruded volume, mm³."""


def time_features(use: ShapeUse, process: Process, coefficients: Mapping[str, float]) -> Floats:
    """Return the columns of :data:`TIME` for one shape: (len(TIME),).

    ``coefficients`` decide how long each layer takes at full speed, and with it how much it is slowed to cool.
    """
    rows = use.rows
    shares = dict(zip(SPARSE, density_shares(process.infill_density), strict=True))
    known = {**coefficients, "sparse_s": sum(shares[name] * coefficients[name] for name in SPARSE)}
    kinds = rows[:, [AT[f"{kind}_s"] for kind in KINDS]] * np.array([known[f"{kind}_s"] for kind in KINDS])
    hops = rows[:, AT["islands"]] * rows[:, AT["reach_mm"]] / process.travel_speed
    travel = (
        coefficients["loops"] * rows[:, AT["loops"]]
        + coefficients["hops_s"] * hops
        + coefficients["reach_s"] * rows[:, AT["reach_mm"]] / process.travel_speed
        + coefficients["pieces"] * rows[:, AT["pieces"]]
        + coefficients["layers"]
        + coefficients["tour_s"] * rows[:, AT["tour_s"]]
        + coefficients["retracts_s"] * rows[:, AT["long_hops"]] * process.retract_s
    )
    columns = {f"{kind}_s": use.total(f"{kind}_s") for kind in KINDS}
    columns |= {name: share * columns["sparse_s"] for name, share in shares.items()}
    columns |= {
        "sparse_ends_s": use.total("sparse_ends") * line_distance(process) / process.infill_speed,
        "turns_s": use.total("strokes") * process.solid_speed / process.infill_acceleration / 8,
        "loops": use.total("loops"),
        "pieces": use.total("pieces"),
        "hops_s": float(use.weights @ hops),
        "layers": float(use.layers),
        "tour_s": use.total("tour_s"),
        "retracts_s": use.total("long_hops") * process.retract_s,
        "skirt_s": use.skirt_s,
        "reach_s": use.total("reach_mm") / process.travel_speed,
        "strokes_s": use.total("sparse_strokes") * process.infill_speed / process.infill_acceleration,
        "cooling_s": float(use.weights @ slowed(use, process, kinds, travel)),
        "start_s": 1.0,
    }
    return np.array([columns[name] for name in TIME])


def density_shares(density: float) -> list[float]:
    """Return how much each of :data:`DENSITIES` counts for this density (linear interpolation)."""
    at = float(np.interp(density, DENSITIES, np.arange(len(DENSITIES))))
    return [max(0.0, 1 - abs(at - i)) for i in range(len(DENSITIES))]


def volume_features(use: ShapeUse, process: Process) -> Floats:
    """Return the columns of :data:`VOLUME` for one shape: (len(VOLUME),)."""
    line_mm2 = (process.infill_width_mm - process.layer_mm * FLAT_FLOW) * process.layer_mm
    columns = {f"{kind}_mm3": use.total(f"{kind}_mm3") for kind in KINDS}
    shares = density_shares(process.infill_density)
    columns |= {name: share * columns["sparse_mm3"] for name, share in zip(SPARSE_VOLUME, shares, strict=True)}
    moved = min(use.total("moved_mm3"), columns["solid_mm3"])
    columns |= {
        "solid_mm3": columns["solid_mm3"] - moved,
        "moved_mm3": moved,
        "sparse_ends_mm3": use.total("sparse_ends") * line_distance(process) * line_mm2,
        "sparse_around_mm3": use.total("sparse_around_mm") / 2 * line_mm2,
        "skirt_mm3": use.skirt_mm3,
    }
    return np.array([columns[name] for name in VOLUME])


def predict_time_s(use: ShapeUse, process: Process, coefficients: Mapping[str, float]) -> float:
    """Return the print time of one shape, s."""
    columns = time_features(use, process, coefficients)
    return float(columns @ np.array([coefficients[name] for name in TIME]))


def predict_volume_mm3(use: ShapeUse, process: Process, coefficients: Mapping[str, float]) -> float:
    """Return the extruded volume of one shape, mm³."""
    return float(volume_features(use, process) @ np.array([coefficients[name] for name in VOLUME]))


def line_distance(process: Process) -> float:
    """Return how far apart the lines of the sparse infill lie, mm; 0 without infill."""
    return process.spacing(process.infill_width_mm) / process.infill_density if process.infill_density > 0 else 0.0


def traits(use: ShapeUse, process: Process, seconds: float) -> dict[str, float]:
    """Return what tells an unusual piece from those that a calibration knows."""
    volume = max(sum(use.total(f"{kind}_mm3") for kind in KINDS), 1e-9)
    return {
        "layers": float(use.layers),
        "seconds_per_layer": seconds / use.layers,
        "islands_per_layer": use.total("islands") / use.layers,
        "outer_share": use.total("outer_mm3") / volume,
        "infill_density": process.infill_density,
        "walls": float(process.walls),
        "layer_mm": process.layer_mm,
    }
