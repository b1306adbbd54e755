"""Share a design of the shop's own: its package, between which values it prints well, and with which settings."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.shop.commons.actions import shop_log
from glocal.shop.commons.know_how import everything_known
from glocal.shop.errors import OrderInvalid
from glocal.shop.outcomes.envelope import printed_here
from glocal.shop.outcomes.models import JobOutcome, Phase
from glocal.shop.products.models import Product
from glocal.shop.products.own_designs import ALL_RIGHTS
from glocal.shop.products.packages import is_own, package_directory
from glocal.values import canonical_json

if TYPE_CHECKING:
    from glocal.commons.knowledge import Known
    from glocal.commons.log import Log
    from glocal.commons.packages import Package
    from glocal.design.envelope import Span
    from glocal.design.model import DesignTemplate, Parameter

FEWEST_TESTED, MOST_RECIPES = 3, 5


@dataclass(frozen=True, slots=True)
class Shared:
    """How a product's design stands in the shop's own log: the id and month of its newest announcement."""

    record_id: str
    version: str
    month: str


def shared_before(product: Product) -> Shared | None:
    """Return the standing announcement of a product's design in the shop's own log; None where there is none."""
    if not product.shared_as or not is_own(product.package):
        return None
    root = shop_log(product.shop).root_vkey
    told = [each.record for each in everything_known() if each.root_vkey == root]
    mine = [record for record in told if record["kind"] == "design" and record["package"] == product.shared_as]
    return Shared(mine[-1]["id"], mine[-1]["version"], mine[-1]["month"]) if mine else None


def share_design(product: Product, *, made_from: str = "", relation: str = "remix") -> Shared:
    """Publish a product's design, or say anew what prints have taught since.

    Parameters
    ----------
    made_from : str
        Hash of the published design that it was made from; empty when it is all new.
    relation : str
        One of ``schema.RELATIONS``.

    Raises
    ------
    OrderInvalid
        When it is not the shop's own, or its owner said that nobody else may use it.
    LicenceForbids, LicenceUnknown
        When its licence or that of what it was made from does not allow it, or somebody else published it first.
    """
    from glocal.commons.designs import publish_design
    from glocal.commons.schema import RELATIONS

    if not is_own(product.package):
        raise OrderInvalid("This design is not yours to share.", help="Share designs that you have brought yourself.")
    if product.template().licence == ALL_RIGHTS:
        raise OrderInvalid(
            "You said that nobody else may use this design.",
            help="Bring it again with another answer to what others may do with it.",
        )
    if relation not in RELATIONS:
        raise OrderInvalid("How was it made from the other design?", help="Choose one of the list.", field="relation")
    package, log = package_of(product), shop_log(product.shop)
    month, known = f"{timezone.now():%Y-%m}", everything_known()
    ancestors = _ancestors_before(known, package.hash) or [{"hash": made_from, "relation": relation}] * bool(made_from)
    appended, package_hash = publish_design(
        log,
        package,
        month=month,
        known=known,
        derived_from=ancestors,
        recipes=_tested_recipes(product, log, month),
        parameters=parameters_told(product),
        supersedes=_newest_id(log, package.hash, package.manifest.version if package.manifest else ""),
    )
    product.shared_as = package_hash
    product.save(update_fields=["shared_as"])
    return Shared(appended.id, product.template().version, month)


def take_back_design(product: Product) -> None:
    """Erase every announcement of a product's design, and with the last one the package beside the log.

    Tombstones stay, and whoever follows the shop erases what it has; what others sell by then they had the right to.
    """
    from glocal.commons.erase import retract

    log, package_hash = shop_log(product.shop), package_of(product).hash
    for record_id in _announcements(log, package_hash):
        retract(log, record_id, month=f"{timezone.now():%Y-%m}", reason="owner_asked")
    product.shared_as = ""
    product.save(update_fields=["shared_as"])


def package_of(product: Product) -> Package:
    """Return a product's design as it is published."""
    from glocal.commons.packages import open_package, with_manifests

    return with_manifests(open_package(package_directory(product.package)))


