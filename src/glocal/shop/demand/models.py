"""What visitors looked at, configured, wished and ordered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from glocal.shop.orders.models import Order
from glocal.shop.thing import Thing, one_of


class ChoiceKind(models.TextChoices):
    """How much a choice says, as in :class:`glocal.demand.model.ChoiceEvent`."""

    LOOKED = "looked", "looked"
    CONFIGURED = "configured", "configured"
    WISHED = "wished", "wished"
    ORDERED = "ordered", "ordered"
    RETURNED = "returned", "returned"


class Choice(Thing):
    """One choice in one region. ``is_demonstration`` marks rows that a demonstration made up."""

    product_slug = models.SlugField()
    parameter = models.CharField(max_length=100)
    offered = models.JSONField(default=list)
    chosen = models.JSONField()
    region = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=ChoiceKind)
    weight = models.FloatField(default=1.0)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="choices")
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["at"]
        constraints = [one_of("kind", ChoiceKind, "choice_kind_known")]
        indexes = [models.Index(fields=["product_slug", "parameter", "region"], name="choice_by_question")]

    def __str__(self) -> str:
        return f"{self.region} {self.product_slug}.{self.parameter} = {self.chosen}"
