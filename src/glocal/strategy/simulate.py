"""Simulate a neighbourhood: one course of events, from the customers' first click to the hand-over."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from glocal.strategy.ledger import Year, count_up
from glocal.strategy.model import Floats
from glocal.strategy.streams import HEADROOM, Arrivals, arrivals, drawn, stream_key
from glocal.strategy.world import World


@dataclass(frozen=True, slots=True)
class Course:
    """What happened. Arrays of persons are in the order of ``arrivals``; arrays of machines station by station.

    ``handed_over_h`` is infinite for those who got nothing, ``machine`` −1 for those who did not buy; ``times_printed``
    counts failures in part; ``hours`` and ``plates`` are per machine; ``asked`` as in :class:`Year`.
    """

    arrivals: Arrivals
    handed_over_h: Floats
    promised_h: Floats
    times_printed: Floats
    machine: NDArray[np.int64]
    km: Floats
    hours: Floats
    plates: Floats
    station_of_machine: NDArray[np.int64]
    asked: float


def demand_factor(world: World) -> Floats:
    """Return, for each offer, how many order at today's price and market for one at the usual (before the wait)."""
    customers, market = world.customers, world.market
    factor = market.demand_factor * world.policy.price_factor**-customers.price_elasticity.value
    factor *= market.rival_price_factor**customers.rival_elasticity.value
    rates = np.array([offer.orders_per_day.value for offer in world.offers])
    taken = np.array([offer.takes_from_others.value for offer in world.offers]) * rates
    others = np.where(taken > 0, 0.0, rates).sum()
    kept = max(0.0, 1.0 - taken.sum() / others) if others > 0 else 1.0
    return np.asarray(factor * np.where(taken > 0, 1.0, kept), dtype=np.float64)


def simulate(world: World, seed: int = 1, replication: int = 0) -> Course:
    """Return one course of events in a world whose figures have been drawn (:func:`glocal.strategy.streams.drawn`).

    The same seed and replication give the same customers, faults and luck in every world with the same names.
    """
    from glocal.strategy import simulate_kernel as kernel

    people = arrivals(world, seed, replication)
    peer = people.offer < 0
    share = np.array([offer.plate_share for offer in world.offers])[np.maximum(people.offer, 0)]
    factor = np.where(peer, float(world.policy.shares_idle), demand_factor(world)[people.offer] / HEADROOM)
    table = np.column_stack(
        [
            *(people.time_h, people.x_km, people.y_km, people.buys, people.hours),
            *(np.where(peer, 1.0, share), factor, peer.astype(float)),
        ]
    )
    machines, days, keys, station_of_machine = _machines(world, seed, replication)
    policy, costs, customers = world.policy, world.costs, world.customers
    rules = np.array(
        [
            *(float(policy.dispatch == "nearest"), policy.guarantee_h or 0.0, policy.slack_h, policy.hold_h),
            *(policy.wait_minor_per_h, costs.delivery_minor_per_km.value),
            *(customers.wait_decay_per_day.value / 24.0, customers.usual_wait_days * 24.0),
        ]
    )
    given = kernel.Given(table, people.key, machines, days, keys, rules)
    yard = kernel.run(given, world.days * 24.0)
    reached = machines[np.maximum(yard.machine, 0)]
    km = np.hypot(people.x_km - reached[:, kernel.M_X], people.y_km - reached[:, kernel.M_Y])
    asked = float((~peer & (people.buys * HEADROOM < 1.0)).sum())
    return Course(
        arrivals=people,
        handed_over_h=yard.handed_over,
        promised_h=yard.promised,
        times_printed=yard.printed,
        machine=yard.machine,
        km=km,
        hours=yard.hours,
        plates=yard.plates,
        station_of_machine=station_of_machine,
        asked=asked,
    )


def simulated_year(world: World, seed: int = 1, replication: int = 0) -> tuple[Year, dict[str, float]]:
    """Draw the uncertain figures, simulate, count up; also return the draws, to say afterwards what mattered."""
    certain, draws = drawn(world, seed, replication)
    return count_up(certain, simulate(certain, seed, replication)), draws


def _machines(
    world: World, seed: int, replication: int
) -> tuple[Floats, NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:
    rows, days, keys, station_of_machine = [], [], [], []
    for index, station in enumerate(world.stations):
        for number in range(station.machines):
            rows.append(
                [
                    *(station.x_km, station.y_km, station.hour_minor.value, station.plate_minor),
                    *(station.setup_min / 60.0, station.failure.value, station.fault_every_h, station.repair_h),
                    *(station.speed, station.opens_h, station.closes_h),
                    *(inf if station.leaves_day is None else station.leaves_day * 24.0, float(station.own)),
                ]
            )
            days.append(sum(1 << day for day in station.days))
            keys.append(stream_key(seed, replication, "machine", station.maker, number))
            station_of_machine.append(index)
    return (
        np.array(rows, dtype=float),
        np.array(days, dtype=np.int64),
        np.array(keys, dtype=np.uint64),
        np.array(station_of_machine, dtype=np.int64),
    )
