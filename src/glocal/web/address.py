"""Where a request comes from, and a brake on what changes something."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from glocal.shop.error_words import error_in_words
from glocal.shop.rate_limit import Buckets, TooMany
from glocal.web.views.errors import error_page, heading_for

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
changes = Buckets(size=60, per_s=2.0)


def client_address(request: HttpRequest) -> str:
    """Return the address of the one who asks; behind our own proxy, the one that the proxy saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return forwarded.rsplit(",", maxsplit=1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


class BrakeOnChanges:
    """Middleware: one address may send so many forms at once, then waits a little. The interface has its own brake."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Pass the request on, or say how long to wait."""
        if request.method not in SAFE and not request.path.startswith("/api/"):
            try:
                changes.take(client_address(request), time.monotonic())
            except TooMany as error:
                return self._wait(request, error)
        return self.get_response(request)

    def _wait(self, request: HttpRequest, error: TooMany) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        def answer() -> HttpResponseBase:
            told = error_in_words(error)
            response = error_page(request, heading_for(429), told["message"], told["help"], status=429)
            response.headers["Retry-After"] = str(error.data["retry_after_s"])
            return response

        if not self.is_async:
            return answer()
        from asgiref.sync import sync_to_async

        return sync_to_async(answer)()
