"""The instant estimate: time and material of one piece from its shape, in a blink, with the error that it is known for.

It refuses what it cannot know. It never answers with a number that no calibration stands behind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from glocal.design.model import Mesh
from glocal.production.model import Machine, Material, Recipe
from glocal.production.own_machine import motion_id
from glocal.quoting.calibration import Calibration, ErrorBand, base_recipe
from glocal.quoting.errors import NeedsExactQuote, NotCalibrated
from glocal.quoting.model import PrintUse
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.quoting.process import Process
    from glocal.quoting.shape import ShapeUse

SLACK: Mapping[str, float] = {"layers": 1.5, "seconds_per_layer": 2.0, "islands_per_layer": 1.5, "outer_share": 1.25}
"""How far beyond the fitted pieces a trait may lie, as a factor; settings may not lie beyond at all."""
MOST_BODIES = 3
"""A pot and its saucer are layers with an island more. On 20 sets of two and three parts that no calibration had seen
17 times of the slicer lay in the 80 % interval, with a median error of 1.6 %; more parts were not looked at."""
NAMES = {
    "layers": "number of layers",
    "seconds_per_layer": "time per layer",
    "islands_per_layer": "number of separate outlines per layer",
    "outer_share": "share of thin walls",
    "infill_density": "infill",
    "walls": "number of walls",
    "layer_mm": "layer height",
}


def estimate(mesh: Mesh, machine: Machine, material: Material, recipe: Recipe, calibration: Calibration) -> PrintUse:
    """Return what one piece uses on a machine, as the slicer would say it, with the 80 % interval of the error.

    Raises
    ------
    NeedsExactQuote
        For supports, a brim, more than ``MOST_BODIES`` bodies, an open mesh, or anything outside what the calibration
        was fitted on; ``data["reason"]`` names it.
    NotCalibrated
        When the calibration is for another machine or process.
    """
    if (calibration.machine_id, calibration.recipe_id) != (motion_id(machine.id), base_recipe(recipe.id)):
        raise NotCalibrated(
            f"This calibration is for {calibration.machine_id} with {calibration.recipe_id}, "
            f"not for {machine.id} with {base_recipe(recipe.id)}.",
            help="Ask for the exact quote.",
        )
    process = process_of(Setup(f"{calibration.slicer} {machine} {material} {recipe}", machine, material, recipe))
    return estimate_with(mesh, process, calibration)


@dataclass(frozen=True, slots=True)
class Setup:
    """A machine, material and recipe that are the same when all their fields are."""

    key: str
    machine: Machine = field(compare=False)
    material: Material = field(compare=False)
    recipe: Recipe = field(compare=False)


@lru_cache(maxsize=64)
def process_of(setup: Setup) -> Process:
    """Return the numbers of a process; reading the slicer's profiles takes as long as a small estimate."""
    from glocal.production.prusaslicer_profiles import flat_settings
    from glocal.quoting.process import read_process

    return read_process(flat_settings(setup.machine, setup.material, setup.recipe))


def estimate_with(mesh: Mesh, process: Process, calibration: Calibration) -> PrintUse:
    """Return the estimate for a process whose numbers are known already."""
    from glocal.quoting.features import predict_time_s, predict_volume_mm3
    from glocal.quoting.shape import measure

    if process.infill_density > 0 and process.infill_pattern not in calibration.infill_patterns:
        raise needs_exact(f"The infill pattern {process.infill_pattern} was not fitted.", "infill_pattern")
    refuse_bodies(mesh, most=MOST_BODIES)
    use, open_contours = measure(mesh.vertices, mesh.faces, process)
    if open_contours:
        raise needs_exact("The mesh is open: outlines of its layers do not close.", "open_mesh")
    seconds = predict_time_s(use, process, calibration.time)
    volume = predict_volume_mm3(use, process, calibration.volume)
    refuse_unknown(use, process, seconds, calibration)
    mass_g = volume / 1000 * process.density_g_cm3 * process.flow
    source = f"estimated from the shape, as {calibration.slicer} would time it"
    return PrintUse(
        time_s=banded(seconds, calibration.time_error, source),
        mass_g=banded(mass_g, calibration.mass_error, source),
        method="instant",
        source=source,
    )


def banded(value: float, band: ErrorBand, source: str) -> Estimate:
    """Return a value with the band in which held-out pieces lay."""
    text = f"{source} (median error {band.median_percent:.1f} % on {band.pieces} held-out prints)"
    return Estimate(value, value * math.exp(min(0.0, band.low)), value * math.exp(max(0.0, band.high)), text)


def needs_exact(message: str, reason: str) -> NeedsExactQuote:
    """Return the refusal for one reason."""
    return NeedsExactQuote(message, help="Ask for the exact quote.", reason=reason)


def refuse_bodies(mesh: Mesh, *, most: int) -> None:
    """Refuse a mesh of more than ``most`` bodies; a closed cavity is part of its body."""
    from glocal.design.solid import body_of_faces

    if len(mesh.faces) == 0:
        raise needs_exact("The mesh is empty.", "empty")
    body = body_of_faces(mesh)
    corners = mesh.corners - mesh.vertices[mesh.faces[0, 0]]
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    solids = int((np.bincount(body, weights=signed) > 0).sum())
    if solids > most:
        raise needs_exact(f"The part is made of {solids} bodies, which only the slicer can time.", "several_parts")


def refuse_unknown(use: ShapeUse, process: Process, seconds: float, calibration: Calibration) -> None:
    """Refuse a piece that lies outside what the calibration was fitted on."""
    from glocal.quoting.features import traits

    for name, value in traits(use, process, seconds).items():
        low, high = calibration.traits[name]
        slack = SLACK.get(name, 1.0)
        if not low / slack - 1e-9 <= value <= high * slack + 1e-9:
            raise needs_exact(
                f"The {NAMES[name]} ({value:.3g}) lies outside what the instant estimate was fitted on "
                f"({low:.3g} to {high:.3g}).",
                f"outside_{name}",
            )
