"""Reads about products."""

from __future__ import annotations

from django.db.models import QuerySet

from glocal.shop.errors import NotFound
from glocal.shop.products.models import Product


def live_products() -> QuerySet[Product]:
    """Return what is on the shelf, in the shop's order."""
    return (
        Product.objects.filter(is_live=True, is_listed=True).select_related("shop").prefetch_related("shop__materials")
    )


def get_product(slug: str) -> Product:
    """Return a product by its slug, on the shelf or a shape that somebody brought."""
    live = Product.objects.filter(is_live=True, slug=slug).select_related("shop")
    product = live.prefetch_related("shop__materials").first()
    if product is None:
        raise NotFound("There is no such product.", help="Go back to the shop's page.", slug=slug)
    return product
