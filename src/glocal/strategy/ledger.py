"""What one simulated year came to: money, service, kilometres, waste."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from glocal.strategy.model import Floats

if TYPE_CHECKING:
    from glocal.strategy.simulate import Course
    from glocal.strategy.world import World


@dataclass(frozen=True, slots=True)
class Year:
    """One simulated course of a world, summed up. Money in minor units, for the whole course.

    ``asked`` who would have bought at the usual price and wait; ``sold`` who ordered; ``done`` who got it; ``late``
    later than promised. ``wait_h`` mean from order to hand-over; ``km`` in all, one way; ``printed_g`` with failures,
    ``wasted_g`` of it that reached nobody; ``busy`` share of machine time that was printing.
    """

    asked: float
    sold: float
    done: float
    late: float
    wait_h: float
    km: float
    printed_g: float
    wasted_g: float
    busy: float
    stock_mean: float
    revenue: float
    peers: float
    refunds: float
    material: float
    machines: float
    hands: float
    delivery: float
    other: float
    capital: float

    @property
    def profit(self) -> float:
        """What is left."""
        income = self.revenue + self.peers
        return (
            income
            - self.refunds
            - self.material
            - self.machines
            - self.hands
            - self.delivery
            - self.other
            - self.capital
        )

    @property
    def on_time(self) -> float:
        """Share of the sold that came when promised; 1 when nothing was sold."""
        return 1.0 - (self.late + self.sold - self.done) / self.sold if self.sold else 1.0

    @property
    def service(self) -> float:
        """Share of those who asked who got it in time; may exceed 1 when a lower price brought more customers."""
        return (self.done - self.late) / self.asked if self.asked else 0.0

    def as_array(self) -> Floats:
        """Return the fields in order."""
        return np.array([float(getattr(self, part.name)) for part in fields(self)])


def count_up(world: World, course: Course) -> Year:
    """Price a course of events; ``world`` has its figures drawn."""
    people, machine = course.arrivals, course.machine
    bought = machine >= 0
    peer = people.offer < 0
    own, theirs = bought & ~peer, bought & peer
    done = own & np.isfinite(course.handed_over_h)
    late_h = np.where(done, np.maximum(course.handed_over_h - course.promised_h, 0.0), 0.0)
    costs, station = world.costs, course.station_of_machine
    offer = np.maximum(people.offer, 0)
    price = np.array([each.price_minor for each in world.offers])[offer] * world.policy.price_factor
    refund = np.minimum(late_h / 24.0 * costs.late_refund_per_day, costs.late_refund_cap) * price
    km = np.where(own, course.km, 0.0)
    mass = np.array([each.mass_g.value for each in world.offers])[offer]
    labour_h = np.array([each.labour_min.value for each in world.offers])[offer] / 60.0
    printed_g = float((mass * course.times_printed)[own].sum())
    sold = float(own.sum())
    hour = np.array([each.hour_minor.value for each in world.stations])[station]
    own_machine = np.array([each.own for each in world.stations])[station]
    setup_h = np.array([each.setup_min for each in world.stations])[station] / 60.0
    plate_minor = np.array([each.plate_minor for each in world.stations])[station]
    wage = costs.wage_minor_per_h.value
    revenue = float(price[done].sum())
    return Year(
        asked=course.asked,
        sold=sold,
        done=float(done.sum()),
        late=float((late_h > 1e-6).sum()),
        wait_h=float((course.handed_over_h - people.time_h)[done].mean()) if done.any() else 0.0,
        km=float(km.sum()),
        printed_g=printed_g,
        wasted_g=printed_g - float(mass[done].sum()),
        busy=float(course.hours.sum() / (max(len(course.hours), 1) * world.days * 24.0)),
        stock_mean=0.0,
        revenue=revenue,
        peers=float(people.hours[theirs].sum()) * world.peers.hour_minor.value,
        refunds=float(refund.sum()),
        material=printed_g / 1000.0 * costs.material_minor_per_kg.value * world.market.material_factor,
        machines=float((course.hours * hour).sum()),
        hands=float(
            wage * (labour_h[own].sum() + (course.plates * setup_h)[own_machine].sum())
            + (course.plates * plate_minor).sum()
        ),
        delivery=float(costs.delivery_minor * done.sum() + costs.delivery_minor_per_km.value * km[done].sum()),
        other=float(costs.packaging_minor * done.sum() + costs.payment_share * revenue)
        + costs.fixed_minor_per_day * world.days,
        capital=sum(each.capital_minor_per_year * each.machines for each in world.stations if each.own)
        * world.days
        / 365.0,
    )
