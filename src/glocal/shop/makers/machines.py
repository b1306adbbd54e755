"""A machine as a set-up describes it in few words, and the maker that is the shop itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from glocal.shop.errors import OrderInvalid
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.makers.workshop import MachineFacts, SpoolFacts, keep_machine, keep_spool
from glocal.shop.shops.models import Shop

FULL_SPOOL_G = 1000.0


@dataclass(frozen=True, slots=True)
class NewMachine:
    """A machine as its maker describes it.

    Parameters
    ----------
    profile_id : str
        One of ``glocal machines``.
    hourly_minor : int
        Wear and upkeep per hour of print.
    power_w, setup_min : float
        While it prints; a person's minutes per plate.
    loaded : tuple of str
        Material ids.
    """

    name: str
    profile_id: str
    hourly_minor: int
    power_w: float = 120.0
    setup_min: float = 8.0
    loaded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from glocal.production.materials import get_material
        from glocal.production.prusaslicer_profiles import get_machine
        from glocal.quoting.model import MachineRate

        if not 1 <= len(self.name.strip()) <= 200:
            raise OrderInvalid("The machine needs a name.", help="Write 1 to 200 characters.", field="name")
        get_machine(self.profile_id)
        MachineRate(self.hourly_minor, self.power_w, self.setup_min)
        for material_id in self.loaded:
            get_material(material_id)


@transaction.atomic
def add_machine(maker: Maker, new: NewMachine) -> MakerMachine:
    """Give a maker one machine more, as its model is; it is driven by hand until it is connected."""
    from glocal.production.own_machine import Differences

    facts = MachineFacts(
        name=new.name.strip(),
        model_id=new.profile_id,
        differences=Differences(),
        hourly_minor=new.hourly_minor,
        power_w=new.power_w,
        setup_min=new.setup_min,
        enclosure=False,
        auto_clear=False,
    )
    machine = keep_machine(maker, facts)
    for material_id in new.loaded:
        keep_spool(maker, SpoolFacts(material_id, "", FULL_SPOOL_G, machine))
    return machine


def own_maker(shop: Shop) -> Maker:
    """Return the maker that is the shop itself; make it the first time."""
    maker, _ = Maker.objects.get_or_create(
        slug=shop.slug,
        defaults={
            "name": shop.name,
            "town": shop.town,
            "latitude": shop.latitude,
            "longitude": shop.longitude,
            "timezone": shop.timezone,
            "hours": shop.hours,
        },
    )
    return maker
