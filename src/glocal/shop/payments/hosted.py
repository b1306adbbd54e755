"""Payments on a firm's own page: begun once, settled by what the firm itself says, refunded once.

Whatever is sent to a firm is first written down and committed, under the identity that the firm gets as its key. So a
double click, a second tab, a lost answer or a crash in the middle end in the same payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Sum

from glocal.payment.books import Account, refund
from glocal.payment.errors import GatewayFailed, GatewayRefused
from glocal.payment.gateway import HostedAsk, PaymentGateway
from glocal.shop.errors import FileDamaged, NotNow, OrderInvalid
from glocal.shop.makers.secrets import unseal
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order
from glocal.shop.payments.actions import book_received
from glocal.shop.payments.ledger import standing_of, write
from glocal.shop.payments.models import HostedPayment, HostedRefund, HostedState, PayBy, RefundState
from glocal.shop.payments.queries import off_because, terms_of_payment
from glocal.shop.shops.models import Shop

FIRMS = (PayBy.STRIPE, PayBy.MOLLIE)


@contextmanager
def gateway_of(shop: Shop, firm: PayBy) -> Iterator[PaymentGateway]:
    """Yield the shop's account at a firm; it is off without its keys."""
    import httpx

    from glocal.payment.mollie import Mollie
    from glocal.payment.stripe import Stripe

    terms = terms_of_payment(shop)
    if firm not in FIRMS or off_because(shop, firm, terms):
        raise NotNow("This way to pay is switched off here.", help="Choose another one.")
    try:
        keys = [unseal(sealed) for sealed in _sealed(terms, firm)]
    except FileDamaged:
        raise GatewayFailed(
            "The key of the payment firm cannot be read: it was stored with another key.",
            help="The owner has to enter it again.",
        ) from None
    with httpx.Client() as client:
        yield Stripe(keys[0], keys[1], client) if firm == PayBy.STRIPE else Mollie(keys[0], client)


def _sealed(terms: object, firm: PayBy) -> list[str]:
    names = ("stripe_key_sealed", "stripe_webhook_sealed") if firm == PayBy.STRIPE else ("mollie_key_sealed",)
    return [getattr(terms, name) for name in names]


def begin(order: Order, firm: PayBy, *, title: str, return_url: str, notice_url: str, language: str) -> HostedPayment:
    """Return the payment of what the order still owes, with the page on which it is paid.

    Raises
    ------
    NotNow
        When nothing is owed, or the firm is switched off.
    GatewayFailed, GatewayRefused
        As the firm answers; asking again is safe.
    """
    with gateway_of(order.quote.product.shop, firm) as gateway:
        for _ in range(2):  # once more when an older payment turns out to be paid, or is for another sum
            row = _row(order, firm)
            if row.state == HostedState.ASKED:
                ask = HostedAsk(
                    str(row.id), row.amount_minor, row.currency, title, return_url, notice_url, language=language
                )
                page = gateway.start(ask)
                HostedPayment.objects.filter(id=row.id).update(firm_id=page.id, url=page.url, state=HostedState.OPEN)
                row.refresh_from_db()
                return row
            settle(row, gateway)
            row.refresh_from_db()
            if row.state == HostedState.OPEN and row.amount_minor == standing_of(order).due_minor:
                return row
            HostedPayment.objects.filter(id=row.id, state=HostedState.OPEN).update(state=HostedState.FAILED)
    raise NotNow("There is nothing left to pay.", help="Load the page again.")


@transaction.atomic
def _row(order: Order, firm: PayBy) -> HostedPayment:
    """Return the one payment that is on its way, or a new one for what is due."""
    order = Order.objects.select_for_update().get(id=order.id)
    known = HostedPayment.objects.filter(
        order=order, firm=firm, state__in=[HostedState.ASKED, HostedState.OPEN]
    ).first()
    due = standing_of(order).due_minor
    if known is not None and (known.state == HostedState.OPEN or known.amount_minor == due):
        return known
    if known is not None:  # never begun, and for another sum by now
        HostedPayment.objects.filter(id=known.id).update(state=HostedState.FAILED)
    if due <= 0:
        raise NotNow("There is nothing left to pay.", help="Load the page again.")
    return HostedPayment.objects.create(order=order, firm=firm, amount_minor=due, currency=order.currency)


