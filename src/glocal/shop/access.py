"""Who may do what with which kind of object: one table, and one function per kind that asks it.

An object reaches a page only through its kind's ``access_…`` function, which finds it, works out how the one who asks
stands to it, and asks :func:`require`. Whoever may not even see an object is told that it does not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from secrets import compare_digest
from typing import TYPE_CHECKING

from glocal.shop.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class Relation(StrEnum):
    """How somebody stands to one object."""

    OWNER = "owner"
    MAKER = "maker"
    CUSTOMER = "customer"
    STRANGER = "stranger"


OWNER, MAKER, CUSTOMER, STRANGER = Relation
_OWNER = frozenset({OWNER})
_BOTH = frozenset({OWNER, CUSTOMER})
_WORK = frozenset({OWNER, MAKER})
_ALL = frozenset(Relation)

POLICY: Mapping[str, Mapping[str, frozenset[Relation]]] = {
    "order": {
        "see": _BOTH,  # with the customer's name, mail and note
        "cancel": _BOTH,
        "agree": frozenset({CUSTOMER}),  # to a price nobody can agree for somebody else
        "write": _BOTH,
        "pay": _BOTH,
        "return": _BOTH,
        "refund": _OWNER,
        "work": _WORK,  # let it be tried again, hand it over
        "change_address": _BOTH,
        "see_address": _BOTH,  # and its maker, while it is ready to be brought: see may_see_address
    },
    "piece": {"passport": _ALL, "record": frozenset({OWNER, CUSTOMER}), "label": _WORK},
    "job": {"see": _WORK, "answer": _WORK},
    "machine": {"see": _WORK, "change": _WORK},
    "maker": {"see": _WORK, "manage": _OWNER},
    "product": {"see": _ALL, "manage": _OWNER},
    "customer": {"see": _OWNER, "erase": _OWNER},
    "account": {"see": frozenset({CUSTOMER}), "change": frozenset({CUSTOMER}), "erase": frozenset({CUSTOMER})},
    "shop": {"see": _ALL, "manage": _OWNER},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks, with everything that they have shown.

    Parameters
    ----------
    owner : bool
        Signed in as one who runs the shop.
    maker : UUID or None
        The maker whose link they hold.
    token : str or None
        The key of an order, as its customer's link has it.
    """

    owner: bool = False
    maker: uuid.UUID | None = None
    token: str | None = None

    @classmethod
    def of_user(cls, user: AbstractBaseUser | AnonymousUser | None, *, token: str | None = None) -> Actor:
        """Return who a signed-in user is here."""
        owner = bool(user is not None and user.is_authenticated and user.is_active and getattr(user, "is_staff", False))
        return cls(owner=owner, token=token)

    def holds(self, token: str) -> bool:
        """Return whether the actor holds this key; takes the same time for every wrong one."""
        return self.token is not None and compare_digest(self.token.encode(), token.encode())

    def relation(self, *, maker: uuid.UUID | None = None, token: str | None = None) -> Relation:
        """Return how the actor stands to an object that is this maker's work and this key's order."""
        if self.owner:
            return OWNER
        if token is not None and self.holds(token):
            return CUSTOMER
        if maker is not None and maker == self.maker:
            return MAKER
        return STRANGER


def may(kind: str, action: str, relation: Relation) -> bool:
    """Return whether one who stands so to an object of this kind may do this to it."""
    return relation in POLICY[kind][action]


def require(kind: str, action: str, relation: Relation, missing: NotFound) -> None:
    """Raise ``missing`` for whoever may do nothing with the object, :class:`NotAllowed` for whoever may do less."""
    if may(kind, action, relation):
        return
    if any(may(kind, other, relation) for other in POLICY[kind]):
        raise NotAllowed("This is not for you to do.", help="Ask the shop.")
    raise missing
