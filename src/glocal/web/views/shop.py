"""The shop's page: what is on the shelf."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from glocal.shop.products.models import Product
from glocal.shop.products.queries import live_products
from glocal.shop.products.shelf import on_shelf
from glocal.shop.shops.queries import the_shop
from glocal.shop.texts import in_language
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.page import page
from glocal.web.week_form import hours_in_words


@open_to("everybody")
@require_safe
def shop_page(request: HttpRequest) -> HttpResponse:
    """Show every live product with a picture of the real part and its price as shown."""
    shop = the_shop()
    language = get_language() or shop.language
    cards = [_card(product, language) for product in live_products()]
    about = in_language(shop.about, language)
    return page(
        request, "shop.html", {"shop": shop, "about": about, "cards": cards, "hours": hours_in_words(shop.hours)}
    )


def _card(product: Product, language: str) -> dict[str, Any]:
    shown = on_shelf(product)
    return {
        "slug": product.slug,
        "title": product.text("title", language),
        "summary": product.text("summary", language),
        "picture": part_url(shown.part, "png"),
        "quote": shown.quote,
    }
