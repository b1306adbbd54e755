"""Which maker prints what, together with what, and when: best insertion, large neighbourhood search, and a bound.

See :mod:`glocal.network.plan_model` for the problem. The bound says how far from the best a plan can be at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan_bound import upper_bound
from glocal.network.plan_model import Job, Plan, Problem, check_plan, plate_hours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CANDIDATES = 12  # machines that are considered for an order
MOST_PER_PLATE = 32
NOT_POSSIBLE = -1e18


@dataclass(frozen=True, slots=True)
class Tables:
    """A problem as arrays.

    Parameters
    ----------
    orders : (N, 8) float
    machines : (M, 7) float
        Columns as in :mod:`glocal.network.plan_kernel`.
    worth : (N, M) float
        What an order brings on a machine before set-up and lateness; ``NOT_POSSIBLE`` where it cannot be made.
    """

    orders: Floats
    machines: Floats
    worth: Floats


def tables_of(problem: Problem) -> Tables:
    """Return a problem as arrays."""
    materials = {name: k for k, name in enumerate(sorted({order.material for order in problem.orders}))}
    orders = np.array(
        [(o.area_mm2, o.extent_mm[2], o.volume_mm3, materials[o.material]) for o in problem.orders]
    ).reshape(-1, 4)
    times = np.array([(o.release_h, o.due_h, o.late_minor_per_h, o.late_cap_minor) for o in problem.orders])
    orders = np.hstack([orders, times.reshape(-1, 4)])
    machines = np.array(
        [
            (problem.room_mm2(m), m.mm3_per_h, m.height_h_per_mm, m.hourly_minor, m.setup_h, m.setup_minor, m.ready_h)
            for m in problem.machines
        ]
    ).reshape(-1, 7)
    worth = np.full((len(orders), len(machines)), NOT_POSSIBLE)
    for i, order in enumerate(problem.orders):
        for j, machine in enumerate(problem.machines):
            if order.area_mm2 <= problem.room_mm2(machine) and machine.can_make(order):
                worth[i, j] = machine.worth_minor(order)
    return Tables(orders, machines, worth)


def plan(problem: Problem, *, rounds: int = 2000, seed: int = 0) -> Plan:
    """Plan all orders: accept what pays, batch it, put it on machines in an order, and bound what was missed.

    Parameters
    ----------
    problem : Problem
    rounds : int
        Neighbourhoods to try; 0 is best insertion alone.
    seed : int
        The same seed gives the same plan.
    """
    tables = tables_of(problem)
    if not problem.orders or not problem.machines:
        return Plan((), tuple(order.id for order in problem.orders), 0.0, 0.0)
    schedule = _search(tables, rounds=rounds, seed=seed)
    jobs, earned = _jobs(problem, schedule)
    made = {name for job in jobs for name in job.orders}
    declined = tuple(order.id for order in problem.orders if order.id not in made)
    bound = upper_bound(tables.orders, tables.machines, tables.worth, earned)
    found = Plan(jobs, declined, earned, max(bound, earned))
    if faults := check_plan(problem, found):
        raise RuntimeError(f"the plan is wrong, please report this: {faults[0]}")
    return found


def _search(tables: Tables, *, rounds: int, seed: int) -> list[list[list[int]]]:
    """Return the orders of each plate of each machine."""
    from glocal.network import plan_kernel as kernel

    count_orders, count_machines = tables.worth.shape
    width = min(CANDIDATES, count_machines)
    candidates = _candidates(tables, width)
    worth = np.where(candidates >= 0, np.take_along_axis(tables.worth, np.maximum(candidates, 0), axis=1), NOT_POSSIBLE)
    longest = min(count_orders, max(12, 3 * -(-count_orders // count_machines)))
    items = np.zeros((count_machines, longest, min(MOST_PER_PLATE, count_orders)), dtype=np.int64)
    count = np.zeros((count_machines, longest), dtype=np.int64)
    plates, base = np.zeros(count_machines, dtype=np.int64), np.zeros(count_machines)
    at_machine = np.full(count_orders, -1, dtype=np.int64)
    asked, state = (tables.orders, tables.machines, candidates, worth), (items, count, plates, base, at_machine)
    by_due = np.argsort(tables.orders[:, kernel.DUE], kind="stable")
    kernel.insert_all(by_due, asked, state)
    if rounds:
        kernel.search(asked, state, rounds, seed)
    return [[[int(o) for o in items[m, k, : count[m, k]]] for k in range(plates[m])] for m in range(count_machines)]


def _candidates(tables: Tables, width: int) -> Ints:
    """Return the machines of most worth for each order, set-up shared by area, (N, width); −1 where there are fewer."""
    area = tables.orders[:, 0][:, None]
    room, hourly, setup_h, setup = (tables.machines[:, column][None] for column in (0, 3, 4, 5))
    estimate = np.where(tables.worth > NOT_POSSIBLE, tables.worth - (setup + hourly * setup_h) * area / room, -np.inf)
    ranked = np.argsort(-estimate, axis=1, kind="stable")[:, :width]
    return np.where(np.isfinite(np.take_along_axis(estimate, ranked, axis=1)), ranked, -1)


def _jobs(problem: Problem, schedule: list[list[list[int]]]) -> tuple[tuple[Job, ...], float]:
    """Return jobs with their times, and what they earn."""
    jobs: list[Job] = []
    earned = 0.0
    for machine, plates in zip(problem.machines, schedule, strict=True):
        clock = machine.ready_h
        for plate in plates:
            parts = [problem.orders[o] for o in sorted(plate)]
            begin = max([clock, *(part.release_h for part in parts)])
            hours, fixed = plate_hours(machine, parts)
            clock = begin + hours
            earned += sum(machine.worth_minor(part) - part.late_minor(clock) for part in parts)
            earned -= machine.setup_minor + machine.hourly_minor * fixed
            jobs.append(Job(machine.id, machine.maker, begin, clock, tuple(part.id for part in parts)))
    return tuple(jobs), earned
