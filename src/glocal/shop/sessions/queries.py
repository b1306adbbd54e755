"""Reads of design sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from glocal.shop.sessions.access import access_inbox
from glocal.shop.sessions.models import DesignSession, Side

if TYPE_CHECKING:
    from glocal.shop.sessions.access import User


def inbox(user: User | None) -> QuerySet[DesignSession]:
    """Return the shop's sessions: those that wait for the shop first, of these the longest waiting first."""
    access_inbox(user)
    rank = Case(
        When(waits_for=Side.SHOP, then=Value(0)),
        When(waits_for=Side.CUSTOMER, state__in=["open", "approved"], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    waiting = Case(When(waits_for=Side.SHOP, then=F("waits_since")), default=None)
    sessions = DesignSession.objects.select_related("product__shop", "order").annotate(rank=rank, waiting=waiting)
    return sessions.order_by("rank", "waiting", "-waits_since")
