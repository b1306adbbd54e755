"""Reads about money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, F, QuerySet, Sum, When

from glocal.payment.books import MONEY, Standing
from glocal.payment.gateway import DIGITS
from glocal.payment.transfer import Transfer, creditor_reference, epc_payload
from glocal.shop.orders.models import Order
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.models import OrderPayment, PayBy, PaymentTerms
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


def with_due(orders: QuerySet[Order]) -> QuerySet[Any]:
    """Annotate orders with ``due_minor``, computed by the database: what the customer's account stands at."""
    change = Case(
        When(bookings__debit="customer", then=F("bookings__amount_minor")),
        When(bookings__credit="customer", then=-F("bookings__amount_minor")),
        default=0,
    )
    return orders.filter(payment__isnull=False).annotate(due_minor=Sum(change, default=0))


def money_accounts(order: Order) -> dict[str, int]:
    """Return what the shop holds of an order, by account: from these a refund can be made."""
    held = standing_of(order).held_minor
    return {account.value: held[account] for account in MONEY if account in held}
