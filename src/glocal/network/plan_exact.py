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
                begin + sum(plate_hours(machine, [order])[0] for order in problem.orders)
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
        before: Any = None
        for k in range(self.slots):
            used = model.new_bool_var("")
            here = {o: model.new_bool_var("") for o in self.able[m]}
            self.x |= {(o, m, k): there for o, there in here.items()}
            for there in here.values():
                model.add_implication(there, used)
            model.add_bool_or([*here.values(), used.negated()])
            if before is not None:
                model.add_implication(used, before)
            before = used
            of = {name: model.new_bool_var("") for name in materials}
            model.add_at_most_one(of.values())
            for o, there in here.items():
                model.add_implication(there, of[orders[o].material])
            room = floor(self.problem.room_mm2(machine) * 100 * (1 + 1e-9))
            model.add(sum(ceil(orders[o].area_mm2 * 100 - 1e-6) * there for o, there in here.items()) <= room)
            tallest = model.new_int_var(0, self.horizon, "")
            if machine.height_h_per_mm:
                for o, there in here.items():
                    high_s = round(machine.height_h_per_mm * orders[o].extent_mm[2] * PER_H)
                    model.add(tallest >= high_s).only_enforce_if(there)
            else:
                model.add(tallest == 0)
            begin, end = model.new_int_var(0, self.horizon, ""), model.new_int_var(0, self.horizon, "")
            model.add(begin >= clock)
            for o, there in here.items():
                if orders[o].release_h > machine.ready_h:
                    model.add(begin >= ceil(orders[o].release_h * PER_H)).only_enforce_if(there)
            work = sum(round(orders[o].volume_mm3 / machine.mm3_per_h * PER_H) * there for o, there in here.items())
            model.add(end == begin + round(machine.setup_h * PER_H) * used + tallest + work)
            clock = end
            for o, there in here.items():
                self._late(orders[o], there, end)
                self.profit.append(round(machine.worth_minor(orders[o]) * PER_MINOR) * there)
            setup = machine.setup_minor + machine.hourly_minor * machine.setup_h
            self.profit.append(-round(setup * PER_MINOR) * used)
            if machine.height_h_per_mm and machine.hourly_minor:
                cost = model.new_int_var(0, ceil(self.horizon * machine.hourly_minor * PER_MINOR / PER_H), "")
                model.add(cost * PER_H >= round(machine.hourly_minor * PER_MINOR) * tallest)
                self.profit.append(-cost)

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
