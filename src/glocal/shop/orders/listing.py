"""The owner's list of orders: searched, filtered, and paged by key so that the last page is as quick as the first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from glocal.shop.jobs.models import Job
from glocal.shop.keyed_pages import KeyedPage, keyed_page
from glocal.shop.orders.margin import order_margins
from glocal.shop.orders.models import FINAL_STATES, OFF_STATES, WAITING_STATES, Order, OrderState

if TYPE_CHECKING:
    from glocal.quoting.actual import Margin

ON_A_PAGE = 25
GROUPS: dict[str, Q] = {
    "waiting": Q(state__in=WAITING_STATES),
    "open": ~Q(state__in=[*FINAL_STATES, *WAITING_STATES]),
    "ready": Q(state=OrderState.DONE, handed_over_at__isnull=True, payment__isnull=False),
    "done": Q(state=OrderState.DONE),
    "ended": Q(state__in=OFF_STATES),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What the owner looks for; an empty field lets everything through.

    Parameters
    ----------
    text : str
        Part of a customer's name or mail address, of a product's name, or an order's or a piece's number.
    group : str
        One of :data:`GROUPS`.
    product, maker : str
        A slug.
    since, until : datetime or None
        Ordered from ``since`` on, and before ``until``.
    """

    text: str = ""
    group: str = ""
    product: str = ""
    maker: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything is let through."""
        return self == OrderFilter()


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """One line: an order, what it was planned to leave for the shop, and what it did."""

    order: Order
    planned: Margin | None
    actual: Margin | None
    jobs: list[Job] = field(default_factory=list)


def found_orders(wanted: OrderFilter) -> QuerySet[Order]:
    """Return the orders that are looked for."""
    orders = Order.objects.all()
    if wanted.group in GROUPS:
        orders = orders.filter(GROUPS[wanted.group])
    if wanted.product:
        orders = orders.filter(quote__product__slug=wanted.product)
    if wanted.maker:
        orders = orders.filter(machine__maker__slug=wanted.maker)
    if wanted.since:
        orders = orders.filter(created_at__gte=wanted.since)
    if wanted.until:
        orders = orders.filter(created_at__lt=wanted.until)
    text = wanted.text.strip()[:200]
    return orders.filter(_says(text)) if text else orders


def _says(text: str) -> Q:
    try:
        number = uuid.UUID(text)
    except ValueError:
        return or_over(text, "customer_name", "customer_email", "quote__product__slug", "sold_as__title")
    return Q(id=number) | Q(pieces__id=number)


def or_over(text: str, *fields: str) -> Q:
    """Return the question whether one of the fields contains a text, large or small letters alike.

    SQLite itself takes only A to Z for a to z, which would keep Ọlá from being found as ọlá.
    """
    found = Q()
    for form in {text, text.lower(), text.upper(), text.title()}:
        for field_name in fields:
            found |= Q(**{f"{field_name}__icontains": form})
    return found


def list_orders(wanted: OrderFilter, *, before: str = "", after: str = "") -> KeyedPage[ListedOrder]:
    """Return a page of orders, the newest first, each with its margins."""
    orders = with_what_is_listed(found_orders(wanted))
    return keyed_page(orders, ON_A_PAGE, before=before, after=after).turned(listed)


def with_what_is_listed(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return the same orders, with everything that :func:`listed` looks at read in few questions."""
    jobs = Job.objects.select_related("machine", "outcome")
    orders = orders.select_related("quote__product", "machine__maker")
    return orders.prefetch_related("pieces", Prefetch("pieces__jobs", queryset=jobs))


def listed(order: Order) -> ListedOrder:
    """Return an order with its margins; its pieces and their jobs are loaded."""
    jobs = {job.id: job for piece in order.pieces.all() for job in piece.jobs.all()}
    planned, actual = order_margins(order, list(jobs.values()))
    return ListedOrder(order, planned, actual, sorted(jobs.values(), key=lambda job: job.id))
