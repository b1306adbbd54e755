"""Which maker prints what, together with what, and when: insertion, large neighbourhood search, exact, and a bound.

See :mod:`glocal.network.plan_model` for the problem. The bound says how far from the best a plan can be at most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glocal.network.fairness import Fairness, FairWork
from glocal.network.nest_model import Placed
from glocal.network.plan_bound import Prices, settled
from glocal.network.plan_model import Job, Plan, Problem, check_plan, run
from glocal.network.plan_tables import Tables, tables_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

WIDE, CANDIDATES = 12, 12  # machines of an order that the prices, and the search, look at
MOST_PER_PLATE = 32
FEW, BEGINNINGS = 200, 12  # orders up to which the search begins again, and how often
BITS = 63  # orders and machines up to which sets of them that do not nest are kept in mind
NOTHING_FORBIDDEN: Words = np.zeros((0, 2), dtype=np.uint64)
EXACT_ORDERS, EXACT_MACHINES = 12, 3  # up to here the exact solver is asked as well
EXACT_S = 5.0
ROUNDS, ROUNDS_PER_ORDER, MOST_ROUNDS, FEWEST_PER_ORDER = 2000, 80, 100_000, 10  # neighbourhoods to try

State = tuple[Ints, Ints, Ints, Floats, Ints]
Asked = tuple[Floats, Floats, Ints, Floats, Words]
Schedule = list[list[list[int]]]
Laid = dict[tuple[int, ...], tuple[Placed, ...]]


def plan(
    problem: Problem,
    *,
    rounds: int | None = None,
    seed: int = 0,
    exact_s: float = 0.0,
    layouts: bool = False,
    fairness: Fairness | None = None,
) -> Plan:
    """Plan all orders: accept what pays, batch it, put it on machines in an order, and bound what was missed.

    Parameters
    ----------
    problem : Problem
    rounds : int or None
        Neighbourhoods to try; 0 is best insertion alone, None as many as the number of orders asks for.
    seed : int
        The same seed gives the same plan (unless the exact solver runs out of time).
    exact_s : float
        Seconds for the exact solver where the problem is small enough for it; 0 leaves it out.
    layouts : bool
        Nest every plate and verify it; what does not nest goes on a plate of its own.
    fairness : Fairness or None
        How even the work is to be among makers; the plan then says who got what and why, and is not called exact.
    """
    if not problem.orders or not problem.machines:
        return Plan((), tuple(order.id for order in problem.orders), 0.0, 0.0)
    tables = tables_of(problem)
    rounds = usual_rounds(len(problem.orders)) if rounds is None else rounds
    fair = FairWork(problem, tables, fairness) if fairness else None
    schedule, prices = _search(tables, rounds=rounds, seed=seed, fair=fair)
    earned = earned_by(problem, schedule)
    value, solver = prices.value, "search"
    if exact_s > 0 and not fair and len(problem.orders) <= EXACT_ORDERS and len(problem.machines) <= EXACT_MACHINES:
        from glocal.network.plan_exact import solve

        best, at_most, proven = solve(problem, schedule, seconds=exact_s)
        value = min(value, at_most)
        if (exactly := earned_by(problem, best)) > earned - 1e-6:
            schedule, earned = best, exactly
        solver = "exact" if proven else solver
    if layouts and not fair and rounds and len(problem.orders) <= BITS and len(problem.machines) <= BITS:
        from glocal.network.plan_nested import nested

        schedule = nested(problem, candidates(tables, prices), schedule, rounds=rounds, seed=seed)
    return finished(problem, schedule, value, solver=solver, layouts=layouts, fair=fair)


def usual_rounds(orders: int) -> int:
    """Return how many neighbourhoods so many orders deserve."""
    return max(ROUNDS, min(ROUNDS_PER_ORDER * orders, MOST_ROUNDS), FEWEST_PER_ORDER * orders)


def finished(
    problem: Problem,
    schedule: Schedule,
    bound: float,
    *,
    solver: str = "search",
    layouts: bool = False,
    fair: FairWork | None = None,
    laid: Laid | None = None,
) -> Plan:
    """Return a schedule as a plan, nested if asked for (or ``laid`` already), and checked from outside."""
    if layouts:
        from glocal.network.plan_layout import lay_all

        before = earned_by(problem, schedule)
        schedule, laid = lay_all(problem, schedule)
        if earned_by(problem, schedule) < before - 1e-6:
            solver = "search"  # the proof counts area, and shapes took more room
    earned = earned_by(problem, schedule)
    jobs = jobs_of(problem, schedule, laid)
    made = {name for job in jobs for name in job.orders}
    declined = tuple(order.id for order in problem.orders if order.id not in made)
    shares = fair.report(places_of(problem, schedule), paid_minor(problem, jobs)) if fair else ()
    found = Plan(jobs, declined, earned, max(bound, earned), solver, shares)
    if faults := check_plan(problem, found):
        raise RuntimeError(f"the plan is wrong, please report this: {faults[0]}")
    return found


def _search(tables: Tables, *, rounds: int, seed: int, fair: FairWork | None) -> tuple[Schedule, Prices]:
    """Return the orders of each plate of each machine, and the prices with their bound."""
    prices = settled(tables, min(WIDE, len(tables.machines)))
    asked, toll = candidates(tables, prices)
    if not rounds:
        return schedule_of(_inserted(asked)), prices
    if fair:
        near, worth, toll = fair.restrict(*asked[2:4], toll)
        asked = (*asked[:2], near, worth, asked[4])
    state = improved(asked, toll, rounds, seed)
    if fair:
        fair.balance(asked, state, rounds, seed)
    return schedule_of(state), prices


def _inserted(asked: Asked) -> State:
    """Return what best insertion makes of the problem, due first come first."""
    from glocal.network import plan_kernel as kernel

    state = empty_state(len(asked[0]), len(asked[1]))
    kernel.insert_all(by_due(asked[0]), asked, state)
    return state


def candidates(tables: Tables, prices: Prices) -> tuple[Asked, Floats]:
    """Return the problem for the search at these prices, and what the hours of each candidate cost."""
    near: Ints = np.ascontiguousarray(prices.found[:, :CANDIDATES])
    worth: Floats = np.ascontiguousarray(prices.worth[:, :CANDIDATES])
    return (tables.orders, tables.machines, near, worth, NOTHING_FORBIDDEN), prices.toll[:, :CANDIDATES]


def improved(asked: Asked, toll: Floats, rounds: int, seed: int) -> State:
    """Return what insertion guided by prices, then the search, make of orders, machines, candidates and worth."""
    from glocal.network import plan_kernel as kernel
    from glocal.network.plan_search_kernel import search

    orders, _, _, worth, _ = asked
    state = empty_state(len(orders), len(asked[1]))
    order = by_due(orders)
    kernel.insert_all(order, (*asked[:3], worth - toll, asked[4]), state)  # an hour that others want costs
    kernel.insert_all(order[state[4][order] < 0], asked, state)
    search(asked, state, rounds, seed)
    if len(orders) <= FEW and rounds:
        return _begun_again(asked, state, rounds, seed)
    return state


def _begun_again(asked: Asked, state: State, rounds: int, seed: int) -> State:
    """Return a plan at least as good, from beginnings that the search by itself does not come to.

    The search takes in one order after the other where it gains most. Some pay only together, some loads are better
    off on another machine as a whole. So it goes on with rewards at random, up to a plate's set-up, then without.
    """
    from glocal.network.plan_scan_kernel import SETUP
    from glocal.network.plan_search_kernel import search

    rng = np.random.default_rng(seed)
    best, most = state, _value(asked, state)
    reward = 2.0 * float(asked[1][:, SETUP].mean()) + 1.0
    for turn in range(BEGINNINGS):
        trial: State = tuple(table.copy() for table in best)  # type: ignore[assignment]
        more = np.where(asked[2] >= 0, asked[3] + reward * rng.random(asked[3].shape), asked[3])
        search((*asked[:3], more, asked[4]), trial, rounds // 8, seed + turn)
        search(asked, trial, rounds // 8, seed + turn)
        if (value := _value(asked, trial)) > most + 1e-9:
            best, most = trial, value
    return best


def _value(asked: Asked, state: State) -> float:
    """Return what a state earns."""
    at = asked[2] == np.where(state[4] >= 0, state[4], -2)[:, None]
    return float(asked[3][at].sum() - state[3].sum())


def by_due(orders: Floats) -> Ints:
    """Return the orders' rows, due first come first."""
    from glocal.network.plan_scan_kernel import DUE

    return np.argsort(orders[:, DUE], kind="stable")


