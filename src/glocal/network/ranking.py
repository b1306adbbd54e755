"""In which order a customer sees the offers, and what sets each apart from the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import isfinite

from glocal.network.errors import NeedBroken
from glocal.network.model import Offer, Preference
from glocal.values import Money

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def with_wait(minor: int, wait: timedelta, wait_rate: float) -> float:
    """Return a price with what waiting counts: 10.00 in ten days at 0.01 a day is 11.00."""
    return minor * (1 + wait_rate * max(0.0, wait / DAY))


@dataclass(frozen=True, slots=True)
class Ranking:
    """By what offers are compared.

    Parameters
    ----------
    now : datetime
        From when the days of waiting are counted, aware.
    wait_rate : float
        What a day of waiting counts, as a share of the price; only the preference ``balanced`` asks. 0 or more.
    """

    preference: Preference
    now: datetime
    wait_rate: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.wait_rate) and self.wait_rate >= 0):
            raise NeedBroken(f"a day of waiting counts {self.wait_rate} of the price, expected 0 or more")

    def with_wait(self, offer: Offer) -> float:
        """Return the cost of an offer with what the days until it is ready count, minor units."""
        return with_wait(offer.cost.minor, offer.ready_at - self.now, self.wait_rate)

    def key(self, offer: Offer) -> tuple[object, ...]:
        """Return what an offer is sorted by: best first, equal ones by the other wishes, then by name.

        ``balanced`` puts no offer before one that is both cheaper and earlier.
        """
        cheap = (offer.cost.currency, offer.cost.minor)
        if self.preference == "near":
            first: tuple[object, ...] = (round(offer.distance_km, 3),)
        elif self.preference == "soon":
            first = (offer.ready_at, offer.ready_high)
        elif self.preference == "green":
            grams = offer.footprint_g_co2
            first = (grams is None, grams or 0.0, round(offer.distance_km, 3))
        elif self.preference == "balanced":
            first = (offer.cost.currency, self.with_wait(offer))
        else:
            first = cheap
        return (*first, *cheap, offer.ready_at, offer.distance_km, offer.maker_id, offer.machine_id)

    def ranked(self, offers: Iterable[Offer], by: datetime | None) -> tuple[Offer, ...]:
        """Return the offers, best first, with what sets each apart from the one before it."""
        return tuple(self._with_reasons(sorted(offers, key=self.key), by))

    def _with_reasons(self, offers: list[Offer], by: datetime | None) -> Iterable[Offer]:
        for before, offer in pairwise([None, *offers]):
            assert offer is not None  # noqa: S101 - only the first of the pairs is padded
            why = [self._chosen(offer, offers)] if before is None else [self._behind(offer, before)]
            if by is not None and offer.ready_high > by:
                why.append("may be late: one time in ten or more it is ready after the wished date")
            yield replace(offer, reasons=(*offer.reasons, *filter(None, why)))

    def _chosen(self, offer: Offer, offers: list[Offer]) -> str:
        """Return why the best is not the cheapest, where waiting has a price and that decides."""
        cheapest = min(offers, key=lambda each: (each.cost.currency, each.cost.minor))
        if self.preference != "balanced" or cheapest.cost.minor >= offer.cost.minor:
            return ""
        return f"{_apart(offer, cheapest)}; a day of waiting counts {self.wait_rate:.2%} of the price"

    def _behind(self, offer: Offer, before: Offer) -> str:
        if self.preference == "near":
            return f"{offer.distance_km - before.distance_km:.1f} km farther than {before.maker_name}"
        if self.preference == "soon":
            return f"ready {(offer.ready_at - before.ready_at) / HOUR:.1f} h after {before.maker_name}"
        if self.preference == "green" and offer.footprint_g_co2 is None:
            return "its footprint is not known"
        if self.preference == "green" and before.footprint_g_co2 is not None and offer.footprint_g_co2 is not None:
            return f"{offer.footprint_g_co2 - before.footprint_g_co2:.0f} g CO2 more than {before.maker_name}"
        return self._dearer(offer, before)

    def _dearer(self, offer: Offer, before: Offer) -> str:
        if offer.cost.currency != before.cost.currency:
            return f"priced in {offer.cost.currency}, which is not compared with {before.cost.currency}"
        if self.preference == "balanced":
            return _apart(offer, before)
        more = Money(offer.cost.minor - before.cost.minor, offer.cost.currency)
        return f"{more} dearer than {before.maker_name}"


def _apart(offer: Offer, other: Offer) -> str:
    """Return what sets two offers of one currency apart, in money and days."""
    minor, days = offer.cost.minor - other.cost.minor, (offer.ready_at - other.ready_at) / DAY
    money = f"{Money(abs(minor), offer.cost.currency)} {'cheaper' if minor < 0 else 'dearer'}"
    return f"{money}, {abs(days):.1f} days {'earlier' if days < 0 else 'later'} than {other.maker_name}"
