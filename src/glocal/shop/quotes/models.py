"""Quotes: a price that was given, or the reason why none was, frozen with all inputs."""

from __future__ import annotations

from django.db import models

from glocal.shop.makers.models import MakerMachine
from glocal.shop.parts.models import BuiltPart
from glocal.shop.privacy import PersonalData
from glocal.shop.products.models import Product
from glocal.shop.shops.models import choice_of
from glocal.shop.thing import Thing, at_least, one_of


class QuoteMethod(models.TextChoices):
    """How time and mass were found."""

    INSTANT = "instant", "instant estimate"
    EXACT = "exact", "sliced"
    REFUSED = "refused", "no price"


class Prefer(models.TextChoices):
    """What the customer wants the maker to be chosen by."""

    BALANCED = "balanced", "price and day together"
    CHEAP = "cheap", "the lowest cost"
    SOON = "soon", "the earliest day"
    NEAR = "near", "the shortest way"
    GREEN = "green", "the smallest footprint"


class QuoteRecord(Thing):
    """A frozen quote. ``quote`` is :meth:`glocal.quoting.model.Quote.as_dict` with every input.

    Nothing in the row changes after it is written. ``quote``, ``total_minor`` and its band are for the whole quantity.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="quotes")
    part = models.ForeignKey(BuiltPart, on_delete=models.PROTECT, null=True, related_name="quotes")
    values = models.JSONField()
    material_id = models.SlugField()
    colour = models.CharField(max_length=40, blank=True, help_text="as the shop calls it; empty: whichever is there")
    region = models.CharField(max_length=10)
    quantity = models.IntegerField()
    delivery = models.BooleanField(default=False)
    rush = models.BooleanField(default=False, help_text="goes before all that wait, for the shop's surcharge")
    machine = models.ForeignKey(MakerMachine, on_delete=models.PROTECT, null=True, related_name="quotes")
    recipe = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    candidates = models.JSONField(default=dict, help_text="who was considered, with reasons")
    method = models.CharField(max_length=10, choices=QuoteMethod)
    quote = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    total_minor = models.IntegerField(null=True)
    low_minor = models.IntegerField(null=True)
    high_minor = models.IntegerField(null=True)
    currency = models.CharField(max_length=3)
    valid_until = models.DateTimeField(null=True)
    prefer = models.CharField(
        max_length=10, choices=Prefer, default=Prefer.BALANCED, help_text="what the maker is chosen by"
    )
    hold_h = models.FloatField(default=0.0, help_text="hours that the order may wait for others on its plate; 0: none")
    alternative_to = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="alternatives", help_text="the same thing at once"
    )

    personal_data = PersonalData(
        "customer",
        fields=("values",),
        find="orders",
        session="revisions__session",
        kept_because="what was made, for product safety; ten years",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("method", QuoteMethod, "quote_method_known"),
            one_of("prefer", Prefer, "quote_preference_known"),
            at_least("quantity", 1, "quote_for_at_least_one"),
            at_least("total_minor", 0, "quote_not_negative"),
            models.CheckConstraint(
                condition=models.Q(
                    method="refused", quote__isnull=True, total_minor__isnull=True, refusal__isnull=False
                )
                | models.Q(
                    quote__isnull=False,
                    part__isnull=False,
                    machine__isnull=False,
                    valid_until__isnull=False,
                    low_minor__lte=models.F("total_minor"),
                    high_minor__gte=models.F("total_minor"),
                    refusal__isnull=True,
                ),
                name="quote_is_price_or_refusal",
            ),
        ]

    @property
    def choice(self) -> str:
        """The material with its colour, as :class:`glocal.shop.quotes.options.QuoteOptions` takes it."""
        return choice_of(self.material_id, self.colour)

    def __str__(self) -> str:
        return f"{self.product.slug} {self.total_minor} {self.currency}"
