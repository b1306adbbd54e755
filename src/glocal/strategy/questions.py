"""The questions of an owner, each as scenarios of one world; the first of each is how things are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from glocal.strategy.central import Plant
from glocal.strategy.compare import Way
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.world import Market, Offer, Peers, Station, Town, World
from glocal.values import Estimate

AS_IT_IS = "as it is"
NEIGHBOURS_MARK_UP = 1.5  # over own energy and maintenance, when no neighbour has said a rate: capital and trouble


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what it compares.

    Parameters
    ----------
    name : str
        As on the command line.
    title : str
        As an owner would ask.
    ways : dict of str to Way
    """

    name: str
    title: str
    ways: dict[str, Way]


def _own(world: World) -> Station:
    own = [station for station in world.stations if station.own]
    if not own:
        raise AssumptionBroken(
            "The shop has no machine of its own.", help="Ask about a neighbour instead, or describe a first machine."
        )
    return max(own, key=lambda station: station.machines)


def _with_station(world: World, station: Station) -> World:
    others = tuple(each for each in world.stations if each.maker != station.maker)
    return replace(world, stations=(*others, station))


def second_printer(world: World, neighbour: Station | None = None) -> Question:
    """Buy one more machine like the own ones, or use a neighbour's?"""
    own = _own(world)
    if neighbour is None:
        rate = own.hour_minor
        capital = own.capital_minor_per_year / 8760.0
        neighbour = replace(
            own,
            maker="a neighbour",
            machines=1,
            own=False,
            x_km=own.x_km + 3.0,
            hour_minor=Estimate(
                NEIGHBOURS_MARK_UP * (rate.value + 4.0 * capital),
                NEIGHBOURS_MARK_UP * (rate.low + 4.0 * capital),
                NEIGHBOURS_MARK_UP * (rate.high + 4.0 * capital),
                "own energy and maintenance, a quarter-used machine's capital, and half as much again",
            ),
            plate_minor=own.setup_min / 60.0 * world.costs.wage_minor_per_h.value,
            capital_minor_per_year=0.0,
        )
    elif any(station.maker == neighbour.maker for station in world.stations):
        raise AssumptionBroken(
            "{maker} works for the shop already.", help="Name another neighbour.", maker=neighbour.maker
        )
    return Question(
        "second-printer",
        "Buy a second printer, or use a neighbour's?",
        {
            AS_IT_IS: Way(world),
            "one more printer of our own": Way(_with_station(world, replace(own, machines=own.machines + 1))),
            f"{neighbour.maker} prints, too": Way(_with_station(world, neighbour)),
        },
    )


def next_product(world: World, candidates: Sequence[Offer]) -> Question:
    """Which product or variant next?"""
    if not candidates:
        raise AssumptionBroken("There is no product to compare.", help="Name at least one product and its demand.")
    ways = {f"also {offer.name}": Way(replace(world, offers=(*world.offers, offer))) for offer in candidates}
    return Question("next-product", "Which product or variant next?", {AS_IT_IS: Way(world), **ways})


def next_town(world: World, candidates: Sequence[Town], shop_minor_per_day: float = 0.0) -> Question:
    """Open in the next town? ``shop_minor_per_day`` is what a place there costs; 0 sells there without one."""
    if not candidates:
        raise AssumptionBroken("There is no town to compare.", help="Name at least one town, its people and its place.")
    costs = replace(world.costs, fixed_minor_per_day=world.costs.fixed_minor_per_day + shop_minor_per_day)
    ways = {
        f"also {town.name}": Way(
            replace(world, towns=(*world.towns, town), costs=costs if shop_minor_per_day else world.costs)
        )
        for town in candidates
    }
    return Question("next-town", "Open in the next town?", {AS_IT_IS: Way(world), **ways})


def promise(world: World, hours: Sequence[float] = (24.0, 48.0)) -> Question:
    """Promise every order within a day or two?"""
    ways = {
        f"ready in {each:g} h or money back": Way(replace(world, policy=replace(world.policy, guarantee_h=each)))
        for each in hours
    }
    return Question("promise", "Offer 24 hours?", {AS_IT_IS: Way(world), **ways})


def share_capacity(world: World) -> Question:
    """Offer idle hours to other shops?"""
    _own(world)
    peers = world.peers
    if peers.jobs_per_day.high == 0:
        peers = Peers(Estimate(2.0, 0.5, 4.0, "assumed: nobody has asked yet"), peers.print_h, peers.hour_minor)
    shared = replace(world, peers=peers, policy=replace(world.policy, shares_idle=True))
    return Question(
        "share-capacity",
        "Share idle machines with other shops?",
        {AS_IT_IS: Way(replace(world, peers=peers)), "idle machines take other shops' work": Way(shared)},
    )


def price(world: World, changes: Sequence[float] = (-0.1, 0.05, 0.1, 0.2)) -> Question:
    """Raise the price?"""
    ways = {
        f"{change:+.0%}": Way(
            replace(world, policy=replace(world.policy, price_factor=world.policy.price_factor * (1.0 + change)))
        )
        for change in changes
    }
    return Question("price", "Raise the price?", {AS_IT_IS: Way(world), **ways})


def stress(world: World) -> Question:
    """What if things go wrong? Demand −40 %, the busiest maker gone, filament twice as dear, a rival 20 % cheaper."""
    busiest = max(world.stations, key=lambda station: station.machines * (station.closes_h - station.opens_h))
    gone = tuple(
        replace(station, leaves_day=world.days / 2.0) if station is busiest else station for station in world.stations
    )
    return Question(
        "stress",
        "Does the plan hold?",
        {
            AS_IT_IS: Way(world),
            "demand −40 %": Way(replace(world, market=Market(demand_factor=0.6))),
            f"{busiest.maker} gone after half the time": Way(replace(world, stations=gone)),
            "filament twice as dear": Way(replace(world, market=Market(material_factor=2.0))),
            "a rival at −20 %": Way(replace(world, market=Market(rival_price_factor=0.8))),
        },
    )


def mass_producer(world: World, plant: Plant | None = None) -> Question:
    """What would one central mass producer make of the same people?"""
    return Question(
        "mass-producer",
        "Could a mass producer serve these people better?",
        {AS_IT_IS: Way(world), "one central mass producer": Way(world, plant or Plant())},
    )