def empty_state(orders: int, machines: int, plates: int = 0) -> State:
    """Return machines without work, as :mod:`glocal.network.plan_kernel` wants them, with room for that many plates."""
    longest = min(orders, max(12, 3 * -(-orders // machines), plates + 2))
    return (
        np.zeros((machines, longest, min(MOST_PER_PLATE, orders)), dtype=np.int64),
        np.zeros((machines, longest), dtype=np.int64),
        np.zeros(machines, dtype=np.int64),
        np.zeros(machines),
        np.full(orders, -1, dtype=np.int64),
    )


def filled_state(tables: Tables, schedule: Schedule) -> State:
    """Return a schedule as :mod:`glocal.network.plan_kernel` wants it."""
    from glocal.network import plan_kernel as kernel

    state = empty_state(len(tables.orders), len(schedule), max(len(plates) for plates in schedule))
    items, count, plates, base, at_machine = state
    for m, load in enumerate(schedule):
        plates[m] = len(load)
        for k, plate in enumerate(load):
            items[m, k, : len(plate)], count[m, k] = plate, len(plate)
            at_machine[plate] = m
        base[m] = kernel.machine_cost(
            tables.orders, tables.machines[m], (items[m], count[m], plates[m]), kernel.AS_IT_IS
        )
    return state


def schedule_of(state: State) -> Schedule:
    """Return the orders of each plate of each machine."""
    items, count, plates, _, _ = state
    return [[[int(o) for o in items[m, k, : count[m, k]]] for k in range(plates[m])] for m in range(len(plates))]


def places_of(problem: Problem, schedule: Schedule) -> Ints:
    """Return the machine of each order, −1 for none."""
    at: Ints = np.full(len(problem.orders), -1, dtype=np.int64)
    for m, plates in enumerate(schedule):
        for plate in plates:
            at[plate] = m
    return at


def paid_minor(problem: Problem, jobs: tuple[Job, ...]) -> dict[str, float]:
    """Return what each maker is paid for machine hours and plates."""
    machines = {machine.id: machine for machine in problem.machines}
    paid: dict[str, float] = {}
    for job in jobs:
        machine = machines[job.machine]
        minor = machine.setup_minor + machine.hourly_minor * (job.end_h - job.begin_h)
        paid[machine.maker] = paid.get(machine.maker, 0.0) + minor
    return paid


def jobs_of(problem: Problem, schedule: Schedule, laid: Laid | None = None) -> tuple[Job, ...]:
    """Return jobs with their times and, where they are known, their layouts."""
    jobs: list[Job] = []
    for machine, plates in zip(problem.machines, schedule, strict=True):
        in_order = [tuple(sorted(plate)) for plate in plates]
        times = run(machine, [[problem.orders[o] for o in plate] for plate in in_order])
        for plate, (begin, end, ready, _) in zip(in_order, times, strict=True):
            names = tuple(problem.orders[o].id for o in plate)
            jobs.append(Job(machine.id, machine.maker, begin, end, ready, names, (laid or {}).get(plate, ())))
    return tuple(jobs)


def earned_by(problem: Problem, schedule: Schedule) -> float:
    """Return what a schedule earns."""
    return sum(machine_earned(problem, m, plates)[0] for m, plates in enumerate(schedule))


def machine_earned(problem: Problem, m: int, plates: list[list[int]]) -> tuple[float, list[float]]:
    """Return what the plates of one machine earn, and when each is ready."""
    machine = problem.machines[m]
    loads = [[problem.orders[o] for o in plate] for plate in plates]
    earned, readies = 0.0, []
    for parts, (_, _, ready, cost) in zip(loads, run(machine, loads), strict=True):
        earned += sum(machine.worth_minor(part) - part.late_minor(ready) for part in parts) - cost
        readies.append(ready)
    return earned, readies
