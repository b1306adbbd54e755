"""What a customer may choose a maker by, who that would be, and what the choice comes to in money and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.measures import locale_of, measure
from glocal.shop.quotes.models import Prefer, QuoteRecord
from glocal.shop.shops.queries import waiting_of
from glocal.web.numbers import day, money

DAY = timedelta(days=1)
MANY_DAYS = 1000  # so many are still told in days, not in weeks or months


def preferences_as_rows(quote: QuoteRecord) -> list[dict[str, Any]]:
    """Return the ways to choose with the maker that each would take; nothing when all lead to the same one.

    Who the greenest is can be said only where the electricity of somebody is known.
    """
    offers: list[Mapping[str, Any]] = quote.candidates.get("accepted") or []
    if len(offers) < 2:
        return []
    best = {
        Prefer.BALANCED: _by_price_and_day(quote, offers),
        Prefer.CHEAP: min(offers, key=lambda offer: (offer["cost_minor"], offer["ready_at"])),
        Prefer.SOON: min(offers, key=lambda offer: (offer["ready_at"], offer["cost_minor"])),
        Prefer.NEAR: min(offers, key=lambda offer: (offer["distance_km"], offer["cost_minor"])),
    }
    known = [offer for offer in offers if offer["footprint_g_co2"] is not None]
    if known:
        best[Prefer.GREEN] = min(known, key=lambda offer: (offer["footprint_g_co2"], offer["distance_km"]))
    if len({offer["maker"] for offer in best.values()}) < 2:
        return []
    words = {
        Prefer.BALANCED: _("Whoever is best by price and day"),
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
            "facts": _facts(quote, offer),
            "why": _against_cheapest(quote, offer, best[Prefer.CHEAP]) if prefer == Prefer.BALANCED else "",
        }
        for prefer, offer in best.items()
    ]


def _by_price_and_day(quote: QuoteRecord, offers: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    from glocal.network.ranking import with_wait

    rate = waiting_of(quote.product.shop).value

    def counts(offer: Mapping[str, Any]) -> tuple[float, int]:
        return with_wait(offer["cost_minor"], _ready(offer) - quote.created_at, rate), offer["cost_minor"]

    return min(offers, key=counts)


def _ready(offer: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(offer["ready_at"])


def _are_prices(quote: QuoteRecord) -> bool:
    """Return whether the offers were compared by what the customer pays; quotes from before were not."""
    first = quote.candidates["accepted"][0]
    return bool(first["cost_minor"] == (quote.alternative_to or quote).total_minor)


def _facts(quote: QuoteRecord, offer: Mapping[str, Any]) -> list[str]:
    """Return who it is, how far away, on which day and for how much."""
    language = get_language() or "en"
    facts = [
        offer["name"],
        measure(offer["distance_km"], "km", language, digits=1),
        day(_ready(offer), language, ZoneInfo(quote.product.shop.timezone)),
    ]
    if _are_prices(quote):
        facts.append(money(offer["cost_minor"], quote.currency, language))
    return facts


def _against_cheapest(quote: QuoteRecord, offer: Mapping[str, Any], cheapest: Mapping[str, Any]) -> str:
    """Return what the best by price and day costs more than the cheapest, and how much earlier it is."""
    more = offer["cost_minor"] - cheapest["cost_minor"]
    days = round((_ready(cheapest) - _ready(offer)) / DAY)
    if not _are_prices(quote) or more <= 0 or days < 1:
        return ""
    language = get_language() or "en"
    return _("{price} dearer, {days} earlier than the cheapest").format(
        price=money(more, quote.currency, language),
        days=format_timedelta(days * DAY, granularity="day", threshold=MANY_DAYS, locale=locale_of(language)),
    )
