"""Every plate of a plan nested and verified: what does not nest goes on a plate of its own, or stays out."""

from __future__ import annotations

from collections.abc import Sequence

from glocal.network.errors import DoesNotNest
from glocal.network.nest import nest
from glocal.network.nest_model import Placed
from glocal.network.plan_model import Problem, plate_hours

Schedule = list[list[list[int]]]
Laid = dict[tuple[int, ...], tuple[Placed, ...]]

# (most turns, rounds, cells along the bed, most parts): quick first, then with care
TRIES = ((4, 1, 125, 1000), (64, 12, 250, 1000), (64, 150, 250, 12))


def lay_all(
    problem: Problem, schedule: Schedule, known: Laid | None = None, promised: frozenset[int] = frozenset()
) -> tuple[Schedule, Laid]:
    """Return the schedule with every plate nested, and the layouts by the plate's sorted orders.

    Parts that do not nest with the rest of their plate follow on plates of their own, right behind it if that pays or
    one of them is promised, else they stay out. Plates whose layout is ``known`` are not nested again.
    """
    laid: Laid = dict(known or {})
    done: Schedule = []
    for m, plates in enumerate(schedule):
        fresh: list[list[int]] = []
        for plate in plates:
            left = list(plate)
            while left:
                kept = _lay(problem, m, left, laid)
                if not kept:
                    break
                if len(kept) == len(plate) or not promised.isdisjoint(kept) or _pays(problem, m, kept):
                    fresh.append(kept)
                left = [o for o in left if o not in kept]
        done.append(fresh)
    return done, laid


def _lay(problem: Problem, m: int, plate: Sequence[int], laid: Laid) -> list[int]:
    """Nest as much of a plate as goes on one bed, note the layout, and return the orders on it."""
    bed = problem.bed(problem.machines[m])
    orders = sorted(plate)
    if tuple(orders) in laid:
        return orders
    found = None
    outlines = [problem.orders[o].silhouette() for o in orders]
    for most_turns, rounds, cells, most_parts in TRIES:
        if len(orders) > most_parts:
            continue
        turns, cell_mm = min(most_turns, problem.turns), max(bed.x_mm, bed.y_mm) / cells
        try:
            found = nest(bed, outlines, turns=turns, rounds=rounds, cell_mm=cell_mm)
        except DoesNotNest as impossible:
            if cells == TRIES[-1][2]:
                lost = set(impossible.data["ids"])
                orders = [o for o in orders if problem.orders[o].id not in lost]
                return _lay(problem, m, orders, laid) if orders else []
            continue
        if len(found.plates) == 1:
            break
    assert found is not None  # noqa: S101 - the last try either lays them out or has returned
    first = max(found.plates, key=len)
    kept = sorted(orders[item.index] for item in first)
    where = {o: item for item in first for o in [orders[item.index]]}
    laid[tuple(kept)] = tuple(
        Placed(k, where[o].id, where[o].x_mm, where[o].y_mm, where[o].angle_deg) for k, o in enumerate(kept)
    )
    return kept


def misfit(problem: Problem, m: int, plate: Sequence[int], known: dict[tuple[object, ...], bool]) -> list[int]:
    """Return orders of a plate that do not lie on one bed together, none of which can be left out; nothing if it nests.

    ``known`` keeps what was found out, by bed and orders.
    """
    if _lies(problem, m, plate, known):
        return []
    least = sorted(plate)
    for o in sorted(plate, key=lambda o: problem.orders[o].area_mm2):
        rest = [other for other in least if other != o]
        if rest and not _lies(problem, m, rest, known):
            least = rest
    return least


def _lies(problem: Problem, m: int, plate: Sequence[int], known: dict[tuple[object, ...], bool]) -> bool:
    machine = problem.machines[m]
    key = (machine.bed_mm, machine.height_mm, *sorted(plate))
    if key not in known:
        known[key] = len(_lay(problem, m, plate, {})) == len(plate)
    return known[key]


def _pays(problem: Problem, m: int, plate: Sequence[int]) -> bool:
    """Say whether a split plate is worth its set-up, lateness at its worst."""
    machine = problem.machines[m]
    parts = [problem.orders[o] for o in plate]
    worth = sum(machine.worth_minor(part) - part.late_cap_minor for part in parts)
    return worth > machine.setup_minor + machine.hourly_minor * plate_hours(machine, parts)[1]
