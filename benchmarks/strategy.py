"""The growth planner: a simulated year beside a simpy model of the same shop, a question, and known results."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from benchmarks import Figure, at_most
from glocal.strategy.compare import compare
from glocal.strategy.example import example_world
from glocal.strategy.questions import second_printer
from glocal.strategy.simulate import simulated_year
from glocal.strategy.streams import arrivals, drawn
from glocal.strategy.studies import erlang_c_wait_h, one_queue, spread_or_central

YEARS = 20


def simpy_year_s() -> float:
    """Return the CPU seconds of a simpy model of the example: the same people, queues and plates, without faults."""
    import simpy

    world, _ = drawn(example_world(), 1, 0)
    people = arrivals(world, 1, 0)
    begin = time.process_time()
    env = simpy.Environment()
    machines = simpy.Resource(env, sum(station.machines for station in world.stations))

    def piece(hours: float):  # type: ignore[no-untyped-def]
        with machines.request() as turn:
            yield turn
            yield env.timeout(10 / 60 + hours)

    def customers():  # type: ignore[no-untyped-def]
        for at, hours, buys in zip(people.time_h, people.hours, people.buys, strict=True):
            yield env.timeout(at - env.now)
            if buys < 0.5:
                env.process(piece(hours))

    env.process(customers())
    env.run()
    return time.process_time() - begin


def figures(_data: Path | None) -> list[Figure]:
    """Measure."""
    world = example_world()
    simulated_year(world)  # compiled at set-up; loaded here
    begin = time.process_time()
    years = [simulated_year(world, 1, replication)[0] for replication in range(YEARS)]
    year_s = (time.process_time() - begin) / YEARS
    orders = sum(year.sold for year in years) / YEARS / 365
    machines = sum(station.machines for station in world.stations)
    begin = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        compare(second_printer(world).ways, replications=200, executor=pool)
    question_s = time.perf_counter() - begin
    # Pollaczek-Khinchine is exact for one server: lognormal times with a coefficient of variation of one wait as M/M/1
    queue = _mean_wait_h(replace(one_queue(16.0, 1.0, 1, days=20_000), print_spread=0.8325546111576977))
    return [
        at_most(
            f"a year of one shop ({orders:.0f} orders a day, {machines} machines), CPU s",
            year_s,
            2.0,
            peer="simpy, queues only",
            peer_value=simpy_year_s(),
        ),
        at_most("200 paired replications of one question (3 scenarios), wall s, all cores", question_s, 60.0),
        at_most(
            "mean wait of M/G/1 with cv 1 at load 2/3, relative error",
            abs(queue / erlang_c_wait_h(16 / 24, 1.0, 1) - 1),
            0.05,
            peer="Erlang C, h",
            peer_value=erlang_c_wait_h(16 / 24, 1.0, 1),
        ),
        *_central_or_distributed(),
    ]


def _mean_wait_h(world) -> float:  # type: ignore[no-untyped-def]
    from glocal.strategy.simulate import simulate

    course = simulate(world)
    bought = course.machine >= 0
    return float((course.handed_over_h - course.arrivals.time_h - course.arrivals.hours)[bought].mean())


def _central_or_distributed() -> list[Figure]:
    """Cost of distributed ÷ central spare parts with machines of today and of tomorrow; above 1 central is cheaper."""
    from glocal.strategy.compare import Way

    rows = []
    for name, machine_minor, hands, print_h, above in (
        ("today's machines", 8e6, 1.0, 30.0, True),
        ("cheaper machines", 1.2e6, 1.0, 30.0, None),
        ("cheaper and more autonomous machines", 1.2e6, 0.05, 30.0, None),
        ("cheaper, more autonomous and faster machines", 1.2e6, 0.05, 8.0, False),
    ):
        costs = {}
        for central in (True, False):
            world = spread_or_central(
                places=16,
                central=central,
                machine_minor_per_year=machine_minor,
                hands_per_machine=hands,
                print_h=print_h,
            )
            row = compare({"it": Way(world)}, replications=4)[0]
            costs[central] = row.mean("revenue") - row.mean("profit")
        ratio = costs[False] / costs[True]
        holds = None if above is None else (ratio > 1) is above
        rows.append(Figure(f"cost of distributed ÷ central, {name}", ratio, 1.0 if holds is not None else None, holds))
    return rows
