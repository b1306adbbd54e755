"""Which web sites may show the shop's products inside their own pages."""

from __future__ import annotations

from django.db import models

from glocal.shop.privacy import NOBODY
from glocal.shop.shops.models import Shop
from glocal.shop.thing import Thing


class EmbeddingSite(Thing):
    """A web site that the owner allows; ``origin`` is scheme, host and port as browsers write them."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="embedding_sites")
    origin = models.CharField(max_length=300)

    personal_data = NOBODY

    class Meta:
        ordering = ["origin"]
        constraints = [models.UniqueConstraint(fields=["shop", "origin"], name="embedding_site_once")]

    def __str__(self) -> str:
        return self.origin
