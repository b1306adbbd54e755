"""Orders come in by the hour at a utilisation of about one, and the plan is mended each time.

The hindsight bound knows every order from the beginning. Best insertion puts each order where it gains most when it
comes in and never moves anything; the usual practice is the nearest maker who can, first come first served.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks import Figure, at_least, at_most
from benchmarks.cities import city, nearest_first
from glocal.network.plan import plan
from glocal.network.plan_model import Job, Plan, Problem, check_plan
from glocal.network.replan import replan
from glocal.network.standing import OrdersCame, Standing

ORDERS, MACHINES, SPAN_H = 2000, 62, 96.0


@dataclass(slots=True)
class Run:
    """What came of one way to mend the plan."""

    earned: float
    faults: list[str]
    moves: int
    unexplained: int
    slowest_s: float
    cpu_s: float


def utilisation(problem: Problem, span_h: float) -> float:
    """Return the hours of all orders on a mean machine over the hours that the machines have."""
    rate = sum(machine.mm3_per_h for machine in problem.machines)
    return sum(order.volume_mm3 for order in problem.orders) / rate / span_h


def roll(problem: Problem, every_h: float, rounds: int | None) -> Run:
    """Let the orders come in, mend the plan every so many hours, and carry it out."""
    nobody = replace(problem, orders=())
    standing = Standing(0.0, nobody, Plan((), (), 0.0, 0.0))
    made: list[Job] = []
    run = Run(0.0, [], 0, 0, 0.0, 0.0)
    waiting = sorted(problem.orders, key=lambda order: order.release_h)
    now_h = 0.0
    while waiting:
        now_h += every_h
        came = tuple(order for order in waiting if order.release_h <= now_h)
        waiting = waiting[len(came) :]
        begin = time.process_time()
        answer = replan(standing, OrdersCame(now_h, came), rounds=rounds)
        spent = time.process_time() - begin
        run.cpu_s, run.slowest_s = run.cpu_s + spent, max(run.slowest_s, spent)
        run.moves += sum(change.kind == "moved" for change in answer.changes)
        run.unexplained += sum(not change.reason for change in answer.changes)
        made += answer.done
        standing = answer.standing
    made += [*standing.running, *standing.plan.jobs]
    run.earned, run.faults = judge(problem, made)
    return run


def judge(problem: Problem, made: list[Job]) -> tuple[float, list[str]]:
    """Return what was earned by the jobs that were carried out, and what the independent checker says to them."""
    orders = {order.id: order for order in problem.orders}
    machines = {machine.id: machine for machine in problem.machines}
    earned = 0.0
    for job in made:
        machine, parts = machines[job.machine], [orders[name] for name in job.orders]
        fixed = machine.setup_h + machine.height_h_per_mm * max(part.extent_mm[2] for part in parts)
        earned += sum(machine.worth_minor(part) - part.late_minor(job.end_h) for part in parts)
        earned -= machine.setup_minor + machine.hourly_minor * fixed
    done = {name for job in made for name in job.orders}
    declined = tuple(name for name in orders if name not in done)
    return earned, check_plan(problem, Plan(tuple(made), declined, earned, earned))


def rolling_figures() -> Iterator[Figure]:
    """Mend the plan each hour and each four hours, beside best insertion and the usual practice."""
    problem = city(ORDERS, MACHINES, 1, span_h=SPAN_H)
    roll(city(60, 5, 0, span_h=4.0), 1.0, 10)  # compiled and warm
    bound = plan(problem, rounds=1).bound
    name = f"rolling, {ORDERS} orders on {MACHINES} machines"
    yield Figure(f"{name}: utilisation", utilisation(problem, SPAN_H))
    yield Figure(f"{name}: nearest first, share of the hindsight bound", nearest_first(problem) / bound)
    insertion = roll(problem, 1.0, 0)
    yield Figure(f"{name}: best insertion, share of the hindsight bound", insertion.earned / bound)
    for every_h in (4.0, 1.0):
        run = roll(problem, every_h, None)
        peer = {"peer": "best insertion", "peer_value": insertion.earned / bound}
        yield at_least(f"{name}: mended every {every_h:g} h, share of the bound", run.earned / bound, 0.88, **peer)
        yield at_most(f"{name}: slowest re-plan, CPU s", run.slowest_s, 1.0)
        yield Figure(f"{name}: moves to another machine per order", run.moves / ORDERS)
        yield at_most(f"{name}: changes without a reason", run.unexplained, 0)
        yield at_most(f"{name}: faults by the independent checker", len(run.faults), 0)
