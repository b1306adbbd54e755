"""The preference model of everything that this shop has heard: learnt at night, told of each new choice at once."""

from __future__ import annotations

import json
import logging
import uuid
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Subquery, Value
from django.utils import timezone

from glocal.shop.demand.models import Choice, LearntPreferences
from glocal.shop.demand.pooling import received_sums
from glocal.shop.demand.queries import choice_events
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop

if TYPE_CHECKING:
    from glocal.demand.model import Model

MOST_ADDED = 5000  # choices told one by one; after more than that learning anew is as quick
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Learning:
    """How much was said here, and what the last night made of it: ``shops`` others told of ``their_choices``."""

    count: int = 0
    last: uuid.UUID | None = None
    learnt_at: datetime | None = None
    shops: int = 0
    their_choices: float = 0.0


def learning() -> Learning:
    """Return where learning stands, in one question to the database."""
    every = Choice.objects.order_by()
    count = every.annotate(one=Value(1)).values("one").annotate(n=Count("*")).values("n")
    asked = {"count": Subquery(count), "last": Subquery(every.order_by("-id").values("id")[:1])}
    kept = {name: F(f"learnt_preferences__{name}") for name in ("learnt_at", "shops", "their_choices")}
    found = dict(Shop.objects.order_by("id").values(**asked, **kept).first() or {})
    said: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    return Learning(**said)


def learnt_model(known: Learning | None = None) -> Model | None:
    """Return the model, or None while nobody has chosen anything; who knows where learning stands hands it over."""
    now = known or learning()
    return _with_all(now.count, str(now.last), now.learnt_at) if now.count else None


@lru_cache(maxsize=2)
def _with_all(_count: int, _last: str, night: datetime | None) -> Model | None:
    from glocal.demand.errors import NoEvents
    from glocal.demand.fit import fit

    model = _from_night() if night is not None else None
    if model is not None:
        return model
    try:
        return fit([*choice_events(), *received_sums(the_shop()).events], now=timezone.now())
    except NoEvents:
        return None


def _from_night() -> Model | None:
    """Return last night's model with the choices since; None where it cannot be gone on from."""
    from glocal.demand.errors import DemandError
    from glocal.demand.flood import cap_sources
    from glocal.demand.model_files import model_from_json
    from glocal.demand.update import update

    kept = LearntPreferences.objects.exclude(learnt_at=None).first()
    if kept is None:
        return None
    fresh = choice_events(after=kept.last_choice)
    if len(fresh) > MOST_ADDED:
        return None
    try:
        model = model_from_json(json.loads(zlib.decompress(bytes(kept.content))))
        for event in cap_sources(fresh).events:
            model = update(model, event)
    except DemandError as wrong:
        log.warning("last night's model cannot be gone on from: %s", wrong.message)
        return None
    return model


def keep_model(model: Model, *, last_choice: uuid.UUID, now: datetime, shops: int, their_choices: float) -> None:
    """Keep what was learnt, for every process of the shop."""
    from glocal.demand.model_files import model_as_json

    content = zlib.compress(json.dumps(model_as_json(model), allow_nan=False).encode())
    LearntPreferences.objects.filter(shop=the_shop()).update(
        content=content, last_choice=last_choice, learnt_at=now, shops=shops, their_choices=their_choices
    )
