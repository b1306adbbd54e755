"""What changes the shop itself. Prices that were given, and orders, stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from glocal.shop.errors import NotNow
from glocal.shop.makers.models import Maker
from glocal.shop.orders.models import Order
from glocal.shop.shops.models import OfferedMaterial, Shop
from glocal.shop.shops.queries import waiting_of
from glocal.shop.shops.regional_terms import FAILURE_ODDS, MARGIN, RegionalTerms
from glocal.shop.shops.settings import WORKDAYS, Costs, Money, Place, SettingWrong, Week, to_minor
from glocal.values import Estimate

SPOOL_MASS_G = 1000.0
QUOTE_VALID_DAYS = 14
MOST_ABOUT = 300


@transaction.atomic
def begin_shop(place: Place, usual: RegionalTerms) -> Shop:
    """Begin a shop that is not open yet, with what is usual in its region; the owner goes through it step by step."""
    if Shop.objects.exists():
        raise NotNow("There is a shop already.", help="Change it in the settings.")
    language = next((tag.split("_")[0] for tag in usual.languages), "en")
    shop = Shop(
        slug=slugify(place.name)[:50] or "shop",
        language=language,
        currency=usual.currency,
        terms={
            "wage_minor_per_h": to_minor(usual.wage_per_h or 0, usual.currency),
            "energy_minor_per_kwh": to_minor(usual.energy_per_kwh or 0, usual.currency),
            "margin": MARGIN,
            "tax_rate": usual.tax_rate or 0.0,
            "tax_included_in_price": place.region[:2] != "US",
            "packaging_minor": 0,
            "payment_fee_rate": 0.0,
            "payment_fee_minor": 0,
            "minimum_minor": 0,
            "quote_valid_days": QUOTE_VALID_DAYS,
        },
        assumptions={
            "failure_odds": {name: getattr(FAILURE_ODDS, name) for name in ("value", "low", "high", "source")}
        },
        hours=[[list(span) for span in day] for day in WORKDAYS],
        set_up_at=None,
    )
    _write_place(shop, place)
    shop.save()
    return shop


@transaction.atomic
def set_place(shop: Shop, place: Place) -> Shop:
    """Say where the shop is; the shop's own maker, where it stood at the same place, moves with it."""
    own = Maker.objects.filter(slug=shop.slug, latitude=shop.latitude, longitude=shop.longitude)
    _write_place(shop, place)
    shop.save(update_fields=["name", "town", "region", "latitude", "longitude", "timezone"])
    own.update(town=shop.town, latitude=shop.latitude, longitude=shop.longitude, timezone=shop.timezone)
    return shop


def _write_place(shop: Shop, place: Place) -> None:
    shop.name, shop.town, shop.region = place.name.strip(), place.town.strip(), place.region.upper()
    shop.latitude, shop.longitude, shop.timezone = place.latitude, place.longitude, place.timezone


def set_about(shop: Shop, language: str, text: str) -> Shop:
    """Say in one language what the shop makes; an empty text takes what was said back."""
    said = " ".join(text.split())
    if len(said) > MOST_ABOUT:
        raise SettingWrong(
            "The sentence is too long.", help="Write up to {most} characters.", most=MOST_ABOUT, field="about"
        )
    shop.about = {**shop.about, language: said} if said else {k: v for k, v in shop.about.items() if k != language}
    shop.save(update_fields=["about"])
    return shop


@transaction.atomic
def set_money(shop: Shop, money: Money) -> Shop:
    """Say how the shop speaks of money. Its currency stands once somebody has ordered."""
    if money.currency != shop.currency and Order.objects.exists():
        raise SettingWrong(
            "The shop has orders in {currency}, so its currency stays.",
            help="Export your data and begin a new shop for another currency.",
            currency=shop.currency,
            field="currency",
        )
    shop.language, shop.currency = money.language, money.currency
    _change_terms(shop, tax_rate=money.tax_rate, tax_included_in_price=money.tax_included)
    return shop


@transaction.atomic
def set_hours(shop: Shop, week: Week) -> Shop:
    """Say when the shop is open; the shop's own maker, if there is one, keeps the same hours."""
    shop.hours = [[list(span) for span in day] for day in week]
    shop.save(update_fields=["hours"])
    Maker.objects.filter(slug=shop.slug).update(hours=shop.hours)
    return shop


@transaction.atomic
def set_costs(shop: Shop, costs: Costs) -> Shop:
    """Say what work, energy and material cost; prices follow from it.

    Materials without a price are not offered any more; None leaves them as they are.
    """
    if costs.spools is not None:
        _offer(shop, costs.spools, costs.colours)
    if costs.wait_rate is not None and costs.wait_rate != waiting_of(shop).value:
        said = Estimate(costs.wait_rate, costs.wait_rate, costs.wait_rate, "said by the owner")
        shop.assumptions = {**shop.assumptions, "waiting": asdict(said)}
        shop.save(update_fields=["assumptions"])
    _change_terms(
        shop,
        wage_minor_per_h=costs.wage_minor_per_h,
        energy_minor_per_kwh=costs.energy_minor_per_kwh,
        margin=costs.margin,
        packaging_minor=costs.packaging_minor,
        minimum_minor=costs.minimum_minor,
    )
    return shop


def _offer(shop: Shop, spools: Mapping[str, int], colours: Mapping[str, Sequence[str]] | None) -> None:
    """Offer exactly these materials, each in its colours; what is new comes last."""
    if not spools and shop.set_up_at is not None:
        raise SettingWrong("No material would be offered any more.", help="Leave the price of one at least.")
    offered = OfferedMaterial.objects.filter(shop=shop)
    offered.exclude(material_id__in=spools).delete()
    position = 1 + max(offered.values_list("position", flat=True), default=-1)
    for material_id, price_minor in spools.items():
        same = offered.filter(material_id=material_id)
        now = {each.colour: each for each in same}
        wanted = list((colours or {}).get(material_id) or ([""] if colours is not None or not now else now))
        if list(now) == wanted:
            same.update(spool_price_minor=price_minor)
            continue
        kept = min((each.position for each in now.values()), default=position)
        same.delete()
        for colour in wanted:  # anew, in the order in which they were typed
            OfferedMaterial.objects.create(
                shop=shop,
                material_id=material_id,
                colour=colour,
                spool_price_minor=price_minor,
                spool_mass_g=SPOOL_MASS_G,
                position=kept,
            )
        position += not now


def _change_terms(shop: Shop, **changes: Any) -> None:
    from glocal.quoting.model import ShopTerms

    terms = {**shop.terms, **changes}
    ShopTerms(currency=shop.currency, region=shop.region, **terms)  # says what cannot be
    shop.terms = terms
    shop.save(update_fields=["language", "currency", "terms"])


@transaction.atomic
def open_shop(shop: Shop) -> Shop:
    """Open a shop whose first run is through: what was chosen for its shelf is on it now."""
    if not shop.products.exists():
        raise NotNow("There is nothing to sell yet.", help="Choose at least one product.")
    if not shop.materials.exists():
        raise NotNow("No material is offered yet.", help="Say what a spool costs you.")
    if not Maker.objects.filter(is_active=True, machines__is_active=True).exists():
        raise NotNow("Nobody can print yet.", help="Add a printer, or invite a maker who has one.")
    shop.products.update(is_live=True)
    shop.set_up_at = timezone.now()
    shop.save(update_fields=["set_up_at"])
    return shop
