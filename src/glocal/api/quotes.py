"""Quotes: values in, price or refusal out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Router

from glocal.api.schemas import ErrorOut, QuoteIn, QuoteOut
from glocal.api.turns import Turns
from glocal.shop.error_words import error_in_words
from glocal.shop.errors import NeedsSlicer, StillBuilding
from glocal.shop.legal.queries import rights_before_buying
from glocal.shop.parts.asker import Asker
from glocal.shop.parts.finding_words import findings_in_words
from glocal.shop.parts.licence import is_downloadable
from glocal.shop.parts.models import BuiltPart
from glocal.shop.products.queries import get_product
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.queries import get_quote
from glocal.shop.quotes.view import QuoteView, view_of
from glocal.shop.quotes.words import lines_in_words
from glocal.shop.rate_limit import Buckets

router = Router()
limits = Buckets()
turns = Turns()
SHOWN_FILES = ("png", "glb")


@router.post(
    "/quotes",
    response={200: QuoteOut, 400: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 429: ErrorOut, 503: ErrorOut},
    url_name="create_quote",
    summary="Price a configuration",
)
def create_quote(request: HttpRequest, wanted: QuoteIn) -> dict[str, Any]:
    """Build, check and price a product with the customer's values.

    What is understood but cannot be made is an answer with a ``refusal``; a value that is out of range is an error.
    """
    limits.take(request.META.get("REMOTE_ADDR", ""), time.monotonic())
    product = get_product(wanted.product)
    options = QuoteOptions(
        wanted.material, product.shop.region, wanted.quantity, wanted.delivery, wanted.rush, wanted.prefer
    )
    visit = str(request.session.session_key) if request.user.is_authenticated else wanted.visit
    ask = partial(quote_product, product, wanted.values, options, exact=wanted.exact, ways=True)
    ask = partial(ask, remember=wanted.remember, visit=visit)
    if not wanted.exact:
        asker = Asker(go_on=turns.newest(wanted.visit), visit=wanted.visit)
        view = ask(may_slice=False, asker=asker)
        if not wanted.wait or (view.refusal or {}).get("code") != NeedsSlicer.code:
            return describe_quote(view)
    with turns.turn(wanted.visit) as go_on:
        return describe_quote(ask(may_slice=True, asker=Asker(go_on=go_on, visit=wanted.visit)))


@router.get(
    "/quotes/{quote_id}",
    response={200: QuoteOut, 400: ErrorOut, 404: ErrorOut},
    url_name="quote",
    summary="Read a quote",
)
def read_quote(request: HttpRequest, quote_id: uuid.UUID) -> dict[str, Any]:
    """Return a quote as it was given."""
    return describe_quote(view_of(get_quote(quote_id)))


def _quote(quote: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in quote.items() if name != "inputs"}
    return {**kept, "lines": lines_in_words(quote)}


def _files(part: BuiltPart | None) -> dict[str, str]:
    """Return the addresses of a part's files; the one for making only where the design's licence allows it."""
    if part is None:
        return {}
    kinds = (*SHOWN_FILES, "3mf") if is_downloadable(part) else SHOWN_FILES
    return {kind: reverse("part-file", args=[part.hash, kind]) for kind in kinds}


def _building(refusal: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return how far a shape is that takes long to build, and that is not refused therefore."""
    return refusal["data"] if refusal.get("code") == StillBuilding.code else None


def describe_quote(view: QuoteView) -> dict[str, Any]:
    """Return a quote as JSON, without the frozen inputs, which are many."""
    answer = view.as_dict()
    part = answer["part"]
    quote = _quote(answer["quote"]) if answer["quote"] else None
    accepted = answer["candidates"].get("accepted") or []
    return {
        "id": view.id,
        "law": rights_before_buying(get_quote(view.id), get_language() or "en") if quote else None,
        "orderable": quote is not None,
        "values": answer["values"],
        "part_hash": part["hash"] if part else None,
        "features": part["features"] if part else None,
        "files": _files(view.part),
        "findings": findings_in_words(answer["findings"]),
        "quote": quote,
        "refusal": error_in_words(answer["refusal"]) if answer["refusal"] else None,
        "building": _building(answer["refusal"] or {}),
        "maker": accepted[0].get("name") if quote and accepted else None,
        "ways": answer["ways"],
    }
