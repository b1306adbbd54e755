"""Reads about money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from glocal.payment.books import MONEY, Standing
from glocal.payment.gateway import DIGITS
from glocal.payment.transfer import Transfer, creditor_reference, epc_payload
from glocal.shop.orders.models import Order
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.models import BookingEntry, OrderPayment, PayBy, PaymentTerms
from glocal.shop.shops.models import Shop

TRANSFER_CURRENCY = "EUR"  # of a SEPA transfer


def terms_of_payment(shop: Shop) -> PaymentTerms:
    """Return how the shop takes money; a shop that said nothing takes it at pick-up."""
    return PaymentTerms.objects.filter(shop=shop).first() or PaymentTerms(shop=shop)


def ways_to_pay(shop: Shop) -> list[PayBy]:
    """Return how a customer may pay here, the shop's first wish first; never none."""
    terms = terms_of_payment(shop)
    ways = [PayBy.PICKUP] if terms.at_pickup else []
    if terms.iban and shop.currency == TRANSFER_CURRENCY:
        ways.append(PayBy.TRANSFER)
    ways += [firm for firm in (PayBy.STRIPE, PayBy.MOLLIE) if off_because(shop, firm, terms) == ""]
    return ways or [PayBy.PICKUP]


def off_because(shop: Shop, firm: PayBy, terms: PaymentTerms | None = None) -> str:
    """Return why nobody can pay on a firm's page here; empty when everything for it is there."""
    terms = terms or terms_of_payment(shop)
    sealed = {
        PayBy.STRIPE: terms.stripe_key_sealed and terms.stripe_webhook_sealed,
        PayBy.MOLLIE: terms.mollie_key_sealed,
    }
    if not sealed[firm]:
        return "no_key"
    if shop.currency not in DIGITS:
        return "currency"
    return "" if settings.SITE_URL else "no_address"


def number_for(order: Order) -> str:
    """Return the reference by which a transfer finds its order: the end of its identity, with check digits."""
    return creditor_reference(order.id.hex[-12:])


@dataclass(frozen=True, slots=True)
class ToTransfer:
    """What a customer needs to transfer money: what to write, and the code for their banking app."""

    transfer: Transfer
    payload: str


def transfer_for(order: Order, now: Standing) -> ToTransfer | None:
    """Return how to transfer what the order still owes; None when it is paid or the shop takes no transfers."""
    shop = order.quote.product.shop
    terms = terms_of_payment(shop)
    if not terms.iban or order.currency != TRANSFER_CURRENCY or now.due_minor <= 0:
        return None
    transfer = Transfer(terms.holder, terms.iban, now.due_minor, number_for(order), terms.bic)
    return ToTransfer(transfer, epc_payload(transfer))


def payment_of(order: Order) -> OrderPayment | None:
    """Return how an order is to be paid; None for what was made for the shelf."""
    return OrderPayment.objects.filter(order=order).first()


def with_due(orders: QuerySet[Order], *, only: str = "all") -> QuerySet[Any]:
    """Annotate orders with ``due_minor``: what the customer's account stands at, by the database itself.

    Parameters
    ----------
    only : {"all", "due", "back"}
        All, those on which something is due, or those of which something is owed back.
    """
    change = Case(
        When(debit="customer", then=F("amount_minor")), When(credit="customer", then=-F("amount_minor")), default=0
    )
    # summed by order without the orders: joined to them, ten thousand take a third of a second
    sums = BookingEntry.objects.order_by().values("order").annotate(due=Sum(change))
    own = Subquery(sums.filter(order=OuterRef("pk")).values("due"))
    found = orders.filter(payment__isnull=False).annotate(due_minor=Coalesce(own, 0))
    if only == "all":
        return found
    wanted = sums.filter(due__gt=0) if only == "due" else sums.filter(due__lt=0)
    return found.filter(id__in=wanted.values("order"))


def money_accounts(order: Order) -> dict[str, int]:
    """Return what the shop holds of an order, by account: from these a refund can be made."""
    held = standing_of(order).held_minor
    return {account.value: held[account] for account in MONEY if account in held}
