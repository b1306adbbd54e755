"""Which values of a product have been printed here and turned out well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glocal.shop.outcomes.models import EnvelopePoint, Phase
from glocal.shop.products.models import Product

if TYPE_CHECKING:
    from glocal.design.envelope import Span

NEWEST = 5000
"""So many prints are looked at: what was printed years ago on other machines says less."""


def envelope_of(product: Product) -> dict[str, Span]:
    """Return the span of each free number among the good prints of a product, here and at the shop that shares it."""
    from glocal.design.envelope import Span, joined

    elsewhere = {name: Span(**span) for name, span in product.printed_elsewhere.items()}
    return joined(printed_here(product), elsewhere)


def printed_here(product: Product) -> dict[str, Span]:
    """Return the span of each free number among this shop's own good prints of a product."""
    from glocal.design.envelope import envelope

    good = EnvelopePoint.objects.filter(product=product, phase=Phase.OK).order_by("-id")[:NEWEST]
    return envelope(product.template(), good.values_list("values", flat=True))
