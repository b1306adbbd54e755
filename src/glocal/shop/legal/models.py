"""Who answers for the shop's goods, and the papers of each order as they stood when it was placed."""

from __future__ import annotations

from typing import Any

from django.db import models

from glocal.shop.orders.models import Order
from glocal.shop.privacy import NOBODY, PersonalData
from glocal.shop.shops.models import Shop
from glocal.shop.thing import Thing


class Manufacturer(models.Model):
    """Who is the manufacturer of what the shop sells: named on every piece (Regulation (EU) 2023/988, Article 9(6))."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="manufacturer")
    name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    tax_number = models.CharField(max_length=40, blank=True)

    personal_data = PersonalData(
        "owner",
        fields=("name", "address", "email", "tax_number"),
        kept_because="the law asks it on every piece; the owner changes it on the desk",
    )

    def __str__(self) -> str:
        return self.name


class OrderPapers(Thing):
    """What the customer was told before buying, and what was found about the piece. Written once, never changed.

    ``withdrawal``, ``tax``, ``safety`` and ``licence`` are what :mod:`glocal.law` and the design said; ``sentence`` is
    the sentence about withdrawal as it stood beside the button, in ``language``.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="papers")
    language = models.CharField(max_length=10)
    sentence = models.TextField()
    withdrawal = models.JSONField()
    tax = models.JSONField()
    safety = models.JSONField()
    licence = models.JSONField()
    manufacturer = models.JSONField()

    personal_data = NOBODY

    class Meta:
        verbose_name_plural = "order papers"

    def __str__(self) -> str:
        return f"papers of {self.order_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the papers; they cannot be changed afterwards."""
        if not self._state.adding:
            raise TypeError("an order's papers are frozen")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: they are kept ten years."""
        raise TypeError("an order's papers are kept")
