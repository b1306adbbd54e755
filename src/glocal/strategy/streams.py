"""Random numbers that scenarios share: each order, machine and assumption has a stream of its own.

Two scenarios that are compared meet the same customers at the same minutes, the same faults and the same luck (common
random numbers; Law, *Simulation Modeling and Analysis*, 5th ed., section 11.2), so that their difference shows the
decision and not the dice. Streams are keyed by names, so that a further town or machine disturbs no other stream.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.model import Floats, draw
from glocal.strategy.world import World, assumptions, with_estimates
from glocal.values import Estimate

# customers are drawn at this multiple of the assumed rate and thinned: demand can double without new dice
HEADROOM = 2.0
MOST_ORDERS = 3_000_000
PEER = -1  # the offer of a peer's job
Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Everybody who might order, in order of time; n people.

    ``time_h`` hours from the start; ``town`` and ``offer`` indices (offer :data:`PEER` is another shop's job);
    ``x_km``, ``y_km`` where they live; ``buys``, ``own_wish`` uniform draws that decide whether they buy and whether
    they want something of their own; ``hours`` print time of the piece at speed 1; ``key`` of their further luck.
    """

    time_h: Floats
    town: NDArray[np.int64]
    offer: NDArray[np.int64]
    x_km: Floats
    y_km: Floats
    buys: Floats
    own_wish: Floats
    hours: Floats
    key: NDArray[np.uint64]


def stream_key(*names: object) -> int:
    """Return a 64-bit key that is the same for the same names, on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()[:8], "little")


def drawn(world: World, seed: int, replication: int) -> tuple[World, dict[str, float]]:
    """Return the world with each uncertain figure drawn once, and the standard normal behind each draw."""
    return draw_figures(world, seed, replication)


def draw_figures(node: Node, seed: int, replication: int, prefix: str = "") -> tuple[Node, dict[str, float]]:
    """Draw each uncertain figure of a dataclass once; the same path gives the same draw in every scenario."""
    normal: dict[str, float] = {}
    values: dict[str, Estimate] = {}
    for path, estimate in assumptions(node, prefix):
        if estimate.low == estimate.high:
            continue
        normal[path] = float(np.random.default_rng(stream_key(seed, replication, path)).standard_normal())
        value = float(draw(estimate, np.array([normal[path]]))[0])
        if path.endswith((".failure", ".personal", ".takes_from_others")):
            value = min(value, 0.9)
        values[path] = Estimate(value, value, value, estimate.source)
    return with_estimates(node, values, prefix), normal


def arrivals(world: World, seed: int, replication: int) -> Arrivals:
    """Return who might order over the world's days; ``world`` has its figures drawn."""
    streams = [
        (place, product, town.people / 10_000.0 * offer.orders_per_day.value * HEADROOM, offer.print_h.value)
        for place, town in enumerate(world.towns)
        for product, offer in enumerate(world.offers)
    ]
    streams.append((0, PEER, world.peers.jobs_per_day.value, world.peers.print_h.value))
    expected = sum(rate for _, _, rate, _ in streams) * world.days
    if expected > MOST_ORDERS:
        raise AssumptionBroken(
            "{orders} orders are more than the {most} that are simulated.",
            help="Take fewer days or a smaller region.",
            orders=round(expected / HEADROOM),
            most=round(MOST_ORDERS / HEADROOM),
        )
    columns: list[list[NDArray[np.float64]]] = [[] for _ in range(8)]
    keys = []
    for place, product, rate, print_h in streams:
        town = world.towns[place]
        name = "peers" if product == PEER else world.offers[product].name
        random = np.random.default_rng(stream_key(seed, replication, "orders", town.name, name))
        count = int(random.poisson(rate * world.days))
        spread = world.print_spread
        # the mean of the lognormal is print_h
        hours = print_h * np.exp(spread * random.standard_normal(count) - spread * spread / 2)
        square = (random.random((2, count)) - 0.5) * town.span_km
        for column, values in zip(
            columns,
            (
                np.sort(random.random(count)) * world.days * 24.0,
                *(np.full(count, place, dtype=float), np.full(count, product, dtype=float)),
                *(square[0] + town.x_km, square[1] + town.y_km),
                *(random.random(count), random.random(count), hours),
            ),
            strict=True,
        ):
            column.append(values)
        keys.append(random.integers(0, 2**63, count, dtype=np.int64).astype(np.uint64))
    joined = [np.concatenate(column) for column in columns]
    by_time = np.argsort(joined[0], kind="stable")
    time_h, town_of, offer_of, x_km, y_km, buys, own_wish, hours = (values[by_time] for values in joined)
    return Arrivals(
        *(time_h, town_of.astype(np.int64), offer_of.astype(np.int64), x_km, y_km, buys, own_wish, hours),
        np.concatenate(keys)[by_time],
    )
