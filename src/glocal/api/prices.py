"""What each option would do to the price: many small questions about one configuration, answered together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Router

from glocal.api.schemas import ErrorOut, PricesIn, PricesOut, VariantIn
from glocal.api.turns import Overtaken, Turns
from glocal.errors import BadInput, GlocalError
from glocal.shop.error_words import error_in_words
from glocal.shop.parts.asker import Asker, Patience
from glocal.shop.products.models import Product
from glocal.shop.products.queries import get_product
from glocal.shop.quotes.actions import unsaved_quote
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.rate_limit import Buckets

router = Router()
limits = Buckets(size=20, per_s=1.0)
turns = Turns()
NOT_YET = {"code": "not_yet", "message": "Ask again.", "help": ""}
BUDGET_S = 0.75
"""After this long no further change is begun: a customer who drags on goes before prices that nobody waits for."""


@router.post(
    "/prices",
    response={200: PricesOut, 400: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 429: ErrorOut},
    url_name="variant_prices",
    summary="Price several changes of a configuration",
)
def variant_prices(request: HttpRequest, wanted: PricesIn) -> dict[str, Any]:
    """Price every change with the instant estimate; the slicer is never asked, and nothing is kept to be ordered.

    Without changes it only ends an older question with the same ``visit``: ask so when the customer moves on.

    A change that the design does not allow together with the other values, or whose price only the slicer knows, has a
    ``refusal`` that says so.
    """
    limits.take(request.META.get("REMOTE_ADDR", ""), time.monotonic())
    product = get_product(wanted.product)
    ends = time.monotonic() + BUDGET_S
    prices: list[dict[str, Any]] = []
    with turns.turn(wanted.visit) as go_on:
        inquiry = Inquiry(may_slice=False, asker=Asker(Patience.NONE, go_on))
        for number, variant in enumerate(wanted.variants):
            go_on()
            in_time = number == 0 or time.monotonic() < ends
            prices.append(_price(product, wanted, variant, inquiry) if in_time else _unknown(NOT_YET))
    return {"currency": product.shop.currency, "prices": prices}


def _price(product: Product, wanted: PricesIn, variant: VariantIn, inquiry: Inquiry) -> dict[str, Any]:
    try:
        material = variant.material or wanted.material
        options = QuoteOptions(material, product.shop.region, wanted.quantity, wanted.delivery)
        row = unsaved_quote(product, {**wanted.values, **variant.values}, options, inquiry)
    except Overtaken:
        raise
    except BadInput as error:
        return _unknown(error)
    return _told(row)


def _told(row: QuoteRecord) -> dict[str, Any]:
    if row.refusal:
        return _unknown(row.refusal)
    return {"price_minor": row.total_minor, "low_minor": row.low_minor, "high_minor": row.high_minor, "refusal": None}


def _unknown(error: GlocalError | Mapping[str, Any]) -> dict[str, Any]:
    told = error_in_words(error)
    refusal = {name: told[name] for name in ("code", "message", "help")}
    return {"price_minor": None, "low_minor": None, "high_minor": None, "refusal": refusal}
