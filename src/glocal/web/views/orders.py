"""An order's page, for whoever holds its link."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.legal.queries import papers_of, pickup_address
from glocal.shop.makers.camera import camera_for, camera_picture, may_show
from glocal.shop.orders.actions import (
    MOST_ADDRESS,
    accept_exact_price,
    can_change_address,
    cancel_order,
    change_address,
)
from glocal.shop.orders.again import WARRANTY
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.orders.queries import access_order, order_timeline
from glocal.shop.products.describe import describe_values, material_words
from glocal.shop.sessions.models import Side
from glocal.values import new_id
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.order_snapshot import must_agree, snapshot
from glocal.web.order_words import refusal_in_words
from glocal.web.page import page
from glocal.web.views.connection import picture_answer
from glocal.web.views.order_talk import like_this, talk_context
from glocal.web.views.payments import payment_context
from glocal.web.week_form import hours_in_words

ALWAYS = [[[0, 24 * 60]]] * 7


@open_to("link")
@require_safe
@never_cache
def order_page(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Show where the order is; the component keeps it fresh."""
    order = access_order(order_id, token=token)
    quote, product = order.quote, order.quote.product
    language = get_language() or order.language
    context = {
        "shop": product.shop,
        "order": order,
        "token": token,
        "title": order.text("title", language),
        "snapshot": snapshot(order),
        "values": describe_values(product, quote.values, language),
        "material": material_words(quote.material_id, quote.colour),
        "picture": part_url(quote.part, "png"),
        "threemf": part_url(quote.part, "3mf"),
        "camera": reverse("order-camera", args=[order_id, token]) if may_show(order) else "",
        "talk": talk_context(order, Side.CUSTOMER),
        "like_this": like_this(order),
        "payment": payment_context(order),
        "papers": papers_of(order),
        "must_agree": must_agree(order),
        "MOST_ADDRESS": MOST_ADDRESS,
        "can_change_address": can_change_address(order),
        "may_complain": order.state == OrderState.DONE and timezone.now() - order.created_at < WARRANTY,
        "fault_key": str(new_id()),
        "collect": _collect(order) if order.state == OrderState.DONE and not order.handed_over_at else None,
        "refusal": refusal_in_words(order_timeline(order)) if order.state == OrderState.CANNOT_BE_MADE else "",
    }
    return page(request, "order.html", context)


def _collect(order: Order) -> dict[str, Any] | None:
    """Return how what is ready comes to its customer: brought, or fetched where it was made, and when."""
    if order.machine is None:
        return None
    maker = order.machine.maker
    hours = [] if maker.hours == ALWAYS else hours_in_words(maker.hours)
    return {
        "brought": bool(order.delivery_address),
        "name": maker.name,
        "town": maker.town,
        "address": pickup_address(maker, order.quote.product.shop),
        "hours": hours,
    }


@open_to("link")
@require_POST
def address(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Bring it somewhere else."""
    order = access_order(order_id, token=token, action="change_address")
    change_address(order, request.POST.get("address", ""))
    return redirect(reverse("order", args=[order_id, token]))


@open_to("link")
@require_POST
def cancel(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Cancel the order."""
    cancel_order(access_order(order_id, token=token))
    return redirect(reverse("order", args=[order_id, token]))


@open_to("link")
@require_POST
def agree(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Agree to the exact price."""
    accept_exact_price(access_order(order_id, token=token))
    return redirect(reverse("order", args=[order_id, token]))


@open_to("link")
@require_safe
@never_cache
def camera(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Send what the printer's camera sees while it prints this order, where its maker lets the customer look."""
    machine = camera_for(access_order(order_id, token=token))
    return picture_answer(camera_picture(machine) if machine else None)
