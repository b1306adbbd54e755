"""What all things in the shop's database have in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from glocal.values import new_id


class Thing(models.Model):
    """A row with a UUIDv7 of its own, so that sorting by identity is sorting by time of creation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return the database's own check that ``field`` holds one of ``choices``."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


def at_least(field: str, low: int, name: str) -> models.CheckConstraint:
    """Return the database's own check that ``field`` is not below ``low`` (or is null)."""
    bound: dict[str, Any] = {f"{field}__gte": low}
    return models.CheckConstraint(condition=models.Q(**bound) | models.Q(**{f"{field}__isnull": True}), name=name)
