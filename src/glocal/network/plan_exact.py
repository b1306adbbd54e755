"""The exact engine for small problems: OR-Tools CP-SAT.

Each machine has slots in a row; an order goes to one slot or stays out; a slot's plate has one material, fits its room,
begins when the slot before it has ended and its orders are there. Times are whole seconds, money tenths of a minor
unit; the bound is widened by what the rounding can hide.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from glocal.network.plan_model import PlanMachine, PlanOrder, Problem, plate_hours

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Schedule = list[list[list[int]]]

PER_MINOR = 10
PER_H = 3600
MOST_SLOTS = 12


def solve(problem: Problem, hint: Schedule, *, seconds: float) -> tuple[Schedule, float, bool]:
    """Return the best schedule found within ``seconds``, a bound on all schedules, and whether it is proven the best.

    ``hint`` comes back when nothing was found; the bound holds whether or not time ran out.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    build = _Build(problem, model)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    build.hint(hint)
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return hint, float("inf"), False
    slack = len(problem.orders) * (1 + max(order.late_minor_per_h for order in problem.orders) * build.slots / PER_H)
    bound = solver.best_objective_bound / PER_MINOR + slack / PER_MINOR
    schedule = [
        [plate for k in range(build.slots) if (plate := [o for o in build.able[m] if solver.value(build.x[o, m, k])])]
        for m in range(len(problem.machines))
    ]
    return schedule, bound, bool(status == cp_model.OPTIMAL)


