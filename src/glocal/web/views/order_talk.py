"""Messages about an order from both sides, ordering again, and making again at no charge."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from glocal.shop.legal.rules import settings_of
from glocal.shop.messages.actions import read_all, say
from glocal.shop.messages.queries import messages_of
from glocal.shop.orders.again import make_again, quote_again
from glocal.shop.orders.models import Order
from glocal.shop.orders.queries import access_order
from glocal.shop.sessions.models import Side
from glocal.values import new_id
from glocal.web.guard import actor_of_request, open_to, owner_only


def talk_context(order: Order, side: Side) -> dict[str, Any]:
    """Return what a page shows of the messages about an order, seen from one side."""
    found = messages_of(order)
    rows = [{"row": row, "mine": row.side == side} for row in found]
    return {"rows": rows, "key": str(new_id()), "waits": any(row.waits for row in found)}


def like_this(order: Order) -> str:
    """Return the address at which somebody begins with these settings, without the first customer's own words."""
    quote = order.quote
    values = {
        each.name: each.value
        for each in settings_of(quote.product.template(), quote.values)
        if each.origin != "derived" and not each.own_words and isinstance(each.value, (str, int, float))
    }
    plain = {
        name: str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
        for name, value in values.items()
    }
    return f"{reverse('product', args=[quote.product.slug])}?{urlencode(plain)}"


@open_to("link")
@require_POST
def write(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Take a message of the customer."""
    order = access_order(order_id, token=token, action="write")
    text = request.POST.get("text", "").strip()
    if text and request.POST.get("about") == "fault":
        text = f"{_('Something is wrong with it:')} {text}"
    say(order, Side.CUSTOMER, text, key=request.POST.get("key", ""))
    return redirect(f"{reverse('order', args=[order_id, token])}#messages")


@open_to("link")
@require_POST
def again(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Give today's price of the same thing, and lead to the checkout."""
    view = quote_again(access_order(order_id, token=token))
    return redirect(reverse("checkout", args=[view.id]))


@owner_only
@require_POST
def answer(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Take a message of the shop, or its word that it has read everything."""
    order = access_order(order_id, actor=actor_of_request(request), action="write")
    if request.POST.get("read"):
        read_all(order)
    else:
        say(order, Side.SHOP, request.POST.get("text", ""), key=request.POST.get("key", ""))
    return redirect(f"{reverse('desk-order', args=[order_id])}#messages")


@owner_only
@require_POST
def again_free(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Let pieces be made again at no charge."""
    order = access_order(order_id, actor=actor_of_request(request), action="refund")
    sent = request.POST
    number = sent.get("pieces", "")
    pieces = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    made = make_again(order, pieces=pieces, reason=sent.get("reason", ""), key=sent.get("key", ""))
    messages.success(request, _("It is made again at no charge."))
    return redirect("desk-order", made.id)
