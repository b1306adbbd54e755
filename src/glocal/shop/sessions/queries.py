"""Reads of design sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from glocal.shop.sessions.access import access_inbox
from glocal.shop.sessions.models import Comment, DesignSession, Side

if TYPE_CHECKING:
    from glocal.shop.sessions.access import User


def inbox(user: User | None) -> QuerySet[DesignSession]:
    """Return the shop's sessions: those that wait for the shop first, of these the longest waiting first.

    Each has ``last_said``, the newest comment's text, or None.
    """
    access_inbox(user)
    rank = Case(
        When(waits_for=Side.SHOP, then=Value(0)),
        When(waits_for=Side.CUSTOMER, state__in=["open", "approved"], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    waiting = Case(When(waits_for=Side.SHOP, then=F("waits_since")), default=None)
    said = Comment.objects.filter(session=OuterRef("pk")).order_by("-id").values("text")[:1]
    sessions = DesignSession.objects.select_related("product__shop", "order").annotate(
        rank=rank, waiting=waiting, last_said=Subquery(said)
    )
    return sessions.order_by("rank", "waiting", "-waits_since")
