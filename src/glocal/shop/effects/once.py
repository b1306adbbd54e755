"""Do something once, however often the step that does it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from glocal.shop.effects.models import Effect


def once(key: str, effect: Callable[[], Any]) -> Any:
    """Run ``effect`` in one transaction with the record that it happened; later calls return the first result.

    The result must be JSON. A worker that dies in the middle leaves neither the effect nor its record; two workers at
    once are ordered by the key's uniqueness, and the later one gets what the earlier one made.

    Parameters
    ----------
    key : str
        Names the effect, for example ``"order:<id>:1:slice"``.
    effect : callable
        Writes to the database and nothing else: what leaves the database (a slicer, a printer) stays outside.
    """
    done = Effect.objects.filter(key=key).first()
    if done is not None:
        return done.result
    try:
        with transaction.atomic():
            record = Effect.objects.create(key=key)
            record.result = effect()
            record.save(update_fields=["result"])
            return record.result
    except IntegrityError:
        done = Effect.objects.filter(key=key).first()
        if done is None:
            raise  # not the key: the effect itself broke a rule of the database
        return done.result
