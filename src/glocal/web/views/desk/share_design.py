"""Share a design of the owner's own with other shops: what they would see, published with one press, and taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from glocal.errors import BadInput
from glocal.shop.commons.designs import shared_designs
from glocal.shop.commons.share_design import parameters_told, share_design, shared_before, take_back_design
from glocal.shop.error_words import error_text
from glocal.shop.products.catalogue import access_product
from glocal.shop.products.models import Product
from glocal.shop.products.packages import is_own
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.page import desk_page

MOST_LISTED = 200
RELATIONS = [
    ("remix", gettext_lazy("changed from it")),
    ("port", gettext_lazy("rewritten from it")),
    ("fix", gettext_lazy("mended from it")),
    ("regional_variant", gettext_lazy("a regional variant of it")),
]


class ShareForm(forms.Form):
    """What a design was made from, which nobody but its owner knows."""

    made_from = forms.ChoiceField(label=gettext_lazy("Made from another design"), required=False)
    relation = forms.ChoiceField(label=gettext_lazy("How"), choices=RELATIONS, required=False)

    def __init__(self, *arguments: Any, product: Product, language: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        others = [
            (each.package, f"{each.title(language)} ({each.shop}, {each.version})")
            for each in shared_designs()
            if each.package != product.shared_as
        ]
        self.fields["made_from"].choices = [("", _("no, it is all new")), *others[:MOST_LISTED]]  # type: ignore[attr-defined]


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def share_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what other shops would see of a design, and publish it."""
    product = access_product(slug, actor=actor_of_request(request))
    language = (get_language() or "en").partition("-")[0]
    form = ShareForm(request.POST or None, product=product, language=language)
    title = product.text("title", language)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            share_design(product, made_from=typed["made_from"], relation=typed["relation"] or "remix")
            messages.success(request, _("{title} is shared: whoever follows you can use it.").format(title=title))
            return redirect("desk-product", product.slug)
        except BadInput as error:
            form.add_error("made_from" if typed["made_from"] else None, error_text(error))
    template = product.template()
    context = {
        "form": form,
        "product": product,
        "title": title,
        "own": is_own(product.package),
        "shared": shared_before(product),
        "template": template,
        "authors": ", ".join(template.authors),
        "parameters": [{**each, "label": each["name"].replace("_", " ")} for each in parameters_told(product)],
    }
    return desk_page(request, "share_design.html", context, status=422 if form.errors else 200)


@owner_only
@require_POST
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a design back from the own log."""
    product = access_product(slug, actor=actor_of_request(request))
    take_back_design(product)
    title = product.text("title", get_language() or "en")
    messages.success(request, _("{title} is taken back; whoever follows you erases it too.").format(title=title))
    return redirect("desk-product", product.slug)
