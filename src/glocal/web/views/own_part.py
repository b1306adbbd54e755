"""Bring a file of one's own: STL, OBJ, 3MF, OFF or STEP becomes a part with a price."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from glocal.design.unit_guess import UNITS_MM
from glocal.errors import BadInput
from glocal.shop.error_words import error_text
from glocal.shop.products.own_parts import MAX_BYTES, bring
from glocal.shop.rate_limit import Buckets
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import open_to
from glocal.web.page import page

limits = Buckets(size=20, per_s=0.2)  # a file may take the reader half a minute
UNITS = [("mm", _("millimetres")), ("cm", _("centimetres")), ("inch", _("inches")), ("m", _("metres"))]


class OwnPartForm(forms.Form):
    """The file, and what only its owner can say of it."""

    file = forms.FileField(label=_("Your file"), help_text=_("STL, 3MF, STEP, OBJ or OFF, up to 25 MB."))
    unit = forms.ChoiceField(label=_("Drawn in"), choices=UNITS, help_text=_("3MF and STEP files say it themselves."))
    mine = forms.BooleanField(label=_("I may have this shape made"))


@open_to("everybody")
@require_http_methods(["GET", "HEAD", "POST"])
def own_part(request: HttpRequest) -> HttpResponse:
    """Take a file and lead to its price, or say what is wrong with it."""
    form = OwnPartForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent: Any = form.cleaned_data["file"]
        if sent.size > MAX_BYTES:
            form.add_error("file", _("The file is larger than 25 MB."))
        else:
            try:
                limits.take(request.META.get("REMOTE_ADDR", ""), time.monotonic())
                product = bring(the_shop(), sent.read(), sent.name, unit_mm=UNITS_MM[form.cleaned_data["unit"]])
                return redirect("product", product.slug)
            except BadInput as error:
                form.add_error("file", error_text(error))
    return page(request, "own_part.html", {"form": form}, status=422 if form.errors else 200)
