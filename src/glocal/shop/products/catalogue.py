"""The owner's catalogue: everything that is or could be sold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from glocal.shop.access import Actor, require
from glocal.shop.errors import NotFound
from glocal.shop.orders.models import OFF_STATES
from glocal.shop.parts.models import BuiltPart
from glocal.shop.products.models import Product
from glocal.shop.products.own_parts import BROUGHT
from glocal.shop.products.packages import BUNDLED, BUNDLED_DIR
from glocal.shop.quotes.models import QuoteRecord

SOLD_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CataloguedProduct:
    """A product with its newest price as offered, its picture, and how often it was ordered lately."""

    product: Product
    part: BuiltPart | None
    price_minor: int | None
    sold: int


def catalogue(*, now: datetime | None = None) -> list[CataloguedProduct]:
    """Return all products but the shapes that customers brought, what is on the shelf first."""
    since = (now or timezone.now()) - SOLD_WITHIN
    called_off = Q(quotes__orders__state__in=OFF_STATES)
    sold = Count("quotes__orders", filter=Q(quotes__orders__created_at__gte=since) & ~called_off)
    own = Product.objects.exclude(slug__regex=BROUGHT).select_related("shop")
    products = list(own.annotate(sold=sold).order_by("-is_live", "-is_listed", "position", "slug"))
    hashes = {product.id: _offered_hash(product) for product in products}
    asked = QuoteRecord.objects.filter(part=OuterRef("pk"), quantity=1, delivery=False, quote__isnull=False)
    parts = {
        part.hash: part
        for part in BuiltPart.objects.filter(hash__in=hashes.values()).annotate(
            price_minor=Subquery(asked.order_by("-id").values("total_minor")[:1])
        )
    }
    found = []
    for product in products:
        part = parts.get(hashes[product.id])
        found.append(CataloguedProduct(product, part, part.price_minor if part else None, product.sold))
    return found


def _offered_hash(product: Product) -> str:
    from glocal.design.parameters import bind
    from glocal.design.part import part_hash

    template = product.template()
    return part_hash(template, bind(template, {}))


@dataclass(frozen=True, slots=True)
class Bundled:
    """A product that came with the program: ``title`` and ``summary`` by language."""

    slug: str
    title: Mapping[str, str]
    summary: Mapping[str, str]


def bundled_to_take() -> list[Bundled]:
    """Return what came with the program and is not in the catalogue."""
    taken = set(Product.objects.filter(package__startswith=BUNDLED).values_list("package", flat=True))
    found = []
    for file in sorted(BUNDLED_DIR.glob("*/datapackage.json")):
        slug = file.parent.name
        if f"{BUNDLED}{slug}" not in taken:
            said = json.loads(file.read_text())["glocal"]
            found.append(Bundled(slug, said["title"], said["description"]))
    return found


def access_product(slug: str, *, actor: Actor, action: str = "manage") -> Product:
    """Return a product, hidden ones too, to whoever may do this with it."""
    missing = NotFound("There is no such product.", help="Go back to the catalogue.", slug=slug)
    product = Product.objects.select_related("shop").prefetch_related("shop__materials").filter(slug=slug).first()
    if product is None:
        raise missing
    require("product", action, actor.relation(), missing)
    return product
