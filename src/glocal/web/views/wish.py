"""A wish for something that the shop does not sell: kept without a name, counted as what the region wants."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from glocal.shop.shops.queries import the_shop
from glocal.shop.wishes.actions import MOST_CHARACTERS, make_wish
from glocal.values import new_id
from glocal.web.guard import open_to
from glocal.web.page import page


class WishForm(forms.Form):
    """What somebody would like to have."""

    text = forms.CharField(
        label=_("What would you like to have?"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("What it is for, and its size if you know it. Write nothing about yourself."),
    )
    key = forms.CharField(max_length=100, widget=forms.HiddenInput)


@open_to("everybody")
@require_http_methods(["GET", "HEAD", "POST"])
def wish_page(request: HttpRequest) -> HttpResponse:
    """Take a wish, once per form; ``text`` in the address fills it in."""
    shop = the_shop()
    if request.method != "POST":
        text = request.GET.get("text", "")[:MOST_CHARACTERS]
        return page(
            request, "wish.html", {"shop": shop, "form": WishForm(initial={"text": text, "key": str(new_id())})}
        )
    form = WishForm(request.POST)
    if not form.is_valid():
        return page(request, "wish.html", {"shop": shop, "form": form}, status=422)
    language = get_language() or shop.language
    make_wish(shop, form.cleaned_data["text"], None, {}, language=language, key=f"page:{form.cleaned_data['key']}")
    return redirect("wish-kept")


@open_to("everybody")
@require_safe
def kept_page(request: HttpRequest) -> HttpResponse:
    """Say that a wish was kept."""
    return page(request, "wish.html", {"kept": True})
