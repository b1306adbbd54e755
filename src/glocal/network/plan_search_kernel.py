"""Large neighbourhood search, compiled; problem and state are those of :mod:`glocal.network.plan_kernel`.

numba is imported with this module: import it late.
"""

from __future__ import annotations

import numba
import numpy as np

from glocal.network.plan_group_kernel import insert_together, settle
from glocal.network.plan_kernel import (
    Bools,
    Floats,
    Ints,
    Load,
    Machines,
    Problem,
    Seen,
    State,
    insert,
    look_at,
    nothing_seen,
    take,
    worth_at,
)
from glocal.network.plan_scan_kernel import AREA, DUE, RELEASE

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")

Marked = tuple[Ints, Ints, Bools]

TOGETHER = 0.15  # of the moves are of whole plates or of parts of one
WARMTH = 0.1  # of the mean worth of an order: how much worse a move may be at the beginning


@_jit
def search(problem: Problem, state: State, rounds: int, seed: int) -> float:
    """Improve a plan in place by taking some orders out and inserting them anew; return what was gained.

    What goes out is a machine's load, a plate here and one elsewhere, a few neighbours in the list of candidates, or
    any; or a plate or a part of it, to be a plate of its own somewhere. A move that makes the plan worse stands at odds
    that fall with the loss and with time (simulated annealing, Kirkpatrick et al., Science 220, 1983).
    """
    items, count, plates, base, at_machine = now = state
    seen = nothing_seen(state)
    np.random.seed(seed)
    n = len(at_machine)
    gained, best_gained = 0.0, 0.0
    warmth = WARMTH * problem[3][at_machine >= 0, 0].sum() / n
    before = (items.copy(), count.copy(), plates.copy(), base.copy())
    kept = (items.copy(), count.copy(), plates.copy(), base.copy())
    touched, dirty = _nothing_marked(len(plates)), _nothing_marked(len(plates))
    chosen, was = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for step in range(rounds):
        _unmark(touched)
        size, gain = _move(chosen, was, touched, problem, state, seen)
        if gain >= warmth * (1.0 - step / rounds) * np.log(np.random.random()):
            gained += gain
            _copy(now[:4], before, touched)
            for k in range(touched[0][0]):
                _mark(touched[1][k], dirty)
        else:
            _copy(before, now[:4], touched)
            seen[1][touched[1][: touched[0][0]]] = False
            at_machine[chosen[:size]] = was[:size]
        if gained > best_gained + 1e-9:
            best_gained = gained
            _copy(now[:4], kept, dirty)
            _unmark(dirty)
    items[:], count[:], plates[:], base[:] = kept
    _note_machines(state)
    return best_gained + settle(problem, state)


@_jit
def _move(chosen: Ints, was: Ints, touched: Marked, problem: Problem, state: State, seen: Seen) -> tuple[int, float]:  # noqa: PLR0917
    """Take some orders out, put them in anew; return how many were ``chosen``, and what that gains."""
    at_machine = state[4]
    size = _part_of_plate(chosen, problem[0], state) if np.random.random() < TOGETHER else 0
    together = 0.0
    apart = size == 0
    if apart:
        size = _choose(chosen, problem[2], state)
        _mix(chosen, size, problem[0])
    lost = _take_out(chosen[:size], was, touched, problem, state, seen)
    if not apart:
        together = insert_together(chosen[:size], problem, state, seen)
    if together <= 0.0:
        together = insert(chosen[:size], problem, state, seen)
    for i in range(size):
        _mark(at_machine[chosen[i]], touched)
    return size, together - lost


@_jit
def _note_machines(state: State) -> None:
    """Note of each order on which machine it is."""
    items, count, plates, _, at_machine = state
    at_machine[:] = -1
    for m in range(len(plates)):
        for k in range(plates[m]):
            for i in range(count[m, k]):
                at_machine[items[m, k, i]] = m


@_jit
def _nothing_marked(machines: int) -> Marked:
    return np.zeros(1, dtype=np.int64), np.zeros(machines, dtype=np.int64), np.zeros(machines, dtype=np.bool_)


@_jit
def _mark(m: int, marked: Marked) -> None:
    """Mark a machine, unless it is none (−1): marks are (how many, which, whether)."""
    if m >= 0 and not marked[2][m]:
        marked[1][marked[0][0]] = m
        marked[0][0] += 1
        marked[2][m] = True


@_jit
def _unmark(marked: Marked) -> None:
    for k in range(marked[0][0]):
        marked[2][marked[1][k]] = False
    marked[0][0] = 0


@_jit
def _take_out(chosen: Ints, was: Ints, touched: Marked, problem: Problem, state: State, seen: Seen) -> float:  # noqa: PLR0917
    """Take orders off their machines, note where they were, and return what that loses."""
    _, _, candidates, worth, _ = problem
    items, count, plates, base, at_machine = state
    lost = 0.0
    for i in range(len(chosen)):
        o = chosen[i]
        m = was[i] = at_machine[o]
        if m >= 0:
            _mark(m, touched)
            take(o, m, items, count, plates)
            lost += worth_at(o, m, candidates, worth)
            at_machine[o] = -1
    for k in range(touched[0][0]):
        m = touched[1][k]
        cost = look_at(m, problem, state, seen)
        lost -= base[m] - cost
        base[m] = cost
    return lost


