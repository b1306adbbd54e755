"""Who orders here, by mail address, from the orders themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum

from glocal.shop.orders.listing import or_over
from glocal.shop.orders.models import OFF_STATES, Order

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Customer:
    """One mail address with what it ordered; ``spent_minor`` is in ``currency``, of orders that were not called off."""

    email: str
    name: str
    orders: int
    spent_minor: int
    currency: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Customers:
    """A page of customers, who ordered last first; ``older`` is the key of the next page."""

    rows: list[Customer]
    older: str = ""


def list_customers(text: str = "", *, before: str = "") -> Customers:
    """Return customers whose name or address contains ``text``, who ordered last before ``before`` (ISO 8601)."""
    orders = Order.objects.exclude(customer_email="")
    if text.strip():
        orders = orders.filter(or_over(text.strip()[:200], "customer_name", "customer_email"))
    groups = orders.values("customer_email", "currency").annotate(
        last_at=Max("created_at"),
        orders=Count("id"),
        spent_minor=Sum("total_minor", filter=~Q(state__in=OFF_STATES), default=0),
    )
    limit = _moment(before)
    if limit is not None:
        groups = groups.filter(last_at__lt=limit)
    newest = Order.objects.filter(customer_email=OuterRef("customer_email")).order_by("-id")
    page = list(
        groups.annotate(name=Subquery(newest.values("customer_name")[:1])).order_by("-last_at")[: ON_A_PAGE + 1]
    )
    rows = [
        Customer(row["customer_email"], row["name"], row["orders"], row["spent_minor"], row["currency"], row["last_at"])
        for row in page[:ON_A_PAGE]
    ]
    return Customers(rows, rows[-1].last_at.isoformat() if len(page) > ON_A_PAGE else "")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
