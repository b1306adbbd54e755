"""The owner's page for people who ask what is known about them, or to be forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.access import Relation, require
from glocal.shop.error_words import error_in_words
from glocal.shop.errors import NotFound
from glocal.shop.people.data import Person, customer_by_email, erase_person
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.page import desk_page
from glocal.web.views.data import check_confirmed, export_response, known_context


def _person(request: HttpRequest, email: str, action: str) -> Person:
    relation = Relation.OWNER if actor_of_request(request).owner else Relation.STRANGER
    require("customer", action, relation, NotFound("There is no such page."))
    return customer_by_email(email)


@owner_only
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    """Look a customer up by their mail address, and show what is known."""
    email = request.GET.get("email", "").strip()
    context: dict[str, object] = {"email": email}
    if email:
        try:
            context |= known_context(_person(request, email, "see")) | {"found": True}
        except NotFound as error:
            context["missing"] = error_in_words(error)["message"]
    return desk_page(request, "people.html", context)


@owner_only
@require_safe
def people_export(request: HttpRequest) -> HttpResponse:
    """Send everything that is known about a customer, to hand it to them."""
    return export_response(_person(request, request.GET.get("email", ""), "see"))


@owner_only
@require_POST
def people_erase(request: HttpRequest) -> HttpResponse:
    """Erase a customer."""
    person = _person(request, request.POST.get("email", ""), "erase")
    check_confirmed(request.POST)
    erase_person(person)
    messages.success(request, _("Erased. Sums, dates and what was made stay, without the person."))
    return redirect("desk-people")
