"""Where the network stands at a moment, what may happen to it, and what a new plan changes for people.

Times are hours since any fixed moment, the same in a standing and in its events. What has begun is frozen; an order
that was accepted stays accepted as long as anybody can make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import inf, isfinite
from typing import Any, ClassVar

from glocal.network.errors import PlanInputBroken
from glocal.network.plan_model import Job, Plan, PlanMachine, PlanOrder, Problem


@dataclass(frozen=True, slots=True)
class OrdersCame:
    """New orders."""

    kind: ClassVar[str] = "orders_came"
    at_h: float
    orders: tuple[PlanOrder, ...]


@dataclass(frozen=True, slots=True)
class OrderWithdrawn:
    """A customer took an order back; a part that is being printed is not taken off its plate."""

    kind: ClassVar[str] = "order_withdrawn"
    at_h: float
    order: str


@dataclass(frozen=True, slots=True)
class PlateFailed:
    """What a machine was printing is lost; the machine itself can go on."""

    kind: ClassVar[str] = "plate_failed"
    at_h: float
    machine: str


@dataclass(frozen=True, slots=True)
class MachineDown:
    """A machine is not there until ``until_h`` (infinite when nobody knows); what it was printing may be lost."""

    kind: ClassVar[str] = "machine_down"
    at_h: float
    machine: str
    until_h: float = inf
    plate_lost: bool = True


@dataclass(frozen=True, slots=True)
class MachineBack:
    """A machine is there again."""

    kind: ClassVar[str] = "machine_back"
    at_h: float
    machine: str


@dataclass(frozen=True, slots=True)
class MakerDark:
    """A maker no longer answers: whatever is on their machines counts as lost, and nothing more goes there."""

    kind: ClassVar[str] = "maker_dark"
    at_h: float
    maker: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time: look whether there is a better plan by now."""

    kind: ClassVar[str] = "time_passed"
    at_h: float


Event = OrdersCame | OrderWithdrawn | PlateFailed | MachineDown | MachineBack | MakerDark | TimePassed


@dataclass(frozen=True, slots=True)
class Change:
    """What a new plan means for one order, and why.

    Parameters
    ----------
    kind : str
        ``"accepted"``, ``"declined"``, ``"moved"`` (to another machine), ``"later"``, ``"earlier"``, ``"again"`` (lost
        while printing, planned anew) or ``"impossible"`` (accepted, but nobody can make it any more).
    machine_before, machine_after : str or None
    ready_before_h, ready_after_h : float or None
    reason : str
        In words, for the people concerned.
    """

    order: str
    kind: str
    machine_before: str | None
    machine_after: str | None
    ready_before_h: float | None
    ready_after_h: float | None
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the network stands.

    Parameters
    ----------
    now_h : float
    problem : Problem
        All machines, and every order that is neither done nor withdrawn.
    plan : Plan
        For the orders that no machine has begun.
    running : tuple of Job
        What is on the machines.
    away : tuple of (str, float)
        Machines that are not there, and until when; infinite when nobody knows.
    """

    now_h: float
    problem: Problem
    plan: Plan
    running: tuple[Job, ...] = ()
    away: tuple[tuple[str, float], ...] = ()

    def open_problem(self) -> Problem:
        """Return what is left to plan: orders not begun, on machines that come back, free once they are."""
        begun = {name for job in self.running for name in job.orders}
        away = dict(self.away)
        ends = {job.machine: job.ready_h for job in self.running}
        machines = [
            replace(
                machine, ready_h=max(machine.ready_h, self.now_h, ends.get(machine.id, 0.0), away.get(machine.id, 0))
            )
            for machine in self.problem.machines
            if away.get(machine.id, 0.0) < inf
        ]
        orders = tuple(order for order in self.problem.orders if order.id not in begun)
        return replace(self.problem, orders=orders, machines=tuple(machines))

    def at(self, now_h: float) -> tuple[Standing, tuple[Job, ...]]:
        """Return the standing at a later moment if all goes as planned, and the jobs that are done by then."""
        if not now_h >= self.now_h or not isfinite(now_h):
            raise PlanInputBroken(f"This happened at {now_h:g} h, but it is {self.now_h:g} h already.")
        begun = [*self.running, *(job for job in self.plan.jobs if job.begin_h < now_h)]
        done = [job for job in begun if job.ready_h <= now_h]
        running = [job for job in begun if job.ready_h > now_h]
        ahead = tuple(job for job in self.plan.jobs if job.begin_h >= now_h)
        made = {name for job in done for name in job.orders}
        material = {order.id: order.material for order in self.problem.orders}
        loaded = {job.machine: material[job.orders[0]] for job in sorted(begun, key=lambda job: job.begin_h)}
        machines = tuple(replace(m, loaded=loaded.get(m.id, m.loaded)) for m in self.problem.machines)
        orders = tuple(order for order in self.problem.orders if order.id not in made)
        problem = replace(self.problem, orders=orders, machines=machines)
        away = tuple((machine, until_h) for machine, until_h in self.away if until_h > now_h)
        return Standing(now_h, problem, replace(self.plan, jobs=ahead), tuple(running), away), tuple(done)

    def machine(self, name: str) -> PlanMachine:
        """Return a machine by its id."""
        for machine in self.problem.machines:
            if machine.id == name:
                return machine
        raise PlanInputBroken(f"No machine is called {name!r}.", help="The machines of the standing have other ids.")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event taken into a standing: what is open again because it was lost, and the cause in words."""

    standing: Standing
    cause: str
    lost: frozenset[str] = frozenset()


