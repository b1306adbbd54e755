"""Records that the shop appended to its signed log."""

from __future__ import annotations

from django.db import models

from glocal.shop.jobs.models import Job
from glocal.shop.makers.models import MakerMachine
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


class CapacityOffer(Thing):
    """Idle time of a machine that its maker or the owner offers to other shops; one stands per machine.

    ``conditions`` is what was agreed to be published, as :class:`glocal.shop.commons.capacity.Conditions` holds it.
    """

    machine = models.ForeignKey(MakerMachine, on_delete=models.CASCADE, related_name="capacity_offers")
    conditions = models.JSONField()
    record_id = models.CharField(max_length=64, unique=True, help_text="its public identity in the log")
    said_by = models.CharField(max_length=10, help_text="who agreed: the maker or the owner")
    ended_at = models.DateTimeField(null=True, help_text="taken back or replaced")

    personal_data = NOBODY  # the record tells of a machine, its month and a region, see tests/shop/test_capacity.py

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine"], condition=models.Q(ended_at__isnull=True), name="one_offer_per_machine"
            )
        ]

    def __str__(self) -> str:
        return f"{self.machine} until {self.conditions.get('until')}"
