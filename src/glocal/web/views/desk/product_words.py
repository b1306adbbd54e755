"""What customers read of a product: the owner says it in each of the shop's languages, and can take it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from glocal.shop.products.actions import MOST_LETTERS, SaidWords, say_words, take_words_back
from glocal.shop.products.catalogue import access_product
from glocal.shop.products.models import WORDS, Product, ProductChange
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.shop_forms import reader_language
from glocal.web.undo import told

SHOWN_CHANGES = 10


class WordsForm(forms.Form):
    """Title and description of one product in every language of the shop."""

    only_some_needed = True

    def __init__(self, product: Product, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        words, labels = product.words(), {"title": gettext_lazy("Title"), "summary": gettext_lazy("Description")}
        for code in _codes():
            for field in WORDS:
                now = words[field].get(code, "")
                attributes = {"lang": code, "dir": "auto", "placeholder": product.text(field, code)}
                self.fields[_name(field, code)] = forms.CharField(
                    label=labels[field],
                    initial=now,
                    max_length=max(MOST_LETTERS[field], len(now)),  # a design's own words may be longer
                    required=False,
                    widget=forms.TextInput(attributes)
                    if field == "title"
                    else forms.Textarea({**attributes, "rows": 3}),
                )

    def languages(self) -> list[dict[str, Any]]:
        """Return the fields of each language, the reader's first and open, with whatever is wrong open as well."""
        names = dict(settings.LANGUAGES)
        codes = sorted(_codes(), key=lambda code: code != reader_language())
        return [
            {
                "code": code,
                "name": names[code],
                "fields": (fields := [self[_name(field, code)] for field in WORDS]),
                "open": code == reader_language() or any(field.errors for field in fields),
            }
            for code in codes
        ]

    def said(self) -> dict[str, SaidWords]:
        """Return what was typed, by language."""
        typed = self.cleaned_data
        return {code: SaidWords(*(typed[_name(field, code)] for field in WORDS)) for code in _codes()}


def _codes() -> list[str]:
    return [code for code, _said in settings.LANGUAGES]


def _name(field: str, code: str) -> str:
    return f"{field}_{code.replace('-', '_')}"


def changes_in_words(product: Product) -> list[dict[str, Any]]:
    """Return the newest changes of a product's words: when, and in each language what stood there and what came."""
    changes: list[ProductChange] = list(product.changes.all()[:SHOWN_CHANGES])
    return [{"at": change.created_at, "rows": _differences(product, change)} for change in changes]


def _differences(product: Product, change: ProductChange) -> list[dict[str, str]]:
    names, rows = dict(settings.LANGUAGES), []
    for field in WORDS:
        before, after = ({**getattr(product, field), **words.get(field, {})} for words in (change.before, change.after))
        for code in sorted(before.keys() | after.keys()):
            if before.get(code) != after.get(code):
                language = str(names.get(code, code))
                rows.append({"language": language, "before": before.get(code, ""), "after": after.get(code, "")})
    return rows


@owner_only
@require_POST
def words_undo(request: HttpRequest, slug: str, change_id: uuid.UUID) -> HttpResponse:
    """Bring back the words that a product had before a change."""
    product = access_product(slug, actor=actor_of_request(request))
    take_words_back(product, change_id)
    told(request, _("The words are as they were."))
    return redirect("desk-product", slug)


def save_words(request: HttpRequest, product: Product, form: WordsForm) -> None:
    """Write what was typed, and say so with a way back."""
    change = say_words(product, form.said())
    if change is None:
        told(request, _("Nothing was changed."))
        return
    back = reverse("desk-product-words-undo", args=[product.slug, change.id])
    told(request, _("Saved. Customers read it from now on; what is ordered keeps its words."), undo=back)
