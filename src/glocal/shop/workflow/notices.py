"""The workflows that send mails about design sessions and orders: durable, and tried again for a day and a half."""

from __future__ import annotations

from dbos import DBOS
from django.db import close_old_connections

from glocal.shop.orders.mail import send_order_mail
from glocal.shop.sessions.mail import send_notice
from glocal.shop.workflow.names import NOTIFY, ORDER_MAIL


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


@DBOS.step(
    name="order.mail.send", retries_allowed=True, max_attempts=12, interval_seconds=30.0, backoff_rate=2.0
)  # as above
def order_mail_step(order_id: str, code: str) -> str:
    """Send a mail about an order."""
    close_old_connections()
    return send_order_mail(order_id, code)


@DBOS.workflow(name=ORDER_MAIL, max_recovery_attempts=None)
def order_mail(order_id: str, code: str) -> str:
    """Carry one mail about an order."""
    return order_mail_step(order_id, code)