class _Build:
    """The model and its variables."""

    def __init__(self, problem: Problem, model: cp_model.CpModel) -> None:
        self.problem, self.model = problem, model
        self.slots = min(MOST_SLOTS, len(problem.orders))
        self.able = [
            [o for o, order in enumerate(problem.orders) if order.area_mm2 <= problem.room_mm2(m) and m.can_make(order)]
            for m in problem.machines
        ]
        latest = [max([m.ready_h, *(order.release_h for order in problem.orders)]) for m in problem.machines]
        self.horizon = ceil(
            PER_H
            * max(
                max([begin, *(end_h for _, end_h in machine.open_h)])
                + sum(plate_hours(machine, [order], changed=True)[0] for order in problem.orders)
                for begin, machine in zip(latest, problem.machines, strict=True)
            )
        )
        self.x: dict[tuple[int, int, int], Any] = {}
        self.profit: list[Any] = []
        for m, machine in enumerate(problem.machines):
            self._machine(m, machine)
        for o, order in enumerate(problem.orders):
            self._order(o, order)
        model.maximize(sum(self.profit))

    def _machine(self, m: int, machine: PlanMachine) -> None:
        model, orders = self.model, self.problem.orders
        clock: Any = ceil(machine.ready_h * PER_H)
        materials = sorted({orders[o].material for o in self.able[m]})
        before, of_before = None, {name: int(name == (machine.loaded or name)) for name in materials}
        for k in range(self.slots):
            used = model.new_bool_var("")
            here = {o: model.new_bool_var("") for o in self.able[m]}
            self.x |= {(o, m, k): there for o, there in here.items()}
            for there in here.values():
                model.add_implication(there, used)
            model.add_bool_or([*here.values(), used.negated()])
            if before is not None:
                model.add_implication(used, before)
            of = self._materials(here, materials)
            changed = model.new_bool_var("")
            for name in materials:
                model.add(changed >= of[name] - of_before[name]).only_enforce_if(used)
            before, of_before = used, of
            self._fits(machine, here)
            tallest = self._tallest(machine, here)
            begin = self._begun(machine, used, here, clock)
            work = sum(round(orders[o].volume_mm3 / machine.mm3_per_h * PER_H) * there for o, there in here.items())
            setup_s, change_s = round(machine.setup_h * PER_H), round(machine.change_h * PER_H)
            end = begin + setup_s * used + change_s * changed + tallest + work
            clock = self._taken_off(machine, used, end)
            for o, there in here.items():
                self._late(orders[o], there, clock)
                self.profit.append(round(machine.worth_minor(orders[o]) * PER_MINOR) * there)
            setup = machine.setup_minor + machine.hourly_minor * machine.setup_h
            change = machine.change_minor + machine.hourly_minor * machine.change_h
            self.profit.append(-round(setup * PER_MINOR) * used - round(change * PER_MINOR) * changed)
            if machine.height_h_per_mm and machine.hourly_minor:
                cost = model.new_int_var(0, ceil(self.horizon * machine.hourly_minor * PER_MINOR / PER_H), "")
                model.add(cost * PER_H >= round(machine.hourly_minor * PER_MINOR) * tallest)
                self.profit.append(-cost)

    def _materials(self, here: dict[int, Any], materials: list[str]) -> dict[str, Any]:
        """Return which material a slot's plate has, at most one."""
        of = {name: self.model.new_bool_var("") for name in materials}
        self.model.add_at_most_one(of.values())
        for o, there in here.items():
            self.model.add_implication(there, of[self.problem.orders[o].material])
        return of

    def _fits(self, machine: PlanMachine, here: dict[int, Any]) -> None:
        room = floor(self.problem.room_mm2(machine) * 100 * (1 + 1e-9))
        areas = {o: ceil(self.problem.orders[o].area_mm2 * 100 - 1e-6) for o in here}
        self.model.add(sum(areas[o] * there for o, there in here.items()) <= room)

    def _tallest(self, machine: PlanMachine, here: dict[int, Any]) -> Any:
        """Return the seconds that the tallest part of a slot asks for; none for filament."""
        if not machine.height_h_per_mm:
            return 0
        tallest = self.model.new_int_var(0, self.horizon, "")
        for o, there in here.items():
            high_s = round(machine.height_h_per_mm * self.problem.orders[o].extent_mm[2] * PER_H)
            self.model.add(tallest >= high_s).only_enforce_if(there)
        return tallest

    def _begun(self, machine: PlanMachine, used: Any, here: dict[int, Any], clock: Any) -> Any:
        """Return when a slot's plate begins: after the one before, with its orders there and the maker there."""
        begin = self.model.new_int_var(0, self.horizon, "")
        self.model.add(begin >= clock)
        for o, there in here.items():
            if (release_h := self.problem.orders[o].release_h) > machine.ready_h:
                self.model.add(begin >= ceil(release_h * PER_H)).only_enforce_if(there)
        self._while_open(machine, used, begin)
        return begin

    def _taken_off(self, machine: PlanMachine, used: Any, end: Any) -> Any:
        """Return when somebody is there to take a slot's plate off."""
        ready = self.model.new_int_var(0, self.horizon, "")
        self.model.add(ready >= end)
        self._while_open(machine, used, ready)
        return ready

    def _while_open(self, machine: PlanMachine, used: Any, moment: Any) -> None:
        from ortools.sat.python import cp_model

        if machine.open_h:
            spans = [(ceil(begin_h * PER_H), ceil(end_h * PER_H) - 1) for begin_h, end_h in machine.open_h]
            domain = cp_model.Domain.from_intervals([[a, b] for a, b in spans if a <= b])
            self.model.add_linear_expression_in_domain(moment, domain).only_enforce_if(used)

    def _late(self, order: PlanOrder, there: Any, end: Any) -> None:
        """Charge lateness of an order in one slot: at least its rate, never more than its cap."""
        cap = round(order.late_cap_minor * PER_MINOR)
        rate = round(order.late_minor_per_h * PER_MINOR)
        if not cap or not rate:
            return
        model = self.model
        cost, refunded = model.new_int_var(0, cap, ""), model.new_bool_var("")
        model.add(cost * PER_H >= rate * (end - round(order.due_h * PER_H))).only_enforce_if(there, refunded.negated())
        model.add(cost >= cap).only_enforce_if(there, refunded)
        self.profit.append(-cost)

    def _order(self, o: int, order: PlanOrder) -> None:
        places = [there for (other, _, _), there in self.x.items() if other == o]
        self.model.add_at_most_one(places)

    def hint(self, schedule: Schedule) -> None:
        """Begin at a known plan."""
        at = {(o, m, k) for m, plates in enumerate(schedule) for k, plate in enumerate(plates) for o in plate}
        for key, there in self.x.items():
            self.model.add_hint(there, key in at)
