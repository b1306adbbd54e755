"""Reads about the shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from glocal.shop.errors import NotFound, OrderInvalid
from glocal.shop.shops.models import OfferedMaterial, Shop
from glocal.shop.shops.regional_terms import WAITING
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.quoting.model import ShopTerms


def the_shop() -> Shop:
    """Return the shop of this installation, or say that it is not set up yet."""
    shop = Shop.objects.order_by("id").first()
    if shop is None:
        raise NotFound("This shop is not set up yet.", help="Whoever runs it signs in at /desk/ and sets it up.")
    return shop


def terms_of(shop: Shop, rules: Mapping[str, Any] | None = None) -> ShopTerms:
    """Return what the shop charges by; ``rules`` are a product's own, which win."""
    from glocal.quoting.model import ShopTerms

    return ShopTerms(currency=shop.currency, region=shop.region, **{**shop.terms, **(rules or {})})


def waiting_of(shop: Shop) -> Estimate:
    """Return what a day of waiting counts when makers are compared, as a share of the price, and who says so."""
    said = shop.assumptions.get("waiting")
    return Estimate(**said) if said else WAITING


def offered_material(shop: Shop, material_id: str, colour: str = "") -> OfferedMaterial:
    """Return an offered material, in a colour where one is asked for, or say which there are."""
    offered = list(shop.materials.all())
    same = [material for material in offered if material.material_id == material_id]
    for material in same:
        if not colour or material.colour.casefold() == colour.casefold():
            return material
    if same:
        raise OrderInvalid(
            "This shop does not offer {material} in “{colour}”.",
            help="Choose one of: {offered}.",
            material=material_id.upper(),
            colour=colour[:40],
            offered=[material.colour for material in same if material.colour],
        )
    raise OrderInvalid(
        "This shop does not offer the material “{material}”.",
        help="Choose one of: {offered}.",
        material=material_id,
        offered=list(dict.fromkeys(material.material_id for material in offered)),
    )


def material_minor_per_kg(shop: Shop) -> dict[str, int]:
    """Return what a kilogram of each offered material costs, in minor units."""
    return {
        material.material_id: round(material.spool_price_minor / material.spool_mass_g * 1000)
        for material in shop.materials.all()
    }
