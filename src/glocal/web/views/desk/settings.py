"""The shop's settings, a form for each section."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from glocal.shop.errors import NotFound
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import owner_only
from glocal.web.page import desk_page
from glocal.web.shop_forms import SECTIONS, save_section, section_form
from glocal.web.undo import told


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest, section: str = "") -> HttpResponse:
    """Show all sections; a sent form changes its own."""
    shop = the_shop()
    if section and section not in SECTIONS:
        raise NotFound("There is no such section.", help="Go back to the settings.")
    forms = {name: section_form(name, shop) for name in SECTIONS}
    status = 200
    if request.method == "POST" and section:
        form = forms[section] = section_form(section, shop, request.POST)
        if form.is_valid() and save_section(form, shop):
            told(request, _("Saved. It counts for every new price; prices that were given stay."))
            return redirect(f"{reverse('desk-settings')}#{section}")
        status = 422
    rows = [{"name": name, "title": title, "form": forms[name]} for name, (title, _kind) in SECTIONS.items()]
    return desk_page(request, "settings.html", {"shop": shop, "sections": rows}, status=status)
