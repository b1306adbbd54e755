"""Records that the shop appended to its signed log."""

from __future__ import annotations

from django.db import models

from glocal.shop.jobs.models import Job
from glocal.shop.privacy import NOBODY
from glocal.shop.thing import Thing


class CommonsEntry(Thing):
    """One record in the log. ``record_id`` is its public identity: the same record is appended once."""

    record_id = models.CharField(max_length=64, unique=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="shared")
    kind = models.CharField(max_length=40)
    record = models.JSONField()
    epoch = models.IntegerField()
    leaf_index = models.BigIntegerField()
    leaf_hash = models.CharField(max_length=64)
    checkpoint = models.TextField()

    personal_data = NOBODY

    class Meta:
        ordering = ["epoch", "leaf_index"]
        constraints = [models.UniqueConstraint(fields=["epoch", "leaf_index"], name="one_record_per_leaf")]

    def __str__(self) -> str:
        return f"{self.kind} {self.leaf_index}"
