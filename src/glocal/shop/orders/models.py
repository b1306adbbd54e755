"""Orders, pieces, and the append-only timeline of each order."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils import timezone

from glocal.shop.makers.models import MakerMachine
from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.texts import in_language
from glocal.shop.thing import Thing, at_least, one_of


class OrderState(models.TextChoices):
    """Where an order is on its way."""

    PLACED = "placed", "placed"
    CHECKING = "checking", "being checked"
    SLICING = "slicing", "being prepared for printing"
    MATCHING = "matching", "looking for a maker"
    HELD = "held", "waiting for others on its plate"
    QUEUED = "queued", "waiting for its printer"
    PRINTING = "printing", "printing"
    PRINTED = "printed", "printed"
    LEARNING = "learning", "being evaluated"
    DONE = "done", "ready"
    NEEDS_MAKER = "needs_maker", "waiting for an answer of the maker"
    NEEDS_CUSTOMER = "needs_customer", "waiting for an answer of the customer"
    FAILED_RETRY = "failed_retry", "something failed, will be tried again"
    CANNOT_BE_MADE = "cannot_be_made", "cannot be made"
    CANCELLED = "cancelled", "cancelled"


FINAL_STATES = frozenset({OrderState.DONE, OrderState.CANNOT_BE_MADE, OrderState.CANCELLED})
WAITING_STATES = frozenset({OrderState.NEEDS_MAKER, OrderState.NEEDS_CUSTOMER})
ON_THE_WAY = frozenset(
    {
        *(OrderState.PLACED, OrderState.CHECKING, OrderState.SLICING, OrderState.MATCHING),
        *(OrderState.HELD, OrderState.FAILED_RETRY),
    }
)
"""Nobody has to say anything, and the pieces get a job by themselves: machines are spoken for by such an order."""
OFF_STATES = frozenset({OrderState.CANCELLED, OrderState.CANNOT_BE_MADE})
"""Nothing comes of the order: nobody owes anything for it, and what was paid goes back."""


def _token() -> str:
    return secrets.token_urlsafe(32)


class Order(Thing):
    """One order of one customer. The quote in it never changes; the state does, each time with an event.

    ``promised_by`` is what the customer was promised, ``ready_at`` the median of the maker who was found since.
    ``match`` keeps who was considered and why, ``exact`` what the slicer said, ``generation`` counts how often the
    order's path was started anew (after an answer of the customer or the maker, or a failed print).
    """

    quote = models.ForeignKey(QuoteRecord, on_delete=models.PROTECT, related_name="orders")
    idempotency_key = models.CharField(max_length=200, unique=True)
    token = models.CharField(max_length=64, unique=True, default=_token, editable=False)
    customer_name = models.CharField(max_length=200)
    customer_email = models.EmailField()
    customer_note = models.TextField(blank=True)
    delivery_address = models.TextField(blank=True, help_text="its maker learns it when there is something to bring")
    language = models.CharField(max_length=10, default="en")
    sold_as = models.JSONField(
        default=dict, help_text="title, summary → language → text, as the product was told when it was bought"
    )
    quantity = models.IntegerField()
    total_minor = models.IntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.PLACED)
    state_at = models.DateTimeField(default=timezone.now)
    generation = models.IntegerField(default=1)
    tries = models.IntegerField(default=0, help_text="failures in a row of what is not ours")
    cancel_asked = models.BooleanField(default=False)
    accepted_price = models.BooleanField(default=False, help_text="the customer agreed to the exact price")
    machine = models.ForeignKey(MakerMachine, on_delete=models.PROTECT, null=True, related_name="orders")
    match = models.JSONField(default=dict)
    exact = models.JSONField(default=dict)
    promised_by = models.DateTimeField(help_text="a maker whose median is later is not chosen")
    ready_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True, help_text="when its customer got it, as shop or maker said")
    hold_until = models.DateTimeField(null=True, help_text="when its plate is closed at the latest; set when it waits")

    personal_data = PersonalData(
        "customer",
        fields=("customer_name", "customer_email", "customer_note", "delivery_address", "language"),
        erase={"customer_name": "–", "customer_email": "", "customer_note": "", "delivery_address": ""},
        kept_because="the language says nothing about one person; sums stay for the books",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("state", OrderState, "order_state_known"),
            at_least("quantity", 1, "order_of_at_least_one"),
            at_least("total_minor", 0, "order_total_not_negative"),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="order_by_state"),
            models.Index(fields=["customer_email", "created_at"], name="order_by_customer"),
            models.Index(fields=["created_at"], name="order_by_day"),
        ]

    def __str__(self) -> str:
        return f"order {self.id} ({self.state})"

    def text(self, field: str, language: str) -> str:
        """Return ``title`` or ``summary`` of what was bought, as it was told then."""
        return in_language(self.sold_as.get(field, {}), language)

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the order."""
        return self.state in FINAL_STATES

    @property
    def comes_late(self) -> bool:
        """Whether it is likelier than not that the promise is not kept: nobody found could keep it."""
        return self.ready_at is not None and self.ready_at > self.promised_by and not self.is_final

    @property
    def is_off(self) -> bool:
        """Whether nothing comes of the order."""
        return self.state in OFF_STATES


class Piece(Thing):
    """One physical thing. Its identity goes into the 3MF, on the label and into the record."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="pieces")
    number = models.IntegerField(help_text="1, 2, … within the order")

    personal_data = NOBODY

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="piece_number_once_per_order")]

    def __str__(self) -> str:
        return f"piece {self.id}"


class OrderEvent(models.Model):
    """One line of an order's timeline: what happened, in words for a person. Never changed, never deleted."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=20, choices=OrderState)
    code = models.SlugField(max_length=60)
    message = models.TextField()
    data = models.JSONField(default=dict)

    personal_data = PersonalData(
        "customer", fields=("message",), find="order", kept_because="what happened to an order, for the books"
    )

    class Meta:
        ordering = ["id"]
        constraints = [one_of("state", OrderState, "event_state_known")]
        indexes = [models.Index(fields=["order", "id"], name="event_by_order")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.message}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event; an old one cannot be changed."""
        if self.pk is not None:
            raise TypeError("an order's timeline is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the timeline is append-only."""
        raise TypeError("an order's timeline is append-only")
