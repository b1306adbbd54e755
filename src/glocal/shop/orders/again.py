"""Order the same once more, or make a piece again that came out wrong, at no charge."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.legal.actions import freeze_papers
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState, Piece
from glocal.shop.orders.path import hand_over_preparation
from glocal.shop.payments.actions import open_books
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.dates import ready_if_ordered
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.view import QuoteView

WARRANTY = timedelta(days=2 * 365)
"""How long goods have to be as agreed: Directive (EU) 2019/771, Article 10(1)."""


def quote_again(order: Order) -> QuoteView:
    """Return today's price of the same thing."""
    quote = order.quote
    options = QuoteOptions(quote.choice, quote.region, quote.quantity, quote.delivery)
    return quote_product(quote.product, quote.values, options)


@transaction.atomic
def make_again(order: Order, *, pieces: int, reason: str, key: str) -> Order:
    """Let pieces that were not as agreed be made again at no charge; the same key again is the same order.

    Source: Directive (EU) 2019/771, Articles 10, 13 and 14: repair or replacement, free of charge, within two years.

    Raises
    ------
    NotNow
        When the order is not finished, or is too old.
    """
    if not 1 <= len(key) <= 150:
        raise OrderInvalid("The form was sent without its key.", help="Load the page again.", field="key")
    order = Order.objects.select_for_update().get(id=order.id)
    full_key = f"again:{order.id}:{key}"
    known = Order.objects.filter(idempotency_key=full_key).first()
    if known is not None:
        return known
    if order.state != OrderState.DONE:
        raise NotNow("Only what was handed over can be made again.", help="Wait until the order is ready.")
    if timezone.now() - order.created_at > WARRANTY:
        raise NotNow("The order is more than two years old.", help="Let the customer order it anew.")
    if not 1 <= pieces <= order.quantity:
        raise OrderInvalid(
            "The order had {count} pieces.", help="Choose one to all of them.", count=order.quantity, field="pieces"
        )
    again = Order.objects.create(
        quote=order.quote,
        idempotency_key=full_key,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
        customer_note=order.customer_note,
        delivery_address=order.delivery_address,
        language=order.language,
        sold_as=order.sold_as,
        quantity=pieces,
        total_minor=0,
        currency=order.currency,
        accepted_price=True,  # whatever it costs, the shop pays
        promised_by=ready_if_ordered(order.quote, timezone.now()).high,
    )
    Piece.objects.bulk_create(Piece(order=again, number=number) for number in range(1, pieces + 1))
    tell(again, "placed", "It is made again at no charge.", data={"again_of": str(order.id), "reason": reason[:500]})
    freeze_papers(again)
    open_books(again, order.payment.method if hasattr(order, "payment") else "")
    tell(order, "made_again", "It is made again at no charge.", data={"order": str(again.id)})
    hand_over_preparation(again)
    return again
