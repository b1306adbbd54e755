"""Pages inside a frame on another web site: no cookies, no sign-in, and only where the owner allows the site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from glocal.errors import GlocalError
from glocal.http_status import http_status
from glocal.shop.embedding.queries import allowed_origins
from glocal.shop.error_words import error_in_words
from glocal.web.guard import open_to
from glocal.web.page import page, shop_or_none


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page be shown by the sites that the owner allows, and by no other.

    Browsers send no cookie of ours into another site's frame, and none is set here; the language comes with the
    address. A form needs no token against forgery for the same reason: there is no sign-in that it could misuse.
    """

    @wraps(view)
    def shown(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        request.COOKIES = {}
        shop = shop_or_none()
        origins = allowed_origins(shop) if shop else []
        with translation.override(_language(request)):
            try:
                response = view(request, *arguments, **named)
            except GlocalError as error:
                response = _refusal(request, error)
            response.headers["Content-Language"] = translation.get_language() or "en"
        response.cookies.clear()
        response._csp_replace = {"frame-ancestors": origins or ["'none'"]}  # type: ignore[attr-defined]  # read by django-csp
        return response

    return open_to("everybody")(csrf_exempt(xframe_options_exempt(shown)))


def _refusal(request: HttpRequest, error: GlocalError) -> HttpResponse:
    told = error_in_words(error)
    context = {"message": told["message"], "help": told["help"], "embedded": True}
    return page(request, "embed/error.html", context, status=http_status(error))


def _language(request: HttpRequest) -> str:
    known = {code for code, _ in settings.LANGUAGES}
    asked = request.GET.get("lang", "").split("-")[0]
    return asked if asked in known else translation.get_language_from_request(request)


def frame_query(request: HttpRequest) -> str:
    """Return what every address within a frame carries on: the language, and the site around it if it is allowed."""
    around = site_around(request)
    return urlencode({"lang": translation.get_language() or "en", **({"site": around} if around else {})})


def site_around(request: HttpRequest) -> str:
    """Return the origin to which the frame may speak; empty for none."""
    shop = shop_or_none()
    around = request.GET.get("site", "")
    return around if shop and around in allowed_origins(shop) else ""
