"""From a configuration to a conversation: "ask the shop"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from glocal.shop.error_words import error_in_words
from glocal.shop.products.describe import describe_values
from glocal.shop.products.models import Product
from glocal.shop.products.queries import get_product
from glocal.shop.products.shelf import first_material, on_shelf
from glocal.shop.sessions.actions import Asker, open_session
from glocal.shop.sessions.errors import SessionInvalid
from glocal.shop.sessions.pricing import offered_part
from glocal.values import new_id
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.page import page
from glocal.web.views.rooms import sent_values


class AskForm(forms.Form):
    """The question, and where the answer goes; a guest may leave the rest empty."""

    text = forms.CharField(
        label=_("Your question or wish"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )
    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"), required=False, help_text=_("So that you hear of the answer; nothing else.")
    )
    values = forms.CharField(required=False, widget=forms.HiddenInput)
    material = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=200, widget=forms.HiddenInput)


@open_to("everybody")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is asked about and take the question; the answer is the room."""
    product = get_product(slug)
    if request.method != "POST":
        kept = {name: request.GET.get(name, "") for name in ("values", "material")}
        return _show(request, product, AskForm(initial={**kept, "key": str(new_id())}), kept["values"])
    form = AskForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            session = open_session(
                product,
                sent_values(request.POST),
                material_id=typed["material"] or first_material(product),
                text=typed["text"],
                asker=Asker(typed["name"], typed["email"], get_language() or "en"),
                key=typed["key"],
            )
            return redirect("room", session.id, session.token)
        except SessionInvalid as error:
            field = error.data.get("field")
            form.add_error(field if field in form.fields else None, error_in_words(error)["message"])
    return _show(request, product, form, request.POST.get("values", ""), status=422)


def _show(request: HttpRequest, product: Product, form: AskForm, values: str, *, status: int = 200) -> HttpResponse:
    language = get_language() or product.shop.language
    offered, wanted = _asked(product, values)
    context: dict[str, Any] = {
        "shop": product.shop,
        "product": product,
        "title": product.text("title", language),
        "picture": None if offered else part_url(on_shelf(product).part, "png"),
        "values": describe_values(product, offered, language),
        "wanted": [{"label": name, "text": str(value)[:80]} for name, value in wanted.items()],
        "form": form,
    }
    return page(request, "ask.html", context, status=status)


def _asked(product: Product, values: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the address asks for: what is offered of it, and what is not."""
    from django.http import QueryDict

    sent = QueryDict(mutable=True)
    sent["values"] = values
    offered, wanted = offered_part(product.template(), sent_values(sent))
    return dict(offered), dict(wanted)
