"""The shop and the materials that it offers."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from glocal.shop.privacy import NOBODY
from glocal.shop.thing import Thing, at_least


class Shop(Thing):
    """One shop at one place. Money is in integer minor units of ``currency``.

    ``terms`` holds the fields of :class:`glocal.quoting.model.ShopTerms` besides currency and region;
    ``assumptions`` what the owner believes before there are own actuals, each with its source in words.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    town = models.CharField(max_length=200)
    region = models.CharField(max_length=10, help_text="ISO 3166 code")
    latitude = models.FloatField()
    longitude = models.FloatField()
    timezone = models.CharField(max_length=64)
    language = models.CharField(max_length=10, default="en")
    currency = models.CharField(max_length=3)
    terms = models.JSONField()
    assumptions = models.JSONField(default=dict)
    hours = models.JSONField(default=list, help_text="seven lists, Monday first, of [opens, closes] in minutes")
    set_up_at = models.DateTimeField(null=True, default=now, help_text="none while its first run goes on")
    about = models.JSONField(default=dict, help_text="language → text")
    shares_outcomes = models.BooleanField(default=False, help_text="the owner lets outcomes go into the commons")
    is_demonstration = models.BooleanField(default=False)

    personal_data = NOBODY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="shop_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return self.name


def choice_of(material_id: str, colour: str) -> str:
    """Return a material, in a colour where one is asked for, as one thing that can be chosen: ``petg:black``."""
    return f"{material_id}:{colour}" if colour else material_id


class OfferedMaterial(Thing):
    """A material that customers may choose, with what a spool costs the shop."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="materials")
    material_id = models.SlugField()
    colour = models.CharField(max_length=40, blank=True)
    spool_price_minor = models.IntegerField()
    spool_mass_g = models.FloatField()
    position = models.IntegerField(default=0)

    personal_data = NOBODY

    class Meta:
        ordering = ["position", "material_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "material_id", "colour"], name="material_offered_once"),
            at_least("spool_price_minor", 0, "spool_price_not_negative"),
            models.CheckConstraint(condition=models.Q(spool_mass_g__gt=0), name="spool_has_mass"),
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.colour}".strip()
