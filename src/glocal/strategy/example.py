"""A small shop with two machines and three neighbours, to try the planner before there is a shop of one's own."""

from __future__ import annotations

from glocal.strategy.world import Costs, Offer, Peers, Station, Town, World
from glocal.values import Estimate

SOURCE = "example, not a real shop"
WORKDAYS = (0, 1, 2, 3, 4, 5)


def _about(low: float, value: float, high: float) -> Estimate:
    return Estimate(value, low, high, SOURCE)


def example_world() -> World:
    """Return about ten orders a day on five machines of four makers, in euro cents."""
    return World(
        currency="EUR",
        towns=(Town("our town", span_km=6.0, people=40_000), Town("the next valley", 14.0, 5.0, 8.0, 15_000)),
        offers=_products(),
        stations=_stations(),
        costs=Costs(_about(1_900, 2_300, 2_800), _about(2_000, 2_400, 3_000), fixed_minor_per_day=1_500.0),
        peers=Peers(_about(0.5, 1.5, 3.0), _about(2.0, 4.0, 7.0), _about(100.0, 150.0, 200.0)),
    )


def _products() -> tuple[Offer, ...]:
    return (
        Offer(
            *("name sign", _about(0.8, 1.1, 1.5), 1_400.0, _about(1.2, 1.6, 2.2), _about(20, 26, 34)),
            *(_about(4, 6, 10), 0.34, _about(0.85, 0.95, 1.0)),
        ),
        Offer(
            *("replacement knob", _about(0.3, 0.45, 0.7), 900.0, _about(0.5, 0.7, 1.0), _about(6, 9, 13)),
            *(_about(3, 5, 8), 0.1, _about(0.3, 0.5, 0.7), 12),
        ),
        Offer(
            *("plant pot", _about(0.2, 0.35, 0.5), 2_200.0, _about(3.5, 5.0, 7.0), _about(80, 110, 150)),
            *(_about(3, 5, 8), 0.5, _about(0.05, 0.15, 0.3), 4),
        ),
    )


def _stations() -> tuple[Station, ...]:
    return (
        Station(
            *("our shop", 2, True),
            hour_minor=_about(12, 18, 28),
            capital_minor_per_year=30_000.0,
            failure=_about(0.03, 0.06, 0.1),
            opens_h=9.0,
            closes_h=18.0,
            days=WORKDAYS,
        ),
        Station(
            "Nadia",
            1,
            x_km=2.0,
            y_km=1.0,
            hour_minor=_about(90, 110, 140),
            plate_minor=200.0,
            opens_h=8.0,
            closes_h=22.0,
        ),
        Station(
            "FabLab",
            1,
            x_km=-3.0,
            y_km=4.0,
            hour_minor=_about(60, 80, 110),
            plate_minor=300.0,
            opens_h=10.0,
            closes_h=17.0,
            days=(1, 2, 3, 4),
        ),
        Station(
            "Yacine",
            1,
            x_km=13.0,
            y_km=4.0,
            hour_minor=_about(70, 90, 120),
            plate_minor=200.0,
            opens_h=17.0,
            closes_h=23.0,
        ),
    )
