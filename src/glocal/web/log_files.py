"""Middleware that serves the shop's signed log at ``/commons/``: plain files for peers, with as few bytes as can be.

It stands before everything else: no session, no cookie, no language belongs to a file of the log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

PREFIX = "/commons/"


class LogFiles:
    """Answer requests for files of the log; pass all others on."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Send the file, or pass the request on."""
        ours = request.path_info.startswith(PREFIX) and request.method in {"GET", "HEAD"}
        if self.is_async:
            return self._answer(request, ours)
        return file_response(request) if ours else self.get_response(request)

    async def _answer(self, request: HttpRequest, ours: bool) -> HttpResponseBase:
        if ours:
            return await sync_to_async(file_response, thread_sensitive=False)(request)
        passed_on: HttpResponseBase = await self.get_response(request)  # type: ignore[misc]
        return passed_on


def file_response(request: HttpRequest) -> HttpResponse:
    """Return a file of the public log: whole, "not modified", or not there."""
    from glocal.commons.serve import answer_for
    from glocal.shop.commons.actions import log_directory

    path = "/" + request.path_info.removeprefix(PREFIX)
    status, body, tag = answer_for(log_directory() / "public", path, request.headers.get("If-None-Match", ""))
    response = HttpResponse(body, status=status)
    del response.headers["Content-Type"]
    if body is not None and status == 200:
        response.headers["Content-Length"] = str(len(body))
        response.headers["Content-Type"] = "application/octet-stream"
        response.headers["X-Content-Type-Options"] = "nosniff"
    if tag:
        response.headers["ETag"] = tag
    return response
