"""Print on demand or pay for a mould? It depends on how many regional variants share the demand.

A mould is paid once per variant and makes each piece cheap; a printer makes each piece dear and each variant free. For
one variant printing wins below V = tooling ÷ (printed − moulded) pieces; with k variants tooling is paid k times, so it
wins below k·V pieces in all (the classical comparison of additive manufacturing with injection moulding: Hopkinson &
Dickens, "Analysis of rapid manufacturing", Proc. IMechE C 217, 2003; Atzeni & Salmi, Int. J. Adv. Manuf. Technol. 62,
2012). A moulded run is made ahead of demand, so that a share of it may stay unsold; a printed piece is made when it is
ordered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.model import Floats, Scenario, check_not_negative, draw
from glocal.values import Estimate

DRAWS = 20_000
SEED = 20140613  # the same assumptions give the same digits
MOST_VARIANTS = 10_000


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What printing and moulding cost.

    Parameters
    ----------
    tooling : Estimate
        Of one mould, minor units.
    printed, moulded : Estimate
        Unit costs, minor units.
    price : Estimate
        What a customer pays without tax, minor units.
    demand : Estimate
        Pieces sold in all, over the life of the mould.
    unsold : Estimate
        Share of a moulded run that is never sold, 0 to below 1.
    """

    tooling: Estimate
    printed: Estimate
    moulded: Estimate
    price: Estimate
    demand: Estimate
    unsold: Estimate

    def __post_init__(self) -> None:
        for name in ("tooling", "printed", "moulded", "price", "demand", "unsold"):
            check_not_negative(name, getattr(self, name))
        if self.unsold.high >= 1:
            raise AssumptionBroken(f"The unsold share is up to {self.unsold.high:g}, expected below 1.")


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where moulding begins to pay, for one number of variants.

    ``units`` is the total demand above which moulding is cheaper (all variants together), None when printing is cheaper
    at any volume in more than one draw of ten. ``odds_print`` is the probability that printing earns more.
    """

    variants: int
    units: Estimate | None
    odds_print: float
    printed: Scenario
    moulded: Scenario

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON."""
        units = None
        if self.units is not None:
            units = {"value": self.units.value, "low": self.units.low, "high": self.units.high}
        return {"variants": self.variants, "break_even_units": units, "odds_print": self.odds_print}


def break_even_units(tooling: float, printed: float, moulded: float, variants: int = 1) -> float:
    """Return the total number of pieces above which moulding is cheaper; infinite when it never is.

    Examples
    --------
    >>> break_even_units(tooling=20_000.0, printed=10.0, moulded=2.0)
    2500.0
    >>> break_even_units(tooling=20_000.0, printed=10.0, moulded=2.0, variants=4)
    10000.0
    """
    return variants * tooling / (printed - moulded) if printed > moulded else float("inf")


def break_even(assumptions: Assumptions, variants: tuple[int, ...]) -> tuple[BreakEven, ...]:
    """Return, for each number of regional variants, where moulding begins to pay and who earns more."""
    for count in variants:
        if not 1 <= count <= MOST_VARIANTS:
            raise AssumptionBroken(f"{count} variants, expected 1 to {MOST_VARIANTS}.")
    normal = np.random.default_rng(SEED).standard_normal((6, DRAWS))
    tooling, printed, price, demand = (
        draw(estimate, normal[row])
        for row, estimate in enumerate(
            (assumptions.tooling, assumptions.printed, assumptions.price, assumptions.demand)
        )
    )
    unsold = np.minimum(draw(assumptions.unsold, normal[4]), 0.99)
    moulded = draw(assumptions.moulded, normal[5]) / (1.0 - unsold)
    by_print = demand * (price - printed)
    rows = []
    for count in variants:
        by_mould = demand * (price - moulded) - count * tooling
        with np.errstate(divide="ignore", invalid="ignore"):
            units = np.where(printed > moulded, count * tooling / (printed - moulded), np.inf)
        rows.append(
            BreakEven(
                count,
                _units(assumptions, units, count),
                float((by_print > by_mould).mean()),
                _scenario("print", by_print, count),
                _scenario("mould", by_mould, count),
            )
        )
    return tuple(rows)


def _units(assumptions: Assumptions, units: Floats, variants: int) -> Estimate | None:
    low, high = (float(end) for end in np.quantile(units, [0.1, 0.9], method="inverted_cdf"))
    moulded = assumptions.moulded.value / (1.0 - assumptions.unsold.value)
    value = break_even_units(assumptions.tooling.value, assumptions.printed.value, moulded, variants)
    if not np.isfinite(high) or not np.isfinite(value):
        return None
    return Estimate(value, min(low, value), max(high, value), "tooling ÷ (printed − moulded), times variants")


def _scenario(way: str, profit: Floats, variants: int) -> Scenario:
    low, high = (float(end) for end in np.quantile(profit, [0.1, 0.9]))
    plural = "variant" if variants == 1 else "variants"
    return Scenario(f"{way}, {variants} {plural}", float(profit.mean()), low, high, {"way": way, "variants": variants})
