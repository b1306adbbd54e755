"""The words of planning: orders, machines, jobs, and what a plan earns.

A plate on machine j takes S_j + Σ volume ÷ rate_j + T_j · (greatest height): filament machines have T = 0, machines
that build whole layers at once (resin, powder) have it (Kucukkoc, "MILP models to minimise makespan in additive
manufacturing machine scheduling problems", Computers & Operations Research 105, 2019). What nests on a plate is
modelled by area: parts of one material may cover ``fill`` of the bed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import inf, isfinite
from typing import Any

from glocal.network.distance import distance_km
from glocal.network.errors import PlanInputBroken
from glocal.network.fit import box_fits
from glocal.network.nest_model import Bed, Nest, Outline, Placed, Ring, check_nest

MOST_MINOR = 1e12
SLIP = 1e-6  # of figures that were rounded
APART_MM = 0.01  # of a box and an outline that were rounded
FILL = 0.5  # plates filled to half by area alone nest almost always; to 0.6 in half the cases


def _check_names(what: str, *names: object) -> None:
    for name in names:
        if not isinstance(name, str) or not name:
            raise PlanInputBroken(f"{what}: {name!r} is not a name.", help="Ids, makers and materials are texts.")


def _check_place(what: str, place: tuple[float, float]) -> None:
    latitude, longitude = place
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise PlanInputBroken(f"{what}: {latitude}, {longitude} is no place on Earth, expected latitude and longitude.")


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """One part to be made.

    Parameters
    ----------
    extent_mm : (float, float, float)
        Its box.
    area_mm2, volume_mm3 : float
        Of its silhouette and of its material.
    place : (float, float)
        Where it is to go, degrees.
    release_h, due_h : float
        Hours from now; a due date may have passed.
    revenue_minor : float
        What accepting it brings, material paid.
    late_minor_per_h, late_cap_minor : float
        What lateness costs, up to a refund.
    outline : ring or None
        The silhouette, mm; None for the whole rectangle of ``extent_mm``.
    """

    id: str
    extent_mm: tuple[float, float, float]
    area_mm2: float
    volume_mm3: float
    material: str
    place: tuple[float, float]
    release_h: float
    due_h: float
    revenue_minor: float
    late_minor_per_h: float
    late_cap_minor: float
    outline: Ring | None = None

    def __post_init__(self) -> None:
        numbers = (*self.extent_mm, self.area_mm2, self.volume_mm3, self.late_minor_per_h, self.late_cap_minor)
        if not all(isfinite(number) and number >= 0 for number in numbers) or self.area_mm2 <= 0:
            raise PlanInputBroken(f"Order {self.id}: a size or a price is negative or not a number.")
        if not all(isfinite(number) for number in (self.release_h, self.due_h, self.revenue_minor)):
            raise PlanInputBroken(f"Order {self.id}: a date or the revenue is not a number.")
        if max(abs(self.revenue_minor), self.late_minor_per_h, self.late_cap_minor) > MOST_MINOR:
            raise PlanInputBroken(f"Order {self.id}: a sum of more than {MOST_MINOR:.0e} minor units is a slip.")
        x, y, z = self.extent_mm
        if self.area_mm2 > x * y * (1 + SLIP) or self.volume_mm3 > x * y * z * (1 + SLIP):
            raise PlanInputBroken(
                f"Order {self.id} contradicts itself: its silhouette or its material is larger than its box.",
                help="extent_mm is in mm, area_mm2 in mm², volume_mm3 in mm³.",
            )
        _check_names(f"Order {self.id}", self.id, self.material)
        _check_place(f"Order {self.id}", self.place)
        if self.outline is not None:
            self._check_outline()

    def _check_outline(self) -> None:
        ring = self.outline or ()
        if len(ring) < 3 or not all(len(point) == 2 and all(map(isfinite, point)) for point in ring):
            raise PlanInputBroken(f"Order {self.id}: its outline is not a list of three or more points.")
        sides = (max(along) - min(along) for along in zip(*ring, strict=True))
        if any(side > own + APART_MM for side, own in zip(sides, self.extent_mm[:2], strict=True)):
            raise PlanInputBroken(f"Order {self.id} contradicts itself: its outline is larger than its box.")

    def silhouette(self) -> Outline:
        """Return what is to be nested."""
        x, y, z = self.extent_mm
        return Outline(self.id, self.outline or ((0.0, 0.0), (x, 0.0), (x, y), (0.0, y)), z)

    def late_minor(self, done_h: float) -> float:
        """Return what it costs to be done at ``done_h``."""
        return min(self.late_cap_minor, self.late_minor_per_h * max(0.0, done_h - self.due_h))


@dataclass(frozen=True, slots=True)
class PlanMachine:
    """One machine of a maker.

    Parameters
    ----------
    mm3_per_h : float
        Deposition.
    height_h_per_mm : float
        T of machines that build whole layers at once; 0 for filament.
    setup_h, setup_minor : float
        Per plate.
    ready_h : float
        When what is frozen (printing, promised) is done.
    km_minor : float
        Delivery, per km.
    failure_odds : float
        Chance that a part must be made again, 0 to below 1; its machine time is paid 1 / (1 − odds) times.
    open_h : tuple of (float, float)
        When the maker is there, in order and apart; empty for always. Somebody must be there to begin a plate and to
        take it off; in between the machine prints on. After the last span nobody comes.
    loaded : str
        The material on the machine, empty when not known.
    change_h, change_minor : float
        What it takes when a plate has another material than the one before.
    """

    id: str
    maker: str
    bed_mm: tuple[float, float]
    height_mm: float
    mm3_per_h: float
    hourly_minor: float
    setup_h: float
    setup_minor: float
    materials: tuple[str, ...]
    place: tuple[float, float]
    ready_h: float = 0.0
    km_minor: float = 0.0
    height_h_per_mm: float = 0.0
    failure_odds: float = 0.0
    open_h: tuple[tuple[float, float], ...] = ()
    loaded: str = ""
    change_h: float = 0.0
    change_minor: float = 0.0

    def __post_init__(self) -> None:
        positive = (*self.bed_mm, self.height_mm, self.mm3_per_h)
        others = (
            *(self.hourly_minor, self.setup_h, self.setup_minor, self.ready_h, self.km_minor, self.height_h_per_mm),
            *(self.change_h, self.change_minor),
        )
        if not all(isfinite(n) and n > 0 for n in positive) or not all(isfinite(n) and n >= 0 for n in others):
            raise PlanInputBroken(f"Machine {self.id}: a size, a rate or a price is out of range.")
        if not 0 <= self.failure_odds < 1:
            raise PlanInputBroken(f"Machine {self.id}: failure_odds is {self.failure_odds}, expected 0 to below 1.")
        if not isinstance(self.materials, tuple):
            raise PlanInputBroken(f"Machine {self.id}: materials is {self.materials!r}, expected a list.")
        _check_names(f"Machine {self.id}", self.id, self.maker, *self.materials)
        _check_place(f"Machine {self.id}", self.place)
        moments = [moment for span in self.open_h for moment in span]
        if not all(isfinite(moment) for moment in moments) or any(a >= b for a, b in pairwise(moments)):
            raise PlanInputBroken(f"Machine {self.id}: the spans of open_h are not in order and apart.")

    def next_open(self, at_h: float) -> float:
        """Return the first moment from ``at_h`` on when the maker is there; infinite after the last span."""
        if not self.open_h:
            return at_h
        return next((max(at_h, begin_h) for begin_h, end_h in self.open_h if at_h < end_h), inf)

    def is_open(self, at_h: float) -> bool:
        """Say whether the maker is there at a moment."""
        return not self.open_h or any(begin_h - 1e-6 <= at_h <= end_h + 1e-6 for begin_h, end_h in self.open_h)

    def changes_to(self, material: str, loaded: str) -> bool:
        """Say whether a plate of ``material`` needs a change when ``loaded`` is on the machine."""
        return bool(loaded) and material != loaded

    def can_make(self, order: PlanOrder) -> bool:
        """Say whether the material is there and the part fits as modelled, turned in the plane."""
        return order.material in self.materials and box_fits(
            order.extent_mm, self.bed_mm, self.height_mm, reorient=False
        )

    def worth_minor(self, order: PlanOrder) -> float:
        """Return what an order brings here before set-up and lateness."""
        print_minor = self.hourly_minor * order.volume_mm3 / self.mm3_per_h / (1.0 - self.failure_odds)
        return order.revenue_minor - print_minor - self.km_minor * distance_km(order.place, self.place)


@dataclass(frozen=True, slots=True)
class Problem:
    """Orders and machines.

    Parameters
    ----------
    fill : float
        Share of a bed that silhouettes may cover, more than 0, up to 1.
    spacing_mm : float
        Between parts on a plate.
    turns : int
        Rotations that nesting tries, evenly over the circle; 1 when parts must lie as they are.
    """

    orders: tuple[PlanOrder, ...]
    machines: tuple[PlanMachine, ...]
    fill: float = FILL
    spacing_mm: float = 2.0
    turns: int = 8

    def __post_init__(self) -> None:
        if not 0 < self.fill <= 1:
            raise PlanInputBroken(f"fill is {self.fill}, expected more than 0, up to 1.")
        if not 1 <= self.turns <= 64:
            raise PlanInputBroken(f"turns is {self.turns}, expected 1 to 64.")
        for name, things in (("orders", self.orders), ("machines", self.machines)):
            if len({thing.id for thing in things}) < len(things):
                raise PlanInputBroken(f"Two {name} have the same id.")

    def bed(self, machine: PlanMachine) -> Bed:
        """Return a machine's bed for nesting."""
        return Bed(*machine.bed_mm, self.spacing_mm, height_mm=machine.height_mm)

    def room_mm2(self, machine: PlanMachine) -> float:
        """Return the area that parts may cover on a machine's plate."""
        return self.fill * machine.bed_mm[0] * machine.bed_mm[1]


