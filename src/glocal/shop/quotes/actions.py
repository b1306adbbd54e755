"""Give a price for a product as a customer shaped it, or say in words why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.errors import BadInput, GlocalError
from glocal.shop.demand.actions import record_choices
from glocal.shop.demand.models import ChoiceKind
from glocal.shop.errors import NeedsSlicer, NobodyOffers, OrderInvalid, QuoteRefused, StillBuilding
from glocal.shop.parts.actions import built_part
from glocal.shop.parts.asker import SOMEBODY, Asker, Patience
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import recipe_as_dict
from glocal.shop.parts.queries import finding_as_dict
from glocal.shop.products.models import Product
from glocal.shop.quotes.candidates import Uses, context_with, find_candidates
from glocal.shop.quotes.elsewhere import peers_for
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.match_words import nobody_in_words
from glocal.shop.quotes.models import QuoteMethod, QuoteRecord
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.view import QuoteView, view_of
from glocal.shop.quotes.waiting import offer_to_wait
from glocal.shop.regions.queries import region_of, withheld_materials
from glocal.shop.shops.queries import offered_material

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate, ParameterValue
    from glocal.design.region_materials import MaterialVerdict
    from glocal.network.model import MatchResult


def quote_product(
    product: Product,
    raw_values: Mapping[str, object],
    options: QuoteOptions,
    *,
    exact: bool = False,
    may_slice: bool = True,
    remember: bool = False,
    visit: str = "",
    ways: bool = False,
    now: datetime | None = None,
    asker: Asker = SOMEBODY,
) -> QuoteView:
    """Build, check, estimate and price a product with the customer's values, and freeze the answer.

    Parameters
    ----------
    exact : bool
        Let the slicer answer instead of the instant estimate.
    may_slice : bool
        Whether the caller waits for the slicer where the instant estimate does not know, and for a shape that takes
        long to build; else that is the refusal.
    remember : bool
        Record the choices as what somebody in the region configured (not for every move of a slider).
    visit : str
        Whose choices they are, so that one voice is not taken for many; it is not kept.
    ways : bool
        Offer, beside, what it costs when the order may wait for others on its plate.
    asker : Asker
        Who waits for the answer; how patiently, ``may_slice`` says.

    Returns
    -------
    QuoteView
        With a ``quote``, or with a ``refusal`` in words: it cannot be made, nobody can make it, or the slicer failed.

    Raises
    ------
    BadInput
        When a value, the material or going first is not what can be asked for.
    """
    waits = may_slice or exact
    patience = Patience.WAIT if waits else Patience.COME_BACK
    asker = replace(asker, patience=patience)
    inquiry = Inquiry(now or timezone.now(), may_slice=waits, exact=exact, asker=asker)
    row = unsaved_quote(product, raw_values, options, inquiry)
    if row.refusal and row.refusal["code"] == StillBuilding.code:
        return view_of(row)  # no answer yet: it is asked for again in a moment
    row.save()
    if ways and row.quote is not None:
        offer_to_wait(row)
    if remember:
        record_choices(product.template(), row.values, region=options.region, kind=ChoiceKind.CONFIGURED, visit=visit)
    return view_of(row)


def unsaved_quote(
    product: Product, raw_values: Mapping[str, object], options: QuoteOptions, inquiry: Inquiry
) -> QuoteRecord:
    """Answer as :func:`quote_product` does, for a look: nothing can be ordered with a row that is not saved."""
    from glocal.design.parameters import bind

    template = product.template()
    values = bind(template, raw_values)
    offered_material(product.shop, options.material_id, options.colour)
    _check_material(product, options.material_id)
    if options.rush and product.shop.terms.get("rush_rate") is None:
        raise OrderInvalid("This shop takes all orders in turn.", help="Ask without rush.", field="rush")
    row = QuoteRecord(
        product=product,
        values={name: list(value) if isinstance(value, tuple) else value for name, value in values.items()},
        **asdict(options),
        currency=product.shop.currency,
    )
    try:
        _price(row, template, values, inquiry)
    except BadInput:
        raise
    except GlocalError as refusal:
        row.method, row.refusal = QuoteMethod.REFUSED, refusal.as_dict()
    return row


def _check_material(product: Product, material_id: str) -> None:
    if product.materials and material_id not in product.materials:
        raise OrderInvalid(
            "This product is not made of “{material}”.",
            help="Choose one of: {offered}.",
            material=material_id,
            offered=product.materials,
        )
    verdict = withheld_materials(product).get(material_id)
    if verdict is not None:
        raise _withheld(product, verdict)


WITHHELD = {
    "not_for_this_design": "This design is not made for {material}.",
    "not_at_hand": "There is no {material} in {region}.",
    "softens": "{material} softens at {softens}; the part must hold its shape at {needed}.",
}
"""Why a material is not offered for a product here, by the code of the verdict."""


def _withheld(product: Product, verdict: MaterialVerdict) -> OrderInvalid:
    region = region_of(product.shop)
    return OrderInvalid(
        WITHHELD[verdict.code],
        help="Choose another material.",
        material=verdict.name,
        region=region.name,
        softens="" if verdict.softens_c is None else region.temperature_text(verdict.softens_c),
        needed="" if verdict.needs_c is None else region.temperature_text(verdict.needs_c),
        offered=product.materials,
    )


def _price(
    row: QuoteRecord,
    template: DesignTemplate,
    values: Mapping[str, ParameterValue],
    inquiry: Inquiry,
) -> None:
    """Fill the row with part, findings, candidates and price, or raise why there is none."""
    from glocal.network.peers import full
    from glocal.quoting.price import price

    part = row.part = built_part(template, values, asker=inquiry.asker)
    uses = Uses(part, row.material_id, template.print_notes, inquiry.asker.go_on)
    found = _candidates(row, uses, inquiry)
    row.candidates = found.as_dict()
    if full(found.accepted, inquiry.now):
        row.candidates["peers"] = peers_for(row, uses, by=None, now=inquiry.now).as_dict()
    if not found.accepted:
        raise nobody(row.candidates)
    machine = row.machine = inquiry.machine(found.accepted[0].machine_id)
    setup = uses.setup(machine.profile_id)
    row.findings = [finding_as_dict(finding) for finding in setup.findings]
    row.recipe = recipe_as_dict(setup.recipe)
    refuse_if_blocked(part, row.findings)
    use = uses.exact(machine.profile_id) if inquiry.exact else uses.use(machine.profile_id)
    quote = price(use, context_with(row.product, machine, uses, QuoteOptions.of(row), inquiry))
    row.quote = quote.as_dict()
    row.method = QuoteMethod(quote.method)
    row.total_minor, row.low_minor, row.high_minor = quote.total_minor, quote.low_minor, quote.high_minor
    row.valid_until = quote.valid_until


def _candidates(row: QuoteRecord, uses: Uses, inquiry: Inquiry) -> MatchResult:
    """Ask all makers, at first without waiting for the slicer; with it when that leaves nobody."""
    asked = QuoteOptions.of(row)
    found = find_candidates(row.product, uses, asked, replace(inquiry, may_slice=False))
    if found.accepted or not found.unknown:
        return found
    if not inquiry.may_slice:
        raise NeedsSlicer(
            "The price of this shape has to be calculated by the slicer.", help="Ask again, and wait for the slicer."
        )
    return find_candidates(row.product, uses, asked, inquiry)


def refuse_if_blocked(part: BuiltPart, findings: list[dict[str, Any]]) -> None:
    """Raise when the printability check found something that stands in the way."""
    blocking = [finding for finding in findings if finding["severity"] == "blocking"]
    if blocking:
        raise QuoteRefused(
            " ".join(finding["message"] for finding in blocking),
            help=" ".join(dict.fromkeys(finding["help"] for finding in blocking)),
            part=part.hash,
            findings=blocking,
        )


def nobody(candidates: Mapping[str, Any]) -> NobodyOffers:
    """Return the refusal that names, for every maker, why they cannot make it."""
    reasons, possible = nobody_in_words(candidates, lambda reason: str(reason["message"]))
    return NobodyOffers(
        "No maker can make this as asked. {reasons}.",
        help="{possible}" if possible else "Choose another size or material.",
        reasons=reasons,
        possible=possible,
        candidates=dict(candidates),
    )
