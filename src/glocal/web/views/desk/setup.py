"""The first run: seven small steps from an empty program to an open shop, each with what is usual in the region."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from glocal.errors import GlocalError
from glocal.shop.error_words import error_text
from glocal.shop.errors import NotFound
from glocal.shop.makers.machines import own_maker
from glocal.shop.makers.models import MakerMachine
from glocal.shop.people.actions import invite_maker
from glocal.shop.products.actions import take_bundled
from glocal.shop.products.catalogue import bundled_to_take
from glocal.shop.shops.actions import begin_shop, open_shop
from glocal.shop.shops.models import Shop
from glocal.shop.texts import in_language
from glocal.web.guard import owner_only
from glocal.web.machine_form import known_machines, machine_form
from glocal.web.page import page, shop_or_none
from glocal.web.shop_forms import SECTIONS, PlaceForm, save_section, section_form

STEPS: dict[str, Any] = {
    **{name: title for name, (title, _form) in SECTIONS.items()},
    "products": gettext_lazy("What you sell"),
    "printer": gettext_lazy("Who prints"),
    "open": gettext_lazy("Size card, and open"),
}
ORDER = tuple(STEPS)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def setup_page(request: HttpRequest, step: str = "place") -> HttpResponse:
    """Show one step, take what was typed, and go to the next."""
    if step not in STEPS:
        raise NotFound("There is no such step.", help="Begin the set-up again.")
    shop = shop_or_none()
    if shop is None and step != "place":
        return redirect("desk-setup", "place")
    if shop is not None and shop.set_up_at is not None:
        return redirect("desk")
    done, context = _take(request, step, shop) if request.method == "POST" else (False, _asked(step, shop))
    if done:
        return redirect("desk-setup", _next(step)) if step != ORDER[-1] else redirect("desk")
    frame = {"step": step, "number": ORDER.index(step) + 1, "steps": list(STEPS.items()), "title": STEPS[step]}
    refused = request.method == "POST" and "invitation" not in context
    return page(request, "desk/setup.html", {**frame, **context}, status=422 if refused else 200)


def _next(step: str) -> str:
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def _asked(step: str, shop: Shop | None) -> dict[str, Any]:
    """Return what a step shows before anything was typed."""
    if shop is None:
        return {"form": PlaceForm(prefix="place")}
    if step in SECTIONS:
        return {"form": section_form(step, shop)}
    if step == "products":
        return {"bundled": _bundled(), "chosen": _chosen(shop)}
    if step == "printer":
        return {"form": machine_form(shop), "machines": known_machines(), "there": _machines()}
    return {"chosen": _chosen(shop), "there": _machines()}


def _bundled() -> list[dict[str, str]]:
    language = get_language() or "en"
    return [
        {
            "slug": each.slug,
            "title": in_language(each.title, language),
            "summary": in_language(each.summary, language),
        }
        for each in bundled_to_take()
    ]


def _chosen(shop: Shop) -> list[str]:
    return [product.text("title", get_language() or "en") for product in shop.products.all()]


def _machines() -> list[MakerMachine]:
    return list(MakerMachine.objects.filter(is_active=True).select_related("maker"))


def _take(request: HttpRequest, step: str, shop: Shop | None) -> tuple[bool, dict[str, Any]]:
    """Write what was typed in a step; return whether it is done, and what to show again where it is not."""
    if shop is None:
        return _begin(request)
    if step in SECTIONS:
        form = section_form(step, shop, request.POST)
        return form.is_valid() and save_section(form, shop), {"form": form}
    return {"products": _choose, "printer": _printer, "open": _open}[step](request, shop)


def _choose(request: HttpRequest, shop: Shop) -> tuple[bool, dict[str, Any]]:
    for slug in request.POST.getlist("product"):
        take_bundled(shop, slug, live=False)
    if shop.products.exists():
        return True, {}
    return False, {**_asked("products", shop), "problem": _("Choose at least one product; you can change it later.")}


def _open(request: HttpRequest, shop: Shop) -> tuple[bool, dict[str, Any]]:
    try:
        open_shop(shop)
    except GlocalError as refusal:
        return False, {**_asked("open", shop), "problem": error_text(refusal)}
    messages.success(request, _("Your shop is open. Pictures and prices come onto the shelf within some minutes."))
    return True, {}


def _begin(request: HttpRequest) -> tuple[bool, dict[str, Any]]:
    form = PlaceForm(request.POST, prefix="place")
    if not form.is_valid():
        return False, {"form": form}
    try:
        form.write_about(begin_shop(*form.place()))
    except GlocalError as refusal:
        field = str(refusal.data.get("field", "region"))
        form.add_error(field if field in form.fields else "region", error_text(refusal))
        return False, {"form": form}
    return True, {}


@sensitive_variables("secret")
def _printer(request: HttpRequest, shop: Shop) -> tuple[bool, dict[str, Any]]:
    if "later" in request.POST and _machines():
        return True, {}
    if "invite" in request.POST:
        _row, secret = invite_maker(request.POST.get("for_whom", "").strip())
        return False, {
            **_asked("printer", shop),
            "invitation": request.build_absolute_uri(reverse("join", args=[secret])),
        }
    form = machine_form(shop, request.POST)
    again = {"form": form, "machines": known_machines(), "there": _machines()}
    if not form.is_valid():
        return False, again
    return form.save(own_maker(shop), shop) is not None, again
