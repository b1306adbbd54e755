"""A product's page: the configurator with everything that it needs in the first answer."""

from __future__ import annotations

import random
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.shop.demand.defaults import preset_for
from glocal.shop.legal.queries import manufacturer_of
from glocal.shop.products.queries import get_product
from glocal.shop.products.shelf import on_shelf
from glocal.web.configurator_setup import configurator_setup
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.page import page

QUOTE_PLACE = "00000000-0000-7000-8000-000000000000"


@open_to("everybody")
@require_safe
def product_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product; the component takes over in the browser."""
    checkout = reverse("checkout", args=[QUOTE_PLACE]).replace(QUOTE_PLACE, "QUOTE")
    return page(request, "product.html", product_context(slug, {"checkout": checkout}))


def product_context(slug: str, own_urls: dict[str, str]) -> dict[str, Any]:
    """Return what a page with the configurator shows; ``own_urls`` lead on from that page."""
    product = get_product(slug)
    preset = preset_for(product, product.shop.region, dice=random.Random())  # noqa: S311 - which visits try, not a secret
    template = preset.template
    language = get_language() or product.shop.language
    part = on_shelf(product, template=template).part
    urls = {
        "quotes": reverse("api:create_quote"),
        "prices": reverse("api:variant_prices"),
        "fonts": reverse("api:product_fonts", args=[slug]),
        "ask": reverse("ask", args=[slug]),
        "sheet": reverse("part-sheet", args=["PART"]),
        "size_card": reverse("size-card"),
        **own_urls,
    }
    materials = list(product.shop.materials.all())
    setup = configurator_setup(product, template, materials, language=language, urls=urls)
    for row in setup["design"]["parameters"]:
        if row["name"] in preset.regional:
            label = _("Preset as most people in this region like it.")
            row["help"] = f"{row['help']} {label}".strip()
        if row["name"] in preset.adapted:
            label = _("Preset to what is usual in this region.")
            row["help"] = f"{row['help']} {label}".strip()
    return {
        "shop": product.shop,
        "manufacturer": manufacturer_of(product.shop),
        "title": product.text("title", language),
        "summary": product.text("summary", language),
        "template": template,
        "authors": ", ".join(template.authors),
        "picture": part_url(part, "png"),
        "setup": {**setup, "glb": part_url(part, "glb")},
    }
