"""A country or a part of one, by its code or by its name: nobody has to know that Morocco is MA."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.names import nearest

LIST_ID = "countries"
_CODE = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?")  # of ISO 3166


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return code (ISO 3166-1) and name of every country, by name as the language writes it (CLDR)."""
    import pycountry

    names = Locale.parse(language.replace("-", "_")).territories
    codes = [country.alpha_2 for country in pycountry.countries]
    return tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda each: each[1].casefold()))


def code_of(typed: str, language: str) -> str:
    """Return the code of a country that was typed by its name, in the reader's language or in English."""
    wanted = typed.strip().casefold()
    for known in (language, "en"):
        for code, name in countries(known):
            if name.casefold() == wanted:
                return code
    return typed.strip()


class RegionInput(forms.TextInput):
    """A text field that offers the countries by their names."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the field with its list."""
        field = super().render(name, value, {**(attrs or {}), "list": LIST_ID, "autocomplete": "off"}, renderer)
        rows = format_html_join("", '<option value="{}">{}</option>', countries(get_language() or "en"))
        return format_html('{}<datalist id="{}">{}</datalist>', field, LIST_ID, rows)


class RegionField(forms.CharField):
    """A region's code; a country may be typed by its name."""

    widget = RegionInput

    def clean(self, value: Any) -> Any:
        """Return the code; of a country that was mistyped, say which one is most like it."""
        language = get_language() or "en"
        code = code_of(super().clean(value), language)
        if not _CODE.fullmatch(code) and (near := nearest(code, [name for _code, name in countries(language)])):
            raise forms.ValidationError(
                _("No country is called “%(said)s”. Did you mean “%(near)s”?"),
                params={"said": code[:40], "near": near},
            )
        return code
