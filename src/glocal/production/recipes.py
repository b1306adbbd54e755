"""Recipes: the machine's process, and what a particular part needs on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from glocal.design.model import Finding
from glocal.production.errors import BadPrintNotes
from glocal.production.model import Machine, Recipe
from glocal.production.prusaslicer_numbers import first_number, is_share
from glocal.production.prusaslicer_profiles import print_settings, slug

# findings of the printability check that a setting of the slicer answers
_NEED_SUPPORTS = frozenset({"needs_support"})
_NEED_BRIM = frozenset({"stands_on_a_point", "small_footprint", "tips_over"})
_BRIM_MM = 5.0  # what the slicer's own guides use against tipping and warping


def default_recipe(machine: Machine, *, directory: Path | None = None) -> Recipe:
    """Return the machine's process as it is.

    ``id`` is the slug of the slicer's process preset, so an estimate that was calibrated for it is found again.
    """
    preset = print_settings(machine, directory=directory)
    return Recipe(
        id=slug(machine.print_preset),
        name=machine.print_preset,
        layer_height_mm=float(preset.get("layer_height", "0.2")),
        infill_percent=_percent(preset.get("fill_density", "20%")),
        supports=preset.get("support_material", "0") == "1",
        brim_mm=float(preset.get("brim_width", "0")),
    )


def recipe_for(
    machine: Machine,
    findings: Iterable[Finding] = (),
    print_notes: Mapping[str, Any] | None = None,
    *,
    directory: Path | None = None,
) -> Recipe:
    """Return the machine's process with what this part needs: supports, a brim, its own infill.

    Parameters
    ----------
    findings : iterable of Finding
        From ``design.check``; overhangs ask for supports, a small or tall footprint for a brim.
    print_notes : mapping, optional
        What the design's author says: ``infill_percent`` (0 to 100), ``supports`` (bool), ``brim_mm`` (0 to 100),
        ``perimeters`` (1 to 20). Anything else in it is not for the slicer and left alone.

    Raises
    ------
    BadPrintNotes
        When a note is of another kind or out of range.
    """
    notes = print_notes or {}
    codes = {finding.code for finding in findings}
    recipe = default_recipe(machine, directory=directory)
    supports = _switch(notes, "supports", recipe.supports or bool(codes & _NEED_SUPPORTS))
    brim_mm = _quantity(notes, "brim_mm", max(recipe.brim_mm, _BRIM_MM if codes & _NEED_BRIM else 0.0), (0, 100))
    infill = _quantity(notes, "infill_percent", recipe.infill_percent, (0, 100))
    perimeters = int(_quantity(notes, "perimeters", 0, (1, 20)))
    settings = {"perimeters": str(perimeters)} if perimeters else {}
    additions = [
        *(["supports"] if supports != recipe.supports else []),
        *([f"brim{brim_mm:g}"] if brim_mm != recipe.brim_mm else []),
        *([f"infill{infill:g}"] if infill != recipe.infill_percent else []),
        *(f"{key}{value}" for key, value in settings.items()),
    ]
    return replace(
        recipe,
        id="+".join([recipe.id, *additions]),
        name=", ".join([recipe.name, *additions]),
        supports=supports,
        brim_mm=brim_mm,
        infill_percent=infill,
        settings=settings,
    )


def held_better(recipe: Recipe, *, supports: bool, brim_mm: float) -> Recipe:
    """Return a recipe with other supports and brim, named so that it is told from the first."""
    additions = [
        *(["supports" if supports else "no-supports"] if supports != recipe.supports else []),
        *([f"brim{brim_mm:g}"] if brim_mm != recipe.brim_mm else []),
    ]
    name, identity = ", ".join([recipe.name, *additions]), "+".join([recipe.id, *additions])
    return replace(recipe, id=identity, name=name, supports=supports, brim_mm=brim_mm)


def _switch(notes: Mapping[str, Any], name: str, otherwise: bool) -> bool:
    value = notes.get(name, otherwise)
    if not isinstance(value, bool):
        raise BadPrintNotes(f"The print note “{name}” is {value!r}.", help="Say true or false.", note=name)
    return value


def _quantity(notes: Mapping[str, Any], name: str, otherwise: float, within: tuple[float, float]) -> float:
    if name not in notes:
        return otherwise
    value, (low, high) = notes[name], within
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadPrintNotes(
            f"The print note “{name}” is {value!r}.", help=f"Give a number from {low:g} to {high:g}.", note=name
        )
    return float(value)


def _percent(value: str) -> float:
    return first_number(value) if is_share(value) else first_number(value) * 100
