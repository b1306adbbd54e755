"""What a new plan changes for each order, in words that the people concerned understand."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from glocal.network.fit import box_fits
from glocal.network.plan import Schedule, machine_earned
from glocal.network.plan_model import Job, Plan, PlanMachine, PlanOrder, Problem, run
from glocal.network.standing import Change, Happened, Standing, names_of

Ints = NDArray[np.int64]

NOTICE_H = 1.0  # a shift that people are told of


@dataclass(slots=True)
class Before:
    """The plan that was in force when something happened."""

    now: Standing
    happened: Happened
    job_of: dict[str, Job] = field(init=False)
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        jobs = [*self.now.running, *self.now.plan.jobs]
        self.job_of = {name: job for job in jobs for name in job.orders}
        self.known = frozenset(order.id for order in self.now.problem.orders)

    @property
    def accepted(self) -> frozenset[str]:
        """The orders that customers count on."""
        return frozenset(self.job_of)

    def schedule(self, problem: Problem) -> Schedule:
        """Return what is left of the old plan for the open orders and machines."""
        number = {order.id: o for o, order in enumerate(problem.orders)}
        jobs: dict[str, list[list[int]]] = {machine.id: [] for machine in problem.machines}
        for job in sorted(self.now.plan.jobs, key=lambda job: job.begin_h):
            plate = [number[name] for name in job.orders if name in number]
            if plate and job.machine in jobs:
                jobs[job.machine].append(plate)
        return list(jobs.values())

    def homes(self, problem: Problem) -> Ints:
        """Return each open order's machine in the old plan, −1 for none."""
        number = {machine.id: m for m, machine in enumerate(problem.machines)}
        machines = [self.job_of[order.id].machine if order.id in self.job_of else "" for order in problem.orders]
        return np.array([number.get(name, -1) for name in machines], dtype=np.int64)


def changes_between(problem: Problem, before: Before, found: Plan, schedule: Schedule) -> tuple[Change, ...]:
    """Return what the new plan means for each order that is touched."""
    after = {name: job for job in found.jobs for name in job.orders}
    told = _Told(problem, before, after, schedule)
    return tuple(change for order in problem.orders if (change := told.change(order)) is not None)


