"""The catalogue: what is on the shelf, what is hidden, by which rules it is priced, and what more there is to sell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glocal.shop.commons.share_design import shared_before
from glocal.shop.error_words import error_text
from glocal.shop.products.actions import PriceRules, price_by, set_live, take_bundled
from glocal.shop.products.catalogue import access_product, bundled_to_take, catalogue
from glocal.shop.products.models import Product
from glocal.shop.products.packages import is_own
from glocal.shop.products.search import LONGEST_QUESTION, SEARCHED_FROM, search
from glocal.shop.products.shelf import last_refusal, on_shelf
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.shop.texts import in_language
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.links import part_url
from glocal.web.number_field import NumberField
from glocal.web.numbers import money, percent
from glocal.web.page import desk_page
from glocal.web.undo import told
from glocal.web.views.desk.product_words import WordsForm, changes_in_words, save_words


@owner_only
@require_safe
def products_page(request: HttpRequest) -> HttpResponse:
    """List all products, or with ``q`` those that it finds, and what came with the program and is not sold yet."""
    language = get_language() or "en"
    question = " ".join(request.GET.get("q", "")[:LONGEST_QUESTION].split())
    listed = catalogue()
    searchable = bool(question) or len(listed) >= SEARCHED_FROM
    if question:
        known = {each.product.id: each for each in listed}
        listed = [known[product.id] for product in search([each.product for each in listed], question)]
    rows = [
        {
            "product": each.product,
            "title": each.product.text("title", language),
            "picture": part_url(each.part, "png") if each.part and each.part.drawn_file else "",
            "price": money(each.price_minor, each.product.shop.currency, language)
            if each.price_minor is not None
            else "",
            "sold": each.sold,
            "on_shelf": each.product.is_live and each.product.is_listed,
        }
        for each in listed
    ]
    bundled = [{"slug": each.slug, "title": in_language(each.title, language)} for each in bundled_to_take()]
    context = {"rows": rows, "bundled": bundled, "question": question, "searchable": searchable}
    return desk_page(request, "products.html", context)


@owner_only
@require_POST
def product_do(request: HttpRequest, slug: str, action: str) -> HttpResponse:
    """Publish or hide a product; either can be taken back."""
    product = access_product(slug, actor=actor_of_request(request))
    live = action == "publish"
    set_live(product, live=live)
    title = product.text("title", get_language() or "en")
    words = _("{title} is on the shelf.") if live else _("{title} is hidden. Orders that are placed go on.")
    told(
        request, words.format(title=title), undo=reverse("desk-product-do", args=[slug, "hide" if live else "publish"])
    )
    return redirect("desk-products")


@owner_only
@require_POST
def take_bundled_product(request: HttpRequest) -> HttpResponse:
    """Put one of the products that came with the program on the shelf."""
    product = take_bundled(the_shop(), request.POST.get("slug", ""))
    messages.success(request, _("{title} is on the shelf.").format(title=product.text("title", get_language() or "en")))
    return redirect("desk-products")


class PriceForm(forms.Form):
    """The rules by which one product is priced, where they differ from the shop's."""

    labour_min = NumberField(label=gettext_lazy("Work by hand on one piece, minutes"), min_value=0, max_value=600)
    margin_percent = NumberField(
        label=gettext_lazy("Margin on top of the costs, %"), min_value=0, max_value=1000, required=False
    )
    minimum = forms.DecimalField(
        label=gettext_lazy("Least that an order brings, before tax"), min_value=0, max_value=1_000_000, required=False
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place on the shelf"),
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("0 stands first; products of the same number stand by their name."),
    )

    def __init__(self, *arguments: Any, shop: Shop, **named: Any) -> None:
        super().__init__(*arguments, **named)
        usual = _("Empty: as for the whole shop ({value}).")
        language = get_language() or "en"
        self.fields["margin_percent"].help_text = usual.format(value=percent(shop.terms["margin"], language))
        least = money(shop.terms["minimum_minor"], shop.currency, language)
        self.fields["minimum"].help_text = usual.format(value=least)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def product_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change what customers read of one product, and the rules by which it is priced."""
    product = access_product(slug, actor=actor_of_request(request))
    priced = request.POST if "labour_min" in request.POST else None
    worded = request.POST if request.method == "POST" and priced is None else None
    words = WordsForm(product, worded)
    if worded is not None and words.is_valid():
        save_words(request, product, words)
        return redirect("desk-product", slug)
    form = PriceForm(priced, shop=product.shop, initial=_initial(product))
    if priced is not None and form.is_valid():
        typed = form.cleaned_data
        rules = PriceRules.of_typed(typed["margin_percent"], typed["minimum"], product.shop.currency)
        price_by(product, rules, labour_min=typed["labour_min"], position=typed["position"])
        told(request, _("Saved. The new price is asked for the next time somebody looks."))
        return redirect("desk-products")
    part = on_shelf(product).part
    context = {
        "form": form,
        "words": words,
        "changes": changes_in_words(product),
        "product": product,
        "title": product.text("title", get_language() or "en"),
        "picture": part_url(part, "png") if part else "",
        "on_shelf": product.is_live and product.is_listed,
        "own": is_own(product.package),
        "shared": shared_before(product),
        "refusal": error_text(refusal) if (refusal := last_refusal(product)) else "",
    }
    return desk_page(request, "product.html", context, status=422 if form.errors or words.errors else 200)


def _initial(product: Product) -> dict[str, Any]:
    rules = PriceRules(**product.price_rules)
    return {
        "labour_min": product.labour_min["value"],
        "margin_percent": None if rules.margin is None else round(100 * rules.margin, 2),
        "minimum": rules.minimum_in_major(product.shop.currency),
        "position": product.position,
    }
