"""What the owner does with an insight: offer the variant, have a run made, sell from the shelf, take it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from glocal.shop.demand.learnt import learnt_model
from glocal.shop.demand.models import Choice, ChoiceKind, DemandTerms, LearntPreferences, RegionalOffer
from glocal.shop.demand.proposals import find_proposal, first_asked
from glocal.shop.errors import NotFound, NotNow, OrderInvalid
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.products.models import Product
from glocal.shop.products.shelf import first_material
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.options import MOST_PIECES, QuoteOptions
from glocal.shop.quotes.view import QuoteView
from glocal.shop.shops.models import Shop
from glocal.values import Estimate

HORIZON_WEEKS = 13
FEWEST_WEEKS = 2.0
MADE_STATES = frozenset({OrderState.PRINTED, OrderState.LEARNING, OrderState.DONE})


@dataclass(frozen=True, slots=True)
class RunProposal:
    """How many of a variant to have made for the coming quarter.

    ``demand`` counts pieces of the whole product; ``costs`` are what one too few and one too many lose, minor units;
    ``total_minor`` is the price of the whole run, None where it cannot be made at once.
    """

    quantity: int
    demand: Estimate
    cost_under: float
    cost_over: float
    total_minor: int | None = None


def accept(product: Product, region: str, parameter: str) -> RegionalOffer:
    """Offer a proposed variant from now on; refused when it is no longer what people surely want."""
    from glocal.design.region_edits import edits_as_json

    proposal = find_proposal(product, region, parameter)
    template = product.template()
    try:
        with transaction.atomic():
            return RegionalOffer.objects.create(
                product=product,
                region=region,
                parameter=parameter,
                option=proposal.option,
                edits=edits_as_json({("parameter", parameter, "default"): proposal.value}),
                template_hash=template.hash,
                forecast=proposal.forecast(),
                asked_at=first_asked(proposal),
            )
    except IntegrityError:  # a second click was faster
        return RegionalOffer.objects.get(product=product, region=region, parameter=parameter, ended_at=None)


def get_offer(offer_id: uuid.UUID) -> RegionalOffer:
    """Return an offer; the caller has checked who asks."""
    offer = RegionalOffer.objects.select_related("product__shop", "commission").filter(id=offer_id).first()
    if offer is None:
        raise NotFound("There is no such variant.", help="Look at the board again.")
    return offer


def end(offer: RegionalOffer) -> None:
    """Take a variant back; visitors see the design's own default again."""
    RegionalOffer.objects.filter(id=offer.id, ended_at=None).update(ended_at=timezone.now())


def propose_run(offer: RegionalOffer) -> RunProposal:
    """Return the newsvendor's run size for a quarter, from what was sold here and what people want.

    One too few forgoes the price of a single piece less what it costs in the run; one too many costs that.

    Raises
    ------
    NotNow
        When nothing was sold for two weeks yet: how many customers there are is not known.
    """
    sold = Choice.objects.filter(
        product_slug=offer.product.slug, region=offer.region, parameter=offer.parameter, kind=ChoiceKind.ORDERED
    )
    first = sold.order_by("at").values_list("at", flat=True).first()
    weeks = (timezone.now() - first) / timedelta(weeks=1) if first else 0.0
    model = learnt_model()
    if first is None or model is None or weeks < FEWEST_WEEKS:
        raise NotNow(
            "Too little was sold here to say how many to make.", help="Sell the first few to order, for two weeks."
        )
    demand = _demand(float(sold.aggregate(pieces=Sum("weight"))["pieces"]), weeks)

    def size(cost_under: float, cost_over: float) -> int:
        about = (offer.region, offer.product.slug, offer.parameter, offer.option)
        wanted = model.run_size(*about, demand=demand, cost_under=cost_under, cost_over=cost_over)
        return min(wanted, MOST_PIECES)

    sold_at = _net_minor(offer, 1)
    cost = _cost_minor(offer, sold_at)
    several = size(max(sold_at - cost, 1.0), cost)
    cost = (
        _cost_minor(offer, _net_minor(offer, several)) / several if several else cost
    )  # together each costs less, which makes it more
    under = max(sold_at - cost, 1.0)
    quantity = size(under, cost)
    total = _quote(offer, quantity).quote if quantity else None
    return RunProposal(quantity, demand, under, cost, total["price_minor"] if total else None)


def _demand(sold: float, weeks: float) -> Estimate:
    """Return the demand of a quarter from a Poisson rate with a Gamma(½) prior: negative binomial."""
    from glocal.demand.run_size import quantile

    mean = (sold + 0.5) / weeks * HORIZON_WEEKS
    low, middle, high = (float(quantile(mean, 1 / (sold + 0.5), q)) for q in (0.1, 0.5, 0.9))
    return Estimate(middle, low, high, f"{sold:g} sold here in {weeks:.0f} weeks")


