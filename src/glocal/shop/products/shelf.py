"""Each product as it stands on the shelf, before a customer changes anything: its part and its price."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils import timezone

from glocal.errors import BadInput, GlocalError
from glocal.shop.parts.models import BuiltPart
from glocal.shop.products.models import Product
from glocal.shop.products.queries import live_products
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.regions.queries import as_sold, not_offered, region_of, variant_of
from glocal.values import sha256_hex

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate

log = logging.getLogger(__name__)
FRESH_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A product with the design's own values.

    Parameters
    ----------
    part : BuiltPart or None
        ``None`` until it was built for the first time.
    quote : QuoteRecord or None
        The last price that was given for it, at most a day old.
    """

    part: BuiltPart | None
    quote: QuoteRecord | None


def on_shelf(product: Product, *, now: datetime | None = None, template: DesignTemplate | None = None) -> OnShelf:
    """Return what is known of a product as offered; never builds, slices or prices anything.

    ``template`` is the product's own with other defaults than those of the shop's region.
    """
    part = BuiltPart.objects.filter(hash=_hash_of(template) if template else _offered_hash(product)).first()
    fresh_since = (now or timezone.now()) - FRESH_FOR
    quotes = QuoteRecord.objects.filter(
        product=product,
        part=part,
        material_id=first_material(product),
        quantity=1,
        delivery=False,
        quote__isnull=False,
        created_at__gt=fresh_since,
    )
    return OnShelf(part, quotes.order_by("-id").first() if part else None)


def _hash_of(template: DesignTemplate) -> str:
    from glocal.design.parameters import bind
    from glocal.design.part import part_hash

    return part_hash(template, bind(template, {}))


def _offered_hash(product: Product) -> str:
    """Return the hash of a product's part as offered here today; worked out once for the same design and region."""
    asked = f"{product.package} {product.template_hash} {region_of(product.shop)}"
    return str(
        cache.get_or_set(f"offered-{sha256_hex(asked.encode())}", lambda: _hash_of(as_sold(variant_of(product))))
    )


def last_refusal(product: Product) -> dict[str, Any] | None:
    """Return why the newest question for a price had no answer; None when it had one, or nobody has asked."""
    newest = QuoteRecord.objects.filter(product=product).order_by("-id").first()
    refusal: dict[str, Any] | None = newest.refusal if newest else None
    return refusal


def first_material(product: Product) -> str:
    """Return the best material for the product among those that the shop offers."""
    withheld = not_offered(product)
    all_offered = [material.material_id for material in product.shop.materials.all()]
    offered = [material_id for material_id in all_offered if material_id not in withheld] or all_offered
    return next((material_id for material_id in product.materials if material_id in offered), offered[0])


def try_price(product: Product) -> None:
    """Ask for the price of a product as offered, so that its owner knows at once why it has none.

    The slicer is not waited for: what only it knows stays open.
    """
    from glocal.design.parameters import bind
    from glocal.shop.errors import NeedsSlicer
    from glocal.shop.parts.asker import Asker, Patience
    from glocal.shop.quotes.actions import unsaved_quote
    from glocal.shop.quotes.inquiry import Inquiry
    from glocal.shop.quotes.options import QuoteOptions

    values = bind(as_sold(variant_of(product)), {})
    inquiry = Inquiry(may_slice=False, asker=Asker(Patience.NONE))
    try:
        row = unsaved_quote(product, values, QuoteOptions(first_material(product), product.shop.region), inquiry)
    except BadInput as error:  # a shop that has no maker yet brings its designs first
        log.info("%s was not priced: %s", product.slug, error.message)
        return
    if not row.refusal or row.refusal["code"] != NeedsSlicer.code:
        row.save()


def price_shelf() -> int:
    """Build and price every live product that has no fresh price; return how many were priced.

    A design that cannot be made keeps no other from its picture; why it cannot is kept as the answer of its quote.
    """
    from glocal.design.parameters import bind
    from glocal.shop.parts.actions import built_part, draw
    from glocal.shop.quotes.actions import quote_product
    from glocal.shop.quotes.options import QuoteOptions

    priced = 0
    for product in live_products():  # pictures first: a page without a price is better than one without a picture
        template = as_sold(variant_of(product))
        try:
            part = built_part(template, bind(template, {}))
        except GlocalError as error:
            log.warning("%s has no picture: %s", product.slug, error.message)
            continue
        if not part.drawn_file:
            draw(part)
    for product in live_products():
        if on_shelf(product).quote is None:
            values = bind(as_sold(variant_of(product)), {})
            quote_product(product, values, QuoteOptions(first_material(product), product.shop.region))
            priced += 1
    return priced
