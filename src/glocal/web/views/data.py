"""What the shop knows about a person: on the customer's own link, and on the owner's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import OrderInvalid
from glocal.shop.orders.queries import access_order
from glocal.shop.people.data import (
    Person,
    customer_of_order,
    customer_of_session,
    erase_person,
    export_person,
    known_about,
)
from glocal.shop.sessions.access import access_session
from glocal.web.guard import open_to
from glocal.web.page import page

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIRMATION = "erase"


def things_in_words() -> dict[str, str]:
    """Return what the shop's models are called where a person reads what is known about them."""
    return {
        "Order": _("Orders"),
        "OrderEvent": _("What happened to orders"),
        "QuoteRecord": _("Designs with their prices"),
        "DesignSession": _("Design conversations"),
        "Revision": _("Versions of designs"),
        "Proposal": _("Proposals"),
        "Comment": _("Comments"),
        "SessionEvent": _("What happened in design conversations"),
        "Wish": _("Wishes"),
        "OrderMessage": _("Messages"),
        "User": _("Account"),
        "EmailAddress": _("Mail addresses of the account"),
        "Authenticator": _("Passkeys"),
        "KeptLink": _("What is kept in the account"),
    }


def reasons_in_words() -> dict[str, str]:
    """Return why something stays, in the reader's language."""
    return {
        "QuoteRecord": _("what was made, for product safety, ten years"),
        "Order": _("sums and dates, for the books"),
        "OrderEvent": _("what was done when, for the books"),
        "DesignSession": _("the language of the conversation"),
        "Wish": _("what was wished for, without who wished it"),
    }


def known_context(person: Person) -> dict[str, Any]:
    """Return what a page shows of a person's data: how much of what, and what would stay."""
    names, reasons = things_in_words(), reasons_in_words()
    rows = [
        {
            "what": names.get(each.what, each.what),
            "count": each.count,
            "kept": bool(each.kept),
            "because": reasons.get(each.what, each.because),
        }
        for each in known_about(person)
    ]
    return {"rows": rows, "names": sorted(person.names), "CONFIRMATION": CONFIRMATION}


def export_response(person: Person) -> HttpResponse:
    """Return a person's data as a file for programs and people."""
    response = JsonResponse(export_person(person), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def check_confirmed(sent: Mapping[str, Any]) -> None:
    """Raise unless the box was ticked that says that it cannot be undone."""
    if sent.get("confirm") != CONFIRMATION:
        raise OrderInvalid("Nothing was erased: the box was not ticked.", help="Tick it, and send the form again.")


def _of_order(order_id: str, token: str) -> Person:
    return customer_of_order(access_order(order_id, token=token))


def _of_session(session_id: str, token: str) -> Person:
    return customer_of_session(access_session(session_id, token=token).session)


OF_LINK = {"orders": _of_order, "room": _of_session}
"""Kinds of links that are a customer's key, with whose data they open."""


@open_to("link")
@require_safe
@never_cache
def data_page(request: HttpRequest, kind: str, key: str, token: str) -> HttpResponse:
    """Show what is known under a customer's link."""
    context = known_context(OF_LINK[kind](key, token))
    address = {"kind": kind, "key": key, "token": token}
    links = {name: reverse(name, kwargs=address) for name in ("data-export", "data-erase")}
    back = reverse("order" if kind == "orders" else "room", args=[key, token])
    context |= {"export": links["data-export"], "erase": links["data-erase"], "back": back}
    return page(request, "data.html", context)


@open_to("link")
@require_safe
def data_export(request: HttpRequest, kind: str, key: str, token: str) -> HttpResponse:
    """Send what is known under a customer's link."""
    return export_response(OF_LINK[kind](key, token))


@open_to("link")
@require_POST
def data_erase(request: HttpRequest, kind: str, key: str, token: str) -> HttpResponse:
    """Erase what is known under a customer's link."""
    person = OF_LINK[kind](key, token)
    check_confirmed(request.POST)
    erase_person(person)
    messages.success(request, _("What was known about you under this link is erased."))
    return redirect("data-erased")


@open_to("everybody")
@require_safe
def erased_page(request: HttpRequest) -> HttpResponse:
    """Say that it is done: the link that led here may be of no use any more."""
    return page(request, "data_erased.html", {})