@dataclass(frozen=True, slots=True)
class Job:
    """One plate on one machine.

    Parameters
    ----------
    begin_h, end_h : float
        Of setting up and printing.
    ready_h : float
        When somebody is there to take it off.
    items : tuple of Placed
        Where each part lies, in the order of ``orders``; empty when it was not nested.
    """

    machine: str
    maker: str
    begin_h: float
    end_h: float
    ready_h: float
    orders: tuple[str, ...]
    items: tuple[Placed, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the job as JSON; ``items`` say where each part lies, if the plate was nested."""
        times = {"begin_h": self.begin_h, "end_h": self.end_h, "ready_h": self.ready_h}
        job = {"machine": self.machine, "maker": self.maker, **times, "orders": list(self.orders)}
        return {**job, "items": [item.as_dict() for item in self.items]}


@dataclass(frozen=True, slots=True)
class WorkShare:
    """What one maker got, and why.

    Parameters
    ----------
    orders : int
    volume_mm3, equal_mm3 : float
        What they got, and their equal share.
    paid_minor : float
        For machine hours and plates, delivery not counted.
    reason : str
        In words.
    """

    maker: str
    orders: int
    volume_mm3: float
    equal_mm3: float
    paid_minor: float
    reason: str

    @property
    def ratio(self) -> float:
        """What they got as a share of their equal share; 1 when nothing was to be had."""
        return self.volume_mm3 / self.equal_mm3 if self.equal_mm3 > 0 else 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return the share as JSON."""
        return asdict(self) | {"ratio": self.ratio}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made where and when.

    Parameters
    ----------
    objective : float
        What it earns, minor units.
    bound : float
        What no plan can exceed.
    solver : str
        ``"exact"`` when the plan is proven to be the best, else ``"search"``.
    shares : tuple of WorkShare
        Who got what and why, where fairness was asked for.
    """

    jobs: tuple[Job, ...]
    declined: tuple[str, ...]
    objective: float
    bound: float
    solver: str = "search"
    shares: tuple[WorkShare, ...] = ()

    @property
    def gap(self) -> float:
        """How far from the best this plan can be at most, as a share of the bound."""
        return (self.bound - self.objective) / self.bound if self.bound > 0 else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON."""
        return {
            "jobs": [job.as_dict() for job in self.jobs],
            "declined": list(self.declined),
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "solver": self.solver,
            "shares": [share.as_dict() for share in self.shares],
        }


def check_plan(problem: Problem, plan: Plan) -> list[str]:
    """Return what is wrong with a plan, worked out anew from its jobs; nothing if it holds."""
    orders = {order.id: order for order in problem.orders}
    machines = {machine.id: machine for machine in problem.machines}
    faults: list[str] = []
    handled = [name for job in plan.jobs for name in job.orders] + list(plan.declined)
    if sorted(handled) != sorted(orders):
        faults.append("not every order is made once or declined")
    free = {machine.id: machine.ready_h for machine in problem.machines}
    loaded = {machine.id: machine.loaded for machine in problem.machines}
    earned = 0.0
    for job in sorted(plan.jobs, key=lambda job: (job.machine, job.begin_h)):
        machine, parts = machines[job.machine], [orders[name] for name in job.orders]
        faults += [f"{part.id} cannot be made on {machine.id}" for part in parts if not machine.can_make(part)]
        if len({part.material for part in parts}) != 1:
            faults.append(f"a plate of {machine.id} has no or two materials")
            continue
        if sum(part.area_mm2 for part in parts) > problem.room_mm2(machine) * (1 + 1e-9):
            faults.append(f"a plate of {machine.id} is too full")
        if job.begin_h < max([free[machine.id], *(part.release_h for part in parts)]) - 1e-6:
            faults.append(f"a plate of {machine.id} begins too early")
        if not (machine.is_open(job.begin_h) and machine.is_open(job.ready_h) and job.ready_h >= job.end_h):
            faults.append(f"a plate of {machine.id} begins or is taken off while nobody is there")
        changed = machine.changes_to(parts[0].material, loaded[machine.id])
        hours, fixed = plate_hours(machine, parts, changed=changed)
        if abs(job.end_h - job.begin_h - hours) > 1e-6:
            faults.append(f"a plate of {machine.id} takes {hours:g} h, not {job.end_h - job.begin_h:g}")
        if job.items:
            laid = Nest((job.items,), (0.0,))
            faults += check_nest(problem.bed(machine), [part.silhouette() for part in parts], laid)
        free[machine.id], loaded[machine.id] = job.ready_h, parts[0].material
        earned += sum(machine.worth_minor(part) - part.late_minor(job.ready_h) for part in parts)
        earned -= machine.setup_minor + machine.hourly_minor * fixed + machine.change_minor * changed
    if abs(earned - plan.objective) > 1e-6 * max(1.0, abs(earned)):
        faults.append(f"the plan earns {earned:.2f}, not {plan.objective:.2f}")
    if plan.objective > plan.bound + 1e-6 * max(1.0, abs(plan.bound)):
        faults.append("the plan earns more than its bound")
    return faults


def plate_hours(machine: PlanMachine, parts: Sequence[PlanOrder], *, changed: bool = False) -> tuple[float, float]:
    """Return how long a plate takes, and the hours of it that belong to no part in particular."""
    fixed = machine.setup_h + machine.height_h_per_mm * max(part.extent_mm[2] for part in parts)
    fixed += machine.change_h * changed
    return fixed + sum(part.volume_mm3 for part in parts) / machine.mm3_per_h, fixed


def run(machine: PlanMachine, plates: Iterable[Sequence[PlanOrder]]) -> Iterator[tuple[float, float, float, float]]:
    """Yield when each plate of a machine begins, ends and is ready, and what it costs beside its parts."""
    clock, loaded = machine.ready_h, machine.loaded
    for parts in plates:
        changed = machine.changes_to(parts[0].material, loaded)
        hours, fixed = plate_hours(machine, parts, changed=changed)
        begin = machine.next_open(max([clock, *(part.release_h for part in parts)]))
        clock, loaded = machine.next_open(begin + hours), parts[0].material
        cost = machine.setup_minor + machine.hourly_minor * fixed + machine.change_minor * changed
        yield begin, begin + hours, clock, cost
