"""Products: a design that the shop sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from glocal.shop.privacy import NOBODY
from glocal.shop.shops.models import Shop
from glocal.shop.texts import in_language
from glocal.shop.thing import Thing

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate


WORDS = ("title", "summary")
"""What customers read of a product; the owner may say each otherwise than the design does."""


class Product(Thing):
    """A design package on the shelf. ``package`` is ``bundled:<slug>`` or a directory below ``GLOCAL_HOME``."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="products")
    slug = models.SlugField(unique=True)
    package = models.CharField(max_length=300)
    template_hash = models.CharField(max_length=64)
    title = models.JSONField(help_text="language → text")
    summary = models.JSONField(default=dict, help_text="language → text")
    own_words = models.JSONField(default=dict, help_text="title, summary → language → what the owner says instead")
    materials = models.JSONField(default=list, help_text="material ids that suit the design, the best first")
    labour_min = models.JSONField(help_text="minutes of work on one piece: value, low, high, source")
    price_rules = models.JSONField(default=dict, help_text="terms of the shop that are others for this product")
    shared_as = models.CharField(
        max_length=64, blank=True, help_text="hash of the package by which shops know the design, published or taken"
    )
    printed_elsewhere = models.JSONField(
        default=dict, help_text="parameter → low, high, prints: between which values good prints of other shops lie"
    )
    is_live = models.BooleanField(default=True)
    is_listed = models.BooleanField(default=True, help_text="shown on the shelf; else only its address leads to it")
    position = models.IntegerField(default=0)

    personal_data = NOBODY

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug

    def template(self) -> DesignTemplate:
        """Return the design itself."""
        from glocal.shop.products.packages import read_template

        return read_template(self.package, self.template_hash)

    def words(self) -> dict[str, dict[str, str]]:
        """Return ``title`` and ``summary`` in every language, as customers read them."""
        return {field: {**getattr(self, field), **self.own_words.get(field, {})} for field in WORDS}

    def text(self, field: str, language: str) -> str:
        """Return ``title`` or ``summary`` in ``language``, else in English, else in whatever there is."""
        return in_language(self.words()[field], language)


class ProductChange(Thing):
    """What the owner changed in a product's words, and when. Never changed afterwards."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(help_text="the owner's words as they were")
    after = models.JSONField(help_text="as they were then")

    personal_data = NOBODY

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"words of {self.product_id}"
