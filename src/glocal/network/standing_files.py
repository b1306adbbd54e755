"""A standing and what happened, on disk: JSON; docs/planning-files.md describes every field.

The fields of a planning problem, and ``"now_h"`` (0), ``"plan"`` (as ``glocal plan`` or ``glocal replan`` answers),
``"running"`` (jobs), ``"away"`` (``[[machine, until_h or null], …]``), ``"event"``: ``{"kind": "orders_came", "at_h",
"orders": […]}``, ``{"kind": "order_withdrawn", "at_h", "order"}``, ``{"kind": "plate_failed", "at_h", "machine"}``,
``{"kind": "machine_down", "at_h", "machine", "until_h", "plate_lost"}``, ``{"kind": "machine_back", "at_h",
"machine"}``, ``{"kind": "maker_dark", "at_h", "maker"}`` or ``{"kind": "time_passed", "at_h"}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any, get_args

from glocal.network.errors import PlanInputBroken
from glocal.network.json_files import DOCUMENTED, checked, reading, refuse_unknown, shown
from glocal.network.nest_model import Placed
from glocal.network.plan_files import FIELDS, TOO_LARGE, orders_of, problem_of
from glocal.network.plan_model import Job, Plan
from glocal.network.standing import Event, OrdersCame, Standing

STANDS = frozenset({"now_h", "plan", "running", "away", "event"})
ANSWERED = frozenset({"cause", "changes", "done"})  # beside what the next file takes from an answer of `glocal replan`
KINDS: dict[str, Any] = {kind.kind: kind for kind in get_args(Event)}


def read_standing(path: Path) -> tuple[Standing, Event]:
    """Read a standing and an event.

    Raises
    ------
    PlanInputBroken
        When the file is not of this form; the message says what is wrong.
    """
    with reading(path, PlanInputBroken, TOO_LARGE) as content:
        refuse_unknown(content, FIELDS | STANDS | ANSWERED, path.name, PlanInputBroken)
        problem = problem_of(content)
        plan = content.get("plan") or {}
        jobs = tuple(_job(f"plan.jobs[{k}]", job) for k, job in enumerate(plan.get("jobs", ())))
        running = tuple(_job(f"running[{k}]", job) for k, job in enumerate(content.get("running", ())))
        away = tuple((name, inf if until is None else float(until)) for name, until in content.get("away", ()))
        named = [name for job in (*jobs, *running) for name in job.orders]
        planned = set(named)
        if len(named) > len(planned):
            twice = min(name for name, count in Counter(named).items() if count > 1)
            raise PlanInputBroken(f"Two jobs name the order {twice}.", help="What is running is not in the plan too.")
        known = {order.id for order in problem.orders}
        machines = {machine.id for machine in problem.machines}
        if unknown := planned - known:
            raise PlanInputBroken(f"The jobs name an order that is not there: {min(unknown)}.")
        if unknown := {*(job.machine for job in (*jobs, *running)), *(name for name, _ in away)} - machines:
            raise PlanInputBroken(f"A machine is not there: {min(unknown)}.")
        earned = float(plan.get("objective", 0.0))
        declined = tuple(sorted(known - planned))
        planned_so_far = Plan(jobs, declined, earned, float(plan.get("bound", earned)))
        return Standing(float(content.get("now_h", 0.0)), problem, planned_so_far, running, away), _event(content)


def _event(content: Mapping[str, Any]) -> Event:
    if not isinstance(content["event"], dict):
        raise PlanInputBroken(f"event is {shown(content['event'])}, expected an object with fields.", help=DOCUMENTED)
    values = dict(content["event"])
    kind = values.pop("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise PlanInputBroken(
            f"An event of the kind {kind!r} is not known.", help=f"Known: {', '.join(sorted(KINDS))}."
        )
    if values.get("until_h", 0.0) is None:
        values["until_h"] = inf
    if kind == OrdersCame.kind:
        values["orders"] = orders_of(values)
    event: Event = KINDS[kind](**checked(KINDS[kind], "event", values, PlanInputBroken))
    return event


def _job(what: str, values: Any) -> Job:
    fields = checked(Job, what, values, PlanInputBroken)
    items = tuple(
        Placed(**checked(Placed, f"{what}: an item", item, PlanInputBroken)) for item in fields.get("items", ())
    )
    return Job(**{**fields, "orders": tuple(fields["orders"]), "items": items})
