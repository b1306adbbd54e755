"""Server-sent events of an order: one message whenever what its page shows has changed."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET

from glocal.shop.orders.queries import access_order
from glocal.web.guard import open_to
from glocal.web.order_snapshot import snapshot

LOOK_EVERY_S = 0.5
SIGN_OF_LIFE_S = 15.0
RECONNECT_MS = 2000


@open_to("link")
@require_GET
async def order_events(request: HttpRequest, order_id: uuid.UUID, token: str) -> StreamingHttpResponse:
    """Stream the order's snapshots until it is at its end."""
    await sync_to_async(access_order)(order_id, token=token)
    stream = _stream(order_id, token, get_language() or "en")
    response = StreamingHttpResponse(stream, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _stream(order_id: uuid.UUID, token: str, language: str) -> AsyncIterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    sent, sent_at = "", time.monotonic()
    while True:
        final, data = await sync_to_async(_look)(order_id, token, language)
        if data != sent:
            sent, sent_at = data, time.monotonic()
            yield f"event: order\ndata: {data}\n\n"
        elif time.monotonic() - sent_at > SIGN_OF_LIFE_S:
            sent_at = time.monotonic()
            yield ": still here\n\n"
        if final:
            yield "event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _look(order_id: uuid.UUID, token: str, language: str) -> tuple[bool, str]:
    with override(language):
        now = snapshot(access_order(order_id, token=token))
    return now["final"], json.dumps(now, ensure_ascii=False)