@dataclass(slots=True)
class _Told:
    """Old and new places, and how they compare."""

    problem: Problem
    before: Before
    after: dict[str, Job]
    schedule: Schedule

    @property
    def cause(self) -> str:
        return self.before.happened.cause

    def change(self, order: PlanOrder) -> Change | None:
        """Return what changes for an order, or None."""
        old, new = self.before.job_of.get(order.id), self.after.get(order.id)
        if old is not None and new is not None:
            return self._placed(order, old, new)
        if new is not None:
            first = self.cause if order.id in self.before.known else "it came in"
            return self._as("accepted", order, f"{first}; {new.machine} of {new.maker} has room for it")
        if old is not None:
            return self._as("impossible", order, f"{self.cause}; {why_not(self.problem, order)}")
        if order.id in self.before.known:
            return None
        return self._as("declined", order, why_not(self.problem, order))

    def _placed(self, order: PlanOrder, old: Job, new: Job) -> Change | None:
        if order.id in self.before.happened.lost:
            return self._as("again", order, f"{self.cause}; it is printed anew")
        if old.machine != new.machine:
            return self._as("moved", order, self._why_moved(order, old, new))
        if abs(new.ready_h - old.ready_h) < NOTICE_H:
            return None
        kind = "later" if new.ready_h > old.ready_h else "earlier"
        return self._as(kind, order, self._why_shifted(old, new))

    def _as(self, kind: str, order: PlanOrder, reason: str) -> Change:
        old, new = self.before.job_of.get(order.id), self.after.get(order.id)
        machines = (old.machine if old else None, new.machine if new else None)
        return Change(order.id, kind, *machines, old.ready_h if old else None, new.ready_h if new else None, reason)

    def _why_moved(self, order: PlanOrder, old: Job, new: Job) -> str:
        if all(machine.id != old.machine for machine in self.problem.machines):
            return self.cause
        minor, ready_h = self._at_home(order, old)
        if ready_h == inf:
            return f"{self.cause}; on {old.machine} nobody would be there to make it"
        if minor > 0:
            left = f"left on {old.machine} it would be ready at {ready_h:.1f} h instead of {new.ready_h:.1f} h"
            return f"{self.cause}; {left} and the plan would earn {minor:,.0f} minor units less"
        came = [
            name for name, job in self.after.items() if job.machine == old.machine and self._was(name) != old.machine
        ]
        return f"{self.cause}; it makes room on {old.machine}{' for ' + names_of(came) if came else ''}"

    def _was(self, name: str) -> str | None:
        job = self.before.job_of.get(name)
        return job.machine if job else None

    def _at_home(self, order: PlanOrder, old: Job) -> tuple[float, float]:
        """Return what the plan would earn less with an order at its best place on its old machine, and when ready."""
        number = {machine.id: m for m, machine in enumerate(self.problem.machines)}
        here, home = number[self.after[order.id].machine], number[old.machine]
        o = self.problem.orders.index(order)
        left = [[other for other in plate if other != o] for plate in self.schedule[here]]
        now = sum(machine_earned(self.problem, m, self.schedule[m])[0] for m in (here, home))
        without = machine_earned(self.problem, here, [plate for plate in left if plate])[0]
        best, ready_h = -inf, inf
        for load in self._ways(self.problem.machines[home], self.schedule[home], o):
            earned, ends = machine_earned(self.problem, home, load)
            if earned > best and ends[-1] < inf:
                best, ready_h = earned, next(end for end, plate in zip(ends, load, strict=True) if o in plate)
        return now - without - best, ready_h

    def _ways(self, machine: PlanMachine, plates: list[list[int]], o: int) -> list[list[list[int]]]:
        ways = [[*plates[:k], [o], *plates[k:]] for k in range(len(plates) + 1)]
        orders = self.problem.orders
        for k, plate in enumerate(plates):
            parts = [orders[other] for other in (*plate, o)]
            joins = {part.material for part in parts} == {orders[o].material}
            if joins and sum(part.area_mm2 for part in parts) <= self.problem.room_mm2(machine):
                ways.append([*plates[:k], [*plate, o], *plates[k + 1 :]])
        return ways

    def _why_shifted(self, old: Job, new: Job) -> str:
        ahead, was_ahead = self._ahead(new, self.after), self._ahead(old, self.before.job_of)
        mates = [name for name in new.orders if name not in old.orders]
        gone = [name for name in old.orders if name not in new.orders]
        if new.ready_h > old.ready_h:
            if first := [name for name in ahead if name not in was_ahead]:
                return f"{self.cause}; {names_of(first)} is made before it"
            if mates:
                return f"{self.cause}; it shares its plate with {names_of(mates)}"
            return f"{self.cause}; {new.machine} comes to it later"
        if gone or (no_longer := [name for name in was_ahead if name not in ahead]):
            return f"{self.cause}; {names_of(gone or no_longer)} is no longer made with or before it"
        return f"{self.cause}; {new.machine} comes to it sooner"

    @staticmethod
    def _ahead(job: Job, jobs: dict[str, Job]) -> list[str]:
        return [name for name, other in jobs.items() if other.machine == job.machine and other.begin_h < job.begin_h]


def why_not(problem: Problem, order: PlanOrder) -> str:
    """Return why nobody makes an order, in words."""
    stocked = [machine for machine in problem.machines if order.material in machine.materials]
    if not problem.machines:
        return "no machine is there"
    if not stocked:
        return f"no machine has {order.material}"
    x, y, z = order.extent_mm
    large = [m for m in stocked if box_fits(order.extent_mm, m.bed_mm, m.height_mm, reorient=False)]
    able = [m for m in large if order.area_mm2 <= problem.room_mm2(m)]
    if not able:
        return f"it does not fit any machine that has {order.material}: {x:g} × {y:g} × {z:g} mm"
    best, machine = max(((_alone_minor(m, order, late=False), m) for m in able), key=lambda pair: pair[0])
    if best <= 0:
        never = "nobody is at a machine that could make it when it could be begun and taken off"
        loses = f"alone on {machine.id}, the best of {len(able)} machines, it would lose {-best:,.0f} minor units"
        return never if best == -inf else f"it does not pay: {loses}"
    best, machine = max(((_alone_minor(m, order, late=True), m) for m in able), key=lambda pair: pair[0])
    if best <= 0:
        return f"it cannot be ready in time: even first on {machine.id} lateness costs more than it brings"
    return f"no machine has time for it that other orders do not pay better for ({len(able)} machines could make it)"


def _alone_minor(machine: PlanMachine, order: PlanOrder, *, late: bool) -> float:
    """Return what an order brings alone on the next plate of a machine, lateness counted or not."""
    ((_, _, ready_h, cost),) = run(machine, [[order]])
    if ready_h == inf:
        return -inf
    return machine.worth_minor(order) - cost - (order.late_minor(ready_h) if late else 0.0)
