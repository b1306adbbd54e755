"""Orders: placed once per key, read by whoever holds the token."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from glocal.api.schemas import ErrorOut, OrderIn, OrderOut, OrderPlaced
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.models import Order
from glocal.shop.orders.queries import access_order, order_timeline

router = Router()
BEARER = "Bearer "


@router.post(
    "/orders",
    response={201: OrderPlaced, 400: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    url_name="create_order",
    summary="Place an order",
)
def create_order(
    request: HttpRequest, wanted: OrderIn, idempotency_key: Annotated[str, Header(alias="Idempotency-Key")]
) -> Status[dict[str, Any]]:
    """Order what was quoted. The same ``Idempotency-Key`` again returns the same order and places no second one."""
    customer = CustomerDetails(wanted.name, wanted.email, wanted.note, wanted.language, wanted.address)
    order = place_order(wanted.quote_id, customer, idempotency_key=idempotency_key)
    return Status(201, {**describe_order(order), "token": order.token})


@router.get(
    "/orders/{order_id}",
    response={200: OrderOut, 400: ErrorOut, 404: ErrorOut},
    url_name="order",
    summary="Read an order",
)
def read_order(
    request: HttpRequest, order_id: uuid.UUID, authorization: Annotated[str, Header()] = ""
) -> dict[str, Any]:
    """Return an order to whoever sends its token as ``Authorization: Bearer TOKEN``."""
    return describe_order(access_order(order_id, token=authorization.removeprefix(BEARER)))


def describe_order(order: Order) -> dict[str, Any]:
    """Return an order as its customer sees it."""
    return {
        "id": order.id,
        "state": order.state,
        "quantity": order.quantity,
        "total_minor": order.total_minor,
        "currency": order.currency,
        "pieces": [piece.id for piece in order.pieces.all()],
        "timeline": [
            {"id": event.id, "at": event.at, "state": event.state, "code": event.code, "message": event.message}
            for event in order_timeline(order)
        ],
    }
