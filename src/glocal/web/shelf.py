"""Each product as it is offered, before a customer changes anything: its part, picture and price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from glocal.shop.products.models import Product
from glocal.shop.quotes.actions import quote_product


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A product with its own values.

    Parameters
    ----------
    picture_url, glb_url : str or None
        ``None`` when the part could not be built.
    quote : mapping or None
        ``None`` when the shop has no price for it now.
    """

    picture_url: str | None
    glb_url: str | None
    quote: Mapping[str, Any] | None


def as_offered(product: Product) -> OnShelf:
    """Return the product with the design's own values; the shop answers from its cache after the first time."""
    view = quote_product(product, {}, material_id=first_material(product), region=product.shop.region)
    part_hash = view.part.hash if view.part else None
    return OnShelf(picture_url=part_url(part_hash, "png"), glb_url=part_url(part_hash, "glb"), quote=view.quote)


def first_material(product: Product) -> str:
    """Return the best material for the product among those that the shop offers."""
    offered = [material.material_id for material in product.shop.materials.all()]
    return next((material_id for material_id in product.materials if material_id in offered), offered[0])


def part_url(part_hash: str | None, kind: str) -> str | None:
    """Return where a part's file is served; ``kind`` is ``png``, ``glb`` or ``3mf``."""
    return reverse("part-file", args=[part_hash, kind]) if part_hash else None
