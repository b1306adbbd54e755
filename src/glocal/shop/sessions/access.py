"""Who may enter a design session, and as whom. Every page, stream and interface gets its session from here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from secrets import compare_digest
from typing import TYPE_CHECKING

from glocal.shop.errors import NotFound
from glocal.shop.sessions.models import DesignSession, Side

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in one session: what is done from it is done as ``side``, under ``name``."""

    session: DesignSession
    side: Side
    name: str

    @property
    def other(self) -> Side:
        """The one across the table."""
        return Side.SHOP if self.side == Side.CUSTOMER else Side.CUSTOMER


def works_in_shop(user: User | None) -> bool:
    """Return whether somebody answers customers of this shop."""
    return bool(user is not None and user.is_authenticated and user.is_active and getattr(user, "is_staff", False))


def access_session(session_id: uuid.UUID | str, *, token: str | None = None, user: User | None = None) -> Seat:
    """Return a seat to whoever holds the customer's link or answers for the shop; to anybody else there is no session.

    The link wins: an owner who opens a customer's link sits on the customer's side, and is told so.
    """
    try:
        key = uuid.UUID(str(session_id))
    except ValueError:
        raise _no_session() from None
    session = (
        DesignSession.objects.select_related("product__shop", "approved", "vouched", "order").filter(id=key).first()
    )
    if session is None:
        raise _no_session()
    if token is not None:
        if not compare_digest(token.encode(), session.token.encode()):
            raise _no_session()
        return Seat(session, Side.CUSTOMER, session.customer_name)
    if not works_in_shop(user):
        raise _no_session()
    return Seat(session, Side.SHOP, session.product.shop.name)


def session_of_link(token: str) -> DesignSession | None:
    """Return the session that this customer's link opens, if it is one."""
    return DesignSession.objects.filter(token=token).first() if token else None


def _no_session() -> NotFound:
    return NotFound("There is no such design session.", help="Use the whole link that you were given.")


def access_inbox(user: User | None) -> None:
    """Let whoever answers for the shop see its sessions and wishes; to anybody else there is no such page."""
    if not works_in_shop(user):
        raise NotFound("There is no such page.", help="Sign in as somebody who works in the shop.")
