"""The demonstration's owner: known to everybody, therefore only where nobody from outside can come in."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.models import User

from glocal.shop.people.actions import set_owner

DEMO_NAME = "owner"
DEMO_PASSWORD = "demo"  # noqa: S105 - shown on the sign-in page of a demonstration that answers to this machine alone


def ensure_owner() -> tuple[str, str] | None:
    """Make the owner of a demonstration, and return name and password where they should be told.

    On this machine alone (no ``GLOCAL_HOSTS``) the password is the known one; elsewhere it is made up once, and one
    that everybody knows is replaced.
    """
    user = User.objects.filter(username=DEMO_NAME).first()
    known = user is not None and user.check_password(DEMO_PASSWORD)
    if settings.DEMO_SIGN_IN:
        if user is None:
            set_owner(DEMO_NAME, DEMO_PASSWORD)
            known = True
        return (DEMO_NAME, DEMO_PASSWORD) if known else None
    if user is not None and not known:
        return None
    password = secrets.token_urlsafe(12)
    set_owner(DEMO_NAME, password)
    return DEMO_NAME, password
