"""Pages that say in words what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from glocal.errors import GlocalError
from glocal.http_status import http_status
from glocal.shop.error_words import error_in_words
from glocal.shop.errors import OrderInvalid
from glocal.web.page import page, shop_or_none

log = logging.getLogger(__name__)


class DomainErrorPages:
    """Middleware: an error that the shop raised on purpose becomes a page in words."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Pass the request on; errors come back through :meth:`process_exception`."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Refuse what PostgreSQL cannot keep before any view sees it."""
        if not _holds_nul(request):
            return None
        return self.process_exception(request, OrderInvalid("A character in it cannot be kept.", help="Type it anew."))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a domain error; leave programming errors to Django."""
        if not isinstance(exception, GlocalError):
            return None
        status = http_status(exception)
        if status >= 500:
            log.warning("%s answered %s: %s", request.path, status, exception.message)
        if request.path.startswith("/api/"):
            return JsonResponse({"error": error_in_words(exception)}, status=status)
        told = error_in_words(exception)
        return error_page(request, heading_for(status), told["message"], told["help"], status=status)


def _holds_nul(request: HttpRequest) -> bool:
    """Say whether an address, a form or a JSON text holds the character NUL."""
    is_form = request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}
    if not is_form and b"\\u0000" in request.body:  # the API reads JSON of whatever kind it is said to be
        return True
    typed = [request.GET, request.POST] if is_form else [request.GET]
    return any("\x00" in text for sent in typed for _name, texts in sent.lists() for text in texts)


def heading_for(status: int) -> str:
    """Return the first words of an error's page."""
    headings = {
        403: _("This is not for you to do"),
        404: _("Nothing is here"),
        409: _("That does not go"),
        422: _("Something is not right yet"),
        429: _("That was a lot at once"),
        503: _("A part of the shop does not answer"),
    }
    return headings.get(status, _("Something went wrong"))


def error_page(request: HttpRequest, heading: str, message: str, help: str = "", *, status: int) -> HttpResponse:
    """Render an error's page."""
    shop = shop_or_none()
    told = {"heading": heading, "message": message, "help": help, "shop": shop, "is_set_up": shop is not None}
    return page(request, "error.html", told, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that the shop does not know."""
    return error_page(request, heading_for(404), _("This address leads nowhere."), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a fault of our own, without touching the database."""
    message = _("The fault is ours. Your order, if you placed one, is safe.")
    told = {"heading": heading_for(500), "message": message, "is_set_up": True}
    return render(request, "web/error.html", told, status=500)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token that shows that it came from our page."""
    return error_page(
        request, _("This form is too old"), _("Go back, load the page again, and send it once more."), status=403
    )
