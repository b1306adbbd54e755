"""The simulated neighbourhood, on worlds small enough to follow by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.strategy.central import Plant, mass_produced_year
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.example import example_world
from glocal.strategy.ledger import Year, count_up
from glocal.strategy.simulate import simulate, simulated_year
from glocal.strategy.studies import UNMOVED, erlang_c_wait_h, one_queue
from glocal.strategy.world import Costs, Market, Offer, Policy, Station, Town, World
from glocal.values import Estimate


def sure(value: float) -> Estimate:
    return Estimate(value, value, value, "test")


def small(**changes: object) -> World:
    """One machine, one place, pieces of 2 h on a plate of their own, 30 min of set-up, nothing fails."""
    station = Station(*("shop", 1, True), hour_minor=sure(100), setup_min=30.0, failure=sure(0), fault_every_h=1e9)
    offer = Offer("piece", sure(1.0), 2_000.0, sure(2.0), sure(50.0), sure(6.0), plate_share=1.0)
    costs = Costs(sure(2_000.0), sure(3_000.0), packaging_minor=10.0)
    world = World("EUR", (Town("here", span_km=0.0),), (offer,), (station,), costs, UNMOVED, days=60, print_spread=0.0)
    return replace(world, **changes)


def counted(world: World) -> Year:
    return count_up(world, simulate(world))


def test_every_piece_by_hand() -> None:
    course = simulate(small())
    sold = course.machine >= 0
    first = np.flatnonzero(sold)[0]
    # an idle machine that is always tended: 0.5 h set-up + 2 h print
    assert course.handed_over_h[first] - course.arrivals.time_h[first] == pytest.approx(2.5)
    # after that a queue of one server, first come first served
    free = 0.0
    for who in np.flatnonzero(sold):
        free = max(free, course.arrivals.time_h[who]) + 2.5
        assert course.handed_over_h[who] == pytest.approx(free)


def test_money_by_hand() -> None:
    year = counted(small())
    n = year.sold
    assert n == year.done > 20
    assert year.revenue == n * 2_000
    assert year.material == pytest.approx(n * 0.05 * 2_000)
    assert year.machines == pytest.approx(n * 2.5 * 100)
    # 6 min of hands on each piece, 30 min on each plate, at 30.00 an hour
    assert year.hands == pytest.approx(n * (0.1 + 0.5) * 3_000)
    assert year.other == n * 10
    assert year.profit == pytest.approx(n * (2_000 - 100 - 250 - 1_800 - 10))


def test_nothing_starts_and_nothing_is_fetched_while_nobody_is_there() -> None:
    station = replace(small().stations[0], opens_h=9.0, closes_h=17.0, days=(0, 1, 2, 3, 4))
    course = simulate(small(stations=(station,)))
    fetched = course.handed_over_h[np.isfinite(course.handed_over_h)]
    assert ((fetched % 24 >= 9) & (fetched % 24 < 17)).all()
    assert set((fetched // 24 % 7).astype(int)) <= {0, 1, 2, 3, 4}


def test_pieces_share_a_plate_and_its_set_up() -> None:
    offer = replace(small().offers[0], plate_share=0.25, orders_per_day=sure(20.0))
    year = count_up(small(), course := simulate(small(offers=(offer,))))
    assert year.sold / 4 <= course.plates.sum() < year.sold


def test_a_broken_machine_prints_again_and_wastes() -> None:
    station = replace(small().stations[0], fault_every_h=20.0, repair_h=5.0, failure=sure(0.2))
    world = small(stations=(station,))
    year = count_up(world, course := simulate(world))
    done = np.isfinite(course.handed_over_h)
    assert year.done == year.sold
    assert (course.times_printed[done] >= 1).all()
    # 1 ÷ (1 − 0.2) prints a piece, and broken plates on top
    assert course.times_printed[done].mean() > 1.1
    assert year.wasted_g == pytest.approx(year.printed_g - 50 * year.done)


def test_a_maker_who_leaves_hands_the_work_on() -> None:
    home = small().stations[0]
    other = replace(home, maker="other", x_km=5.0, leaves_day=None)
    busy = replace(small().offers[0], orders_per_day=sure(8.0))
    world = small(stations=(replace(home, leaves_day=30.0), other), offers=(busy,))
    course = simulate(world)
    sold = course.machine >= 0
    assert np.isfinite(course.handed_over_h[sold]).all()
    assert (course.machine[sold & (course.arrivals.time_h > 30 * 24)] == 1).all()
    assert course.hours[0] <= 30 * 24


def test_alone_and_gone_nobody_can_buy() -> None:
    course = simulate(small(stations=(replace(small().stations[0], leaves_day=10.0),)))
    assert (course.machine[course.arrivals.time_h > 240] == -1).all()


def test_a_promise_that_cannot_be_kept_is_paid_for() -> None:
    world = small(policy=Policy(guarantee_h=1.0))
    year = counted(world)
    assert year.late == year.sold
    assert year.refunds > 0


def test_peers_work_only_on_idle_own_machines() -> None:
    station = replace(small().stations[0], own=False)
    shares = Policy(shares_idle=True)
    peers = replace(example_world().peers, jobs_per_day=sure(5.0))
    assert counted(small(stations=(station,), policy=shares, peers=peers)).peers == 0
    assert counted(small(policy=shares, peers=peers)).peers > 0
    assert counted(small(peers=peers)).peers == 0


@pytest.mark.parametrize(("spread", "servers"), [(0.0, 1), (math.sqrt(math.log(2)), 1), (math.sqrt(math.log(2)), 4)])
def test_queues_wait_as_the_theory_says(spread: float, servers: int) -> None:
    # Pollaczek–Khinchine: M/G/1 waits (1 + cv²)/2 times as long as M/M/1; exact for one server, and for several where
    # the coefficient of variation is one. A lognormal with σ² = ln 2 has cv = 1.
    world = replace(one_queue(16.0 * servers, 1.0, servers, days=6_000 // servers), print_spread=spread)
    course = simulate(world, seed=3)
    waited = course.handed_over_h - course.arrivals.time_h - course.arrivals.hours
    variation = math.exp(spread * spread) - 1
    expected = erlang_c_wait_h(16.0 * servers / 24, 1.0, servers) * (1 + variation) / 2
    assert waited[course.machine >= 0].mean() == pytest.approx(expected, rel=0.06)


def test_distances_are_those_of_geometry() -> None:
    near = replace(small().stations[0], machines=40)
    town = Town("square", span_km=10.0)
    world = small(towns=(town,), stations=(near,), offers=(replace(small().offers[0], orders_per_day=sure(40.0)),))
    km = (course := simulate(world)).km[course.machine >= 0]
    assert km.mean() == pytest.approx(0.3826 * 10, rel=0.03)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000), st.sampled_from(["best", "nearest"]), st.floats(0, 12), st.floats(0.2, 1.5))
def test_pieces_and_hours_are_conserved(seed: int, dispatch: str, hold_h: float, demand: float) -> None:
    policy = Policy(dispatch=dispatch, hold_h=hold_h, shares_idle=True)  # type: ignore[arg-type]
    world = replace(example_world(), days=20, policy=policy, market=Market(demand_factor=demand))
    course = simulate(world, seed)
    sold = course.machine >= 0
    finite = np.isfinite(course.handed_over_h)
    assert not finite[~sold].any()
    assert (course.times_printed[~sold] == 0).all()
    assert (course.handed_over_h[finite] >= course.arrivals.time_h[finite] + course.arrivals.hours[finite]).all()
    # what machines ran is what pieces took, and the set-up of the plates
    printing = (course.times_printed * course.arrivals.hours)[sold].sum()
    assert course.hours.sum() >= printing * 0.99
    year = count_up(world, course)
    assert year.done + year.late <= 2 * year.sold
    assert year.wasted_g >= -1e-6


def test_scenarios_meet_the_same_customers() -> None:
    world = example_world()
    more = replace(world, stations=(replace(world.stations[0], machines=3), *world.stations[1:]))
    one, other = simulate(world, 5).arrivals, simulate(more, 5).arrivals
    assert (one.time_h == other.time_h).all()
    assert (one.key == other.key).all()
    farther = replace(world, towns=(*world.towns, Town("far", 50.0)))
    assert set(one.time_h) <= set(simulate(farther, 5).arrivals.time_h)


def test_more_machines_wait_no_longer() -> None:
    busy = replace(small().offers[0], orders_per_day=sure(9.0))
    waits = [
        counted(small(offers=(busy,), stations=(replace(small().stations[0], machines=m),))).wait_h for m in (1, 2, 4)
    ]
    assert waits[0] > waits[1] > waits[2]


def test_a_mass_producer_serves_nobody_who_wants_their_own() -> None:
    everybody = small(offers=(replace(small().offers[0], personal=sure(1.0)),))
    year, _ = mass_produced_year(everybody, Plant())
    assert year.sold == 0
    nobody, _ = mass_produced_year(small(offers=(replace(small().offers[0], orders_per_day=sure(30.0)),)), Plant())
    # a known mean and a safety stock: nearly all who ask are served, and what is left of the batches is waste
    assert nobody.service > 0.95
    assert nobody.wasted_g > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: small(stations=()), "no machine"),
        (lambda: small(offers=()), "nothing to simulate"),
        (lambda: small(days=0), "days is 0"),
        (lambda: replace(small().stations[0], opens_h=17.0, closes_h=9.0), "never there"),
        (lambda: replace(small().stations[0], failure=sure(0.95)), "failure"),
        (lambda: replace(small().offers[0], plate_share=0.0), "plate_share"),
        (lambda: small(towns=(Town("a"), Town("a"))), "same name"),
        (lambda: Policy(price_factor=math.nan), "price_factor"),
        (lambda: simulated_year(small(towns=(Town("a", people=1e9),))), "simulated"),
    ],
)
def test_impossible_worlds_are_refused(change, words: str) -> None:
    with pytest.raises(AssumptionBroken, match=words):
        change()
