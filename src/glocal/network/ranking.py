"""In which order a customer sees the offers, and what sets each apart from the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from glocal.network.model import Offer, Preference


def order_by(preference: Preference) -> Callable[[Offer], tuple[object, ...]]:
    """Return the sort key of a preference: best first, equal ones by the other wishes, then by name."""

    def key(offer: Offer) -> tuple[object, ...]:
        cheap = (offer.cost.currency, offer.cost.minor)
        if preference == "near":
            first: tuple[object, ...] = (round(offer.distance_km, 3),)
        elif preference == "soon":
            first = (offer.ready_at, offer.ready_high)
        elif preference == "green":
            grams = offer.footprint_g_co2
            first = (grams is None, grams or 0.0, round(offer.distance_km, 3))
        else:
            first = cheap
        return (*first, *cheap, offer.ready_at, offer.distance_km, offer.maker_id, offer.machine_id)

    return key


def with_reasons(offers: list[Offer], preference: Preference, by: datetime | None) -> Iterable[Offer]:
    """Yield the offers with what sets each apart from the one before it in the ranking."""
    for before, offer in pairwise([None, *offers]):
        assert offer is not None  # noqa: S101 - only the first of the pairs is padded
        why = [] if before is None else [_behind(offer, before, preference)]
        if by is not None and offer.ready_high > by:
            why.append("may be late: one time in ten or more it is ready after the wished date")
        yield replace(offer, reasons=(*offer.reasons, *filter(None, why)))


def _behind(offer: Offer, before: Offer, preference: Preference) -> str:
    if preference == "near":
        return f"{offer.distance_km - before.distance_km:.1f} km farther than {before.maker_name}"
    if preference == "soon":
        return f"ready {(offer.ready_at - before.ready_at) / timedelta(hours=1):.1f} h after {before.maker_name}"
    if preference == "green" and offer.footprint_g_co2 is None:
        return "its footprint is not known"
    if preference == "green" and before.footprint_g_co2 is not None and offer.footprint_g_co2 is not None:
        return f"{offer.footprint_g_co2 - before.footprint_g_co2:.0f} g CO2 more than {before.maker_name}"
    if offer.cost.currency != before.cost.currency:
        return f"priced in {offer.cost.currency}, which is not compared with {before.cost.currency}"
    more = offer.cost.minor - before.cost.minor
    return f"{more / 100:.2f} {offer.cost.currency} dearer than {before.maker_name}"
