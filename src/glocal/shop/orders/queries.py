"""Reads of orders. Objects reach a page only through ``access_…``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from glocal.shop.access import Actor, Relation, may, require
from glocal.shop.errors import NotFound
from glocal.shop.orders.models import Order, OrderEvent, OrderState, Piece

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


def access_order(
    order_id: uuid.UUID | str,
    *,
    token: str | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    actor: Actor | None = None,
    action: str = "see",
) -> Order:
    """Return an order to whoever may do this with it; to anybody else it does not exist.

    Parameters
    ----------
    token, user, actor
        What the one who asks has shown: the key in their link, their session, or an actor with both.
    action : str
        One of :data:`glocal.shop.access.POLICY`'s for orders.
    """
    actor = actor or Actor.of_user(user, token=token)
    try:
        key = uuid.UUID(str(order_id))
    except ValueError:
        raise _no_order() from None
    order = Order.objects.select_related("quote__product__shop", "quote__part", "machine__maker").filter(id=key).first()
    if order is None:
        raise _no_order()
    maker = order.machine.maker_id if order.machine else None
    require("order", action, actor.relation(maker=maker, token=order.token), _no_order())
    return order


def _no_order() -> NotFound:
    return NotFound("There is no such order.", help="Use the whole link that was given when the order was placed.")


def access_piece(piece_id: uuid.UUID, *, actor: Actor, action: str) -> Piece:
    """Return a piece to whoever may do this with it."""
    piece = get_piece(piece_id)
    maker = piece.order.machine.maker_id if piece.order.machine else None
    relation = actor.relation(maker=maker, token=piece.order.token)
    require("piece", action, relation, NotFound("There is no such piece."))
    return piece


def may_see_address(order: Order, actor: Actor) -> bool:
    """Return whether the actor may know where the order goes: its maker only while it is ready to be brought."""
    relation = actor.relation(maker=order.machine.maker_id if order.machine else None, token=order.token)
    if may("order", "see_address", relation):
        return True
    lies_ready = order.state == OrderState.DONE and order.handed_over_at is None
    return relation is Relation.MAKER and order.quote.delivery and lies_ready


def order_timeline(order: Order, *, after: int = 0) -> QuerySet[OrderEvent]:
    """Return the events of an order, oldest first, after the event with the number ``after``."""
    return order.events.filter(id__gt=after)


def get_piece(piece_id: uuid.UUID) -> Piece:
    """Return a piece by its own identity."""
    piece = (
        Piece.objects.select_related("order__machine", "order__quote__product__shop", "order__quote__part")
        .filter(id=piece_id)
        .first()
    )
    if piece is None:
        raise NotFound("There is no such piece.")
    return piece
