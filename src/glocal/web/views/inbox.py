"""The shop's design sessions and the wishes of its region."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import OrderInvalid
from glocal.shop.products.describe import describe_parameters, value_in_words
from glocal.shop.sessions.models import Side
from glocal.shop.sessions.queries import inbox
from glocal.shop.wishes.actions import answer_wish
from glocal.shop.wishes.models import Wish, WishState
from glocal.shop.wishes.queries import access_wish, wishes
from glocal.web.desk_nav import navigation
from glocal.web.guard import owner_only
from glocal.web.page import page
from glocal.web.room_words import state_of_room, wish_in_words

ON_A_PAGE = 50


@owner_only
@require_safe
@never_cache
def inbox_page(request: HttpRequest) -> HttpResponse:
    """Show the sessions, those that wait for the shop first."""
    shown = Paginator(inbox(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    desk = {"desk_nav": navigation(request.path)}
    rows = [_session(session) for session in shown]
    return page(request, "rooms.html", {**desk, "rows": rows, "shown": shown})


def _session(session: Any) -> dict[str, Any]:
    return {
        "session": session,
        "title": session.product.text("title", get_language() or "en"),
        "last": session.last_said,
        "state": state_of_room(session.state, session.waits_for, Side.SHOP),
        "waits": session.waits_for == Side.SHOP,
        "unseen": max(0, session.events_count - session.shop_seen),
    }


@owner_only
@require_safe
@never_cache
def wishes_page(request: HttpRequest) -> HttpResponse:
    """Show the wishes, unanswered first."""
    shown = Paginator(wishes(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    desk = {"desk_nav": navigation(request.path)}
    rows = [_wish(wish) for wish in shown]
    states = [(state.value, wish_in_words(state)) for state in WishState]
    return page(request, "wishes.html", {**desk, "rows": rows, "shown": shown, "states": states})


def _wish(wish: Wish) -> dict[str, Any]:
    language = get_language() or "en"
    asked = []
    if wish.product is not None:
        described = {row["name"]: row for row in describe_parameters(wish.product.template(), language)}
        for name, value in wish.parameters.items():
            parameter = described.get(name)
            text = value_in_words(parameter, value) if parameter else str(value)
            asked.append({"label": parameter["label"] if parameter else name, "text": text[:200]})
    title = wish.product.text("title", language) if wish.product else ""
    return {"wish": wish, "title": title, "asked": asked, "state": wish_in_words(wish.state)}


@owner_only
@require_POST
def wish_answer(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """Note what the shop makes of a wish."""
    wish = access_wish(wish_id, user=request.user)
    state = request.POST.get("state", "")
    if state not in WishState.values:
        raise OrderInvalid("There is no such state of a wish.", field="state")
    answer_wish(wish, WishState(state), request.POST.get("answer", ""))
    return redirect("desk-wishes")
