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
from glocal.network.plan_tables import holes_last

Floats = NDArray[np.float64]

TURNS = 80


def nested(problem: Problem, asked_at: tuple[Asked, Floats], schedule: Schedule, *, rounds: int, seed: int) -> Schedule:
    """Return the best schedule found whose plates all nest; ``schedule`` itself when they do already.

    Parameters
    ----------
    asked_at : (Asked, (N, C) float)
        The problem for the search, and what the hours of each candidate cost.
    schedule : Schedule
        The best by area.
    """
    asked, toll = asked_at
    known: dict[tuple[object, ...], bool] = {}
    apart: dict[int, int] = {}  # orders that do not go together, as bits: the machines where, as bits
    best, turn = lay_all(problem, schedule)[0], 0
    while turn < TURNS and (wrong := list(_misfits(problem, schedule, known))):
        for m, least in wrong:
            if len(least) == 1:
                asked, toll = _without(asked, toll, least[0], _no_larger(problem, m))
            else:
                bits = sum(1 << o for o in least)
                apart[bits] = apart.get(bits, 0) | sum(1 << other for other in _no_larger(problem, m))
        forbidden = np.array([*apart.items()], dtype=np.uint64).reshape(-1, 2)
        schedule = schedule_of(improved((*asked[:4], forbidden), toll, rounds, seed + turn))
        turn += 1
    if turn == TURNS:
        schedule = lay_all(problem, schedule)[0]
    return schedule if earned_by(problem, schedule) >= earned_by(problem, best) else best


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
