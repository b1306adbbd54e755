"""What one piece uses: the instant estimate where it knows, the slicer's answer where it does not."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from glocal.design.model import Part
from glocal.production.model import Machine, Material, Recipe, Slicer
from glocal.production.plate import place_single
from glocal.quoting.calibration import load_calibration
from glocal.quoting.errors import NeedsExactQuote
from glocal.quoting.estimate import estimate
from glocal.quoting.exact import use_from_slice
from glocal.quoting.learning import Factors, apply_factors
from glocal.quoting.model import PrintUse

ANY_PIECE = UUID(int=1)
"""The identity of a piece does not change its time; a fixed one lets the slicer's cache answer."""


def use_of_piece(
    part: Part,
    machine: Machine,
    material: Material,
    recipe: Recipe,
    slicer: Slicer,
    *,
    exact: bool = False,
    factors: Factors | None = None,
    calibrations: Path | None = None,
) -> tuple[PrintUse, str | None]:
    """Return what one piece uses, and why it was sliced when an estimate was asked for.

    Parameters
    ----------
    exact : bool
        Slice in any case.
    factors : Factors or None
        What real prints have taught; None is the stated prior.
    calibrations : Path or None
        The shop's own calibrations, which go before those that ship.
    """
    known = factors or Factors()
    reason = None
    if not exact:
        try:
            calibration = load_calibration(slicer.version, machine.id, recipe.id, calibrations)
            instant = estimate(part.mesh, machine, material, recipe, calibration)
            return apply_factors(instant, known, machine.id, material.id, machine.family), None
        except NeedsExactQuote as error:
            reason = error.message
    result = slicer.slice(place_single(part, ANY_PIECE, machine), machine, material, recipe)
    use = use_from_slice(result, known, machine_id=machine.id, material_id=material.id, machine_family=machine.family)
    return use, reason
