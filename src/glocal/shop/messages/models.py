"""Messages about an order."""

from __future__ import annotations

from django.db import models

from glocal.shop.orders.models import Order
from glocal.shop.privacy import PersonalData
from glocal.shop.sessions.models import Side
from glocal.shop.thing import Thing, one_of


class OrderMessage(Thing):
    """One message. ``key`` is the form's: sent twice it is one. ``waits`` until the shop answered or read it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=10, choices=Side)
    text = models.TextField()
    key = models.CharField(max_length=200, unique=True)
    waits = models.BooleanField(default=False)

    personal_data = PersonalData("customer", fields=("text",), find="order", erase={"text": "–", "waits": False})

    class Meta:
        ordering = ["id"]
        constraints = [one_of("side", Side, "message_side_known")]
        indexes = [models.Index(fields=["waits", "order"], name="message_by_waiting")]

    def __str__(self) -> str:
        return f"message of the {self.side} about {self.order_id}"
