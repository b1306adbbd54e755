"""What a price depends on beside the piece: terms, the machine's rate, what is known of failures and queues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from glocal.errors import GlocalError
from glocal.shop.makers.line import Line
from glocal.shop.makers.models import MakerMachine
from glocal.shop.makers.queries import brings_in
from glocal.shop.outcomes.models import JobOutcome, LearntFactors
from glocal.shop.products.models import Product
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import offered_material, terms_of
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.quoting.learning import Factors
    from glocal.quoting.model import OpeningHours, PriceContext, PrintUse


def price_context(
    product: Product,
    machine: MakerMachine,
    *,
    material_id: str,
    quantity: int,
    plates: int,
    delivery: bool,
    rush: bool,
    now: datetime,
    line: Line,
) -> PriceContext:
    """Gather what the price of ``quantity`` pieces on ``plates`` plates of one machine depends on.

    ``line`` is what waits for the machines as one who asks for this would find it.
    """
    from glocal.quoting.model import MachineRate, PriceContext

    shop = product.shop
    material = offered_material(shop, material_id)
    terms = terms_of(shop, product.price_rules)
    return PriceContext(
        terms=terms,
        rate=MachineRate(machine.hourly_minor, machine.power_w, machine.setup_min),
        spool_price_minor=material.spool_price_minor,
        spool_mass_g=material.spool_mass_g,
        labour_min=Estimate(**product.labour_min),
        failure_odds=failure_odds(shop, machine, material_id),
        plate_share=plates / quantity,
        delivery_minor=machine.maker.delivery_minor if delivery else 0,
        now=now,
        quantity=quantity,
        queue_s=waits_on(machine, now, line),
        rush_rate=(terms.rush_rate or 0.0) if rush else 0.0,
        opening=_opening(machine),
        delivery_s=brings_in(machine.maker) if delivery else None,
    )


def waits_on(machine: MakerMachine, now: datetime, line: Line) -> Estimate | None:
    """Return the seconds until a machine is free, or ``None`` when it is."""
    waiting_s = (line.free_at(machine, now) - now).total_seconds()
    return Estimate(waiting_s, waiting_s, waiting_s, "what waits for this machine") if waiting_s else None


def context_from_inputs(inputs: Mapping[str, Any]) -> PriceContext:
    """Return the context that a quote was made in, from the inputs that it froze."""
    from glocal.quoting.model import MachineRate, OpeningHours, PriceContext, ShopTerms

    stored = dict(inputs["context"])
    for name in ("labour_min", "failure_odds", "queue_s", "forming_s", "delivery_s"):
        stored[name] = Estimate(**stored[name]) if stored.get(name) else None
    if stored.get("opening"):
        week = tuple(tuple((opens, closes) for opens, closes in day) for day in stored["opening"]["weekly"])
        stored["opening"] = OpeningHours(stored["opening"]["timezone"], week)
    stored["terms"], stored["rate"] = ShopTerms(**stored["terms"]), MachineRate(**stored["rate"])
    stored["now"] = datetime.fromisoformat(stored["now"])
    return PriceContext(**stored)


def use_from_inputs(inputs: Mapping[str, Any]) -> PrintUse:
    """Return what one piece uses, from the inputs that a quote froze."""
    from glocal.quoting.model import PrintUse

    stored = dict(inputs["use"])
    return PrintUse(**{**stored, "time_s": Estimate(**stored["time_s"]), "mass_g": Estimate(**stored["mass_g"])})


def failure_odds(shop: Shop, machine: MakerMachine | None = None, material_id: str = "") -> Estimate:
    """Return the chance that one attempt fails, and who says so.

    What all shops' prints say of such a machine and material, where they say enough, else what the owner assumes, is
    moved by own prints: of the shop, of this machine, of this machine with this material.
    """
    from glocal.quoting.odds import Tried
    from glocal.quoting.odds import failure_odds as odds

    network = _network_odds(machine, material_id) if machine and material_id else None
    tried = JobOutcome.objects.filter(phase__in=("ok", "part_fault", "machine_fault"))
    if network is not None:  # what was shared is among the network's prints
        tried = tried.filter(job__shared__isnull=True)
    steps = [("of this shop", Q())]
    if machine is not None:
        steps += [("on this machine", Q(job__machine=machine))]
        steps += [("on it with this material", Q(job__machine=machine, job__material_id=material_id))]
    levels = []
    for where, which in steps:
        counts = tried.filter(which).aggregate(all=Count("id"), failed=Count("id", filter=~Q(phase="ok")))
        levels.append(Tried(where, counts["failed"], counts["all"]))
    return odds(network or Estimate(**shop.assumptions["failure_odds"]), levels)


def _network_odds(machine: MakerMachine, material_id: str) -> Estimate | None:
    """Return what the commons says, if this shop follows anybody: nothing else can be known that is not its own."""
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.shop.commons.know_how import network_failure_odds
    from glocal.shop.commons.queries import follows_somebody

    if not follows_somebody():
        return None
    try:
        return network_failure_odds(get_machine(machine.profile_id), get_material(material_id), {})
    except GlocalError:  # a log that cannot be read must not keep a customer from a price
        return None


def learnt_factors() -> Factors:
    """Return what prints have taught about estimates so far."""
    from glocal.quoting.learning import Factors

    row = LearntFactors.objects.filter(name="shop").first()
    return Factors.from_dict(row.factors) if row else Factors()


def _opening(machine: MakerMachine) -> OpeningHours | None:
    from glocal.quoting.model import OpeningHours

    week = tuple(tuple((opens, closes) for opens, closes in day) for day in machine.maker.hours)
    return OpeningHours(machine.maker.timezone, week) if any(week) else None
