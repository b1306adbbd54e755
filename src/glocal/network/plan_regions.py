"""Plans for many makers: the country in regions, each a task of any executor, polished at the seams.

The prices of machine hours and the bound are worked out for the whole; they say at which machine an order is best off,
and so in which region it is planned. Regions know nothing of each other; afterwards the search goes on over all of them
for a while, which mends what the borders cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan import (
    NOTHING_FORBIDDEN,
    WIDE,
    Asked,
    Laid,
    Schedule,
    by_due,
    candidates,
    filled_state,
    finished,
    improved,
    schedule_of,
    usual_rounds,
)
from glocal.network.plan_bound import settled
from glocal.network.plan_model import Plan, Problem
from glocal.network.plan_tables import Tables, holes_last, tables_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POLISH = 0.1  # of the rounds of all regions
PIECES = 32  # tasks of nesting


def plan_in_regions(
    problem: Problem,
    executor: Executor,
    *,
    regions: int = 8,
    rounds: int | None = None,
    seed: int = 0,
    layouts: bool = False,
) -> Plan:
    """Plan all orders, region by region.

    Parameters
    ----------
    problem : Problem
    executor : Executor
        A process pool here; ``dask.distributed.Client.get_executor()`` where there are more machines, which runs the
        tasks of a worker that dies again on another.
    regions : int
        As many tasks, 1 or more; the answer depends on it, not on the executor.
    rounds : int or None
        Neighbourhoods to try, all regions together; None for as many as :func:`glocal.network.plan.plan` tries.
    seed : int
    layouts : bool
        Nest every plate and verify it, in tasks as well.
    """
    if not problem.orders or not problem.machines:
        return Plan((), tuple(order.id for order in problem.orders), 0.0, 0.0)
    tables = tables_of(problem)
    count = len(problem.orders)
    rounds = usual_rounds(count) if rounds is None else rounds
    prices = settled(tables, min(WIDE, len(tables.machines)))
    asked, toll = candidates(tables, prices)
    region_of = regions_of(problem, regions)
    schedule = _in_regions(asked, toll, region_of, executor, rounds, seed)
    schedule = _polish(tables, asked, schedule, int(rounds * POLISH), seed)
    laid: Laid = {}
    if layouts:
        schedule, laid = _laid_out(problem, schedule, executor)
    return finished(problem, schedule, prices.value, laid=laid)


def regions_of(problem: Problem, regions: int) -> Ints:
    """Return each machine's region, 0 to ``regions`` − 1: the map is halved across its longer side again and again."""
    places = np.array([machine.place for machine in problem.machines])
    flat = places * [1.0, float(np.cos(np.radians(places[:, 0].mean())))]
    region_of: Ints = np.zeros(len(places), dtype=np.int64)
    todo = [(np.arange(len(places)), 0, min(regions, len(places)))]
    while todo:
        members, first, number = todo.pop()
        if number == 1:
            region_of[members] = first
            continue
        along = int(np.ptp(flat[members], axis=0).argmax())
        ranked = members[np.argsort(flat[members, along], kind="stable")]
        left = number // 2
        cut = len(ranked) * left // number
        todo += [(ranked[:cut], first, left), (ranked[cut:], first + left, number - left)]
    return region_of


def _in_regions(  # noqa: PLR0917 - what a region needs
    asked: Asked, toll: Floats, region_of: Ints, executor: Executor, rounds: int, seed: int
) -> Schedule:
    """Return the plans of all regions as one schedule; each order is planned where it is best off."""
    near, worth = asked[2:4]
    at_best = np.where(near >= 0, worth - toll, -np.inf).argmax(axis=1)
    home = region_of[near[np.arange(len(near)), at_best]]
    able = near[:, 0] >= 0
    tasks = []
    for region in range(int(region_of.max()) + 1):
        rows, machines = np.flatnonzero(able & (home == region)), np.flatnonzero(region_of == region)
        if len(rows):
            part = _part(asked, toll, rows, machines)
            share = max(1, rounds * len(rows) // len(near))
            tasks.append((rows, machines, executor.submit(_plan_one, *part, share, seed)))
    schedule: Schedule = [[] for _ in region_of]
    for rows, machines, task in tasks:
        for m, plates in zip(machines.tolist(), task.result(), strict=True):
            schedule[m] = [rows[plate].tolist() for plate in plates]
    return schedule


def _part(asked: Asked, toll: Floats, rows: Ints, machines: Ints) -> tuple[Asked, Floats]:
    """Return the orders and machines of one region, its candidates by their numbers there."""
    number = np.full(len(asked[1]) + 1, -1, dtype=np.int64)
    number[machines] = np.arange(len(machines))
    near = number[asked[2][rows]]  # candidate −1 reads the last, which is −1
    near, worth, tolls = holes_last(near, asked[3][rows], toll[rows])
    return (asked[0][rows], asked[1][machines], near, worth, NOTHING_FORBIDDEN), tolls


def _plan_one(asked: Asked, toll: Floats, rounds: int, seed: int) -> Schedule:
    """Plan one region; a task, so all it needs are arrays.

    They are copied: what comes over a network may be read-only, for which the kernels would be compiled anew.
    """
    orders, machines, near, worth, forbidden = asked
    own = (orders.copy(), machines.copy(), near.copy(), worth.copy(), forbidden.copy())
    return schedule_of(improved(own, toll.copy(), rounds, seed))


def _polish(tables: Tables, asked: Asked, schedule: Schedule, rounds: int, seed: int) -> Schedule:
    """Return a better plan over all regions together."""
    from glocal.network import plan_kernel as kernel
    from glocal.network.plan_search_kernel import search

    state = filled_state(tables, schedule)
    order = by_due(tables.orders)
    kernel.insert_all(order[state[4][order] < 0], asked, state)
    search(asked, state, rounds, seed)
    return schedule_of(state)


def _laid_out(problem: Problem, schedule: Schedule, executor: Executor) -> tuple[Schedule, Laid]:
    """Return the schedule with every plate nested, some machines a task."""
    pieces = [piece for piece in np.array_split(np.arange(len(schedule)), min(PIECES, len(schedule))) if len(piece)]
    tasks: list[tuple[Ints, Any]] = []
    for piece in pieces:
        rows = np.array(sorted(o for m in piece for plate in schedule[m] for o in plate), dtype=np.int64)
        number = {o: k for k, o in enumerate(rows.tolist())}
        part = replace(
            problem,
            orders=tuple(problem.orders[o] for o in rows),
            machines=tuple(problem.machines[m] for m in piece),
        )
        plates = [[[number[o] for o in plate] for plate in schedule[m]] for m in piece]
        tasks.append((rows, executor.submit(_lay_one, part, plates)))
    nested: Schedule = []
    laid: Laid = {}
    for rows, task in tasks:
        plates, items = task.result()
        nested += [[rows[plate].tolist() for plate in load] for load in plates]
        laid |= {tuple(rows[list(plate)].tolist()): placed for plate, placed in items.items()}
    return nested, laid


def _lay_one(problem: Problem, schedule: Sequence[list[list[int]]]) -> tuple[Schedule, Laid]:
    """Nest the plates of some machines; a task."""
    from glocal.network.plan_layout import lay_all

    return lay_all(problem, list(schedule))
