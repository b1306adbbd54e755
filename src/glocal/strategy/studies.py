"""Known results that the simulator must come to when it is fed with their situations.

* Queueing: the mean wait of M/M/c (Erlang C; Cooper, *Introduction to Queueing Theory*).
* Geometry: mean distance to the centre of a square 0.3826 L, to the nearest of k places about 0.5 √(A/k).
* Central or distributed with today's or tomorrow's machines: the four scenarios of Khajavi, Partanen & Holmström,
  *Computers in Industry* 65 (2014) 50–63. Their table of inputs is not reproduced here; the figures below are of our
  own choosing in its spirit (few urgent parts a day, waiting is dear, machines cost as much as a house or as a car), so
  what is checked is their conclusion: the order of the scenarios, and what turns it.
* Central or distributed under naive and under good dispatch, on equal machines and equal demand.
"""

from __future__ import annotations

from dataclasses import replace
from math import factorial, sqrt

from glocal.strategy.world import Costs, Customers, Offer, Policy, Station, Town, World
from glocal.values import Estimate


def _sure(value: float) -> Estimate:
    return Estimate(value, value, value, "given")


UNMOVED = Customers(_sure(0.0), _sure(0.0), 0.0, _sure(0.0))


def erlang_c_wait_h(arrivals_per_h: float, service_h: float, servers: int) -> float:
    """Return the mean wait in the queue of M/M/c, hours; the load must be below 1.

    Examples
    --------
    >>> round(erlang_c_wait_h(0.5, 1.0, 1), 6)  # M/M/1: ρ s ÷ (1 − ρ) = 0.5 × 1 ÷ 0.5
    1.0
    """
    offered = arrivals_per_h * service_h
    load = offered / servers
    if not load < 1:
        raise ValueError(f"the load is {load:g}, expected below 1")
    last = offered**servers / factorial(servers) / (1 - load)
    waits = last / (sum(offered**k / factorial(k) for k in range(servers)) + last)
    return waits * service_h / (servers * (1 - load))


def one_queue(arrivals_per_day: float, service_h: float, machines: int, days: int = 3650) -> World:
    """Return a world that is a plain queue: one piece a plate, no hands, no failures, always open."""
    return World(
        "EUR",
        (Town("here", span_km=0.0),),
        (Offer("piece", _sure(arrivals_per_day), 100.0, _sure(service_h), _sure(0.0), _sure(0.0), plate_share=1.0),),
        (
            Station(
                "shop", machines, own=True, hour_minor=_sure(0.0), setup_min=0.0, failure=_sure(0.0), fault_every_h=1e9
            ),
        ),
        Costs(_sure(0.0), _sure(0.0), packaging_minor=0.0),
        UNMOVED,
        Policy(slack_h=1e5),
        days=days,
        print_spread=0.0,
    )


def _evenly(station: Station, columns: int, side_km: float) -> tuple[Station, ...]:
    """Return one machine in the middle of each of ``columns`` × ``columns`` equal fields of a square."""
    step = side_km / columns
    return tuple(
        replace(
            station,
            maker=f"place {i}-{j}",
            machines=1,
            x_km=(i + 0.5) * step - side_km / 2,
            y_km=(j + 0.5) * step - side_km / 2,
        )
        for i in range(columns)
        for j in range(columns)
    )


def spread_or_central(
    *,
    places: int,
    machine_minor_per_year: float,
    hands_per_machine: float,
    print_h: float,
    central: bool,
    orders_per_day: float = 6.0,
    waiting_minor_per_day: float = 40_000.0,
    region_km: float = 1_500.0,
    parcel_minor: float = 4_000.0,
    hour_wage_minor: float = 3_000.0,
    days: int = 365,
) -> World:
    """Return urgent spare parts from one central place or from a machine at each place of use.

    Parameters
    ----------
    places : int
        Places of use; also the number of machines when production is distributed. Central production has as many
        machines as the work needs at 80 % load.
    machine_minor_per_year : float
        Capital of one machine.
    hands_per_machine : float
        Operators that stand by each machine, 8 h on each day, whether it prints or not.
    central : bool
        Then each part travels: a parcel, and a day of waiting.
    waiting_minor_per_day : float
        What a day without the part costs.
    """
    work_h = orders_per_day * print_h / 24.0
    machines = max(1, round(work_h / 0.8 + 0.5)) if central else places
    common = Station(
        "centre",
        machines,
        own=True,
        hour_minor=_sure(0.0),
        capital_minor_per_year=machine_minor_per_year + hands_per_machine * 8.0 * 365.0 * hour_wage_minor,
        setup_min=30.0,
        failure=_sure(0.02),
    )
    # the price covers nothing here: what is compared is cost, and each day of waiting is paid back
    big = 1_000.0 * waiting_minor_per_day
    return World(
        "EUR",
        (Town("region", span_km=region_km),),
        (Offer("part", _sure(orders_per_day), big, _sure(print_h), _sure(500.0), _sure(30.0), plate_share=1.0),),
        (common,) if central else _evenly(common, round(sqrt(places)), region_km),
        Costs(
            _sure(6_000.0),
            _sure(0.0),
            packaging_minor=0.0,
            delivery_minor=parcel_minor + waiting_minor_per_day if central else 0.0,
            late_refund_per_day=waiting_minor_per_day / big,
            late_refund_cap=1.0,
        ),
        UNMOVED,
        Policy(dispatch="best" if central else "nearest", guarantee_h=1.0),
        days=days,
    )


def network(*, central: bool, good_dispatch: bool, load: float, days: int = 120) -> World:
    """Return 36 equal machines, in one place or spread evenly over a region of 60 km, under naive or good dispatch."""
    machines, side, print_h = 36, 60.0, 3.0
    common = Station(
        "centre", machines, hour_minor=_sure(60.0), setup_min=20.0, failure=_sure(0.04), fault_every_h=400.0
    )
    hours = print_h + 20.0 / 60.0
    return World(
        "EUR",
        (Town("region", span_km=side),),
        (
            Offer(
                *("piece", _sure(load * machines * 24.0 / hours), 1_500.0, _sure(print_h), _sure(60.0), _sure(5.0)),
                plate_share=1.0,
            ),
        ),
        (common,) if central else _evenly(common, 6, side),
        Costs(
            _sure(2_200.0),
            _sure(2_400.0),
            delivery_minor_per_km=_sure(3.0),
            late_refund_per_day=0.4,
            late_refund_cap=1.0,
        ),
        UNMOVED,
        Policy(dispatch="best" if good_dispatch else "nearest", guarantee_h=24.0, wait_minor_per_h=25.0),
        days=days,
    )
