"""What customers do with their accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from glocal.shop.accounts.models import KeptLink
from glocal.shop.accounts.queries import Account
from glocal.shop.errors import NotNow
from glocal.shop.orders.models import Order
from glocal.shop.sessions.models import DesignSession

MOST_KEPT = 1000
CUSTOMER_NAME = "customer-"
"""How the names begin under which customers are stored; they never type them."""
UNPROVED_FOR = timedelta(days=1)


def keep(account: Account, thing: Order | DesignSession) -> None:
    """Keep an order or a design session, whose link the customer holds, in their account; twice is once."""
    if KeptLink.objects.filter(user_id=account.user_id).count() >= MOST_KEPT:
        raise NotNow("There is very much in this account.", help="Use the link by itself.")
    which = {"order": thing} if isinstance(thing, Order) else {"session": thing}
    KeptLink.objects.get_or_create(user_id=account.user_id, **which)


def delete_account(user_id: int) -> None:
    """Delete an account with its mail addresses, passkeys and kept links; orders stay what they are: a guest's."""
    User.objects.filter(id=user_id, is_staff=False).delete()


def forget_unproved(now: datetime) -> None:
    """Delete accounts whose mail address nobody proved within a day: somebody may have typed another's."""
    waiting = User.objects.filter(is_staff=False, last_login__isnull=True, username__startswith=CUSTOMER_NAME)
    waiting.filter(date_joined__lt=now - UNPROVED_FOR).delete()
