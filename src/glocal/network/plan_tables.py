"""A planning problem as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan_model import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tables:
    """A problem as arrays.

    Parameters
    ----------
    orders : (N, 13) float
    machines : (M, 18 + 2 S) float
        Columns as in :mod:`glocal.network.plan_scan_kernel`.
    holds : (M, materials) bool
        Which materials a machine has.
    """

    orders: Floats
    machines: Floats
    holds: NDArray[np.bool_]


def holes_last(near: Ints, worth: Floats, toll: Floats) -> tuple[Ints, Floats, Floats]:
    """Return candidates (N, C) and what goes with them, those that are there (not −1) first and in order."""
    rank = np.argsort(near < 0, axis=1, kind="stable")
    near_first: Ints = np.take_along_axis(near, rank, axis=1)
    worth_first: Floats = np.take_along_axis(worth, rank, axis=1)
    toll_first: Floats = np.take_along_axis(toll, rank, axis=1)
    return near_first, worth_first, toll_first


def tables_of(problem: Problem) -> Tables:
    """Return a problem as arrays."""
    materials = {name: k for k, name in enumerate(sorted({order.material for order in problem.orders}))}
    orders = [
        (
            *(o.area_mm2, o.extent_mm[2], o.volume_mm3, materials[o.material]),
            *(o.release_h, o.due_h, o.late_minor_per_h, o.late_cap_minor, o.revenue_minor),
            *(max(o.extent_mm[:2]), min(o.extent_mm[:2]), radians(o.place[0]), radians(o.place[1])),
        )
        for o in problem.orders
    ]
    longest = max((len(machine.open_h) for machine in problem.machines), default=0)
    machines = np.zeros((len(problem.machines), 18 + 2 * longest))
    for j, m in enumerate(problem.machines):
        spans = [moment for span in m.open_h for moment in span]
        machines[j, : 18 + len(spans)] = (
            *(problem.room_mm2(m), m.mm3_per_h, m.height_h_per_mm, m.hourly_minor, m.setup_h, m.setup_minor, m.ready_h),
            *(max(m.bed_mm), min(m.bed_mm), m.height_mm, radians(m.place[0]), radians(m.place[1]), m.km_minor),
            *(1.0 / (1.0 - m.failure_odds), m.change_h, m.change_minor),
            *(materials.get(m.loaded, len(materials)) if m.loaded else -1, len(m.open_h)),
            *spans,
        )
    holds = np.zeros((len(machines), max(1, len(materials))), dtype=np.bool_)
    for j, machine in enumerate(problem.machines):
        holds[j, [materials[name] for name in machine.materials if name in materials]] = True
    return Tables(np.array(orders, float).reshape(-1, 13), machines, holds)