def parameters_told(product: Product) -> list[dict[str, Any]]:
    """Return what is told of each parameter: name, kind, range, and between which values enough good prints lie."""
    from glocal.commons.schema import FEWEST_PRINTED

    template, printed = product.template(), printed_here(product)
    spans = {name: told_span(span) for name, span in printed.items() if span.prints >= FEWEST_PRINTED}
    return [
        {**_parameter(each, template), **({"printed": span} if (span := spans.get(each.name)) else {})}
        for each in template.parameters
        if (notes := template.notes.get(each.name)) is None or notes.origin != "derived"
    ]


def told_span(span: Span) -> dict[str, float] | None:
    """Return a span in two significant digits, rounded inwards, so that nobody's own measure stands in it."""
    low, high = _two_digits(span.low, math.ceil), _two_digits(span.high, math.floor)
    return {"low": low, "high": high, "prints": span.prints} if low <= high else None


def _two_digits(value: float, rounded: Callable[[float], int]) -> float:
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 1.0
    return float(f"{rounded(round(value / step, 6)) * step:.6g}")


def _parameter(parameter: Parameter, template: DesignTemplate) -> dict[str, Any]:
    notes = template.notes.get(parameter.name)
    facts = {
        "min": notes.hard_min if notes and notes.hard_min is not None else parameter.min,
        "max": notes.hard_max if notes and notes.hard_max is not None else parameter.max,
        "step": parameter.step,
        "unit": notes.unit if notes else None,
        "max_length": parameter.max_length,
    }
    known = {name: fact for name, fact in facts.items() if fact is not None}
    return {"name": parameter.name, "type": parameter.type, **known}


def _announcements(log: Log, package_hash: str) -> list[str]:
    """Return the ids of the log's records that announce a package and were not taken back, replaced ones too."""
    records = [record for epoch in range(1, log.epoch + 1) for _, record in log.records(epoch=epoch)]
    return [str(each["id"]) for each in records if each["kind"] == "design" and each["package"] == package_hash]


def _newest_id(log: Log, package_hash: str, version: str) -> str | None:
    """Return the id under which a package was last announced, also where that was taken back, else None."""
    from glocal.commons.errors import EntryNotFound
    from glocal.commons.records import design_id

    newest = None
    while True:
        try:
            log.place_of(following := design_id(package_hash, version, newest))
        except EntryNotFound:
            return newest
        newest = following


def _ancestors_before(known: list[Known], package_hash: str) -> list[dict[str, str]]:
    """Return the lineage that was told before: it does not change when prints are told anew."""
    told = [each.record for each in known if each.record.get("package") == package_hash]
    return [dict(ancestor) for record in told[-1:] for ancestor in record.get("derived_from", ())]


def _tested_recipes(product: Product, log: Log, month: str) -> list[str]:
    """Publish the settings with which the design printed well most often, and return their ids."""
    from glocal.commons.records import recipe_record
    from glocal.production.materials import get_material
    from glocal.production.model import Recipe
    from glocal.production.prusaslicer_profiles import get_machine

    printed = JobOutcome.objects.filter(job__envelope__product=product).select_related("job__machine").distinct()
    good: Counter[tuple[str, str, bytes]] = Counter()
    recipes: dict[tuple[str, str, bytes], dict[str, Any]] = {}
    for outcome in printed:
        job = outcome.job
        key = job.machine.profile_id, job.material_id, canonical_json(job.recipe)
        recipes[key] = job.recipe
        good[key] += {Phase.OK: 1, Phase.PART_FAULT: -1}.get(Phase(outcome.phase), 0)
    records = [
        recipe_record(machine=get_machine(machine), material=get_material(material), recipe=Recipe(**recipes[key]))
        for key, count in good.most_common(MOST_RECIPES)
        if count >= FEWEST_TESTED
        for machine, material, _ in [key]
    ]
    if records:
        log.append_many(records, month=month)
    return [str(record["id"]) for record in records]
