"""Reads of choices, as the demand room understands them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from glocal.shop.demand.models import Choice

if TYPE_CHECKING:
    from glocal.demand.events import ChoiceEvent, Kind


def choice_events(product_slug: str | None = None, *, after: uuid.UUID | None = None) -> list[ChoiceEvent]:
    """Return all choices, or those of one product, or those recorded after one, oldest first."""
    from glocal.demand.events import ChoiceEvent

    rows = Choice.objects.all()
    if product_slug is not None:
        rows = rows.filter(product_slug=product_slug)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return [
        ChoiceEvent(
            product=row.product_slug,
            parameter=row.parameter,
            offered=tuple(row.offered),
            chosen=row.chosen,
            region=row.region,
            at=row.at,
            kind=cast("Kind", row.kind),
            weight=row.weight,
            source=row.voice,
        )
        for row in rows.iterator()
    ]
