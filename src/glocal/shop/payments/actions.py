"""What changes an order's books: the only writes besides the charge that follows the order itself."""

from __future__ import annotations

from django.db import transaction

from glocal.payment.books import Account, receive, refund
from glocal.payment.transfer import check_bic, check_iban
from glocal.shop.errors import MoreThanDue, NotNow, OrderInvalid
from glocal.shop.makers.secrets import seal
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order
from glocal.shop.payments.ledger import charge_order, standing_of, write
from glocal.shop.payments.models import BookingEntry, OrderPayment, PayBy, PaymentTerms
from glocal.shop.payments.queries import number_for, terms_of_payment, ways_to_pay
from glocal.shop.shops.models import Shop

MOST_MINOR = 10**12
BY_HAND = (Account.CASH, Account.BANK)
"""Accounts into which the owner says that money came; what a payment firm has, the firm says."""


def open_books(order: Order, method: str) -> OrderPayment:
    """Begin the books of an order that was just placed; ``method`` is one of the shop's ways, else its first."""
    ways = ways_to_pay(order.quote.product.shop)
    chosen = next((way for way in ways if way == method), ways[0])
    payment = OrderPayment.objects.create(order=order, method=chosen, number=number_for(order))
    charge_order(order)
    return payment


@transaction.atomic
def choose_way(order: Order, method: str) -> None:
    """Let the customer pay in another way than they first said."""
    order = Order.objects.select_for_update().get(id=order.id)
    if method not in ways_to_pay(order.quote.product.shop):
        raise OrderInvalid("The shop does not take money in this way.", help="Choose one of those on the page.")
    if standing_of(order).due_minor <= 0:
        raise NotNow("There is nothing left to pay.", help="Load the page again.")
    OrderPayment.objects.filter(order=order).update(method=PayBy(method))


def money_received(order: Order, account: Account, amount_minor: int, *, key: str, beyond_due: bool = True) -> bool:
    """Note money that came in cash or on the bank account; the same key again changes nothing.

    Parameters
    ----------
    beyond_due : bool
        Whether it may be more than is still due; else that is refused.

    Returns
    -------
    bool
        Whether it was new.
    """
    if account not in BY_HAND:
        raise OrderInvalid("What came on a payment page is noted by itself.", help="Choose cash or bank.")
    if not 1 <= amount_minor <= MOST_MINOR:
        raise OrderInvalid("The sum must be more than nothing.", help="Enter what came.", field="amount")
    full_key = _key("received", key)
    is_new = not BookingEntry.objects.filter(key=full_key).exists()
    if is_new and not beyond_due and amount_minor > max(0, standing_of(order).due_minor):
        raise MoreThanDue("This is more than is still due.", help="If it did come, note it once more.", field="amount")
    return book_received(order, account, amount_minor, key=full_key)


@transaction.atomic
def book_received(order: Order, account: Account, amount_minor: int, *, key: str) -> bool:
    """Write money that came into the books, and tell the timeline; once per key."""
    order = Order.objects.select_for_update().get(id=order.id)
    if not write(order, key, receive(account, amount_minor)):
        _same_order(order, key)
        return False
    tell(order, "paid", "Money was received.", data={"amount_minor": amount_minor, "account": account.value})
    return True


@transaction.atomic
def refund_by_hand(order: Order, account: Account, amount_minor: int, *, key: str, reason: str = "") -> bool:
    """Note money that the owner gave or transferred back; the same key again changes nothing."""
    if account not in BY_HAND:
        raise OrderInvalid("What came on a payment page goes back on it.", help="Choose cash or bank.")
    order = Order.objects.select_for_update().get(id=order.id)
    full_key = _key("refund", key)
    if BookingEntry.objects.filter(key=full_key).exists():
        _same_order(order, full_key)
        return False
    write(order, full_key, refund(standing_of(order), account, amount_minor))
    tell(order, "refunded", "Money was given back.", data={"amount_minor": amount_minor, "reason": reason[:500]})
    return True


def _key(kind: str, key: str) -> str:
    if not 1 <= len(key) <= 150:
        raise OrderInvalid("The form was sent without its key.", help="Load the page again.", field="key")
    return f"{kind}:{key}"


def _same_order(order: Order, key: str) -> None:
    if not BookingEntry.objects.filter(key=key, order=order).exists():
        raise OrderInvalid("This form was used for another order.", help="Load the page again.", field="key")


def change_keys(shop: Shop, **keys: str) -> PaymentTerms:
    """Keep keys of payment firms, encrypted; an empty one leaves what there is, ``-`` takes it away.

    Parameters
    ----------
    **keys
        ``stripe_key``, ``stripe_webhook``, ``mollie_key``.
    """
    terms = terms_of_payment(shop)
    for name, key in keys.items():
        if key.strip() == "-":
            setattr(terms, f"{name}_sealed", "")
        elif key.strip():
            setattr(terms, f"{name}_sealed", seal(key.strip()))
    terms.save()
    return terms


def change_transfer_terms(shop: Shop, *, at_pickup: bool, holder: str, iban: str, bic: str) -> PaymentTerms:
    """Let the owner say whether money is taken at pick-up, and to which account transfers go."""
    terms = terms_of_payment(shop)
    terms.at_pickup = at_pickup
    terms.iban = check_iban(iban) if iban.strip() else ""
    terms.bic = check_bic(bic)
    terms.holder = " ".join(holder.split())
    if terms.iban and not 1 <= len(terms.holder) <= 70:
        raise OrderInvalid("Say whose account it is.", help="Write 1 to 70 characters.", field="holder")
    terms.save()
    return terms
