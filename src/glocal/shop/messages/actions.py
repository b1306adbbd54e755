"""Write a message about an order."""

from __future__ import annotations

from django.db import transaction

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.messages.models import OrderMessage
from glocal.shop.orders.mail import mail_later
from glocal.shop.orders.models import Order
from glocal.shop.sessions.models import Side

MOST_CHARACTERS = 2000
MOST_MESSAGES = 500


@transaction.atomic
def say(order: Order, side: Side, text: str, *, key: str) -> OrderMessage:
    """Write a message for one side, once per key, and let the other side hear of it by mail."""
    text = text.strip()
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise OrderInvalid(
            "There is no text, or it is too long.", help="Write 1 to {most} characters.", most=MOST_CHARACTERS
        )
    if not 1 <= len(key) <= 150:
        raise OrderInvalid("The form was sent without its key.", help="Load the page again.", field="key")
    Order.objects.select_for_update().get(id=order.id)
    full_key = f"{order.id}:{side}:{key}"
    known = OrderMessage.objects.filter(key=full_key).first()
    if known is not None:
        return known
    if OrderMessage.objects.filter(order=order).count() >= MOST_MESSAGES:
        raise NotNow("There are very many messages about this order.", help="Call the shop.")
    if side == Side.SHOP:
        read_all(order)
    row = OrderMessage.objects.create(order=order, side=side, text=text, key=full_key, waits=side == Side.CUSTOMER)
    mail_later(order, "message" if side == Side.SHOP else "message_to_shop", about=row.id)
    return row


def read_all(order: Order) -> None:
    """Note that the shop has read what the customer wrote."""
    OrderMessage.objects.filter(order=order, waits=True).update(waits=False)
