"""The shop's page: what is on the shelf, page by page, and what is found on it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from glocal.shop.products.models import Product
from glocal.shop.products.queries import live_products
from glocal.shop.products.search import LONGEST_QUESTION, SEARCHED_FROM, search
from glocal.shop.products.shelf import on_shelf
from glocal.shop.shops.queries import the_shop
from glocal.shop.texts import in_language
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.page import page
from glocal.web.week_form import hours_in_words

ON_A_PAGE = 24


@open_to("everybody")
@require_safe
def shop_page(request: HttpRequest) -> HttpResponse:
    """Show the live products with a picture of the real part and its price as shown; with ``q`` those that it finds."""
    shop = the_shop()
    language = get_language() or shop.language
    question = " ".join(request.GET.get("q", "")[:LONGEST_QUESTION].split())
    products = search(live_products(), question) if question else live_products()
    shown = Paginator(products, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "shop": shop,
        "about": in_language(shop.about, language),
        "cards": [_card(product, language) for product in shown],
        "shown": shown,
        "question": question,
        "searchable": bool(question) or shown.paginator.count >= SEARCHED_FROM,
        "hours": hours_in_words(shop.hours),
    }
    return page(request, "shop.html", context)


def _card(product: Product, language: str) -> dict[str, Any]:
    shown = on_shelf(product)
    return {
        "slug": product.slug,
        "title": product.text("title", language),
        "summary": product.text("summary", language),
        "picture": part_url(shown.part, "png"),
        "quote": shown.quote,
    }
