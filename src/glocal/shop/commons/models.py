"""Records that the shop appended to its signed log."""

from __future__ import annotations

from django.db import models

from glocal.shop.orders.models import Order
from glocal.shop.thing import Thing


class CommonsEntry(Thing):
    """One record in the log. ``record_id`` is the hash of the record: the same record is appended once."""

    record_id = models.CharField(max_length=64, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="shared")
    kind = models.CharField(max_length=40)
    record = models.JSONField()
    leaf_index = models.BigIntegerField(unique=True)
    leaf_hash = models.CharField(max_length=64)
    checkpoint = models.TextField()

    class Meta:
        ordering = ["leaf_index"]

    def __str__(self) -> str:
        return f"{self.kind} {self.leaf_index}"
