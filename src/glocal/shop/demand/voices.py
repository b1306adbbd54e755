"""Tell one voice from many without knowing whose it is.

A bot that says the same a thousand times must count as one, so a choice carries a voice: its visit (or the session of a
signed-in customer), hashed under a salt that is made anew every ISO week and thrown away after it. The product and the
kind of choice are hashed with it, so that voices tell neither what else somebody looked at nor, through an order, who
it was; an order itself has no voice, because its payment is its own proof. Afterwards nobody, the shop included, can
tell whose voice it was.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from glocal.shop.demand.models import VoiceSalt

CHARACTERS = 16


def voice_of(visit: str, product_slug: str, kind: str, now: datetime) -> str:
    """Return the voice of a visit that chooses something of a product; empty for a visit that names nothing."""
    if not visit:
        return ""
    week = _week_of(now)
    kept, is_new = VoiceSalt.objects.get_or_create(week=week)
    if is_new:
        forget_salts(now)
    said = "\n".join((product_slug, kind, visit))
    return hmac.new(bytes(kept.salt), said.encode(), hashlib.sha256).hexdigest()[:CHARACTERS]


def forget_salts(now: datetime) -> None:
    """Throw the salts of other weeks away."""
    VoiceSalt.objects.exclude(week=_week_of(now)).delete()


def _week_of(now: datetime) -> str:
    year, week, _ = now.astimezone(UTC).isocalendar()
    return f"{year:04}-W{week:02}"
