"""The co-design room, for the customer's link and for the shop: one page, its fragments, its actions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.errors import GlocalError
from glocal.http_status import http_status
from glocal.shop.error_words import error_in_words
from glocal.shop.errors import NotFound
from glocal.shop.sessions import actions, talk
from glocal.shop.sessions.access import Seat, access_session
from glocal.shop.sessions.errors import SessionInvalid
from glocal.web.configurator_setup import configurator_setup
from glocal.web.guard import open_to
from glocal.web.page import page
from glocal.web.room_snapshot import Room
from glocal.web.room_words import room_texts

MOST_JSON_CHARACTERS = 20_000


def seat_of(request: HttpRequest, session_id: uuid.UUID, token: str | None) -> Seat:
    """Return the seat that a link or a sign-in gives."""
    return access_session(session_id, token=token, user=None if token else request.user)


def base_url(session_id: uuid.UUID, token: str | None) -> str:
    """Return the room's address for one side."""
    return reverse("room", args=[session_id, token]) if token else reverse("desk-room", args=[session_id])


@open_to("link")
@require_safe
@never_cache
def room_page(request: HttpRequest, session_id: uuid.UUID, token: str | None = None) -> HttpResponse:
    """Show the room; the component keeps it fresh."""
    seat = seat_of(request, session_id, token)
    actions.saw(seat, seat.session.events_count)
    room = Room(seat, base_url(session_id, token))
    product, template = room.product, room.product.template()
    urls = {
        "quotes": reverse("api:create_quote"),
        "fonts": reverse("api:product_fonts", args=[product.slug]),
        "checkout": "",
        "room": room.base_url,
    }
    setup = configurator_setup(product, template, list(room.shop.materials.all()), language=room.language, urls=urls)
    snapshot = room.snapshot()
    context = {
        **room.context(),
        "title": product.text("title", room.language),
        "product": product,
        "snapshot": snapshot,
        "parameters": list(room.parameters.values()),
        "setup": {**setup, "texts": {**setup["texts"], **room_texts()}, "glb": snapshot["glb"], "snapshot": snapshot},
        "new_key": uuid.uuid4,
    }
    return page(request, "room.html", context)


@open_to("link")
@require_safe
@never_cache
def room_parts(request: HttpRequest, session_id: uuid.UUID, token: str | None = None) -> HttpResponse:
    """Return what the component shows, as it is now."""
    seat = seat_of(request, session_id, token)
    return JsonResponse(Room(seat, base_url(session_id, token)).snapshot())


@open_to("link")
@require_POST
@never_cache
def room_do(request: HttpRequest, action: str, session_id: uuid.UUID, token: str | None = None) -> HttpResponse:
    """Do one thing in the room; the component gets the room as it is afterwards, a plain form goes back to the page."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        seat = seat_of(request, session_id, token)
        if action not in DOINGS:
            raise NotFound("There is no such action.")
        DOINGS[action](seat, request.POST)
    except GlocalError as error:
        if not wants_json:
            raise
        return JsonResponse({"error": error_in_words(error)}, status=http_status(error))
    if not wants_json:
        return redirect(base_url(session_id, token))
    return JsonResponse(Room(seat_of(request, session_id, token), base_url(session_id, token)).snapshot())


def _key(sent: QueryDict) -> str:
    key = sent.get("key", "")
    if not 1 <= len(key) <= 100:
        raise SessionInvalid("The form has no key.", help="Load the page again.", field="key")
    return key


def sent_json(sent: QueryDict, name: str) -> Any:
    """Return what a form field holds as JSON, or nothing where it is empty."""
    text = sent.get(name, "")
    if not text:
        return None
    try:
        if len(text) > MOST_JSON_CHARACTERS:
            raise ValueError
        return json.loads(text)
    except (ValueError, RecursionError):
        raise SessionInvalid("The field {name} is not JSON, or too long.", name=name, field=name) from None


def sent_values(sent: QueryDict, name: str = "values") -> dict[str, Any]:
    """Return values of parameters from a form."""
    values = sent_json(sent, name)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SessionInvalid("The field {name} is not an object of values.", name=name, field=name)
    return values


def _number(sent: QueryDict, name: str) -> int:
    text = sent.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise SessionInvalid("The field {name} is not a number.", name=name, field=name)
    return int(text)


def _comment(seat: Seat, sent: QueryDict) -> None:
    point = sent_json(sent, "point")
    if point is not None and not (isinstance(point, list) and all(type(x) in {int, float} for x in point)):
        raise SessionInvalid("The point is not one on the part.", help="Send x, y and z in mm.", field="point")
    talk.comment(seat, sent.get("text", ""), parameter=sent.get("parameter", ""), point=point, key=_key(sent))


def _revise(seat: Seat, sent: QueryDict) -> None:
    actions.revise(
        seat,
        sent_values(sent),
        material_id=sent.get("material", ""),
        quantity=_number(sent, "quantity"),
        note=sent.get("note", ""),
        based_on=_number(sent, "based_on"),
        key=_key(sent),
    )


def _propose(seat: Seat, sent: QueryDict) -> None:
    terms: dict[str, Any] = {"material_id": sent["material"]} if sent.get("material") else {}
    if sent.get("quantity"):
        terms["quantity"] = _number(sent, "quantity")
    talk.propose(seat, sent_values(sent), terms=terms, text=sent.get("note", ""), key=_key(sent))


def _introduce(seat: Seat, sent: QueryDict) -> None:
    language = get_language() or "en"
    actions.introduce(seat, actions.Asker(sent.get("name", ""), sent.get("email", ""), language))


DOINGS: dict[str, Callable[[Seat, QueryDict], object]] = {
    "comment": _comment,
    "revise": _revise,
    "propose": _propose,
    "introduce": _introduce,
    "accept": lambda seat, sent: talk.accept(seat, sent.get("proposal", ""), key=_key(sent)),
    "decline": lambda seat, sent: talk.decline(
        seat, sent.get("proposal", ""), answer=sent.get("answer", ""), key=_key(sent)
    ),
    "withdraw": lambda seat, sent: talk.withdraw(seat, sent.get("proposal", ""), key=_key(sent)),
    "settle": lambda seat, sent: talk.settle(seat, sent.get("comment", ""), key=_key(sent)),
    "unsettle": lambda seat, sent: talk.settle(seat, sent.get("comment", ""), settled=False, key=_key(sent)),
    "wish": lambda seat, sent: talk.wish(seat, sent.get("text", ""), key=_key(sent)),
    "vouch": lambda seat, sent: actions.vouch(seat, revision=_number(sent, "revision"), key=_key(sent)),
    "approve": lambda seat, sent: actions.approve(seat, revision=_number(sent, "revision"), key=_key(sent)),
    "reopen": lambda seat, sent: actions.reopen(seat, key=_key(sent)),
    "close": lambda seat, sent: actions.close(seat, key=_key(sent)),
    "reprice": lambda seat, sent: actions.reprice(seat, key=_key(sent)),
    "seen": lambda seat, sent: actions.saw(seat, _number(sent, "number")),
}
"""Everything that a form of the room can ask for."""
