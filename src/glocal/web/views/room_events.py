"""Server-sent events of a design session: every event once, in order, also over a connection that broke."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET

from glocal.shop.sessions.access import Seat, access_session
from glocal.shop.sessions.models import SessionEvent
from glocal.shop.sessions.watch import watch
from glocal.web.guard import open_to
from glocal.web.room_words import event_in_words

RECONNECT_MS = 2000


@open_to("link")
@require_GET
async def room_events(request: HttpRequest, session_id: uuid.UUID, token: str | None = None) -> StreamingHttpResponse:
    """Stream the events after ``Last-Event-ID`` (or ``?after=``); each has its number as identity."""
    user = None if token else await request.auser()
    seat = await sync_to_async(access_session)(session_id, token=token, user=user)
    after = _number(request.headers.get("Last-Event-ID", "") or request.GET.get("after", ""))
    stream = _stream(seat, after, get_language() or "en")
    response = StreamingHttpResponse(stream, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


async def _stream(seat: Seat, after: int, language: str) -> AsyncIterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    async for event in watch(seat.session.id, after=after):
        yield ": still here\n\n" if event is None else _message(seat, event, language)


def _message(seat: Seat, event: SessionEvent, language: str) -> str:
    who = seat.session.product.shop.name if event.side == "shop" else seat.session.customer_name
    with override(language):
        words = event_in_words(event.code, who)
    data = {"number": event.number, "code": event.code, "side": event.side, "mine": event.side == seat.side}
    body = json.dumps({**data, "at": event.at.isoformat(), "text": words}, ensure_ascii=False)
    return f"id: {event.number}\nevent: news\ndata: {body}\n\n"
