"""Put an order onto its path."""

from __future__ import annotations

from glocal.shop.orders.models import Order
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import ORDERS_QUEUE, PREPARE, prepare_id


def hand_over_preparation(order: Order) -> None:
    """Enqueue the preparation of the order's current generation, with the current transaction."""
    enqueue(PREPARE, ORDERS_QUEUE, prepare_id(order.id, order.generation), str(order.id), order.generation)
