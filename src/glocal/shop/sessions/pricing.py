"""What a state of the design comes to: built, checked and quoted for real, before anything is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from glocal.errors import BadInput
from glocal.shop.products.models import Product
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.queries import get_quote

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate


def priced(
    product: Product, values: Mapping[str, Any], *, material_id: str, quantity: int, region: str, delivery: bool = False
) -> QuoteRecord:
    """Return the frozen quote of a state; it has a price, or says why there is none. The slicer is waited for."""
    known = {name: value for name, value in values.items() if product.template().parameter(name)}
    view = quote_product(product, known, QuoteOptions(material_id, region, quantity, delivery))
    return get_quote(view.id)


def renewed(quote: QuoteRecord) -> QuoteRecord:
    """Return the same part's price of today."""
    return priced(
        quote.product,
        quote.values,
        material_id=quote.choice,
        quantity=quote.quantity,
        region=quote.region,
        delivery=quote.delivery,
    )


def offered_part(template: DesignTemplate, raw: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Split what was asked for into what the design offers and what it does not: nothing is clamped, nothing lost.

    Returns
    -------
    (offered, wanted)
        ``offered`` binds without a complaint; ``wanted`` is the rest.
    """
    from glocal.design.parameters import bind

    offered, wanted = dict(raw), dict[str, object]()
    for _ in range(len(raw) + 1):
        try:
            bind(template, offered, derive=False)
        except BadInput as error:
            named = error.data.get("parameters") or [error.data.get("parameter")]
            broken = [name for name in named if name in offered]
            if not broken:
                raise
            for name in broken:
                wanted[name] = offered.pop(name)
        else:
            break
    return offered, wanted