def happen(standing: Standing, event: Event) -> Happened:
    """Return the standing after an event, the old plan not yet mended; ``standing`` is at the event's time already."""
    if isinstance(event, TimePassed):
        return Happened(standing, "looking again")
    if isinstance(event, OrdersCame):
        problem = replace(standing.problem, orders=standing.problem.orders + event.orders)
        return Happened(replace(standing, problem=problem), f"{names_of([o.id for o in event.orders])} came in")
    return _trouble(standing, event)


def _trouble(
    standing: Standing, event: OrderWithdrawn | PlateFailed | MachineDown | MachineBack | MakerDark
) -> Happened:
    match event:
        case OrderWithdrawn():
            return _withdrawn(standing, event.order)
        case PlateFailed():
            return _lose(standing, {standing.machine(event.machine).id}, f"the plate on {event.machine} failed")
        case MachineDown():
            until = f" until {event.until_h:g} h" if event.until_h < inf else ""
            down = _absent(standing, {standing.machine(event.machine).id}, event.until_h)
            gone = {event.machine} if event.plate_lost else set()
            return _lose(down, gone, f"{event.machine} is down{until}")
        case MachineBack():
            name = standing.machine(event.machine).id
            away = tuple(pair for pair in standing.away if pair[0] != name)
            return Happened(replace(standing, away=away), f"{event.machine} is there again")
        case MakerDark():
            names = {machine.id for machine in standing.problem.machines if machine.maker == event.maker}
            if not names:
                raise PlanInputBroken(f"No maker is called {event.maker!r}.")
            count = sum(job.machine in names for job in standing.running)
            plates = f" with {count} plate{'s' * (count != 1)} on the machine{'s' * (len(names) != 1)}"
            return _lose(_absent(standing, names, inf), names, f"{event.maker} no longer answers{plates * bool(count)}")


def _withdrawn(standing: Standing, name: str) -> Happened:
    if all(order.id != name for order in standing.problem.orders):
        raise PlanInputBroken(f"No order is called {name!r}, or it is done already.")
    if any(name in job.orders for job in standing.running):
        return Happened(standing, f"{name} was withdrawn, but is being printed")
    orders = tuple(order for order in standing.problem.orders if order.id != name)
    return Happened(replace(standing, problem=replace(standing.problem, orders=orders)), f"{name} was withdrawn")


def _absent(standing: Standing, machines: set[str], until_h: float) -> Standing:
    others = tuple(pair for pair in standing.away if pair[0] not in machines)
    return replace(standing, away=others + tuple((name, until_h) for name in sorted(machines)))


def _lose(standing: Standing, machines: set[str], cause: str) -> Happened:
    """Return the standing without what these machines were printing: those orders are open again."""
    lost = frozenset(name for job in standing.running if job.machine in machines for name in job.orders)
    running = tuple(job for job in standing.running if job.machine not in machines)
    return Happened(replace(standing, running=running), cause, lost)


def names_of(ids: Sequence[str]) -> str:
    """Return a few ids in words."""
    return ", ".join(ids) if len(ids) <= 3 else f"{', '.join(ids[:2])} and {len(ids) - 2} more"
