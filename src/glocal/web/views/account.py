"""A customer's account: all that they ordered and shaped, their passkeys, their data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.accounts.actions import keep
from glocal.shop.accounts.queries import access_account, orders_of, sessions_of
from glocal.shop.errors import NotAllowed
from glocal.shop.orders.queries import access_order
from glocal.shop.people.data import customer_of_account, erase_person
from glocal.shop.sessions.access import access_session
from glocal.shop.sessions.models import Side
from glocal.web.guard import customer_only, open_to
from glocal.web.order_words import state_in_words
from glocal.web.page import frame_of, page
from glocal.web.room_words import state_of_room
from glocal.web.views.data import CONFIRMATION, check_confirmed, export_response

PER_PAGE = 50


def in_our_frame(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Show a page of django-allauth, whose template is ours, with the shop's name and languages around it."""

    @wraps(view)
    def framed(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *arguments, **named)
        if isinstance(response, TemplateResponse):
            response.context_data = {**frame_of({}), **(response.context_data or {})}
        return response

    return framed


@customer_only
@require_safe
def account_page(request: HttpRequest) -> HttpResponse:
    """Show everything that the account holds."""
    account = access_account(request.user)
    language = get_language() or "en"
    found = orders_of(account).select_related("quote__product")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    sessions = sessions_of(account).select_related("product")[:PER_PAGE]
    context = {
        "mails": account.mails,
        "shown": shown,
        "orders": [
            {"order": order, "title": order.text("title", language), "state": state_in_words(order.state)}
            for order in shown
        ],
        "sessions": [
            {
                "session": session,
                "title": session.product.text("title", language),
                "state": state_of_room(session.state, session.waits_for, Side.CUSTOMER),
            }
            for session in sessions
        ],
        "passkeys": Authenticator.objects.filter(user_id=account.user_id, type=Authenticator.Type.WEBAUTHN),
        "CONFIRMATION": CONFIRMATION,
    }
    return page(request, "account.html", context)


@open_to("link")
@require_POST
def keep_page(request: HttpRequest, kind: str, key: str, token: str) -> HttpResponse:
    """Keep in one's account what a link opens; whoever has not signed in yet does so, and comes back to the link."""
    thing = access_order(key, token=token) if kind == "orders" else access_session(key, token=token).session
    if not request.user.is_authenticated:
        back = reverse("order" if kind == "orders" else "room", args=[key, token])
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    keep(access_account(request.user, action="change"), thing)
    return redirect("account")


@customer_only
@require_safe
def account_export(request: HttpRequest) -> HttpResponse:
    """Send everything that is known about whoever is signed in."""
    return export_response(customer_of_account(access_account(request.user)))


@customer_only
@require_POST
def account_erase(request: HttpRequest) -> HttpResponse:
    """Erase whoever is signed in, with their account."""
    account = access_account(request.user, action="erase")
    check_confirmed(request.POST)
    erase_person(customer_of_account(account))
    logout(request)
    return redirect("data-erased")


@open_to("everybody")
@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """Refuse an account that the shop closed."""
    raise NotAllowed("This account is closed.", help="Ask the shop.")
