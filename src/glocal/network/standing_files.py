"""A standing and what happened, on disk: JSON; docs/planning-files.md describes every field.

The fields of a planning problem, and ``"now_h"`` (0), ``"plan"`` (as ``glocal plan`` or ``glocal replan`` answers),
``"running"`` (jobs), ``"away"`` (``[[machine, until_h or null], …]``), ``"event"``: ``{"kind": "orders_came", "at_h",
"orders": […]}``, ``{"kind": "order_withdrawn", "at_h", "order"}``, ``{"kind": "plate_failed", "at_h", "machine"}``,
``{"kind": "machine_down", "at_h", "machine", "until_h", "plate_lost"}``, ``{"kind": "machine_back", "at_h",
"machine"}``, ``{"kind": "maker_dark", "at_h", "maker"}`` or ``{"kind": "time_passed", "at_h"}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any, get_args

from glocal.network.errors import PlanInputBroken
from glocal.network.json_files import reading
from glocal.network.nest_model import Placed
from glocal.network.plan_files import TOO_LARGE, orders_of, problem_of
from glocal.network.plan_model import Job, Plan
from glocal.network.standing import Event, OrdersCame, Standing

KINDS: dict[str, Any] = {kind.kind: kind for kind in get_args(Event)}


def read_standing(path: Path) -> tuple[Standing, Event]:
    """Read a standing and an event.

    Raises
    ------
    PlanInputBroken
        When the file is not of this form; the message says what is wrong.
    """
    with reading(path, PlanInputBroken, TOO_LARGE) as content:
        problem = problem_of(content)
        plan = content.get("plan") or {}
        jobs = tuple(_job(job) for job in plan.get("jobs", ()))
        running = tuple(_job(job) for job in content.get("running", ()))
        away = tuple((name, inf if until is None else float(until)) for name, until in content.get("away", ()))
        planned = {name for job in (*jobs, *running) for name in job.orders}
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
    fields = dict(content["event"])
    kind = fields.pop("kind")
    if kind not in KINDS:
        raise PlanInputBroken(
            f"An event of the kind {kind!r} is not known.", help=f"Known: {', '.join(sorted(KINDS))}."
        )
    if kind == OrdersCame.kind:
        fields["orders"] = orders_of(fields)
    fields["at_h"] = float(fields["at_h"])
    if fields.get("until_h", 0.0) is None:
        fields["until_h"] = inf
    event: Event = KINDS[kind](**fields)
    return event


def _job(values: Mapping[str, Any]) -> Job:
    items = tuple(Placed(**item) for item in values.get("items", ()))
    return Job(**{**values, "orders": tuple(values["orders"]), "items": items})
