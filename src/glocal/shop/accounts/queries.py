"""Reads of accounts. An account reaches a page only through :func:`access_account`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from glocal.shop.access import Relation, require
from glocal.shop.accounts.models import KeptLink
from glocal.shop.errors import NotFound
from glocal.shop.orders.models import Order
from glocal.shop.sessions.models import DesignSession

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Account:
    """A customer who signed in.

    Parameters
    ----------
    mails : tuple of str
        Addresses that were proved to be theirs by a code.
    """

    user_id: int
    mails: tuple[str, ...]


def access_account(user: AbstractBaseUser | AnonymousUser | None, *, action: str = "see") -> Account:
    """Return the account of whoever is signed in as a customer. Who runs the shop has none."""
    missing = NotFound("There is no such account.", help="Sign in.")
    if user is None or not user.is_authenticated or not user.is_active or user.pk is None:
        raise missing
    relation = Relation.OWNER if getattr(user, "is_staff", False) else Relation.CUSTOMER
    require("account", action, relation, missing)
    verified = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    return Account(user.pk, tuple(verified.values_list("email", flat=True)))


def mail_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return the mail address that a customer's order form begins with; empty for a guest and for the owner."""
    if not user.is_authenticated or getattr(user, "is_staff", False):
        return ""
    return next(iter(access_account(user).mails), "")


def orders_of(account: Account) -> QuerySet[Order]:
    """Return what was ordered with a proved address or is kept by its link, the newest first."""
    kept = KeptLink.objects.filter(user_id=account.user_id, order__isnull=False).values("order_id")
    return Order.objects.filter(_with_mail(account.mails) | Q(id__in=kept)).order_by("-id")


def sessions_of(account: Account) -> QuerySet[DesignSession]:
    """Return the design sessions of a proved address or kept by their links, the newest first."""
    kept = KeptLink.objects.filter(user_id=account.user_id, session__isnull=False).values("session_id")
    return DesignSession.objects.filter(_with_mail(account.mails) | Q(id__in=kept)).order_by("-id")


def _with_mail(mails: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for mail in mails:
        found |= Q(customer_email__iexact=mail)
    return found


def account_with(mail: str) -> int | None:
    """Return whose account a proved mail address is."""
    row = EmailAddress.objects.filter(email__iexact=mail, verified=True, user__is_staff=False).first()
    return row.user_id if row else None
