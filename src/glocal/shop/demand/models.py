"""What visitors looked at, configured, wished and ordered."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone

from glocal.shop.orders.models import Order
from glocal.shop.privacy import NOBODY
from glocal.shop.products.models import Product
from glocal.shop.shops.models import Shop
from glocal.shop.thing import Thing, at_least, one_of


class ChoiceKind(models.TextChoices):
    """How much a choice says, as in :class:`glocal.demand.model.ChoiceEvent`."""

    LOOKED = "looked", "looked"
    CONFIGURED = "configured", "configured"
    WISHED = "wished", "wished"
    ORDERED = "ordered", "ordered"
    RETURNED = "returned", "returned"


class Choice(Thing):
    """One choice in one region. ``is_demonstration`` marks rows that a demonstration made up.

    ``voice`` tells that choices of one week came from one visit, and nothing else: :mod:`glocal.shop.demand.voices`.
    """

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
    voice = models.CharField(max_length=16, blank=True, default="")

    personal_data = NOBODY

    class Meta:
        ordering = ["at"]
        constraints = [one_of("kind", ChoiceKind, "choice_kind_known")]
        indexes = [models.Index(fields=["product_slug", "parameter", "region"], name="choice_by_question")]

    def __str__(self) -> str:
        return f"{self.region} {self.product_slug}.{self.parameter} = {self.chosen}"


def _salt() -> bytes:
    return secrets.token_bytes(32)


class VoiceSalt(models.Model):
    """What turns a visit into a voice in one ISO week; afterwards it is thrown away."""

    week = models.CharField(max_length=8, primary_key=True)
    salt = models.BinaryField(default=_salt)

    personal_data = NOBODY

    def __str__(self) -> str:
        return f"salt of {self.week}"


class DemandTerms(models.Model):
    """What the owner allows: to try alternatives on a few visits, to pool sums with others, to print as they advise."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="demand_terms")
    explores = models.BooleanField(default=False, help_text="a few visits see a sampled alternative default")
    uses_recipes = models.BooleanField(default=False, help_text="a brim or supports that the network surely advises")
    pools_statistics = models.BooleanField(default=False, help_text="sums of choices may be given to other shops")

    personal_data = NOBODY

    def __str__(self) -> str:
        return f"demand terms of {self.shop}"


class LearntPreferences(models.Model):
    """What was learnt in the last night from all choices up to ``last_choice``; later ones are added to it one by one.

    ``content`` is the model as :func:`glocal.demand.model_files.model_as_json` writes it, compressed. ``claimed_at`` is
    when a worker began to learn, so that one of them does it.
    """

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="learnt_preferences")
    content = models.BinaryField(default=bytes)
    last_choice = models.UUIDField(null=True)
    learnt_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    shops = models.IntegerField(default=0, help_text="other shops whose sums are in it")
    their_choices = models.FloatField(default=0.0)

    personal_data = NOBODY

    class Meta:
        verbose_name_plural = "learnt preferences"

    def __str__(self) -> str:
        return f"preferences learnt at {self.learnt_at}"


class RegionalOffer(Thing):
    """A variant of a product for one region: accepted from an insight, live until it ends.

    ``edits`` are the differences from the template as :func:`glocal.design.region_edits.edits_as_json` writes them;
    ``forecast`` is what was expected when it was accepted, to be held against what came. ``asked_at`` is when somebody
    in the region asked for it first. Pieces made ahead: ``commission`` is the order, ``sold`` how many left the shelf.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="regional_offers")
    region = models.CharField(max_length=10)
    parameter = models.CharField(max_length=100)
    option = models.CharField(max_length=200)
    edits = models.JSONField()
    template_hash = models.CharField(max_length=64)
    forecast = models.JSONField()
    asked_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    commission = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="regional_offer")
    sold = models.IntegerField(default=0)

    personal_data = NOBODY

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "region", "parameter"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_offer_per_question",
            ),
            at_least("sold", 0, "offer_sold_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.region}: {self.parameter} = {self.option}"
