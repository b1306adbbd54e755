"""Design sessions: one design that customer and shop shape together, and everything that was said about it.

Revisions, comments and events are append-only; a proposal and a session change their state, each time with an event.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils import timezone

from glocal.shop.orders.models import Order
from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.products.models import Product
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.thing import Thing, at_least, one_of


class Side(models.TextChoices):
    """Who speaks in a session."""

    CUSTOMER = "customer", "customer"
    SHOP = "shop", "shop"


class SessionState(models.TextChoices):
    """Where a session is on its way."""

    OPEN = "open", "being shaped"
    APPROVED = "approved", "approved by the customer"
    ORDERED = "ordered", "ordered"
    CLOSED = "closed", "closed"


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", "waiting for an answer"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    WITHDRAWN = "withdrawn", "withdrawn"


class Anchor(models.TextChoices):
    """What a comment is pinned to."""

    DESIGN = "design", "the whole design"
    PARAMETER = "parameter", "a parameter"
    POINT = "point", "a point of the part"


def _token() -> str:
    return secrets.token_urlsafe(32)


class DesignSession(Thing):
    """One design shaped by one customer and the shop. Whoever holds ``token`` is the customer.

    ``latest`` is the number of the newest revision: who changes the design says on which number the change is based,
    and hears when somebody was faster. ``events_count`` is the number of the newest event. ``waits_for`` says who has
    to answer, since ``waits_since``. ``customer_seen`` and ``shop_seen`` are the newest events that each has on screen.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="design_sessions")
    token = models.CharField(max_length=64, unique=True, default=_token, editable=False)
    opening_key = models.CharField(max_length=200, unique=True, help_text="the same form sent twice opens one session")
    customer_name = models.CharField(max_length=200, blank=True)
    customer_email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")
    region = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.OPEN)
    latest = models.IntegerField(default=0)
    events_count = models.IntegerField(default=0)
    waits_for = models.CharField(max_length=10, choices=Side, blank=True)
    waits_since = models.DateTimeField(default=timezone.now)
    customer_seen = models.IntegerField(default=0)
    shop_seen = models.IntegerField(default=0)
    approved = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    vouched = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="design_session")

    personal_data = PersonalData(
        "customer",
        fields=("customer_name", "customer_email", "language"),
        find="order",
        session="",
        kept_because="the language says nothing about one person",
        erase={"customer_name": "", "customer_email": ""},
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("state", SessionState, "design_session_state_known"),
            models.CheckConstraint(
                condition=models.Q(waits_for__in=["", *Side.values]), name="design_session_waits_for_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "ordered"]) | models.Q(approved__isnull=False),
                name="design_session_approves_a_revision",
            ),
        ]
        indexes = [models.Index(fields=["waits_for", "waits_since"], name="design_session_by_waiting")]

    def __str__(self) -> str:
        return f"design session {self.id} ({self.state})"


class Revision(Thing):
    """One state of the design. ``quote`` holds its part, its findings, and its price or why there is none."""

    session = models.ForeignKey(DesignSession, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField(help_text="1, 2, … within the session")
    side = models.CharField(max_length=10, choices=Side)
    author = models.CharField(max_length=200, blank=True)
    values = models.JSONField()
    material_id = models.SlugField()
    quantity = models.IntegerField(default=1)
    note = models.TextField(blank=True)
    quote = models.ForeignKey(QuoteRecord, on_delete=models.PROTECT, related_name="revisions")

    personal_data = PersonalData(
        "customer",
        fields=("author", "note"),
        find="session__order",
        session="session",
        erase={"author": "", "note": ""},
    )

    class Meta:
        ordering = ["session_id", "number"]
        constraints = [
            one_of("side", Side, "revision_side_known"),
            at_least("quantity", 1, "revision_of_at_least_one"),
            models.UniqueConstraint(fields=["session", "number"], name="revision_number_once_per_session"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.session_id}"


class Proposal(Thing):
    """A change that one side offers the other: only what changes, and what it would come to on revision ``base``."""

    session = models.ForeignKey(DesignSession, on_delete=models.PROTECT, related_name="proposals")
    base = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    author = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    changes = models.JSONField(help_text="parameter → value; `material` and `quantity` are in `terms`")
    terms = models.JSONField(default=dict, help_text="`material_id`, `quantity` where they change")
    quote = models.ForeignKey(QuoteRecord, on_delete=models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    result = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+")

    personal_data = PersonalData(
        "customer",
        fields=("author", "text", "answer"),
        find="session__order",
        session="session",
        erase={"author": "", "text": "", "answer": ""},
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("side", Side, "proposal_side_known"),
            one_of("state", ProposalState, "proposal_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="accepted", result__isnull=False)
                | (~models.Q(state="accepted") & models.Q(result__isnull=True)),
                name="proposal_accepted_is_a_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.id} ({self.state})"


class Comment(Thing):
    """What somebody said about a revision: as a whole, about one parameter, or at one point of the part (mm)."""

    session = models.ForeignKey(DesignSession, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    side = models.CharField(max_length=10, choices=Side)
    author = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    anchor = models.CharField(max_length=10, choices=Anchor, default=Anchor.DESIGN)
    parameter = models.CharField(max_length=100, blank=True)
    point = models.JSONField(null=True, help_text="x, y, z in mm, in the part's own coordinates")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=10, choices=Side, blank=True)

    personal_data = PersonalData(
        "customer",
        fields=("author", "text"),
        find="session__order",
        session="session",
        erase={"author": "", "text": "–"},
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("side", Side, "comment_side_known"),
            models.CheckConstraint(
                condition=models.Q(anchor="design", parameter="", point__isnull=True)
                | (models.Q(anchor="parameter", point__isnull=True) & ~models.Q(parameter=""))
                | models.Q(anchor="point", parameter="", point__isnull=False),
                name="comment_anchor_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.id}"


class SessionEvent(models.Model):
    """One line of a session's history, numbered without gaps within it. Never changed, never deleted.

    ``key`` is what the sender named the action by: the same key again is the same action.
    """

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(DesignSession, on_delete=models.PROTECT, related_name="events")
    number = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)
    side = models.CharField(max_length=10, choices=Side)
    code = models.SlugField(max_length=40)
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=100, null=True)  # null: events without a key do not collide

    personal_data = PersonalData(
        "customer", fields=("data",), find="session__order", session="session", erase={"data": {}}
    )

    class Meta:
        ordering = ["session_id", "number"]
        constraints = [
            one_of("side", Side, "session_event_side_known"),
            models.UniqueConstraint(fields=["session", "number"], name="session_event_number_once"),
            models.UniqueConstraint(fields=["session", "side", "key"], name="session_event_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event; an old one cannot be changed."""
        if self.pk is not None:
            raise TypeError("a session's history is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the history is append-only."""
        raise TypeError("a session's history is append-only")


class SessionNotice(Thing):
    """A mail that one side is to get about a session, because it was not there; at most one until it looks again."""

    session = models.ForeignKey(DesignSession, on_delete=models.CASCADE, related_name="notices")
    side = models.CharField(max_length=10, choices=Side)
    after = models.IntegerField(help_text="the newest event that the side had seen")
    sent_at = models.DateTimeField(null=True)

    personal_data = NOBODY

    class Meta:
        constraints = [
            one_of("side", Side, "session_notice_side_known"),
            models.UniqueConstraint(fields=["session", "side", "after"], name="session_notice_once"),
        ]

    def __str__(self) -> str:
        return f"notice to {self.side} of {self.session_id}"
