"""The papers of an order for its customer, the public passport of a piece, and labels for makers."""

from __future__ import annotations

import json
import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from glocal.law.label import label_pdf
from glocal.law.passport import passport_as_json
from glocal.shop.errors import NotFound
from glocal.shop.legal.queries import kept_until, made_on, papers_of
from glocal.shop.makers.links import access_maker, actor_of
from glocal.shop.orders.models import Piece
from glocal.shop.orders.queries import access_order, access_piece
from glocal.web.guard import actor_of_request, open_to
from glocal.web.page import page
from glocal.web.papers import frozen_safety_in_words, label_of, passport_of


@open_to("link")
@require_safe
@never_cache
def papers_page(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Show an order's papers: what was told before buying, the safety record, the licence, the passports."""
    order = access_order(order_id, token=token)
    papers = papers_of(order)
    if papers is None:
        raise NotFound("This order has no papers: it is older than they are.", help="Ask the shop.")
    context = {
        "shop": order.quote.product.shop,
        "order": order,
        "token": token,
        "papers": papers,
        "title": order.text("title", order.language),
        "safety": frozen_safety_in_words(papers),
        "pieces": order.pieces.all(),
        "made_on": made_on(order),
        "kept_until": kept_until(order),
    }
    return page(request, "papers.html", context)


@open_to("everybody")
@require_safe
def passport_page(request: HttpRequest, piece_id: uuid.UUID) -> HttpResponse:
    """Show the passport of a piece to whoever holds the piece, or its number."""
    piece = access_piece(piece_id, actor=actor_of_request(request), action="passport")
    papers = papers_of(piece.order)
    context = {
        "passport": passport_of(request, piece),
        "piece": piece,
        "papers": papers,
        "safety": frozen_safety_in_words(papers) if papers else None,
    }
    return page(request, "passport.html", context)


@open_to("everybody")
@require_safe
def passport_json(request: HttpRequest, piece_id: uuid.UUID) -> HttpResponse:
    """Send the passport of a piece as JSON-LD."""
    piece = access_piece(piece_id, actor=actor_of_request(request), action="passport")
    content = json.dumps(passport_as_json(passport_of(request, piece)), ensure_ascii=False, indent=1)
    return HttpResponse(content, content_type="application/ld+json")


@open_to("link")
@require_safe
def maker_label(request: HttpRequest, link: str, piece_id: uuid.UUID) -> HttpResponse:
    """Send a piece's label to the maker who makes it."""
    return label_response(request, access_piece(piece_id, actor=actor_of(access_maker(link)), action="label"))


def label_response(request: HttpRequest, piece: Piece) -> HttpResponse:
    """Return a piece's label as PDF, in the language of who gets it."""
    with override(piece.order.language):
        content = label_pdf(label_of(request, piece))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="label-{piece.id}.pdf"'
    return response
