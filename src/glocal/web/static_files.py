"""Middleware that sends the bundled files, packed as they lie on the disk, without holding up other requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import IO

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

CHUNK_BYTES = 256 * 1024


class StaticFiles:
    """WhiteNoise for servers of both kinds: its own middleware makes an asynchronous server wait for each file."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.files = WhiteNoiseMiddleware(get_response)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Send the file that the address names, or pass the request on."""
        if self.is_async:
            return self._answer(request)
        found = self._find(request)
        return _response(found, request, in_chunks=_chunks) if found else self.get_response(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        found = self._find(request)
        if found is None:
            passed_on: HttpResponseBase = await self.get_response(request)  # type: ignore[misc]
            return passed_on
        return await sync_to_async(_response)(found, request, in_chunks=_chunks_async)

    def _find(self, request: HttpRequest) -> StaticFile | None:
        if self.files.autorefresh:
            return self.files.find_file(request.path_info)
        return self.files.files.get(request.path_info)


def _response(
    found: StaticFile, request: HttpRequest, *, in_chunks: Callable[[IO[bytes]], Iterator[bytes] | AsyncIterator[bytes]]
) -> HttpResponseBase:
    answer = found.get_response(request.method, request.META)
    status = int(answer.status)
    response: HttpResponseBase
    response = (
        HttpResponse(status=status)
        if answer.file is None
        else StreamingHttpResponse(in_chunks(answer.file), status=status)
    )
    del response.headers["Content-Type"]
    for name, value in answer.headers:
        response.headers[name] = value
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


async def _chunks_async(file: IO[bytes]) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read)
    try:
        while chunk := await read(CHUNK_BYTES):
            yield chunk
    finally:
        await sync_to_async(file.close)()
