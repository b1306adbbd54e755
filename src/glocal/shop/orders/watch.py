"""Wait for news of an order without asking the order's rows again and again.

SQLite: ``PRAGMA data_version`` changes when another connection commits; asking for it touches no table. PostgreSQL:
``LISTEN``/``NOTIFY``, sent with the commit of the event itself.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from glocal.shop.orders.models import OrderEvent

CHANNEL = "glocal_orders"
POLL_S = 0.1
LONGEST_SILENCE_S = 15.0


def announce(order_id: uuid.UUID) -> None:
    """Wake the listeners when the current transaction commits (on SQLite the commit itself does)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(order_id)])


def watch(order_id: uuid.UUID, *, after: int = 0, silence_s: float = LONGEST_SILENCE_S) -> Iterator[OrderEvent | None]:
    """Yield each new event of an order as it comes, and ``None`` after each silence as a sign of life.

    Parameters
    ----------
    after : int
        Number of the last event that the listener has (``Last-Event-ID``).
    silence_s : float
        The longest time without a sign of life.
    """
    if connection.vendor == "postgresql":
        _listen()
    while True:
        version = _data_version()
        found = list(OrderEvent.objects.filter(order_id=order_id, id__gt=after))
        yield from found
        if found:
            after = found[-1].id
            continue
        if not _wait(version, silence_s):
            yield None


async def watch_async(
    order_id: uuid.UUID, *, after: int = 0, silence_s: float = LONGEST_SILENCE_S
) -> AsyncIterator[OrderEvent | None]:
    """Yield as :func:`watch` does, without holding a thread while nothing happens."""
    changes = _changes_postgresql(silence_s) if connection.vendor == "postgresql" else _changes_sqlite(silence_s)
    async for changed in changes:
        news = changed
        if changed:
            async for event in OrderEvent.objects.filter(order_id=order_id, id__gt=after):
                after = event.id
                yield event
        if not news:
            yield None


def _data_version() -> int | None:
    """Return a number that changes with every commit of others; None where the database pushes instead."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _listen() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


def _wait(version: int | None, timeout_s: float) -> bool:
    """Wait until something was committed; return False when nothing was in time."""
    if connection.vendor == "postgresql":
        _listen()  # again, in case the connection is a new one
        notices = connection.connection.notifies(timeout=max(0.0, timeout_s), stop_after=1)
        return any(True for _ in notices)
    ends = time.monotonic() + timeout_s
    while time.monotonic() < ends:
        if _data_version() != version:
            return True
        time.sleep(POLL_S)
    return False


async def _changes_sqlite(silence_s: float) -> AsyncIterator[bool]:
    """Yield True at first and after each commit of another connection, False after each silence."""
    version, silent_since = None, time.monotonic()
    while True:
        latest = await sync_to_async(_data_version)()
        if latest != version:
            version, silent_since = latest, time.monotonic()
            yield True
        elif time.monotonic() - silent_since > silence_s:
            silent_since = time.monotonic()
            yield False
        await asyncio.sleep(POLL_S)


async def _changes_postgresql(silence_s: float) -> AsyncIterator[bool]:
    """Yield True at first and after each notice, False after each silence; on a connection of its own."""
    import psycopg

    parameters: dict[str, Any] = connection.get_connection_params()
    kept = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    async with await psycopg.AsyncConnection.connect(**kept, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        yield True
        while True:
            noticed = False
            async for _ in listener.notifies(timeout=silence_s, stop_after=1):
                noticed = True
            yield noticed
