"""Instances of planning made from a seed, and what the usual practice makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan_model import PlanMachine, PlanOrder, Problem, plate_hours

Floats = NDArray[np.float64]


def city(orders: int, machines: int, seed: int, *, span_h: float = 72.0) -> Problem:
    """Return a city of 28 × 27 km with makers of one to four machines.

    Parts of 20 to 90 mm a side, a quarter of the box solid, in two materials; they bring 4.00 and 18 to 48 per dm³
    (uniform), come in over ``span_h``, are due one to four days later, and lose 2 % of that an hour up to half. A
    machine hour costs 0.80 to 2.50, a plate 1.00 to 4.00 and 24 minutes, a kilometre 0.20. All figures are chosen, not
    measured.
    """
    rng = np.random.default_rng(seed)
    homes = [
        (52.4 + 0.25 * float(rng.random()), 13.2 + 0.4 * float(rng.random())) for _ in range(max(1, machines // 3))
    ]
    asked, made = [], []
    for k in range(orders):
        x, y, z = (float(side) for side in rng.uniform(20, 90, 3))
        volume, release = 0.25 * x * y * z, float(rng.uniform(0, span_h))
        revenue = 400 + 0.03 * volume * float(rng.uniform(0.6, 1.6))
        place = (52.4 + 0.25 * float(rng.random()), 13.2 + 0.4 * float(rng.random()))
        material, due = str(rng.choice(["pla", "petg"])), release + float(rng.uniform(24, 96))
        sizes = ((x, y, z), 0.8 * x * y, volume, material, place)
        asked.append(PlanOrder(f"o{k}", *sizes, release, due, revenue, 0.02 * revenue, 0.5 * revenue))
    for k in range(machines):
        side, home = float(rng.choice([180, 220, 250])), int(rng.integers(len(homes)))
        rates = (float(rng.uniform(9_000, 20_000)), float(rng.uniform(80, 250)), 0.4, float(rng.uniform(100, 400)))
        materials = ("pla", "petg") if rng.random() < 0.6 else ("pla",)
        ready = float(rng.uniform(0, 8))
        machine = PlanMachine(f"m{k}", f"maker{home}", (side, side), side, *rates, materials, homes[home], ready, 20.0)
        made.append(machine)
    return Problem(tuple(asked), tuple(made))


def nearest_first(problem: Problem) -> float:
    """Return what the usual practice earns: each order as it comes, alone on a plate, at the nearest maker who can."""
    machines = problem.machines
    sorts: dict[tuple[object, ...], list[int]] = {}
    for m, machine in enumerate(machines):
        sorts.setdefault((machine.bed_mm, machine.height_mm, machine.materials), []).append(m)
    homes: dict[tuple[float, float], list[int]] = {}
    for m, machine in enumerate(machines):
        homes.setdefault(machine.place, []).append(m)
    places = np.radians(np.array(list(homes)))
    at_home = [set(found) for found in homes.values()]
    free = [machine.ready_h for machine in machines]
    earned = 0.0
    for order in sorted(problem.orders, key=lambda order: order.release_h):
        able = {m for same in sorts.values() if machines[same[0]].can_make(order) for m in same}
        if not able:
            continue
        home = next(h for h in np.argsort(_chord(places, order.place), kind="stable") if able & at_home[h])
        m = min(able & at_home[home], key=lambda m: (free[m], machines[m].id))
        machine = machines[m]
        hours, fixed = plate_hours(machine, [order])
        free[m] = max(free[m], order.release_h) + hours
        earned += machine.worth_minor(order) - order.late_minor(free[m])
        earned -= machine.setup_minor + machine.hourly_minor * fixed
    return earned


def _chord(places: Floats, near: tuple[float, float]) -> Floats:
    """Return the haversine of places (N, 2, radians) to one in degrees: it grows with the distance."""
    latitude, longitude = np.radians(near)
    across = np.cos(latitude) * np.cos(places[:, 0]) * np.sin((places[:, 1] - longitude) / 2) ** 2
    chord: Floats = np.sin((places[:, 0] - latitude) / 2) ** 2 + across
    return chord
