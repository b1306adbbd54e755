"""Reads of orders. Objects reach a page only through ``access_…``."""

from __future__ import annotations

import uuid
from secrets import compare_digest
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from glocal.shop.errors import NotFound
from glocal.shop.orders.models import Order, OrderEvent, Piece

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


def access_order(
    order_id: uuid.UUID | str, *, token: str | None = None, user: AbstractBaseUser | AnonymousUser | None = None
) -> Order:
    """Return an order to whoever holds its link or works in the shop; to anybody else it does not exist."""
    try:
        key = uuid.UUID(str(order_id))
    except ValueError:
        raise _no_order() from None
    order = Order.objects.select_related("quote__product__shop", "quote__part", "machine__maker").filter(id=key).first()
    if order is None:
        raise _no_order()
    holds_link = token is not None and compare_digest(token.encode(), order.token.encode())
    works_here = bool(user is not None and user.is_authenticated and getattr(user, "is_staff", False))
    if not (holds_link or works_here):
        raise _no_order()
    return order


def _no_order() -> NotFound:
    return NotFound("There is no such order.", help="Use the whole link that was given when the order was placed.")


def order_timeline(order: Order, *, after: int = 0) -> QuerySet[OrderEvent]:
    """Return the events of an order, oldest first, after the event with the number ``after``."""
    return order.events.filter(id__gt=after)


def get_piece(piece_id: uuid.UUID) -> Piece:
    """Return a piece by its own identity."""
    piece = Piece.objects.select_related("order").filter(id=piece_id).first()
    if piece is None:
        raise NotFound("There is no such piece.")
    return piece
