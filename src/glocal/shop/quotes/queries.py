"""Reads of quotes."""

from __future__ import annotations

import uuid

from glocal.shop.errors import NotFound
from glocal.shop.quotes.models import QuoteRecord


def get_quote(quote_id: uuid.UUID | str) -> QuoteRecord:
    """Return a frozen quote by its identity."""
    try:
        row = QuoteRecord.objects.select_related("product__shop", "part", "machine").filter(id=quote_id).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound("There is no such quote.", help="Ask for the price again.")
    return row
