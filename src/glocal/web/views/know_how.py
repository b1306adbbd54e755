"""What the network knows: a question about this printer, filament and room, with its answer on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from glocal.errors import BadInput, GlocalError
from glocal.shop.error_words import error_text
from glocal.shop.makers.models import MakerMachine
from glocal.shop.shops.queries import the_shop
from glocal.web.desk_nav import navigation
from glocal.web.failure_words import failure
from glocal.web.guard import open_to, owner_only
from glocal.web.page import page

MAX_QUESTION = 300


@open_to("everybody")
@require_safe
def know_how(request: HttpRequest) -> HttpResponse:
    """Answer ``?q=…&machine=…&material=…&room=…&humidity=…``; without a question show what one may ask about."""
    return _page(request)


@owner_only
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Publish what the owner tells of a problem and of what helped; the address holds the question that was asked."""
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.shop.commons.telling import Telling, tell_network

    machine, material = (
        _found(get_machine, _asked(request, "machine")),
        _found(get_material, _asked(request, "material")),
    )
    said = {name: request.POST.get(name, "") for name in ("problem", "symptom", "happened", "helped")}
    context = {"machine": machine.model if machine else "", "material": material.type if material else ""}
    try:
        tell_network(the_shop(), Telling(**said, **context, language=_language()))
    except BadInput as refusal:
        return _page(request, said=said, refused=error_text(refusal), status=422)
    messages.success(request, _("Told. Shops that follow you find it when they next look."))
    return redirect(f"{reverse('know-how')}?{request.GET.urlencode()}")


@owner_only
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Erase a problem or an answer that the owner has told."""
    from glocal.shop.commons.telling import take_back_told

    try:
        take_back_told(the_shop(), request.POST.get("record", ""))
    except BadInput as refusal:
        return _page(request, refused=error_text(refusal), status=422)
    messages.success(request, _("Taken back. Shops that follow you erase it when they next look."))
    return redirect(f"{reverse('know-how')}?{request.GET.urlencode()}")


def _asked(request: HttpRequest, name: str) -> str:
    return str(request.GET.get(name, ""))[:80]


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _page(request: HttpRequest, *, said: Any = None, refused: str = "", status: int = 200) -> HttpResponse:
    from glocal.commons.taxonomy import CLASSES
    from glocal.shop.commons.know_how import told_here

    language = _language()
    question = request.GET.get("q", "")[:MAX_QUESTION].strip()
    asked = {name: _asked(request, name) for name in ("machine", "material", "room", "humidity")}
    context: dict[str, Any] = {"question": question, **asked, "machines": _machines(), "materials": _materials()}
    if question or (asked["machine"] and asked["material"]):
        context["told"] = _told(question, asked, language)
    context["classes"] = [failure(name, language) for name in CLASSES if name not in {"other", "choice"}]
    at_desk = bool(getattr(request.user, "is_staff", False))
    frame = (
        {"frame": "web/desk/base.html", "desk_nav": navigation(request.path)} if at_desk else {"frame": "web/base.html"}
    )
    context["told_here"] = told_here() if at_desk and "told" in context else {}
    context |= {"may_tell": at_desk, "query": request.GET.urlencode(), "said": said or {}, "refused": refused}
    return page(request, "know_how.html", {**frame, **context}, status=status)


def _told(question: str, asked: dict[str, str], language: str) -> dict[str, Any]:
    from glocal.commons.ask import Context
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.shop.commons.know_how import ask_network

    machine = _found(get_machine, asked["machine"])
    material = _found(get_material, asked["material"])
    context = Context(
        machine=machine.model if machine else "",
        material=material.type if material else "",
        nozzle_mm=machine.nozzle_mm if machine else None,
        enclosure=machine.has_enclosure if machine else None,
        room_c=_number(asked["room"], -30, 80),
        humidity_percent=_number(asked["humidity"], 0, 100),
    )
    told = ask_network(question, context, machine=machine, material=material)
    return {
        "odds": _percent(told.odds),
        "unsure": bool(told.unsure),
        "basis": told.basis,
        "advice": [_advice(entry) for entry in told.advice[:3] if machine or entry.odds],
        "next": _advice(told.next_try) if told.next_try else None,
        "solved": [_solved(hit, language) for hit in told.solved],
    }


def _found(get: Any, name: str) -> Any:
    try:
        return get(name) if name else None
    except GlocalError:
        return None


def _number(text: str, low: float, high: float) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if low <= value <= high else None


def _percent(odds: Any) -> dict[str, int] | None:
    return odds and {name: round(100 * getattr(odds, name)) for name in ("value", "low", "high")}


def _advice(advice: Any) -> dict[str, Any]:
    return {
        "odds": _percent(advice.odds),
        "settings": [(_setting(name), _value(value)) for name, value in advice.settings.items()],
    }


def _setting(name: str) -> str:
    return {
        "layer_height_mm": _("layer height, mm"),
        "infill_percent": _("infill, %"),
        "supports": _("supports"),
        "brim_mm": _("brim, mm"),
        "nozzle_c": _("nozzle, °C"),
        "bed_c": _("plate, °C"),
        "dried": _("dried filament"),
    }.get(name, name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _solved(hit: Any, language: str) -> dict[str, Any]:
    from glocal.commons.cases import title_in
    from glocal.commons.record_names import problem_name, reference_to

    text_lang = hit.record.get("lang", "en")
    return {
        **failure(str(hit.record.get("symptom", "other")), language),
        "title": title_in(hit.record, language) or hit.record.get("text", "")[:80],
        "text": hit.record.get("text", ""),
        "id": hit.record["id"],
        "names": reference_to(hit.root_vkey, hit.record["id"]),
        "problem": problem_name(hit.root_vkey, hit.record["id"]) if hit.record["kind"] == "problem" else "",
        "lang": text_lang,
        "answers": list(hit.answers[:2]),
        "by": hit.reference.partition("/")[0],
    }


def _machines() -> list[tuple[str, str]]:
    found = MakerMachine.objects.filter(is_active=True).order_by("name")
    return list(dict.fromkeys((machine.profile_id, machine.name) for machine in found))


def _materials() -> list[tuple[str, str]]:
    from glocal.production.materials import list_materials

    return [(material.id, material.name) for material in list_materials()]
