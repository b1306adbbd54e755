"""Designs of other shops: what they are, what they may be used for, and onto the own shelf with one form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.commons.errors import NotVerified
from glocal.shop.commons.actions import log_directory
from glocal.shop.commons.designs import SharedDesign, shared_design, shared_designs
from glocal.shop.commons.previews import preview_of
from glocal.shop.errors import OrderInvalid
from glocal.web.guard import owner_only
from glocal.web.page import desk_page
from glocal.web.views.connection import picture_answer

MOST_SHOWN, MOST_MINUTES = 100, 600


@owner_only
@require_safe
@never_cache
def designs_page(request: HttpRequest) -> HttpResponse:
    """List what has been published, the newest first; ``?q=`` keeps those whose title or author says so."""
    wanted = request.GET.get("q", "").strip()[:100]
    language = _language()
    rows = [_row(design, language) for design in shared_designs() if _says(design, wanted.casefold())]
    return desk_page(request, "designs.html", {"rows": rows[:MOST_SHOWN], "count": len(rows), "q": wanted})


@owner_only
@require_safe
@never_cache
def design_page(request: HttpRequest, package_hash: str) -> HttpResponse:
    """Show one design: its terms, what can be chosen, where it comes from, what prints of it taught."""
    from glocal.shop.commons.use_design import known_about

    design = shared_design(package_hash)
    context = {**_row(design, _language()), "about": known_about(package_hash)}
    context["parameters"] = [{**each, "label": each["name"].replace("_", " ")} for each in design.parameters]
    context["ancestors"] = [(title, _relations().get(how, how)) for title, how in design.ancestors]
    return desk_page(request, "design.html", context)


@owner_only
@require_safe
def design_picture(request: HttpRequest, package_hash: str) -> HttpResponse:
    """Send a design's picture; ``?fetch`` gets its package for it, where it is not here yet."""
    design = shared_design(package_hash)
    try:
        return picture_answer(preview_of(design.package, fetch="fetch" in request.GET))
    except NotVerified:  # whoever shares it does not answer; the next look asks again
        return picture_answer(None)


@owner_only
@require_POST
def design_use(request: HttpRequest, package_hash: str) -> HttpResponse:
    """Fetch a design and make a product of it, to which only its address leads until the owner shows it."""
    from glocal.commons.design_fetch import fetched
    from glocal.shop.commons.use_design import use_design

    design = shared_design(package_hash)
    try:
        minutes = float(request.POST.get("minutes", "").replace(",", "."))
    except ValueError:
        minutes = -1.0
    if not 0 <= minutes <= MOST_MINUTES:
        raise OrderInvalid("How long do you work on a piece?", help="Write 0 to {most} minutes.", most=MOST_MINUTES)
    used = use_design(fetched(log_directory(), design.package), design.package, work_min=minutes)
    messages.success(request, _("Look at it as a customer would, then put it on the shelf."))
    return redirect("desk-product", used["product"])


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _says(design: SharedDesign, wanted: str) -> bool:
    return wanted in " ".join([*design.titles.values(), *design.authors, design.shop]).casefold()


def _row(design: SharedDesign, language: str) -> dict[str, Any]:
    return {
        "design": design,
        "title": design.title(language),
        "authors": ", ".join(design.authors),
        "pictured": preview_of(design.package, fetch=False) is not None,
    }


def _relations() -> dict[str, str]:
    return {
        "remix": _("changed from"),
        "port": _("rewritten from"),
        "fix": _("mended from"),
        "regional_variant": _("a regional variant of"),
    }
