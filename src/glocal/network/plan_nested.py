"""Small plans whose plates nest: what does not lie on a bed together is kept apart, and the search begins again.

The area model lets parts share a plate that their shapes do not allow. Each plate of a plan is nested; of one that does
not nest the smallest set that is to blame is forbidden, and so on until all plates nest (logic-based Benders
decomposition, Hooker & Ottosson, Mathematical Programming 96, 2003, with a search as its master).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from glocal.network.plan import Asked, Schedule, earned_by, improved, schedule_of
from glocal.network.plan_layout import lay_all, misfit
from glocal.network.plan_model import Problem
from glocal.network.plan_scan_kernel import ROOM
from glocal.network.plan_tables import holes_last

Floats = NDArray[np.float64]

# share of a plate's room that is filled, and how often what does not nest is kept apart and the search begun again
FILLINGS = ((1.0, 20), (0.7, 15), (0.8, 15), (0.9, 15), (1.0, 15))


def nested(problem: Problem, asked_at: tuple[Asked, Floats], schedule: Schedule, *, rounds: int, seed: int) -> Schedule:
    """Return the best schedule found whose plates all nest; ``schedule`` itself when they do already.

    Parameters
    ----------
    asked_at : (Asked, (N, C) float)
        The problem for the search, and what the hours of each candidate cost.
    schedule : Schedule
        The best by area.
    """
    known: dict[tuple[object, ...], bool] = {}
    apart: dict[int, int] = {}  # orders that do not go together, as bits: the machines where, as bits
    best, by_area = lay_all(problem, schedule)[0], earned_by(problem, schedule)
    for number, (share, turns) in enumerate(FILLINGS):
        turn = 0
        if number:
            schedule = schedule_of(improved(*_filled(asked_at, apart, share), rounds, seed))
        while turn < turns and (wrong := list(_misfits(problem, schedule, known))):
            asked_at = _kept_apart(problem, wrong, asked_at, apart)
            schedule = schedule_of(improved(*_filled(asked_at, apart, share), rounds, seed + turn))
            turn += 1
        if turn < turns and earned_by(problem, schedule) > earned_by(problem, best):
            best = schedule
        if (turn < turns and share == 1.0) or earned_by(problem, best) >= by_area - 1e-6:
            break
    return best


def _filled(asked_at: tuple[Asked, Floats], apart: dict[int, int], share: float) -> tuple[Asked, Floats]:
    """Return the problem with what is known to go apart, and plates filled to a share of their room only."""
    (orders, machines, near, worth, _), toll = asked_at
    machines = machines.copy()
    machines[:, ROOM] *= share
    return (orders, machines, near, worth, np.array([*apart.items()], dtype=np.uint64).reshape(-1, 2)), toll


def _kept_apart(
    problem: Problem, wrong: list[tuple[int, list[int]]], asked_at: tuple[Asked, Floats], apart: dict[int, int]
) -> tuple[Asked, Floats]:
    """Note orders that do not lie on one bed; return the problem without machines where one does not lie even alone."""
    for m, least in wrong:
        if len(least) == 1:
            asked_at = _without(*asked_at, least[0], _no_larger(problem, m))
        else:
            bits = sum(1 << o for o in least)
            apart[bits] = apart.get(bits, 0) | sum(1 << other for other in _no_larger(problem, m))
    return asked_at


def _misfits(
    problem: Problem, schedule: Schedule, known: dict[tuple[object, ...], bool]
) -> Iterable[tuple[int, list[int]]]:
    for m, plates in enumerate(schedule):
        for plate in plates:
            if least := misfit(problem, m, plate, known):
                yield m, least


def _no_larger(problem: Problem, m: int) -> list[int]:
    """Return the machines on whose beds nothing lies that does not lie on this one's."""
    long_mm, short_mm = max(problem.machines[m].bed_mm), min(problem.machines[m].bed_mm)
    return [
        other
        for other, machine in enumerate(problem.machines)
        if max(machine.bed_mm) <= long_mm and min(machine.bed_mm) <= short_mm
    ]


def _without(asked: Asked, toll: Floats, o: int, machines: list[int]) -> tuple[Asked, Floats]:
    """Take machines off an order's candidates: it does not even lie there alone."""
    near = asked[2].copy()
    near[o, np.isin(near[o], machines)] = -1
    near, worth, toll = holes_last(near, asked[3], toll)
    return (*asked[:2], near, worth, asked[4]), toll
