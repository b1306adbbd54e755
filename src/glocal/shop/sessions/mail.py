"""Mails about a design session, for the side that was not there, in its language."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from glocal.shop.sessions.models import DesignSession, SessionNotice, Side
from glocal.shop.sessions.rules import needs_notice

log = logging.getLogger(__name__)


def send_notice(notice_id: str) -> str:
    """Send a mail that is due, and return what became of it: ``sent``, or why it was not.

    A mail server that does not answer raises what it raises: whoever carries the notice tries again.
    """
    notice = SessionNotice.objects.select_related("session__product__shop").filter(id=notice_id).first()
    if notice is None or notice.sent_at is not None:
        return "done before"
    session = notice.session
    seen = session.customer_seen if notice.side == Side.CUSTOMER else session.shop_seen
    if not needs_notice(notice.after, session.events_count, seen):
        return "seen meanwhile"
    readers = _readers(session, notice.side)
    if not readers:
        return "no address"
    if not settings.SITE_URL:
        log.warning("GLOCAL_URL is not set: no mail about %s can be sent, it would have no link", session)
        return "no link"
    _message(session, notice.side, readers).send()
    SessionNotice.objects.filter(id=notice.id).update(sent_at=timezone.now())
    return "sent"


def _readers(session: DesignSession, side: str) -> list[str]:
    if side == Side.CUSTOMER:
        return [session.customer_email] if session.customer_email else []
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).exclude(email="")
    return list(staff.order_by("id").values_list("email", flat=True))


def _message(session: DesignSession, side: str, readers: list[str]) -> EmailMessage:
    shop = session.product.shop
    language = session.language if side == Side.CUSTOMER else shop.language
    with override(language):
        title = session.product.text("title", language)
        if side == Side.CUSTOMER:
            path = reverse("room", args=[session.id, session.token])
            subject = _("{shop} answered about your design: {title}").format(shop=shop.name, title=title)
            opening = _("There is news about the design that you shape together with {shop}.").format(shop=shop.name)
            closing = _("The link is your key: whoever has it can change and order the design.")
        else:
            path = reverse("desk-room", args=[session.id])
            who = session.customer_name or _("A guest")
            subject = _("{who} waits for your answer: {title}").format(who=who, title=title)
            opening = _("There is news in a design session.")
            closing = _("You get one mail until you look at it.")
    one_line = " ".join(subject.split())  # a name must not become a header
    body = f"{opening}\n\n{settings.SITE_URL}{path}\n\n{closing}\n"
    return EmailMessage(subject=one_line, body=body, to=readers)
