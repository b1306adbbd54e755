"""The workflow that sends a mail about a design session: durable, and tried again for a day and a half."""

from __future__ import annotations

from dbos import DBOS
from django.db import close_old_connections

from glocal.shop.sessions.mail import send_notice
from glocal.shop.workflow.names import NOTIFY


@DBOS.step(
    name="session.mail", retries_allowed=True, max_attempts=12, interval_seconds=30.0, backoff_rate=2.0
)  # a mail server may be away for long
def mail_step(notice_id: str) -> str:
    """Send the mail unless it is not wanted any more."""
    close_old_connections()
    return send_notice(notice_id)


@DBOS.workflow(name=NOTIFY, max_recovery_attempts=None)
def notify(notice_id: str) -> str:
    """Carry one notice to its side."""
    return mail_step(notice_id)
