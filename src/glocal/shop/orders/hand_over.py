"""From ready to the customer's hands: what lies ready, and the word of shop or maker that it was handed over."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from glocal.payment.books import Account
from glocal.shop.errors import NotNow
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.payments.actions import book_received
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.queries import payment_of, with_due


def lies_ready() -> QuerySet[Order]:
    """Return what is ready but not handed over, or handed over but not paid; the longest first of each.

    Each with ``due_minor``. What was made for the shelf is nobody's.
    """
    ready = Order.objects.filter(state=OrderState.DONE)
    unpaid = with_due(ready, only="due").values("id")
    open_ones = with_due(ready).filter(Q(handed_over_at__isnull=True) | Q(id__in=unpaid))
    return open_ones.select_related("machine__maker", "payment").order_by(
        F("handed_over_at").asc(nulls_first=True), "state_at"
    )


def can_hand_over(order: Order) -> bool:
    """Return whether an order lies ready for its customer; what was made for the shelf has none."""
    return order.state == OrderState.DONE and order.handed_over_at is None and payment_of(order) is not None


@transaction.atomic
def hand_over(order: Order, *, paid_in_cash: bool = False) -> Order:
    """Take the word that the customer has it now; said twice it is once.

    Parameters
    ----------
    paid_in_cash : bool
        Whether what was still due came in cash at the same time.

    Raises
    ------
    NotNow
        When it is not ready.
    """
    order = Order.objects.select_for_update().get(id=order.id)
    if order.state != OrderState.DONE:
        raise NotNow("It is not ready yet.", help="Load the page again.", state=order.state)
    if order.handed_over_at is None:
        order.handed_over_at = timezone.now()
        order.save(update_fields=["handed_over_at"])
        tell(order, "handed_over", "It was handed over.")
    due_minor = standing_of(order).due_minor
    if paid_in_cash and due_minor > 0:
        book_received(order, Account.CASH, due_minor, key=f"handed-over:{order.id}:{order.generation}")
    return order
