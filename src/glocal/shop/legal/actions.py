"""Freeze an order's papers, and say who answers for the goods."""

from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import override

from glocal.shop.errors import OrderInvalid
from glocal.shop.legal.models import Manufacturer, OrderPapers
from glocal.shop.legal.queries import manufacturer_of, sentence_for
from glocal.shop.legal.rules import licence_of, safety_of, tax_of, withdrawal_of
from glocal.shop.orders.models import Order
from glocal.shop.shops.models import Shop


def freeze_papers(order: Order, *, for_stock: bool = False) -> OrderPapers:
    """Write what the customer was told and what was found, with the order; call it in the order's transaction."""
    quote = order.quote
    if quote.part is None:
        raise ValueError("a refused quote has no papers")
    found = withdrawal_of(quote, for_stock=for_stock)
    with override(order.language):
        sentence = sentence_for(quote, found, order.language)
    safety = asdict(safety_of(quote.product, quote.part, quote.material_id))
    return OrderPapers.objects.create(
        order=order,
        language=order.language,
        sentence=sentence,
        withdrawal=asdict(found),
        tax=asdict(tax_of(quote.product.shop)),
        safety={**safety, "notes": [{**note, "data": dict(note["data"])} for note in safety["notes"]]},
        licence=licence_of(quote.product),
        manufacturer=manufacturer_of(quote.product.shop),
    )


def name_manufacturer(shop: Shop, *, name: str, address: str, email: str, tax_number: str) -> Manufacturer:
    """Let the owner say who answers for the goods; orders placed before keep what they were placed with."""
    if not name.strip() or not address.strip():
        raise OrderInvalid("Name and postal address are asked for on every piece.", field="name" if name else "address")
    try:
        validate_email(email)
    except ValidationError:
        raise OrderInvalid("This is not an e-mail address.", field="email") from None
    row, _ = Manufacturer.objects.update_or_create(
        shop=shop,
        defaults={
            "name": name.strip()[:200],
            "address": address.strip()[:1000],
            "email": email,
            "tax_number": tax_number.strip()[:40],
        },
    )
    return row
