"""From a stored part to a plate: machine, material, recipe, slice; the one slicer of this process."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glocal.shop.demand.models import DemandTerms
from glocal.shop.makers.models import MakerMachine
from glocal.shop.parts.actions import Lying, check_part, lie_down
from glocal.shop.parts.asker import still_waits
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.queries import load_part

if TYPE_CHECKING:
    from glocal.design.model import Finding
    from glocal.production.model import Machine, Material, Plate, Recipe, Slicer, SliceResult


@dataclass(frozen=True, slots=True)
class Setup:
    """How a part is printed on one machine, and what the check says about it.

    Parameters
    ----------
    lying : Lying
        The part as it lies on the plate, and why it was turned.
    advice : str
        What the network added to the recipe, and why.
    """

    machine: Machine
    material: Material
    recipe: Recipe
    lying: Lying
    advice: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the check says of the part as it lies."""
        return self.lying.findings


@lru_cache(maxsize=128)
def _material(material_id: str, profile_id: str) -> Material:
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine

    return get_material(material_id, machine=get_machine(profile_id))


def setup_for(
    part: BuiltPart,
    profile_id: str,
    material_id: str,
    print_notes: Mapping[str, Any],
    *,
    go_on: Callable[[], None] = still_waits,
) -> Setup:
    """Choose the recipe of a part on a machine, check the part for it, and lay it down as it prints best.

    An author who says ``"orientation": "as_modelled"`` is heeded, and one who says of how many loose pieces a design is
    made on purpose (``"pieces": 2``) is not warned of them. ``go_on`` is called before what takes its time.
    """
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe, recipe_for

    machine = get_machine(profile_id)
    material = _material(material_id, profile_id)
    process = machine.process(default_recipe(machine))
    if print_notes.get("orientation") == "as_modelled":
        lying = Lying(load_part(part), check_part(part, process))
    else:
        lying = lie_down(part, process, go_on=go_on)
    lying = _as_meant(lying, print_notes)
    setup = Setup(machine, material, recipe_for(machine, lying.findings, print_notes), lying)
    return setup if {"supports", "brim_mm"} & set(print_notes) else _as_the_network_advises(setup)


def _as_meant(lying: Lying, print_notes: Mapping[str, Any]) -> Lying:
    meant = print_notes.get("pieces")
    if not isinstance(meant, int):
        return lying
    told = tuple(
        f for f in lying.findings if f.code != "loose_bodies" or f.figures.get("pieces") not in range(meant + 1)
    )
    return replace(lying, findings=told)


def _as_the_network_advises(setup: Setup) -> Setup:
    """Return the setup with what the network surely knows better, where the owner allows it; its author goes before."""
    from glocal.production.recipes import held_better
    from glocal.shop.commons.know_how import better_recipe

    if not DemandTerms.objects.filter(uses_recipes=True).exists():
        return setup
    better = better_recipe(setup.machine, setup.material, setup.recipe, setup.lying.part.features)
    if better is None:
        return setup
    recipe = held_better(setup.recipe, supports=better.supports, brim_mm=better.brim_mm)
    return replace(setup, recipe=recipe, advice=better.words())


@lru_cache(maxsize=1)
def _slicer(cache_dir: Path, within_s: float) -> Slicer:
    from glocal.production.prusaslicer import PrusaSlicer

    return PrusaSlicer(cache_dir, timeout_s=within_s)


def slicer() -> Slicer:
    """Return the slicer with this shop's cache (or the one that ``GLOCAL_SLICE_CACHE`` names, shared by several)."""
    from django.conf import settings

    return _slicer(Path(settings.SLICE_CACHE), settings.SLICE_WITHIN_S)


def plate_of(setup: Setup, piece_ids: Sequence[uuid.UUID]) -> Plate:
    """Place the pieces of an order on one plate as they lie best, or say by name that they do not fit."""
    from glocal.production.plate import place, place_single

    part = setup.lying.part
    if len(piece_ids) == 1:
        return place_single(part, piece_ids[0], setup.machine)
    return place([(part, piece_id) for piece_id in piece_ids], setup.machine)


def plates_for(setup: Setup, count: int) -> int:
    """Return how many plates ``count`` pieces of an order take."""
    from glocal.production.plate import pieces_per_plate

    return math.ceil(count / pieces_per_plate(setup.lying.part.features.extent_mm, setup.machine))


def sliced(setup: Setup, plate: Plate, *, go_on: Callable[[], None] = still_waits) -> SliceResult:
    """Slice a plate; the same inputs are sliced once. What ``go_on`` raises meanwhile ends it."""
    return slicer().slice(plate, setup.machine, setup.material, setup.recipe, go_on=go_on)


def plate_as_list(plate: Plate, lying: Sequence[Lying]) -> list[dict[str, Any]]:
    """Return where each piece lies, as JSON; ``turn``, ``reasons``, ``extent_mm`` where it was put on another side."""
    turned = {
        one.part.hash: {
            "turn": [list(line) for line in one.turn],
            "reasons": list(one.reasons),
            "extent_mm": list(one.part.features.extent_mm),
        }
        for one in lying
        if one.turn
    }
    return [
        {
            "piece": str(p.piece_id),
            "part": p.part.hash,
            "x_mm": p.x_mm,
            "y_mm": p.y_mm,
            "angle_deg": p.angle_deg,
            **turned.get(p.part.hash, {}),
        }
        for p in plate.pieces
    ]


def recipe_as_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as JSON."""
    return {**asdict(recipe), "settings": dict(recipe.settings)}


def machine_family(row: MakerMachine) -> str:
    """Return the family of machines that this one learns from."""
    from glocal.production.prusaslicer_profiles import get_machine

    machine = get_machine(row.profile_id)
    return machine.family or machine.model
