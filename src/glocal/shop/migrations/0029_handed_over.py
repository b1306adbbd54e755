"""Note when an order was handed over; what was ready a month before anybody could say so counts as handed over."""

from __future__ import annotations

from datetime import timedelta

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

MONTH = timedelta(days=30)


def ready_before(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    ready = apps.get_model("shop", "Order").objects.filter(state="done", state_at__lt=timezone.now() - MONTH)
    ready.update(handed_over_at=models.F("state_at"))


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_pickup_address")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="handed_over_at",
            field=models.DateTimeField(null=True, help_text="when its customer got it, as shop or maker said"),
        ),
        migrations.RunPython(ready_before, migrations.RunPython.noop),
    ]
