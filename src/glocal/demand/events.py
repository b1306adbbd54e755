"""What somebody chose, or asked for although it was not offered. No person is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from types import MappingProxyType
from typing import Literal, get_args

from glocal.demand.errors import EventBroken

Kind = Literal["looked", "configured", "wished", "ordered", "returned"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# How much of a choice each kind is worth. An order and a wish are one deliberate choice each; trying a value in the
# configurator is a weak one (five make a choice); a look chooses nothing; a return takes nothing away, because the
# customer did want it, but adds nothing either. An assumption, not a measurement: pass others to `fit` to see.
KIND_WEIGHTS: Mapping[Kind, float] = MappingProxyType(
    {"looked": 0.0, "configured": 0.2, "wished": 1.0, "ordered": 1.0, "returned": 0.0}
)


MOST_CHOICES = 1e12  # of one event or count: beyond any market, and squares of it are still finite
CLOCK_TOLERANCE = timedelta(days=1)  # a choice dated later than this from now is a wrong clock's
FIRST_YEAR, LAST_YEAR = 1900, 9998  # beyond them a time zone can lead out of the calendar


@dataclass(frozen=True, slots=True)
class ChoiceEvent:
    """One choice.

    Parameters
    ----------
    product, parameter : str
        What was asked.
    offered : tuple of str
        Labels of the options that were shown; empty for a continuous parameter.
    chosen : str or float
        The option's label, or the value of a continuous parameter. A wish may name what was not offered.
    region : str
        ISO 3166 code, or a named area.
    at : datetime
        Aware.
    kind : {"looked", "configured", "wished", "ordered", "returned"}
    weight : float
        Evidence, 0 to 10¹²; 1 is one person's choice.
    prices : tuple of float
        The price shown of each option of ``offered``, above 0; empty where it is not known.
    source : str
        Who says so, as a token that cannot be traced to a person and is thrown away (a session's), so that a flood
        from one source can be told from many people; empty where it is not known.
    """

    product: str
    parameter: str
    offered: tuple[str, ...]
    chosen: str | float
    region: str
    at: datetime
    kind: Kind
    weight: float = 1.0
    prices: tuple[float, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("product", "parameter", "region"):
            if not getattr(self, name):
                raise EventBroken(f"A choice has no {name}.")
        if self.kind not in KINDS:
            raise EventBroken(f"The kind of choice is {self.kind!r}, expected one of {', '.join(KINDS)}.")
        if not 0 <= self.weight <= MOST_CHOICES:
            raise EventBroken(f"The weight of a choice is {self.weight}, expected 0 to {MOST_CHOICES:g}.")
        if self.at.tzinfo is None:
            raise EventBroken("The time of a choice has no time zone.")
        if not FIRST_YEAR <= self.at.year <= LAST_YEAR:
            raise EventBroken(f"A choice is dated in the year {self.at.year}, expected {FIRST_YEAR} to {LAST_YEAR}.")
        if self.prices:
            self._check_prices()
        if isinstance(self.chosen, str):
            self._check_option(self.chosen)
        elif self.offered or not isfinite(self.chosen):
            raise EventBroken(f"The value {self.chosen} was chosen where options were offered, or is not a number.")

    def _check_prices(self) -> None:
        if len(self.prices) != len(self.offered):
            raise EventBroken(
                f"There are {len(self.prices)} prices for {len(self.offered)} options.",
                help="Give one price per option in the same order, or none.",
            )
        for option, price in zip(self.offered, self.prices, strict=True):
            if not (isfinite(price) and price > 0):
                raise EventBroken(
                    f"The price of {option!r} is {price:g}, expected more than 0.",
                    help="Where the price of an option is not known, leave all prices of that choice out.",
                )

    def _check_option(self, chosen: str) -> None:
        if not chosen:
            raise EventBroken("A choice names no option.")
        if "" in self.offered:
            raise EventBroken(f"An option that was offered has no name: {'|'.join(self.offered)}.")
        if len(set(self.offered)) < len(self.offered):
            raise EventBroken(f"An option was offered twice: {', '.join(self.offered)}.")
        if chosen not in self.offered and self.kind != "wished":
            raise EventBroken(
                f"{chosen!r} was {self.kind} but not offered ({', '.join(self.offered) or 'nothing was'}).",
                help="Only a wish may name what is not offered.",
            )

    @property
    def continuous(self) -> bool:
        """Whether this is a value of a continuous parameter."""
        return not isinstance(self.chosen, str)

    @property
    def week(self) -> str:
        """The ISO week in UTC, for example ``"2026-W09"``."""
        year, week, _ = self.at.astimezone(UTC).isocalendar()
        return f"{year:04}-W{week:02}"
