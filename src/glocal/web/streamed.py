"""Answers that are written while they are sent, on both kinds of server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

AT_ONCE = 64 * 1024


def download(
    request: HttpRequest, pieces: Iterator[str] | Iterator[bytes], *, content_type: str, file_name: str
) -> StreamingHttpResponse:
    """Return a file that the browser saves; ``pieces`` are drawn as the client takes them."""
    content = _gathered(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    body = _in_turn(content) if isinstance(request, ASGIRequest) else content
    response = StreamingHttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what came in fewer, larger pieces."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= AT_ONCE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def _in_turn(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    draw = sync_to_async(_next)
    while piece := await draw(content):
        yield piece


def _next(content: Iterator[bytes]) -> bytes:
    return next(content, b"")