@_jit
def _copy(source: Machines, target: Machines, which: Marked) -> None:
    """Copy the loads of some machines."""
    for j in range(which[0][0]):
        m = which[1][j]
        target[2][m] = source[2][m]
        target[3][m] = source[3][m]
        for k in range(source[2][m]):
            target[1][m, k] = source[1][m, k]
            for i in range(source[1][m, k]):
                target[0][m, k, i] = source[0][m, k, i]


@_jit
def _choose(chosen: Ints, candidates: Ints, state: State) -> int:
    """Fill ``chosen`` with the orders that go out (and some that were out), return how many."""
    items, count, plates, _, at_machine = state
    n, size = len(at_machine), 0
    limit = min(n, 3 + np.random.randint(0, 10))
    start = np.random.randint(0, n)
    way = min(np.random.randint(0, 8), 3)  # most moves of any orders: fewer of them end in worse plans
    m = at_machine[start]
    if way == 0 and m >= 0:
        first = np.random.randint(0, plates[m])
        for step in range(plates[m]):
            size = _add(chosen, size, limit, (items[m], count[m], plates[m]), (first + step) % plates[m], 1.0)
    elif way == 1:
        able = 0
        while able < candidates.shape[1] and candidates[start, able] >= 0:
            able += 1
        first = np.random.randint(0, max(able, 1))
        for step in range(able):  # some of what lies on the machines that this order could be on
            m = candidates[start, (first + step) % able]
            for k in range(plates[m]):
                size = _add(chosen, size, limit, (items[m], count[m], plates[m]), k, 0.3)
    elif way == 2:
        for step in range(2):  # its plate's neighbour here, and one on another machine that it could be on
            m = m if step == 0 else candidates[start, np.random.randint(0, candidates.shape[1])]
            if m >= 0 and plates[m] > 0:
                k = np.random.randint(0, plates[m])
                size = _add(chosen, size, limit, (items[m], count[m], plates[m]), k, 1.0)
        if size > 0:
            return _distinct(chosen, size, at_machine)
    while size < max(limit // 2, 1) or (way == 3 and size < limit):
        chosen[size] = np.random.randint(0, n)
        size += 1
    return _distinct(chosen, size, at_machine)


@_jit
def _part_of_plate(chosen: Ints, orders: Floats, state: State) -> int:
    """Fill ``chosen`` with a plate's orders, or with those up to one by release, by due date or at random."""
    items, count, _, _, at_machine = state
    start = np.random.randint(0, len(at_machine))
    m = at_machine[start]
    if m < 0:
        return 0
    k = 0
    while not (items[m, k, : count[m, k]] == start).any():
        k += 1
    way, last = np.random.randint(0, 6), np.random.random()
    size = 0
    for i in range(count[m, k]):
        o = items[m, k, i]
        if way == 0:
            goes = orders[o, RELEASE] <= orders[start, RELEASE]
        elif way == 1:
            goes = orders[o, DUE] <= orders[start, DUE]
        else:
            goes = way > 2 or o == start or np.random.random() < last
        if goes:
            chosen[size] = o
            size += 1
    return size


@_jit
def _add(chosen: Ints, size: int, limit: int, load: Load, k: int, odds: float) -> int:  # noqa: PLR0917
    """Add the orders of a plate with some odds, up to a limit; return how many are chosen now."""
    for i in range(load[1][k]):
        if size < limit and (odds >= 1.0 or np.random.random() < odds):
            chosen[size] = load[0][k, i]
            size += 1
    return size


@_jit
def _distinct(chosen: Ints, size: int, at_machine: Ints) -> int:
    kept = 0
    for i in range(size):
        seen = False
        for j in range(kept):
            if chosen[j] == chosen[i]:
                seen = True
        if not seen:
            chosen[kept] = chosen[i]
            kept += 1
    for _ in range(4):  # orders that nobody makes yet get another chance
        o = np.random.randint(0, len(at_machine))
        seen = at_machine[o] >= 0 or kept >= len(chosen)
        for j in range(kept):
            if chosen[j] == o:
                seen = True
        if not seen:
            chosen[kept] = o
            kept += 1
    return kept


@_jit
def _mix(chosen: Ints, size: int, orders: Floats) -> None:
    """Order the chosen by due date, by area or at random."""
    way = np.random.randint(0, 8)
    key = np.zeros(size)
    for i in range(size):
        if way == 0:
            key[i] = orders[chosen[i], DUE]
        elif way == 1:
            key[i] = -orders[chosen[i], AREA]
        else:
            key[i] = np.random.random()
    rank = np.argsort(key)
    mixed = chosen[:size].copy()
    for i in range(size):
        chosen[i] = mixed[rank[i]]
