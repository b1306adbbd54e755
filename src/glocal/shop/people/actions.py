"""Sign in with a brake, and invite makers."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from glocal.shop.errors import NotFound, OrderInvalid, SignInRefused
from glocal.shop.makers.models import Maker
from glocal.shop.makers.presence import Presence, say_presence
from glocal.shop.people.models import MakerInvitation, SignInTries
from glocal.shop.rate_limit import TooMany
from glocal.shop.shops.models import Shop
from glocal.shop.shops.settings import Week

WINDOW = timedelta(minutes=15)
MOST_FAILURES = {"pair": 5, "address": 20, "name": 50}
"""Failures within :data:`WINDOW` before nobody is let in: for one name from one address, for one address, for one name.

The last is high, so that a stranger cannot easily lock the owner out.
"""
INVITATION_VALID = timedelta(days=14)
SAME_DEED = timedelta(minutes=1)


def sign_in(request: HttpRequest, name: str, password: str, *, address: str, now: datetime | None = None) -> User:
    """Return the user with this name and password.

    Raises
    ------
    TooMany
        After too many failures; the password is then not even looked at.
    SignInRefused
        When the name or the password is wrong.
    """
    now = now or timezone.now()
    keys = _keys(name, address)
    _refuse_after_failures(keys, now)
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        _count_failure(keys, now)
        raise SignInRefused("The name or the password is not right.", help="Try again, or ask whoever set up the shop.")
    SignInTries.objects.filter(key=keys["pair"]).delete()
    SignInTries.objects.filter(since__lt=now - timedelta(days=1)).delete()
    return user


def _keys(name: str, address: str) -> dict[str, str]:
    plain = {"pair": f"pair\0{name.casefold()}\0{address}", "address": f"address\0{address}"}
    plain["name"] = f"name\0{name.casefold()}"
    return {kind: hashlib.sha256(text.encode()).hexdigest() for kind, text in plain.items()}


def _refuse_after_failures(keys: dict[str, str], now: datetime) -> None:
    rows = {row.key: row for row in SignInTries.objects.filter(key__in=keys.values(), since__gt=now - WINDOW)}
    for kind, key in keys.items():
        row = rows.get(key)
        if row is not None and row.failures >= MOST_FAILURES[kind]:
            wait_s = max(1, round((row.since + WINDOW - now).total_seconds()))
            raise TooMany(
                "Signing in failed too often.",
                help="Wait {minutes} min.",
                minutes=max(1, wait_s // 60),
                retry_after_s=wait_s,
            )


@transaction.atomic
def _count_failure(keys: dict[str, str], now: datetime) -> None:
    SignInTries.objects.filter(key__in=keys.values(), since__lte=now - WINDOW).delete()
    for key in keys.values():
        SignInTries.objects.get_or_create(key=key, defaults={"since": now})
        SignInTries.objects.filter(key=key).update(failures=F("failures") + 1)


def set_owner(name: str, password: str) -> User:
    """Make or change the one who runs the shop."""
    user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    user.is_staff = user.is_active = True
    user.set_password(password)
    user.save()
    return user


def first_owner() -> tuple[str, str] | None:
    """Make somebody who can sign in, where nobody can yet; return name and password, which are told once."""
    if User.objects.filter(is_staff=True, is_active=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    set_owner("owner", password)
    return "owner", password


def invite_maker(for_whom: str = "", *, now: datetime | None = None) -> tuple[MakerInvitation, str]:
    """Return a new invitation and its secret, which is told once and not kept."""
    secret = secrets.token_urlsafe(24)
    expires_at = (now or timezone.now()) + INVITATION_VALID
    row = MakerInvitation.objects.create(token_hash=_hash(secret), for_whom=for_whom[:200], expires_at=expires_at)
    return row, secret


def access_invitation(secret: str, *, now: datetime | None = None) -> MakerInvitation:
    """Return the invitation to whoever holds its link, while it is good."""
    row = MakerInvitation.objects.filter(token_hash=_hash(secret)).first()
    if row is None or row.used_at is not None or row.expires_at < (now or timezone.now()):
        raise NotFound("This invitation is used up, or too old.", help="Ask the shop for a new one.")
    return row


@transaction.atomic
def accept_invitation(
    secret: str, shop: Shop, *, name: str, hours: Week, town: str = "", now: datetime | None = None
) -> Maker:
    """Make the holder of an invitation a maker, once; a second click right after is the same deed.

    The place is the shop's until the maker tells a nearer one.
    """
    name, now = name.strip(), now or timezone.now()
    if not 1 <= len(name) <= 200:
        raise OrderInvalid("The name is missing or too long.", help="Write 1 to 200 characters.", field="name")
    row = MakerInvitation.objects.select_for_update().filter(token_hash=_hash(secret)).first()
    known = row.maker if row is not None else None
    if row is not None and row.used_at is not None and now - row.used_at < SAME_DEED and known and known.name == name:
        return known
    row = access_invitation(secret, now=now)
    there = Presence(town.strip() or shop.town, shop.latitude, shop.longitude, hours)
    maker = Maker(slug=_free_slug(name), name=name, latitude=there.latitude, longitude=there.longitude)
    maker.timezone, maker.on_probation = shop.timezone, True
    maker.save()
    say_presence(maker, there)
    row.used_at, row.maker = now, maker
    row.save(update_fields=["used_at", "maker"])
    return maker


def _free_slug(name: str) -> str:
    base = slugify(name)[:40] or "maker"
    taken = set(Maker.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else f"{base}-{secrets.token_hex(3)}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
