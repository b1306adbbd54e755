"""What an order really left for the shop: the price that was paid against the prints that were needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glocal.quoting.model import PriceContext
from glocal.quoting.price import round_half_up


@dataclass(frozen=True, slots=True)
class Attempt:
    """One print that pieces of an order were part of.

    Parameters
    ----------
    share : float
        The order's part of the plate, in (0, 1].
    time_s, mass_g : float or None
        What was measured for the whole plate, s and g; None when nobody measured it.
    planned_time_s, planned_mass_g : float
        What the slicer said for the whole plate.
    """

    share: float
    time_s: float | None
    mass_g: float | None
    planned_time_s: float
    planned_mass_g: float

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}, expected above 0, up to 1")


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of a price for the shop, in minor units.

    Parameters
    ----------
    paid_minor : int
        What the customer pays, tax included.
    tax_minor, cost_minor, left_minor : int
        They add up to ``paid_minor``; ``left_minor`` is below zero when the order lost money.
    measured : frozenset of str
        Which figures were measured: of ``"time"`` and ``"mass"``; the rest is what the slicer said.
    """

    paid_minor: int
    tax_minor: int
    cost_minor: int
    measured: frozenset[str] = frozenset()

    @property
    def left_minor(self) -> int:
        """What the shop keeps."""
        return self.paid_minor - self.tax_minor - self.cost_minor

    @property
    def share(self) -> float | None:
        """What the shop keeps as a share of the price before tax; None for a gift."""
        before_tax = self.paid_minor - self.tax_minor
        return self.left_minor / before_tax if before_tax > 0 else None


def tax_in(paid_minor: int, tax_rate: float) -> int:
    """Return the tax that a sum contains, minor units."""
    return round_half_up(paid_minor * tax_rate / (1 + tax_rate))


def actual_margin(
    paid_minor: int, context: PriceContext, attempts: Sequence[Attempt], *, payment_fee_minor: int = 0
) -> Margin | None:
    """Return what an order left after all its prints, the failed ones included.

    Work by hand, packaging and delivery are as planned, since nobody clocks them.

    Returns
    -------
    Margin or None
        None when nothing at all was measured: the plan would only be told a second time.
    """
    measured = {name for name in ("time", "mass") if any(_measured(attempt, name) for attempt in attempts)}
    if not measured:
        return None
    terms, rate = context.terms, context.rate
    hourly = rate.hourly_minor + rate.power_w / 1000 * terms.energy_minor_per_kwh
    cost = context.quantity * context.labour_min.value / 60 * terms.wage_minor_per_h
    cost += terms.packaging_minor + context.delivery_minor + payment_fee_minor
    for attempt in attempts:
        time_s = attempt.planned_time_s if attempt.time_s is None else attempt.time_s
        mass_g = attempt.planned_mass_g if attempt.mass_g is None else attempt.mass_g
        plate = mass_g / context.spool_mass_g * context.spool_price_minor
        plate += time_s / 3600 * hourly + rate.setup_min / 60 * terms.wage_minor_per_h
        cost += attempt.share * plate
    return Margin(paid_minor, tax_in(paid_minor, terms.tax_rate), round_half_up(cost), frozenset(measured))


def _measured(attempt: Attempt, name: str) -> bool:
    return (attempt.time_s if name == "time" else attempt.mass_g) is not None
