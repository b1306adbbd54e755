"""Workers and their heartbeats."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from glocal.shop.privacy import NOBODY


class Worker(models.Model):
    """One place that carries orders. ``name`` is stable over restarts, so that a worker takes up its own work."""

    name = models.CharField(max_length=200, primary_key=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)

    personal_data = NOBODY

    def __str__(self) -> str:
        return self.name
