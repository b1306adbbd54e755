"""What an account keeps beside what its mail address proves."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from glocal.shop.orders.models import Order
from glocal.shop.privacy import PersonalData
from glocal.shop.sessions.models import DesignSession
from glocal.shop.thing import Thing


class KeptLink(Thing):
    """A guest's order or design session in somebody's account: they held its link when they kept it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_links")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="kept_by")
    session = models.ForeignKey(DesignSession, on_delete=models.CASCADE, null=True, related_name="kept_by")

    personal_data = PersonalData("account", fields=("order", "session"), find="user")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "order"], name="kept_order_once"),
            models.UniqueConstraint(fields=["user", "session"], name="kept_session_once"),
            models.CheckConstraint(
                condition=models.Q(order__isnull=True, session__isnull=False)
                | models.Q(order__isnull=False, session__isnull=True),
                name="kept_is_order_or_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id or self.session_id} kept by {self.user_id}"
