"""The alternative that the mission names: one central mass producer serves the same people from stock.

It moulds each variant in batches, ahead of demand, and sends parcels. It is given the benefit of the doubt: it knows
the true mean demand of every variant, so that its stock levels (reorder point and lot with a normal safety stock;
Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, ch. 7) suffer from chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.ledger import Year
from glocal.strategy.model import check_not_negative
from glocal.strategy.simulate import demand_factor
from glocal.strategy.streams import HEADROOM, arrivals, draw_figures, drawn
from glocal.strategy.world import World
from glocal.values import Estimate


def _assumed(low: float, value: float, high: float) -> Estimate:
    return Estimate(value, low, high, "assumed")


@dataclass(frozen=True, slots=True)
class Plant:
    """A mass producer.

    Parameters
    ----------
    tooling_minor : Estimate
        One mould; each variant needs one.
    tool_years : float
        Over how many years a mould is written off.
    unit_minor : Estimate
        One moulded piece.
    batch : int
        The smallest batch.
    lead_days : Estimate
        From the decision to the stock.
    parcel_minor : Estimate
        One parcel to a customer.
    parcel_km : float
        How far it travels.
    delivery_days : float
        How long it travels.
    price_factor : float
        Its price against the shop's.
    holding_per_year : float
        Cost of holding a piece for a year, as a share of its unit cost.
    safety : float
        Standard deviations of demand in the safety stock; 1.65 serves 95 of 100 cycles.
    fixed_minor_per_day : float
        Overhead charged to this region.
    """

    tooling_minor: Estimate = _assumed(500_000, 1_500_000, 4_000_000)
    tool_years: float = 3.0
    unit_minor: Estimate = _assumed(80, 150, 300)
    batch: int = 500
    lead_days: Estimate = _assumed(30, 60, 90)
    parcel_minor: Estimate = _assumed(350, 500, 700)
    parcel_km: float = 800.0
    delivery_days: float = 3.0
    price_factor: float = 0.7
    holding_per_year: float = 0.25
    safety: float = 1.65
    fixed_minor_per_day: float = 0.0

    def __post_init__(self) -> None:
        for name in ("tooling_minor", "unit_minor", "lead_days", "parcel_minor"):
            check_not_negative(f"{name} of the plant", getattr(self, name))
        if self.batch < 1 or self.tool_years <= 0 or self.price_factor <= 0:
            raise AssumptionBroken("The plant's batch, tool years and price factor must be above 0.")


def mass_produced_year(
    world: World, plant: Plant, seed: int = 1, replication: int = 0
) -> tuple[Year, dict[str, float]]:
    """Return what the plant would make of the same people in the same time, and the draws behind it."""
    certain, draws = drawn(world, seed, replication)
    plant, plant_draws = draw_figures(plant, seed, replication, "plant")
    people = arrivals(certain, seed, replication)
    customer = people.offer >= 0
    asked = customer & (people.buys * HEADROOM < 1.0)
    elasticity, market = certain.customers.price_elasticity.value, certain.market
    # its price and delivery in place of the shop's; whoever wants something of their own cannot be served
    factor = demand_factor(certain) * (plant.price_factor / certain.policy.price_factor) ** -elasticity
    wait = plant.delivery_days - certain.customers.usual_wait_days
    factor *= np.exp(-certain.customers.wait_decay_per_day.value * wait)
    personal = np.array([offer.personal.value for offer in certain.offers])[people.offer]
    wanted = customer & (people.buys * HEADROOM < factor[people.offer]) & (people.own_wish >= personal)
    sold, stock_mean, left, made = 0.0, 0.0, 0.0, 0.0
    revenue = tooling = 0.0
    for index, offer in enumerate(certain.offers):
        mine = np.flatnonzero(wanted & (people.offer == index))
        variant = people.key[mine] % np.uint64(offer.variants)
        mean = sum(town.people for town in certain.towns) / 1e4 * offer.orders_per_day.value
        mean *= float(factor[index]) * (1.0 - offer.personal.value) / offer.variants
        tooling += plant.tooling_minor.value * offer.variants * certain.days / 365.0 / plant.tool_years
        for number in range(offer.variants):
            times = people.time_h[mine[variant == np.uint64(number)]]
            daily = np.bincount((times / 24.0).astype(np.int64), minlength=certain.days)
            served, mean_stock, leftover, produced = _stock(daily, mean, plant)
            sold += served
            stock_mean += mean_stock
            left += leftover
            made += produced
            revenue += served * offer.price_minor * plant.price_factor
    unit = plant.unit_minor.value * market.material_factor**0.5  # about half of a moulded piece's cost is its material
    mass = float(np.mean([offer.mass_g.value for offer in certain.offers]))
    year = Year(
        asked=float(asked.sum()),
        sold=sold,
        done=sold,
        late=0.0,
        wait_h=plant.delivery_days * 24.0,
        km=sold * plant.parcel_km,
        printed_g=made * mass,
        wasted_g=left * mass,
        busy=0.0,
        stock_mean=stock_mean,
        revenue=revenue,
        peers=0.0,
        refunds=0.0,
        material=made * unit,
        machines=0.0,
        hands=0.0,
        delivery=sold * plant.parcel_minor.value,
        other=stock_mean * unit * plant.holding_per_year * certain.days / 365.0
        + plant.fixed_minor_per_day * certain.days
        + certain.costs.payment_share * revenue,
        capital=tooling,
    )
    return year, {**draws, **plant_draws}


def _stock(daily: NDArray[np.int64], mean: float, plant: Plant) -> tuple[float, float, float, float]:
    """Return pieces served, mean stock, pieces left at the end, and pieces made, of one variant."""
    lead = max(1, round(plant.lead_days.value))
    reorder = mean * lead + plant.safety * np.sqrt(mean * lead)
    lot = max(plant.batch, int(np.ceil(mean * 30)))
    stock = float(max(lot, int(np.ceil(reorder))))
    made, served, total = stock, 0.0, 0.0
    due: dict[int, float] = {}
    on_order = 0.0
    for day, wanted in enumerate(daily):
        arrived = due.pop(day, 0.0)
        stock, on_order = stock + arrived, on_order - arrived
        sold = min(float(wanted), stock)
        stock -= sold
        served += sold
        total += stock
        if stock + on_order <= reorder and day + lead < len(daily):
            due[day + lead] = due.get(day + lead, 0.0) + lot
            on_order += lot
            made += lot
    return served, total / max(len(daily), 1), stock + on_order, made
