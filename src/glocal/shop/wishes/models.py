"""Wishes: what somebody asked for and nobody offers. It is demand, so it is kept."""

from __future__ import annotations

from django.db import models

from glocal.shop.privacy import PersonalData
from glocal.shop.products.models import Product
from glocal.shop.sessions.models import DesignSession
from glocal.shop.shops.models import Shop
from glocal.shop.thing import Thing, one_of


class WishState(models.TextChoices):
    """What the shop made of a wish."""

    NEW = "new", "new"
    CONSIDERED = "considered", "being considered"
    OFFERED = "offered", "offered by now"
    DECLINED = "declined", "cannot be offered"


class Wish(Thing):
    """What was asked for, in the asker's words. Nothing in it says who asked; a session knows that.

    ``parameters`` are the values that were asked for (parameter → value), where it could be said in parameters;
    ``values`` the whole configuration from which the wish was made.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="wishes")
    session = models.ForeignKey(DesignSession, on_delete=models.PROTECT, null=True, related_name="wishes")
    key = models.CharField(max_length=200, unique=True, help_text="the same form sent twice is one wish")
    text = models.TextField()
    parameters = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    region = models.CharField(max_length=10)
    language = models.CharField(max_length=10, default="en")
    reason = models.CharField(max_length=100, blank=True, help_text="code of the refusal that it came from")
    state = models.CharField(max_length=12, choices=WishState, default=WishState.NEW)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        "customer",
        fields=("text",),
        find="session__order",
        session="session",
        erase={"text": "–"},
        kept_because="what the region wants",
    )

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "wishes"
        constraints = [one_of("state", WishState, "wish_state_known")]
        indexes = [models.Index(fields=["state", "id"], name="wish_by_state")]

    def __str__(self) -> str:
        return self.text[:60]
