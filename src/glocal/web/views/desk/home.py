"""The owner's first page: what needs them now."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from glocal.shop.orders.models import FINAL_STATES, WAITING_STATES, Order
from glocal.web.guard import owner_only
from glocal.web.order_words import state_in_words
from glocal.web.page import desk_page

SHOWN = 25


@owner_only
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Show the orders that wait for somebody's answer, and those that are on their way."""
    language = get_language() or "en"
    counts = Order.objects.aggregate(
        waiting=Count("id", filter=Q(state__in=WAITING_STATES)),
        open=Count("id", filter=~Q(state__in=[*FINAL_STATES, *WAITING_STATES])),
    )
    orders = Order.objects.exclude(state__in=FINAL_STATES).select_related("quote__product")
    rows = [
        {
            "order": order,
            "title": order.quote.product.text("title", language),
            "state": state_in_words(order.state),
            "waits": order.state in WAITING_STATES,
        }
        for order in orders.order_by("promised_by")[:SHOWN]
    ]
    return desk_page(request, "home.html", {"rows": rows, "counts": counts})
