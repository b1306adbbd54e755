"""Invitations of makers, and a memory of failed sign-ins."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from glocal.shop.makers.models import Maker
from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.thing import Thing


class MakerInvitation(Thing):
    """A link that makes one neighbour a maker, once. The link itself is not kept, only its hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    for_whom = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    maker = models.ForeignKey(Maker, on_delete=models.SET_NULL, null=True, related_name="invitations")

    personal_data = PersonalData("maker", fields=("for_whom",), find="maker", erase={"for_whom": ""})

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"invitation of {self.for_whom or 'a maker'}"


class SignInTries(models.Model):
    """How often signing in failed lately, under the hash of an address or a name; forgotten after a day."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.IntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)

    personal_data = NOBODY

    def __str__(self) -> str:
        return f"{self.failures} since {self.since:%Y-%m-%d %H:%M}"
