"""Reads of wishes, for who works in the shop."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, QuerySet, Value, When

from glocal.shop.errors import NotFound
from glocal.shop.sessions.access import access_inbox
from glocal.shop.wishes.models import Wish, WishState

if TYPE_CHECKING:
    from glocal.shop.sessions.access import User

_OPEN = (WishState.NEW, WishState.CONSIDERED)


def wishes(user: User | None) -> QuerySet[Wish]:
    """Return all wishes, unanswered first, the newest first in each."""
    access_inbox(user)
    rank = Case(When(state__in=_OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    return Wish.objects.select_related("product", "session").annotate(rank=rank).order_by("rank", "-id")


def access_wish(wish_id: uuid.UUID | str, *, user: User | None) -> Wish:
    """Return a wish to who works in the shop."""
    access_inbox(user)
    try:
        found = Wish.objects.select_related("product", "session").filter(id=uuid.UUID(str(wish_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such wish.")
    return found
