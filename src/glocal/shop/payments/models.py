"""How the shop is paid, how each order is, and the books of every order."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from glocal.payment.books import Account
from glocal.shop.orders.models import Order
from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.shops.models import Shop
from glocal.shop.thing import Thing, at_least, one_of

ACCOUNTS = [(account.value, account.value) for account in Account]


class PayBy(models.TextChoices):
    """How a customer pays."""

    PICKUP = "pickup", "in cash, when they get it"
    TRANSFER = "transfer", "by transfer"
    STRIPE = "stripe", "on Stripe's page"
    MOLLIE = "mollie", "on Mollie's page"


class PaymentTerms(models.Model):
    """How the shop takes money. Keys are encrypted with the key in ``GLOCAL_HOME``; a way without its key is off."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="payment_terms")
    at_pickup = models.BooleanField(default=True)
    holder = models.CharField(max_length=70, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    stripe_key_sealed = models.TextField(blank=True)
    stripe_webhook_sealed = models.TextField(blank=True)
    mollie_key_sealed = models.TextField(blank=True)

    personal_data = PersonalData(
        "owner",
        fields=("holder", "iban", "bic"),
        kept_because="the shop's own account, as its customers are told; the owner changes it on the desk",
    )

    def __str__(self) -> str:
        return f"payment terms of {self.shop}"


class OrderPayment(Thing):
    """How one order is to be paid. ``number`` is what stands in the transfer and tells which order it is for."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="payment")
    method = models.CharField(max_length=10, choices=PayBy)
    number = models.CharField(max_length=25, unique=True)

    personal_data = NOBODY

    class Meta:
        constraints = [one_of("method", PayBy, "payment_method_known")]

    def __str__(self) -> str:
        return f"{self.number} ({self.method})"


class BookingEntry(Thing):
    """One line of the books, by double entry; see :mod:`glocal.payment.books`. Never changed, never deleted.

    ``key`` and ``line`` name the deed that it belongs to: the same deed twice is one.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="bookings")
    key = models.CharField(max_length=200)
    line = models.IntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    debit = models.CharField(max_length=10, choices=ACCOUNTS)
    credit = models.CharField(max_length=10, choices=ACCOUNTS)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    personal_data = NOBODY

    class Meta:
        ordering = ["id"]
        constraints = [
            at_least("amount_minor", 1, "booking_moves_something"),
            models.UniqueConstraint(fields=["key", "line"], name="booking_once"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="booking_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} ← {self.credit} {self.amount_minor} {self.currency}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line; an old one cannot be changed."""
        if not self._state.adding:
            raise TypeError("the books are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the books are append-only."""
        raise TypeError("the books are append-only")


class HostedState(models.TextChoices):
    """Where a payment on a firm's page is."""

    ASKED = "asked", "being begun"
    OPEN = "open", "waiting for the payer"
    PAID = "paid", "paid"
    FAILED = "failed", "given up"


class HostedPayment(Thing):
    """A payment on a firm's page. Its own identity is the key under which the firm knows it: begun twice it is one."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="hosted_payments")
    firm = models.CharField(max_length=10, choices=PayBy)
    firm_id = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=HostedState, default=HostedState.ASKED)

    personal_data = NOBODY

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("firm", PayBy, "hosted_firm_known"),
            one_of("state", HostedState, "hosted_state_known"),
            at_least("amount_minor", 1, "hosted_of_something"),
            models.UniqueConstraint(
                fields=["order", "firm"],
                condition=models.Q(state__in=["asked", "open"]),
                name="one_hosted_payment_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["firm", "firm_id"], condition=~models.Q(firm_id=""), name="hosted_firm_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} {self.firm_id} ({self.state})"


class RefundState(models.TextChoices):
    """Where a refund on a firm's page is."""

    ASKED = "asked", "asked"
    DONE = "done", "done"
    REFUSED = "refused", "refused"


class HostedRefund(Thing):
    """Money that goes back the way it came. ``form_key`` is the form's: sent twice it is one refund."""

    payment = models.ForeignKey(HostedPayment, on_delete=models.PROTECT, related_name="refunds")
    form_key = models.CharField(max_length=200, unique=True)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.ASKED)
    firm_id = models.CharField(max_length=200, blank=True)

    personal_data = NOBODY

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("state", RefundState, "refund_state_known"),
            at_least("amount_minor", 1, "refund_of_something"),
        ]

    def __str__(self) -> str:
        return f"refund of {self.amount_minor} ({self.state})"
