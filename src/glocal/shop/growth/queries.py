"""The shop's own neighbourhood as the growth planner sees it: everything from what the shop itself has seen.

A figure without own data is the owner's stated assumption, or a wide one that says that it is assumed. A product that
nobody has priced yet is left out, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.makers.queries import active_machines
from glocal.shop.makers.track import TrackRecords
from glocal.shop.orders.models import OFF_STATES, Order, OrderState
from glocal.shop.products.models import Product
from glocal.shop.products.queries import live_products
from glocal.shop.quotes.context import failure_odds
from glocal.shop.quotes.models import QuoteMethod, QuoteRecord
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import material_minor_per_kg
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.strategy.world import Offer, Station, World

LOOKS_BACK_DAYS = 365
MOST_QUOTES = 300  # of each product; the newest say enough
KM_PER_DEGREE = 111.2
NO_ORDER_YET = Estimate(0.5, 0.05, 3.0, "assumed: nobody has ordered it yet")
# over how many hours a year the rate of an own machine pays it off: a third of a working year of days and nights
PLANNED_HOURS_PER_YEAR = 2_000.0


@dataclass(frozen=True, slots=True)
class OwnWorld:
    """The world, and the products that are not in it because nobody has priced them yet."""

    world: World
    left_out: tuple[str, ...]


def own_world(shop: Shop, now: datetime, *, days: int = 365) -> OwnWorld | None:
    """Return the shop's neighbourhood as known at ``now``; None when no product has a price or no maker a machine.

    Parameters
    ----------
    now : datetime
        Only orders and quotes from before count, so that a forecast can be held against what came after.
    days : int
        How long the simulation runs.
    """
    from glocal.strategy.world import Costs, Policy, Town, World

    offers, left_out = _offers(shop, now)
    stations = _stations(shop)
    if not offers or not stations:
        return None
    per_kg = sorted(material_minor_per_kg(shop).values())
    wage = float(shop.terms["wage_minor_per_h"])
    middle = per_kg[len(per_kg) // 2]
    world = World(
        currency=shop.currency,
        # the rates are the town's as they were seen, so that its people need not be counted
        towns=(Town(shop.town or shop.name, span_km=6.0, people=10_000.0),),
        offers=offers,
        stations=stations,
        costs=Costs(
            material_minor_per_kg=Estimate(middle, per_kg[0], per_kg[-1], "the materials on offer"),
            wage_minor_per_h=Estimate(wage, wage, wage, "the shop's own wage"),
            packaging_minor=float(shop.terms.get("packaging_minor", 0)),
            payment_share=float(shop.terms.get("payment_fee_rate", 0.0)),
        ),
        policy=Policy(),
        days=days,
    )
    return OwnWorld(world, tuple(left_out))


def _offers(shop: Shop, now: datetime) -> tuple[tuple[Offer, ...], list[str]]:
    since = now - timedelta(days=LOOKS_BACK_DAYS)
    sold = Order.objects.exclude(state__in=OFF_STATES)
    began = sold.filter(quote__product__shop=shop).aggregate(first=Min("created_at"))["first"]
    seen_days = max(1.0, (now - max(began, since)).total_seconds() / 86_400) if began and began < now else 0.0
    offers, left_out = [], []
    for product in live_products().filter(shop=shop):
        orders = sold.filter(quote__product=product, created_at__gte=since, created_at__lt=now)
        offer = _offer(product, orders.count(), seen_days, now)
        if offer is None:
            left_out.append(product.slug)
        else:
            offers.append(offer)
    return tuple(offers), left_out


def _offer(product: Product, count: int, seen_days: float, now: datetime) -> Offer | None:
    from glocal.strategy.world import Offer

    quotes = QuoteRecord.objects.filter(product=product, created_at__lt=now).exclude(method=QuoteMethod.REFUSED)
    ordered = quotes.filter(orders__isnull=False)
    newest = (ordered if count else quotes).order_by("-id").values_list("quote", "quantity")[:MOST_QUOTES]
    rows: list[tuple[dict[str, Any], int]] = [(quote, quantity) for quote, quantity in newest if quote is not None]
    if not rows:
        return None
    kind = "ordered" if count else "priced"
    context: dict[str, Any] = rows[0][0]["inputs"]["context"]
    labour = context["labour_min"]
    net = [(quote["price_minor"] - quote["tax_minor"]) / quantity for quote, quantity in rows]
    return Offer(
        name=product.slug,
        orders_per_day=_rate(count, seen_days),
        price_minor=sum(net) / len(net),
        print_h=_spread([quote["time_s"] / 3600.0 for quote, _ in rows], f"{len(rows)} pieces that were {kind}"),
        mass_g=_spread([quote["mass_g"] for quote, _ in rows], f"{len(rows)} pieces that were {kind}"),
        labour_min=Estimate(labour["value"], labour["low"], labour["high"], labour["source"]),
        personal=_measured_share(product),
    )


def _rate(count: int, seen_days: float) -> Estimate:
    """Return orders a day with the interval that a count allows (Gamma posterior, Jeffreys prior)."""
    if seen_days == 0.0 or count == 0:
        return NO_ORDER_YET
    from scipy.stats import gamma

    low, high = (float(gamma.ppf(share, count + 0.5)) / seen_days for share in (0.1, 0.9))
    return Estimate(count / seen_days, low, high, f"{count} orders in {seen_days:.0f} days")


def _spread(values: Sequence[float], source: str) -> Estimate:
    """Return the mean with the interval of the mean, as wide as two observations allow where there is only one."""
    mean = sum(values) / len(values)
    if len(values) == 1:
        return Estimate(mean, mean * 0.6, mean * 1.6, source)
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    half = 1.2816 * max(deviation / len(values) ** 0.5, 0.02 * mean)
    return Estimate(mean, max(0.0, mean - half), mean + half, source)


def _measured_share(product: Product) -> Estimate:
    """Return the share of buyers who want something of their own: where a design has a measure or a text, most."""
    if any(notes.origin == "measured" for notes in product.template().notes.values()):
        return Estimate(0.9, 0.7, 1.0, "assumed: the design takes the customer's own measure or text")
    return Estimate(0.4, 0.1, 0.7, "assumed: the design has options only")


def _stations(shop: Shop) -> tuple[Station, ...]:
    by_maker: dict[Maker, list[MakerMachine]] = {}
    for machine in active_machines():
        by_maker.setdefault(machine.maker, []).append(machine)
    track = TrackRecords.read()
    return tuple(_station(shop, maker, machines, track.odds_ok(maker)) for maker, machines in by_maker.items())


def _station(shop: Shop, maker: Maker, machines: Sequence[MakerMachine], odds: Estimate | None) -> Station:
    from glocal.strategy.world import ALL_DAYS, Station

    own = maker.slug == shop.slug
    count = len(machines)
    rate = sum(each.hourly_minor for each in machines) / count
    energy = sum(each.power_w for each in machines) / count / 1000.0 * float(shop.terms.get("energy_minor_per_kwh", 0))
    # an own machine's depreciation is paid whether it prints or not, a neighbour's only by the hour
    hour = energy if own else rate + energy
    setup_min = sum(each.setup_min for each in machines) / count
    week = [day for day in maker.hours if day]
    return Station(
        maker=maker.slug,
        machines=count,
        own=own,
        x_km=(maker.longitude - shop.longitude) * KM_PER_DEGREE * cos(radians(shop.latitude)),
        y_km=(maker.latitude - shop.latitude) * KM_PER_DEGREE,
        hour_minor=Estimate(hour, hour * 0.8, hour * 1.25, "the machines' rates and energy, ± a fifth"),
        plate_minor=0.0 if own else setup_min / 60.0 * float(shop.terms["wage_minor_per_h"]),
        capital_minor_per_year=rate * PLANNED_HOURS_PER_YEAR if own else 0.0,
        setup_min=setup_min,
        failure=_failure(shop, odds),
        opens_h=min((day[0][0] for day in week), default=0) / 60.0,
        closes_h=max((day[-1][1] for day in week), default=24 * 60) / 60.0,
        days=tuple(number for number, day in enumerate(maker.hours) if day) or ALL_DAYS,
    )


def _failure(shop: Shop, odds: Estimate | None) -> Estimate:
    if odds is None:
        return failure_odds(shop)
    return Estimate(1.0 - odds.value, max(0.0, 1.0 - odds.high), min(0.9, 1.0 - odds.low), odds.source)


def came_between(shop: Shop, begin: datetime, end: datetime) -> dict[str, float]:
    """Return what happened in a span, in the words of :class:`glocal.strategy.ledger.Year`, to hold a forecast against.

    Orders that are not finished yet count as sold and not as done.
    """
    sold = Order.objects.exclude(state__in=OFF_STATES).filter(
        quote__product__shop=shop, created_at__gte=begin, created_at__lt=end
    )
    done = [order for order in sold.select_related("quote") if order.state == OrderState.DONE]
    waits = [(order.state_at - order.created_at).total_seconds() / 3600.0 for order in done]
    late = sum(order.state_at > order.promised_by for order in done)
    count = float(sold.count())
    came = {
        "sold": count,
        "done": float(len(done)),
        "revenue": float(sum(order.total_minor - (order.quote.quote or {}).get("tax_minor", 0) for order in done)),
    }
    if done:
        came["wait_h"] = sum(waits) / len(waits)
        came["on_time"] = 1.0 - (late + count - len(done)) / count
    return came
