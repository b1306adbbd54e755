"""The owner's page about the law: who answers for the goods, and what is still missing."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from glocal.errors import BadInput
from glocal.law.model import AgeGroup
from glocal.shop.error_words import error_in_words
from glocal.shop.legal.actions import name_manufacturer
from glocal.shop.legal.queries import manufacturer_of
from glocal.shop.legal.rules import tax_of
from glocal.shop.legal.words import tax_doubts, tax_words
from glocal.shop.orders.queries import access_piece
from glocal.shop.products.queries import live_products
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.page import desk_page
from glocal.web.views.papers import label_response


class ManufacturerForm(forms.Form):
    """Who answers for the goods."""

    name = forms.CharField(label=gettext_lazy("Name of the manufacturer"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Postal address"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address for questions and complaints"))
    tax_number = forms.CharField(label=gettext_lazy("Tax number"), max_length=40, required=False)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def law_page(request: HttpRequest) -> HttpResponse:
    """Show what the papers of every order begin with, and take who the manufacturer is."""
    shop = the_shop()
    known = manufacturer_of(shop)
    form = ManufacturerForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            name_manufacturer(shop, **form.cleaned_data)
        except BadInput as error:
            field = error.data.get("field")
            form.add_error(field if field in form.fields else None, error_in_words(error)["message"])
        else:
            messages.success(request, _("Saved."))
            return redirect("desk-law")
    tax = tax_of(shop)
    context: dict[str, Any] = {
        "form": form,
        "tax": tax_words(tax),
        "tax_source": tax.source,
        "doubts": tax_doubts(tax),
        "unnamed": not (known["address"] and known["email"]),
        "silent": _without_age_group(),
    }
    return desk_page(request, "law.html", context, status=422 if form.errors else 200)


def _without_age_group() -> list[str]:
    """Return the products whose design does not say for whom it is."""
    known = {group.value for group in AgeGroup} - {AgeGroup.UNKNOWN.value}
    return [
        product.text("title", get_language() or "en")
        for product in live_products()
        if product.template().print_notes.get("safety", {}).get("age_group") not in known
    ]


@owner_only
@require_safe
def label(request: HttpRequest, piece_id: uuid.UUID) -> HttpResponse:
    """Send a piece's label."""
    return label_response(request, access_piece(piece_id, actor=actor_of_request(request), action="label"))
