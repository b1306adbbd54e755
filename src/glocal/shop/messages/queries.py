"""Reads of messages."""

from __future__ import annotations

from glocal.shop.messages.models import OrderMessage
from glocal.shop.orders.models import Order

MOST_SHOWN = 12


def messages_of(order: Order) -> list[OrderMessage]:
    """Return what was written about an order, the oldest first."""
    return list(OrderMessage.objects.filter(order=order))


def waiting_messages() -> list[OrderMessage]:
    """Return the messages of customers that the shop has neither answered nor read, the oldest first."""
    return list(OrderMessage.objects.filter(waits=True).select_related("order").order_by("id")[:MOST_SHOWN])
