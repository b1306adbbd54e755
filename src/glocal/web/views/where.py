"""Where it would be made: the makers who can, on a map and in a table, for a customer before the order."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.shop.makers.places import rough_place
from glocal.shop.measures import measure
from glocal.shop.quotes.elsewhere import Elsewhere, makers_of_quote
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.queries import get_quote
from glocal.web import numbers
from glocal.web.guard import open_to
from glocal.web.maker_map import map_data, point
from glocal.web.page import page


@open_to("everybody")
@require_safe
def where_page(request: HttpRequest, quote_id: uuid.UUID) -> HttpResponse:
    """Show the makers who can; the checkout takes the part of the page that it opens."""
    quote = get_quote(quote_id)
    shop = quote.product.shop
    language = get_language() or shop.language
    found = makers_of_quote(quote)
    rows = [_row(quote, each, number, language) for number, each in enumerate(found, start=1)]
    points = [
        point(
            rough_place(each.maker), row["number"], row["name"], "chosen" if each.chosen else "other",
            [row["distance"], row["price"], row["ready"], _("Chosen") if each.chosen else ""],
        )
        for each, row in zip(found, rows, strict=True)
    ]  # fmt: skip
    context = {
        "shop": shop,
        "title": quote.product.text("title", language),
        "back": reverse("checkout", args=[quote.id]),
        "rows": rows,
        "map": map_data(shop, rough_place(shop), points) if points else None,
    }
    return page(request, "where.html", context)


def _row(quote: QuoteRecord, each: Elsewhere, number: int, language: str) -> dict[str, Any]:
    sum_minor = each.total_minor
    return {
        "number": number,
        "name": each.maker.name,
        "town": each.maker.town,
        "distance": measure(max(1.0, each.distance_km), "km", language, digits=0),
        "price": _("known after slicing") if sum_minor is None else numbers.money(sum_minor, quote.currency, language),
        "ready": numbers.day(each.ready_at, language, ZoneInfo(quote.product.shop.timezone)),
        "chosen": each.chosen,
    }
