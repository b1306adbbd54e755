"""A new plan after each event: little moves, what was promised stays, and every change has its reason.

The old plan is the beginning of the search. An order keeps its machine unless moving it brings more than
``keep_minor``; one that was accepted is declined only when nobody can make it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan import (
    CANDIDATES,
    NOTHING_FORBIDDEN,
    WIDE,
    Asked,
    Laid,
    Schedule,
    State,
    by_due,
    filled_state,
    finished,
    machine_earned,
    schedule_of,
)
from glocal.network.plan_bound import Prices, settled
from glocal.network.plan_model import Job, Problem
from glocal.network.plan_tables import Tables, tables_of
from glocal.network.replan_reasons import Before, changes_between
from glocal.network.standing import Change, Event, Standing, happen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEEP_MINOR = 150.0
STEPS = 30
ROUNDS, ROUNDS_PER_ORDER, MOST_ROUNDS = 400, 20, 4000
MUST = 1e9  # worth of an accepted order that the search has left out


@dataclass(frozen=True, slots=True)
class Replanned:
    """What comes of an event.

    Parameters
    ----------
    standing : Standing
        With the new plan.
    changes : tuple of Change
        What it means for whom, and why.
    done : tuple of Job
        What was finished since the standing before.
    cause : str
        The event in words.
    """

    standing: Standing
    changes: tuple[Change, ...]
    done: tuple[Job, ...]
    cause: str

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        away = [[machine, until_h if np.isfinite(until_h) else None] for machine, until_h in self.standing.away]
        return {
            "now_h": self.standing.now_h,
            "cause": self.cause,
            "changes": [change.as_dict() for change in self.changes],
            "plan": self.standing.plan.as_dict(),
            "running": [job.as_dict() for job in self.standing.running],
            "done": [job.as_dict() for job in self.done],
            "away": away,
        }


def replan(
    standing: Standing,
    event: Event,
    *,
    rounds: int | None = None,
    seed: int = 0,
    keep_minor: float = KEEP_MINOR,
    layouts: bool = False,
) -> Replanned:
    """Take an event into a standing and plan anew.

    Parameters
    ----------
    standing : Standing
    event : Event
        Not before the standing.
    rounds : int or None
        Neighbourhoods to try; 0 puts what is new into the old plan where it gains most, and moves nothing.
    seed : int
    keep_minor : float
        What moving an order to another machine must bring at least, minor units.
    layouts : bool
        Nest and verify every plate that is new.

    Raises
    ------
    PlanInputBroken
        When the event names what is not there, or lies in the past.
    """
    now, done = standing.at(event.at_h)
    happened = happen(now, event)
    problem = happened.standing.open_problem()
    before = Before(now, happened)
    schedule, bound = (
        _search(problem, before, rounds=rounds, seed=seed, keep_minor=keep_minor)
        if problem.orders and problem.machines
        else ([[] for _ in problem.machines], 0.0)
    )
    laid: Laid = {}
    if layouts:
        from glocal.network.plan_layout import lay_all

        laid = _known_layouts(problem, schedule, now.plan.jobs)
        promised = frozenset(o for o, order in enumerate(problem.orders) if order.id in before.accepted)
        schedule, laid = lay_all(problem, schedule, laid, promised)
    found = finished(problem, schedule, bound, laid=laid)
    changes = changes_between(problem, before, found, schedule)
    fresh = Standing(event.at_h, happened.standing.problem, found, happened.standing.running, happened.standing.away)
    return Replanned(fresh, changes, done, happened.cause)


def _search(
    problem: Problem, before: Before, *, rounds: int | None, seed: int, keep_minor: float
) -> tuple[Schedule, float]:
    """Return the new schedule and a bound on what any plan of the open orders earns."""
    from glocal.network import plan_kernel as kernel
    from glocal.network.plan_search_kernel import search

    tables = tables_of(problem)
    warm = [_while_open(problem, m, plates) for m, plates in enumerate(before.schedule(problem))]
    prices = settled(tables, min(WIDE, len(tables.machines)), STEPS)
    asked = _asked(problem, tables, prices, before, keep_minor)
    state = filled_state(tables, warm)
    out = state[4] < 0
    promised = np.array([order.id in before.accepted for order in problem.orders])
    order = by_due(tables.orders)
    for first in (promised, ~promised):
        kernel.insert_all(order[(out & first)[order]], asked, state)
    count = len(problem.orders)
    tries = rounds if rounds is not None else max(ROUNDS, min(ROUNDS_PER_ORDER * count, MOST_ROUNDS))
    if tries:
        search(asked, state, tries, seed)
        _settle(asked, state, before.homes(problem))
    _must(asked, state, promised)
    return schedule_of(state), prices.value


def _while_open(problem: Problem, m: int, plates: list[list[int]]) -> list[list[int]]:
    """Return the plates that somebody is there to begin and to take off."""
    return [
        plate for plate, ready_h in zip(plates, machine_earned(problem, m, plates)[1], strict=True) if ready_h < inf
    ]


def _asked(problem: Problem, tables: Tables, prices: Prices, before: Before, keep_minor: float) -> Asked:
    """Return the problem for the search: candidates, each order's own machine among them, and what keeping is worth."""
    near: Ints = np.ascontiguousarray(prices.found[:, :CANDIDATES])
    worth: Floats = np.ascontiguousarray(prices.worth[:, :CANDIDATES])
    homes = before.homes(problem)
    for o, order in enumerate(problem.orders):
        home = homes[o]
        if home >= 0 and home not in near[o]:
            last = min(int((near[o] >= 0).sum()), near.shape[1] - 1)
            near[o, last], worth[o, last] = home, problem.machines[home].worth_minor(order)
        if order.id in before.accepted:
            worth[o, near[o] >= 0] += order.revenue_minor + order.late_cap_minor
    worth[near == homes[:, None]] += keep_minor
    return tables.orders, tables.machines, near, worth, NOTHING_FORBIDDEN


def _settle(asked: Asked, state: State, homes: Ints) -> None:
    """Let each order that was moved go home if by now that is no worse."""
    from glocal.network import plan_kernel as kernel

    items, count, plates, base, at_machine = state
    for o in np.flatnonzero((at_machine >= 0) & (homes >= 0) & (at_machine != homes)).tolist():
        m = int(at_machine[o])
        kernel.take(o, m, items, count, plates)
        base[m] = kernel.machine_cost(asked[0], asked[1][m], (items[m], count[m], plates[m]), kernel.AS_IT_IS)
        at_machine[o] = -1
        kernel.insert_all(np.array([o]), asked, state)


def _must(asked: Asked, state: State, promised: NDArray[np.bool_]) -> None:
    """Put what was promised and is left over wherever it can be made."""
    from glocal.network import plan_kernel as kernel

    left = np.flatnonzero(promised & (state[4] < 0))
    if len(left):
        kernel.insert_all(left, (*asked[:3], np.where(asked[2] >= 0, asked[3] + MUST, asked[3]), asked[4]), state)


def _known_layouts(problem: Problem, schedule: Schedule, jobs: Sequence[Job]) -> Laid:
    """Return the layouts of plates that are the same as before, on the same machine."""
    known = {(job.machine, job.orders): job.items for job in jobs if job.items}
    laid: Laid = {}
    for machine, plates in zip(problem.machines, schedule, strict=True):
        for plate in plates:
            order = tuple(sorted(plate))
            items = known.get((machine.id, tuple(problem.orders[o].id for o in order)))
            if items:
                laid[order] = items
    return laid
