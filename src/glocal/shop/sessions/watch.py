"""Live news of design sessions: one look at the database for all listeners of a process, and none of them misses any.

SQLite: one thread asks ``PRAGMA data_version``, which changes when another connection commits and touches no table.
PostgreSQL: ``LISTEN``/``NOTIFY``, sent with the commit of the event itself. When something changed, the new events are
read once and handed to whoever listens to their session. Events of a session are numbered without gaps by whoever holds
its row, so "everything after number n" is complete, also after a connection that broke.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection, connections

from glocal.shop.sessions.events import CHANNEL
from glocal.shop.sessions.models import SessionEvent

log = logging.getLogger(__name__)

POLL_S = 0.1
AFTER_TROUBLE_S = 1.0
LONGEST_SILENCE_S = 15.0
Answer = TypeVar("Answer")
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = WeakKeyDictionary()


async def watch(
    session_id: uuid.UUID, *, after: int = 0, silence_s: float = LONGEST_SILENCE_S
) -> AsyncIterator[SessionEvent | None]:
    """Yield each event after the number ``after`` as it comes, and ``None`` after each silence as a sign of life."""
    hub = _hubs.setdefault(asyncio.get_running_loop(), _Hub())
    mail: asyncio.Queue[SessionEvent] = asyncio.Queue()
    await hub.enter(session_id, mail)
    try:
        for event in await hub.read(partial(_events, {session_id: after})):
            after = event.number
            yield event
        while True:
            try:
                event = await asyncio.wait_for(mail.get(), silence_s)
            except TimeoutError:
                yield None
                continue
            if event.number > after:
                after = event.number
                yield event
    finally:
        hub.leave(session_id, mail)


def _events(after: dict[uuid.UUID, int]) -> list[SessionEvent]:
    """Return the events of some sessions, each after its number, oldest first."""
    lowest = min(after.values(), default=0)
    rows = SessionEvent.objects.filter(session_id__in=list(after), number__gt=lowest).order_by("session_id", "number")
    return [event for event in rows if event.number > after[event.session_id]]


class _Hub:
    """What one event loop knows: who listens to which session, and up to which number each session was handed out."""

    def __init__(self) -> None:
        self.listeners: dict[uuid.UUID, set[asyncio.Queue[SessionEvent]]] = {}
        self.handed: dict[uuid.UUID, int] = {}
        self.task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        # a connection of its own, which never writes: to it every commit is somebody else's
        self.thread = ThreadPoolExecutor(1, "session-watch")

    async def read(self, look: Callable[[], Answer]) -> Answer:
        """Ask the database in the hub's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, look)

    async def enter(self, session_id: uuid.UUID, mail: asyncio.Queue[SessionEvent]) -> None:
        """Listen from now on; what came before is the listener's own to read, afterwards."""
        if session_id not in self.listeners:
            self.listeners[session_id] = set()
            self.handed[session_id] = 0
        self.listeners[session_id].add(mail)
        if self.task is None or self.task.done():
            self.ready = asyncio.Event()
            self.task = asyncio.create_task(self._run())
        await self.ready.wait()
        if not self.handed[session_id]:
            newest = await self.read(partial(_newest, session_id))
            self.handed[session_id] = max(self.handed.get(session_id, 0), newest)

    def leave(self, session_id: uuid.UUID, mail: asyncio.Queue[SessionEvent]) -> None:
        """Stop listening; the last one puts out the light."""
        self.listeners.get(session_id, set()).discard(mail)
        if not self.listeners.get(session_id):
            self.listeners.pop(session_id, None)
            self.handed.pop(session_id, None)
        if not self.listeners and self.task is not None:
            self.task.cancel()
            self.task = None
            self.thread.submit(connections.close_all)

    async def _run(self) -> None:
        """Hand out what is new, for as long as anybody listens; trouble with the database only delays it."""
        while True:
            try:
                changes = self._postgresql() if connection.vendor == "postgresql" else self._sqlite()
                async for sessions in changes:
                    await self._hand_out(sessions or set(self.handed))
            except (DatabaseError, OSError) as trouble:
                log.warning("looking for news of design sessions failed, trying again: %s", trouble)
                self.thread.submit(connections.close_all)
                await asyncio.sleep(AFTER_TROUBLE_S)

    async def _hand_out(self, sessions: set[uuid.UUID]) -> None:
        wanted = {one: self.handed[one] for one in sessions if one in self.handed}
        for event in await self.read(partial(_events, wanted)) if wanted else ():
            if event.session_id in self.handed:
                self.handed[event.session_id] = max(event.number, self.handed[event.session_id])
            for mail in self.listeners.get(event.session_id, ()):
                mail.put_nowait(event)

    async def _sqlite(self) -> AsyncIterator[set[uuid.UUID]]:
        """Yield the sessions with news after each commit of anybody; an empty set where that is not known."""
        version, last = await self.read(lambda: (_data_version(), _last_id()))
        self.ready.set()
        yield set()
        while True:
            await asyncio.sleep(POLL_S)
            latest = await self.read(_data_version)
            if latest == version:
                continue
            version = latest
            last, sessions = await self.read(partial(_since, last))
            if sessions:
                yield sessions

    async def _postgresql(self) -> AsyncIterator[set[uuid.UUID]]:
        """Yield the sessions that notices name; after a connection that broke, all."""
        import psycopg

        parameters: dict[str, Any] = connection.get_connection_params()
        kept = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
        try:
            async with await psycopg.AsyncConnection.connect(**kept, autocommit=True) as listener:
                await listener.execute(f"LISTEN {CHANNEL}")
                self.ready.set()
                yield set()
                async for notice in listener.notifies():
                    yield {uuid.UUID(notice.payload)}
        except psycopg.Error as trouble:
            raise OSError(str(trouble)) from trouble


def _newest(session_id: uuid.UUID) -> int:
    found = SessionEvent.objects.filter(session_id=session_id).order_by("-number").values_list("number", flat=True)
    return found.first() or 0


def _data_version() -> int:
    """Return a number that changes with every commit of another connection."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _last_id() -> int:
    return SessionEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _since(last: int) -> tuple[int, set[uuid.UUID]]:
    """Return the newest identity and the sessions with events after ``last``; SQLite writes one after the other."""
    rows = list(SessionEvent.objects.filter(id__gt=last).values_list("id", "session_id"))
    return max((row[0] for row in rows), default=last), {row[1] for row in rows}
