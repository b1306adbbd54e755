"""The only way in which an order's state changes: with an event that says so in words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from glocal.shop.orders.mail import mail_later
from glocal.shop.orders.models import Order, OrderEvent, OrderState
from glocal.shop.orders.watch import announce
from glocal.shop.payments.ledger import follow_order


def tell(
    order: Order, code: str, message: str, *, state: OrderState | None = None, data: dict[str, Any] | None = None
) -> OrderEvent:
    """Append to an order's timeline, and move the order to ``state`` if one is given.

    Call it inside a transaction, with the change that it tells of.
    """
    if state is not None and state != order.state:
        order.state = state
        order.state_at = timezone.now()
    order.save()
    event = OrderEvent.objects.create(order=order, state=order.state, code=code, message=message, data=data or {})
    follow_order(order)
    mail_later(order, code, about=event.id)
    announce(order.id)
    return event
