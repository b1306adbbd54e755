"""The preference model of everything that this shop has heard, learnt again only when something new was said."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Count, Max
from django.utils import timezone

from glocal.shop.demand.models import Choice
from glocal.shop.demand.queries import choice_events

if TYPE_CHECKING:
    from glocal.demand.model import Model


def learnt_model() -> Model | None:
    """Return the model, or None while nobody has chosen anything."""
    state = Choice.objects.aggregate(count=Count("id"), last=Max("id"))
    return _fitted(state["count"], str(state["last"])) if state["count"] else None


@lru_cache(maxsize=2)
def _fitted(_count: int, _last: str) -> Model | None:
    from glocal.demand.errors import NoEvents
    from glocal.demand.fit import fit

    try:
        return fit(choice_events(), now=timezone.now())
    except NoEvents:
        return None
