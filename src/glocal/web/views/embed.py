"""The shop inside another web site's page: a product, its checkout, and word to the page around."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from glocal.shop.access import Actor
from glocal.shop.orders.queries import access_order
from glocal.web.assets import BUNDLE
from glocal.web.frame import frame_query, framed, site_around
from glocal.web.guard import open_to
from glocal.web.page import page
from glocal.web.views.checkout import Way, checkout_steps
from glocal.web.views.product import QUOTE_PLACE, product_context


@open_to("everybody")
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Send the one script that another site's page loads."""
    response = HttpResponse((BUNDLE / "web" / "embed.js").read_bytes(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@framed
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product without the shop's own frame around it."""
    query = frame_query(request)
    checkout_url = reverse("embed-checkout", args=[QUOTE_PLACE]).replace(QUOTE_PLACE, "QUOTE")
    context = product_context(slug, {"checkout": f"{checkout_url}?{query}"})
    return page(request, "embed/product.html", {**context, **_frame(request), "slug": slug})


@framed
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, quote_id: uuid.UUID) -> HttpResponse:
    """Take the order within the frame."""
    query = frame_query(request)
    way = Way(
        frame="web/embed/base.html",
        checkout=lambda quote: f"{reverse('embed-checkout', args=[quote])}?{query}",
        product=lambda slug: f"{reverse('embed-product', args=[slug])}?{query}",
        order=lambda order, token: f"{reverse('embed-ordered', args=[order, token])}?{query}",
        context=_frame(request),
    )
    return checkout_steps(request, quote_id, way)


@open_to("link")
@framed
@require_safe
def ordered(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Thank, lead to the order's own page, and tell the page around that something was ordered (not by whom)."""
    order = access_order(order_id, actor=Actor(token=token), action="see")
    context = {"order": order, "link": reverse("order", args=[order.id, order.token]), **_frame(request)}
    return page(request, "embed/ordered.html", context)


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {"site": site_around(request), "embedded": True}
