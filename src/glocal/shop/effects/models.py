"""Effects that happened."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from glocal.shop.privacy import NOBODY


class Effect(models.Model):
    """That something happened, under a key that can exist once, with its result."""

    key = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    result = models.JSONField(null=True)

    personal_data = NOBODY

    def __str__(self) -> str:
        return self.key
