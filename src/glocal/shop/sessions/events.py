"""The only way in which something happens in a session: with a numbered event, once per key, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from glocal.shop.errors import NotFound, NotNow
from glocal.shop.sessions.access import Seat
from glocal.shop.sessions.models import DesignSession, SessionEvent, SessionNotice, Side
from glocal.shop.sessions.rules import SideName, may, turn_after
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import NOTICES_QUEUE, NOTIFY, notify_id

CHANNEL = "glocal_sessions"
MOST_EVENTS = 5000
SILENT_CODES = frozenset({"settled", "unsettled", "renewed", "repriced", "withdrawn", "closed"})
"""Events that are no reason for a mail."""
NO_CHANGE = None


def act(
    seat: Seat, action: str, code: str, key: str, change: Callable[[DesignSession], dict[str, Any]]
) -> SessionEvent:
    """Do something in a session once: lock it, ask the rules, change, tell; the same key again changes nothing.

    Parameters
    ----------
    action : str
        One of :data:`glocal.shop.sessions.rules.MAY`.
    code : str
        Of the event that tells what happened.
    key : str
        Names this doing; 1 to 100 characters of the sender's choice. Empty when nothing could be sent twice.
    change : callable
        Gets the locked session, writes to the database and nothing else, and returns the event's data.
    """
    with transaction.atomic():
        session = locked(seat.session)
        done = already(seat, key)
        if done is not None:
            return done
        check(action, seat.side, session)
        return tell(session, seat.side, code, change(session), key=key)


def locked(session: DesignSession) -> DesignSession:
    """Return the session's row, held against everybody else until the transaction ends."""
    row = DesignSession.objects.select_for_update().filter(id=session.id).first()
    if row is None:
        raise NotFound("There is no such design session.")
    return row


def already(seat: Seat, key: str) -> SessionEvent | None:
    """Return the event that this side wrote under this key before."""
    return seat.session.events.filter(side=seat.side, key=key).first() if key else None


def check(action: str, side: str, session: DesignSession) -> None:
    """Raise when the rules do not let a side do this now."""
    if may(action, side, session.state):
        return
    helps = {
        "approved": "The design is approved; take the approval back first.",
        "ordered": "The design is ordered; ask for the next one from its page.",
        "closed": "This design session is closed; open it again first.",
    }
    raise NotNow("That does not go in this design session now.", help=helps.get(session.state, ""), state=session.state)


def tell(session: DesignSession, side: str, code: str, data: dict[str, Any], *, key: str = "") -> SessionEvent:
    """Append the next event to a session that is locked, pass the turn on, and see to it that the other side hears."""
    if session.events_count >= MOST_EVENTS:
        raise NotNow("This design session is full.", help="Open a new one from the product's page.")
    session.events_count += 1
    waits_for = turn_after(code, cast("SideName", side), session.waits_for)
    if waits_for != session.waits_for:
        session.waits_for, session.waits_since = waits_for, timezone.now()
    session.save()
    event = SessionEvent.objects.create(
        session=session, number=session.events_count, side=side, code=code, data=data, key=key or None
    )
    announce(session)
    if code not in SILENT_CODES:
        _notify_later(session, Side.SHOP if side == Side.CUSTOMER else Side.CUSTOMER)
    return event


def announce(session: DesignSession) -> None:
    """Wake the listeners when the current transaction commits (on SQLite the commit itself does)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(session.id)])


def _notify_later(session: DesignSession, side: Side) -> None:
    """Have a mail sent unless the side looks at the session soon; with the current transaction, and once per look."""
    seen = session.customer_seen if side == Side.CUSTOMER else session.shop_seen
    notice, fresh = SessionNotice.objects.get_or_create(session=session, side=side, after=seen)
    if fresh:
        delay = timedelta(seconds=settings.NOTICE_AFTER_S)
        enqueue(NOTIFY, NOTICES_QUEUE, notify_id(notice.id), str(notice.id), delay=delay)