def settle(row: HostedPayment, gateway: PaymentGateway) -> None:
    """Ask the firm how a payment stands, and book what was paid, once; also when it was given up here before."""
    now = gateway.read(row.firm_id)
    if now.state == "paid":
        if now.currency != row.currency:
            raise GatewayFailed("The payment firm names another currency than was asked for.", currency=now.currency)
        with transaction.atomic():
            book_received(row.order, Account(row.firm), now.paid_minor, key=f"hosted:{row.id}")
            HostedPayment.objects.filter(id=row.id).update(state=HostedState.PAID)
    elif now.state == "failed":
        HostedPayment.objects.filter(id=row.id, state=HostedState.OPEN).update(state=HostedState.FAILED)


def settle_order(order: Order) -> None:
    """Ask about every payment of an order that is open: its payer came back from the firm's page."""
    open_ = HostedPayment.objects.filter(order=order, state=HostedState.OPEN).select_related("order")
    for row in open_:
        with gateway_of(order.quote.product.shop, PayBy(row.firm)) as gateway:
            settle(row, gateway)


def refund_hosted(order: Order, firm: PayBy, amount_minor: int, *, form_key: str, reason: str = "") -> HostedRefund:
    """Give money back the way it came; the same form again is the same refund, and goes on where it was cut off."""
    row = _refund_row(order, firm, amount_minor, form_key)
    if row.state == RefundState.ASKED:
        with gateway_of(order.quote.product.shop, firm) as gateway:
            try:
                payment = row.payment
                given = gateway.refund(payment.firm_id, row.amount_minor, payment.currency, key=str(row.id))
            except GatewayRefused:
                HostedRefund.objects.filter(id=row.id).update(state=RefundState.REFUSED)
                raise
        _book_refund(row, given, reason)
    row.refresh_from_db()
    return row


@transaction.atomic
def _refund_row(order: Order, firm: PayBy, amount_minor: int, form_key: str) -> HostedRefund:
    if not 1 <= len(form_key) <= 150:
        raise OrderInvalid("The form was sent without its key.", help="Load the page again.", field="key")
    order = Order.objects.select_for_update().get(id=order.id)
    known = HostedRefund.objects.filter(form_key=form_key).select_related("payment").first()
    if known is not None:
        if known.payment.order_id != order.id or known.amount_minor != amount_minor:
            raise OrderInvalid("This form was used for something else.", help="Load the page again.", field="key")
        return known
    refund(standing_of(order), Account(firm), amount_minor)  # raises where the books do not allow it
    for payment in HostedPayment.objects.filter(order=order, firm=firm, state=HostedState.PAID):
        spoken_for = payment.refunds.exclude(state=RefundState.REFUSED).aggregate(sum=Sum("amount_minor"))["sum"] or 0
        if payment.amount_minor - spoken_for >= amount_minor:
            return HostedRefund.objects.create(payment=payment, form_key=form_key, amount_minor=amount_minor)
    raise OrderInvalid(
        "No single payment has so much left to give back.", help="Give it back in parts.", field="amount"
    )


@transaction.atomic
def _book_refund(row: HostedRefund, given: str, reason: str) -> None:
    order = Order.objects.select_for_update().get(id=row.payment.order_id)
    bookings = refund(standing_of(order), Account(row.payment.firm), row.amount_minor)
    if write(order, f"refund:{row.id}", bookings):
        HostedRefund.objects.filter(id=row.id).update(state=RefundState.DONE, firm_id=given)
        data = {"amount_minor": row.amount_minor, "reason": reason[:500]}
        tell(order, "refunded", "Money was given back.", data=data)
