"""A maker's machines and spools as they say them: a model from the slicer's list, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.text import slugify

from glocal.shop.errors import NotFound, NotNow, OrderInvalid
from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.makers.models import Maker, MakerMachine, Spool

if TYPE_CHECKING:
    from glocal.production.model import Machine
    from glocal.production.own_machine import Differences

MOST_FOUND = 24
MOST_MACHINES = 200
_LAYER_SHARE = 0.8  # a line that is higher than this share of the nozzle's width does not hold on the one below


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What a maker says about one machine.

    Parameters
    ----------
    hourly_minor : int
        Depreciation and maintenance for an hour of print.
    power_w : float
        Mean while printing.
    setup_min : float
        A person's minutes for one plate.
    """

    name: str
    model_id: str
    differences: Differences
    hourly_minor: int
    power_w: float
    setup_min: float
    enclosure: bool
    auto_clear: bool


def models_called(text: str) -> list[Machine]:
    """Return the machines of the installed slicer whose names have these words, the likeliest first."""
    from glocal.production.prusaslicer_profiles import find_machines

    return find_machines(text)[:MOST_FOUND] if text.strip() else []


def model_and_differences(machine: MakerMachine) -> tuple[str, Differences]:
    """Return which model a machine is, and what differs on it."""
    from glocal.production.own_machine import split_id

    return split_id(machine.profile_id)


@transaction.atomic
def keep_machine(maker: Maker, facts: MachineFacts, machine: MakerMachine | None = None) -> MakerMachine:
    """Write down a machine, or add one; quotes from now on are made for it as it is.

    Raises
    ------
    UnknownMachine
        When the slicer knows no such model.
    OrderInvalid
        When its process cannot be printed with this nozzle.
    NotNow
        When jobs that were sliced for it as it was wait for it.
    """
    from glocal.production.own_machine import own_id

    profile_id = own_id(facts.model_id, facts.differences)
    _refuse_thick_layers(profile_id)
    if machine is None:
        machine = MakerMachine(maker=maker, slug=_fresh_slug(maker))
    elif machine.profile_id != profile_id and Job.objects.filter(machine=machine, state__in=OPEN_STATES).exists():
        raise NotNow("Jobs wait that were made for the machine as it was.", help="Change it when its queue is empty.")
    machine.profile_id = profile_id
    for name in ("name", "hourly_minor", "power_w", "setup_min", "enclosure", "auto_clear"):
        setattr(machine, name, getattr(facts, name))
    machine.save()
    return machine


def _refuse_thick_layers(profile_id: str) -> None:
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    machine = get_machine(profile_id)
    layer_mm = default_recipe(machine).layer_height_mm
    if layer_mm > _LAYER_SHARE * machine.nozzle_mm:
        raise OrderInvalid(
            "The model's process lays {layer_mm} mm layers, too thick for a nozzle of {nozzle_mm} mm.",
            help="Choose the entry of the list that is made for this nozzle.",
            layer_mm=layer_mm,
            nozzle_mm=machine.nozzle_mm,
        )


def _fresh_slug(maker: Maker) -> str:
    if maker.machines.count() >= MOST_MACHINES:
        raise OrderInvalid(
            "More than {most} machines are not kept for one maker.", help="Ask the shop.", most=MOST_MACHINES
        )
    taken = set(MakerMachine.objects.values_list("slug", flat=True))
    stem = slugify(maker.slug)[:40]
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{stem}-{number}") not in taken)


@dataclass(frozen=True, slots=True)
class SpoolFacts:
    """What a maker says about one spool.

    Parameters
    ----------
    remaining_g : float or None
        ``None`` when nobody keeps count.
    machine : MakerMachine or None
        Where it is; ``None`` for the shelf.
    """

    material_id: str
    colour: str
    remaining_g: float | None
    machine: MakerMachine | None


@transaction.atomic
def keep_spool(maker: Maker, facts: SpoolFacts, spool: Spool | None = None) -> Spool:
    """Write down a spool, or add one."""
    from glocal.production.materials import get_material

    get_material(facts.material_id)
    if facts.machine is not None and facts.machine.maker_id != maker.id:
        raise NotFound("There is no such machine.")
    spool = spool or Spool(maker=maker)
    for name in ("material_id", "colour", "remaining_g", "machine"):
        setattr(spool, name, getattr(facts, name))
    spool.save()
    return spool


def access_spool(maker: Maker, spool_id: str) -> Spool:
    """Return a spool of this maker."""
    spool = Spool.objects.filter(maker=maker, id=spool_id).first()
    if spool is None:
        raise NotFound("There is no such spool.", help="Go back to the list.")
    return spool
