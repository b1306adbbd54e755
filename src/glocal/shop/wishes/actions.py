"""Keep wishes, count them as demand, answer them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from glocal.shop.demand.models import Choice, ChoiceKind
from glocal.shop.demand.voices import voice_of
from glocal.shop.errors import OrderInvalid
from glocal.shop.products.models import Product
from glocal.shop.sessions.models import DesignSession
from glocal.shop.shops.models import Shop
from glocal.shop.wishes.models import Wish, WishState

MOST_CHARACTERS = 2000


def keep_wish(
    *,
    shop: Shop,
    text: str,
    region: str,
    key: str,
    product: Product | None = None,
    session: DesignSession | None = None,
    parameters: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    language: str = "en",
    reason: str = "",
) -> Wish:
    """Keep a wish, once per key, and count what it says in parameters as demand of the region.

    Parameters
    ----------
    parameters : mapping, optional
        What was asked for, as far as it can be said in the design's parameters; may lie outside what is offered.
    values : mapping, optional
        The configuration from which it was asked.
    reason : str
        Code of the refusal that it came from.
    """
    known = Wish.objects.filter(key=key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            wish = Wish.objects.create(
                shop=shop,
                product=product,
                session=session,
                key=key,
                text=text.strip()[:MOST_CHARACTERS],
                parameters=dict(parameters or {}),
                values=dict(values or {}),
                region=region,
                language=language,
                reason=reason,
            )
            _count(wish)
            return wish
    except IntegrityError:
        known = Wish.objects.filter(key=key).first()
        if known is None:
            raise
        return known


def make_wish(
    shop: Shop,
    text: str,
    product: Product | None,
    parameters: Mapping[str, Any],
    *,
    language: str,
    key: str,
) -> Wish:
    """Keep a wish that comes without a conversation."""
    if not 1 <= len(text.strip()) <= MOST_CHARACTERS:
        raise OrderInvalid(
            "There is no text, or it is too long.", help="Write 1 to {most} characters.", most=MOST_CHARACTERS
        )
    if not 1 <= len(key) <= 200:
        raise OrderInvalid("The idempotency key must have 1 to 195 characters.", field="idempotency_key")
    return keep_wish(
        shop=shop,
        product=product,
        text=text,
        parameters=parameters,
        region=shop.region,
        language=language,
        reason="asked",
        key=key,
    )


def _count(wish: Wish) -> None:
    """Record one event of demand per parameter that was wished for; a free text is never recorded, it may be a name."""
    if wish.product is None:
        return
    template = wish.product.template()
    voice = voice_of(str(wish.session_id or ""), template.id, ChoiceKind.WISHED, wish.created_at)
    rows = []
    for name, value in wish.parameters.items():
        parameter = template.parameter(name)
        notes = template.notes.get(name)
        if parameter is None or (notes is not None and notes.origin == "derived"):
            continue
        offered = [option.label for option in parameter.options]
        chosen: str | float | None = next((option.label for option in parameter.options if option.value == value), None)
        if chosen is None and isinstance(value, bool):
            offered, chosen = ["yes", "no"], "yes" if value else "no"
        if chosen is None and parameter.type == "number" and not offered:
            chosen = _number(value)
        if chosen is None:
            continue
        rows.append(
            Choice(
                product_slug=template.id,
                parameter=name,
                offered=offered,
                chosen=chosen,
                region=wish.region,
                kind=ChoiceKind.WISHED,
                voice=voice,
            )
        )
    Choice.objects.bulk_create(rows)


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None


def answer_wish(wish: Wish, state: WishState, answer: str = "") -> Wish:
    """Say what the shop made of a wish."""
    if len(answer) > MOST_CHARACTERS:
        raise OrderInvalid(
            "The text is too long.", help="Write up to {most} characters.", most=MOST_CHARACTERS, field="answer"
        )
    wish.state, wish.answer, wish.answered_at = state, answer.strip(), timezone.now()
    wish.save(update_fields=["state", "answer", "answered_at"])
    return wish
