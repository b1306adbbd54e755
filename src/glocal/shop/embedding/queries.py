"""Reads of the sites that may show the shop."""

from __future__ import annotations

from glocal.shop.embedding.models import EmbeddingSite
from glocal.shop.shops.models import Shop


def allowed_origins(shop: Shop) -> list[str]:
    """Return the origins that may put the shop into a frame."""
    return list(EmbeddingSite.objects.filter(shop=shop).values_list("origin", flat=True))
