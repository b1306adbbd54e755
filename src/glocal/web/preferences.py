"""What a customer may choose a maker by, and who that would be."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.measures import measure
from glocal.shop.quotes.models import Prefer, QuoteRecord


def preferences_as_rows(quote: QuoteRecord) -> list[dict[str, Any]]:
    """Return the ways to choose with the maker that each would take; nothing when all lead to the same one.

    Who the greenest is can be said only where the electricity of somebody is known.
    """
    offers = quote.candidates.get("accepted") or []
    if len(offers) < 2:
        return []
    best = {
        Prefer.CHEAP: min(offers, key=lambda offer: (offer["cost_minor"], offer["ready_at"])),
        Prefer.SOON: min(offers, key=lambda offer: (offer["ready_at"], offer["cost_minor"])),
        Prefer.NEAR: min(offers, key=lambda offer: (offer["distance_km"], offer["cost_minor"])),
    }
    known = [offer for offer in offers if offer["footprint_g_co2"] is not None]
    if known:
        best[Prefer.GREEN] = min(known, key=lambda offer: (offer["footprint_g_co2"], offer["distance_km"]))
    if len({offer["maker"] for offer in best.values()}) < 2:
        return []
    language = get_language() or "en"
    words = {
        Prefer.CHEAP: _("Whoever makes it for least"),
        Prefer.SOON: _("Whoever has it ready first"),
        Prefer.NEAR: _("Whoever is nearest"),
        Prefer.GREEN: _("Whoever makes it with the least CO₂"),
    }
    return [
        {
            "value": prefer.value,
            "words": words[prefer],
            "chosen": quote.prefer == prefer,
            "maker": f"{offer['name']} · {measure(offer['distance_km'], 'km', language, digits=1)}",
        }
        for prefer, offer in best.items()
    ]