def _quote(offer: RegionalOffer, quantity: int) -> QuoteView:
    from glocal.design.region_edits import edits_from_json

    edits = edits_from_json(offer.edits)
    values = {path[1]: value for path, value in edits.items() if path[0] == "parameter" and path[2] == "default"}
    material = first_material(offer.product)
    return quote_product(offer.product, values, QuoteOptions(material, offer.region, quantity))


def _net_minor(offer: RegionalOffer, quantity: int) -> float:
    """Return the price of some pieces ordered together, without the tax, or refuse where there is none."""
    view = _quote(offer, quantity)
    if view.quote is None:
        refusal = view.refusal or {}
        raise NotNow(refusal.get("message", "The variant has no price."), help=refusal.get("help", ""))
    return float(view.quote["price_minor"] - view.quote["tax_minor"])


def _cost_minor(offer: RegionalOffer, net_minor: float) -> float:
    """Return what pieces of this price without tax cost the shop, without its margin."""
    product = offer.product
    margin = product.price_rules.get("margin", product.shop.terms.get("margin", 0.0))
    return max(net_minor / (1 + float(margin)), 1.0)


def commission(offer: RegionalOffer, quantity: int, *, email: str) -> Order:
    """Have a run made: priced and ordered on the same path as a customer's order, one after the other."""
    if not 1 <= quantity <= MOST_PIECES:
        raise OrderInvalid(
            "The quantity is {quantity}.",
            help="Order 1 to {most} pieces.",
            quantity=quantity,
            most=MOST_PIECES,
            field="quantity",
        )
    if offer.ended_at is not None:
        raise NotNow("This variant is not offered any more.")
    before = offer.commission
    if not may_run(offer):
        raise NotNow("A run of this variant was ordered already.", help="Sell it first; the next one learns from it.")
    shop = offer.product.shop
    details = CustomerDetails(shop.name, email, f"For the shelf: {offer.option}", shop.language)
    quote = _quote(offer, quantity)
    key = f"run:{offer.id}:{before.id}" if before else f"run:{offer.id}"
    order = place_order(quote.id, details, idempotency_key=key, for_stock=True)
    RegionalOffer.objects.filter(id=offer.id, commission=before).update(commission=order, sold=0)
    offer.refresh_from_db()
    return order


def may_run(offer: RegionalOffer) -> bool:
    """Say whether a run can be ordered: none was, or it is sold, or nothing came of it."""
    order = offer.commission
    return order is None or order.is_off or (order.is_final and on_shelf_count(offer) == 0)


def on_shelf_count(offer: RegionalOffer) -> int:
    """Return how many of the run lie on the shelf: made and not sold."""
    order = offer.commission
    made = order.quantity if order is not None and order.state in MADE_STATES else 0
    return max(0, made - offer.sold)


def sell_from_shelf(offer: RegionalOffer, count: int = 1) -> RegionalOffer:
    """Count down what was sold from the shelf; never below nothing. What was bought is a choice of the region."""
    if count < 1:
        raise OrderInvalid("At least one piece is sold at a time.", field="count")
    with transaction.atomic():
        locked = RegionalOffer.objects.select_for_update(of=("self",)).select_related("commission", "product")
        current = locked.get(id=offer.id)
        if on_shelf_count(current) < count:
            raise NotNow(
                "Only {count} of it are on the shelf.", help="Order another run.", count=on_shelf_count(current)
            )
        RegionalOffer.objects.filter(id=current.id).update(sold=F("sold") + count)
        parameter = current.product.template().parameter(current.parameter)
        offered = [option.label for option in parameter.options] if parameter else [current.option]
        Choice.objects.create(
            product_slug=current.product.slug,
            parameter=current.parameter,
            offered=offered,
            chosen=current.option,
            region=current.region,
            kind=ChoiceKind.ORDERED,
            weight=float(count),
        )
    offer.refresh_from_db()
    return offer


def terms(shop: Shop) -> DemandTerms:
    """Return what the owner allows; nothing, until they said so."""
    return DemandTerms.objects.filter(shop=shop).first() or DemandTerms(shop=shop)


def set_terms(shop: Shop, *, explores: bool, pools_statistics: bool, uses_recipes: bool = False) -> None:
    """Keep what the owner allows; a change of consent counts at once, not from the next night on."""
    if pools_statistics != terms(shop).pools_statistics:
        LearntPreferences.objects.filter(shop=shop).update(learnt_at=None, claimed_at=None, shops=0, their_choices=0.0)
    fields = {"explores": explores, "pools_statistics": pools_statistics, "uses_recipes": uses_recipes}
    DemandTerms.objects.update_or_create(shop=shop, defaults=fields)
