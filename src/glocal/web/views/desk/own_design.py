"""A design of the owner's own: a file and a few words become a product, and later a newer version of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from glocal.errors import BadInput, CannotBeMade
from glocal.production.materials import get_material
from glocal.shop.error_words import error_text
from glocal.shop.products.catalogue import access_product
from glocal.shop.products.models import Product
from glocal.shop.products.own_designs import ALL_RIGHTS, LICENCES, MAX_BYTES, Said, bring_design
from glocal.shop.products.shelf import try_price
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.number_field import NumberField
from glocal.web.page import desk_page

LICENCE_NAMES = {
    "CC0-1.0": gettext_lazy("Everybody may do anything with it"),
    "CC-BY-4.0": gettext_lazy("Everybody may use, sell and change it, and names the author"),
    "CC-BY-SA-4.0": gettext_lazy("The same, and changed versions stay under this licence"),
    "CC-BY-ND-4.0": gettext_lazy("Everybody may use and sell it as it is, and names the author"),
    ALL_RIGHTS: gettext_lazy("Mine alone: nobody else may use it"),
}


class DesignForm(forms.Form):
    """The file, and what only its owner can say of it."""

    file = forms.FileField(
        label=gettext_lazy("The design"),
        help_text=gettext_lazy("An OpenSCAD file (.scad), or a zip with one and all that it needs."),
    )
    title = forms.CharField(label=gettext_lazy("What it is called"), max_length=60, required=False)
    description = forms.CharField(label=gettext_lazy("What it is for, in a sentence"), max_length=300, required=False)
    author = forms.CharField(
        label=gettext_lazy("Who designed it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: whom the file names, else your shop."),
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("What others may do with it"),
        required=False,
        help_text=gettext_lazy("If somebody else designed it, the licence that they gave it."),
    )
    labour_min = NumberField(
        label=gettext_lazy("Your own work on a piece, in minutes"), min_value=0, max_value=600, initial=10
    )
    materials = forms.MultipleChoiceField(
        label=gettext_lazy("Materials that suit it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, shop: Shop, **named: Any) -> None:
        super().__init__(*arguments, **named)
        licences = [(name, _licence_name(name)) for name in LICENCES]
        self.fields["licence"].choices = [("", _("as the file says")), *licences]  # type: ignore[attr-defined]
        offered = dict.fromkeys(material.material_id for material in shop.materials.all())
        self.fields["materials"].choices = [(each, get_material(each).name) for each in offered]  # type: ignore[attr-defined]

    def said(self) -> Said:
        """Return what the owner said of the design."""
        typed = self.cleaned_data
        texts = {name: str(typed.get(name) or "") for name in ("title", "author", "licence", "description")}
        language = (get_language() or "en").partition("-")[0]
        return Said(**texts, language=language, materials=tuple(typed.get("materials", ())))


class VersionForm(forms.Form):
    """A newer version of a design: its file alone."""

    file = forms.FileField(
        label=gettext_lazy("The newer version"),
        help_text=gettext_lazy("What is ordered already is made as it was ordered."),
    )


def _licence_name(licence: str) -> str:
    words = str(LICENCE_NAMES.get(licence, licence))
    return words if licence in {words, ALL_RIGHTS} else f"{words} ({licence})"


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_design_page(request: HttpRequest) -> HttpResponse:
    """Take a design and lead to the product that it became, or say what is wrong with it."""
    shop = the_shop()
    form = DesignForm(request.POST or None, request.FILES or None, shop=shop)
    if request.method == "POST" and form.is_valid():
        product = _brought(form, shop, form.said(), form.cleaned_data["labour_min"])
        if product is not None:
            messages.success(request, _("Look at it as a customer would, then put it on the shelf."))
            return redirect("desk-product", product.slug)
    return desk_page(request, "new_design.html", {"form": form}, status=422 if form.errors else 200)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_version_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a newer version of a product's design."""
    product = access_product(slug, actor=actor_of_request(request))
    form = VersionForm(request.POST or None, request.FILES or None)
    title = product.text("title", get_language() or "en")
    if request.method == "POST" and form.is_valid():
        said = Said(language=next(iter(product.title), "en"))
        if _brought(form, product.shop, said, product.labour_min["value"], replaces=product) is not None:
            messages.success(request, _("{title} is sold in its newer version from now on.").format(title=title))
            return redirect("desk-product", product.slug)
    context = {"form": form, "product": product, "title": title}
    return desk_page(request, "new_version.html", context, status=422 if form.errors else 200)


def _brought(
    form: forms.Form, shop: Shop, said: Said, work_min: float, replaces: Product | None = None
) -> Product | None:
    """Return the product that the form's file became; None, with the reason in the form, where it is no design."""
    sent: Any = form.cleaned_data["file"]
    if sent.size > MAX_BYTES:
        form.add_error("file", _("The file is larger than {most} MB.").format(most=MAX_BYTES // 1_000_000))
        return None
    try:
        product = bring_design(shop, sent.read(), sent.name, said, work_min=work_min, replaces=replaces)
    except (BadInput, CannotBeMade) as error:
        field = error.data.get("field")
        form.add_error(field if field in form.fields else "file", error_text(error))
        return None
    try_price(product)
    return product
