"""Large neighbourhood search, compiled; problem and state are those of :mod:`glocal.network.plan_kernel`.

numba is imported with this module: import it late.
"""

from __future__ import annotations

import numba
import numpy as np

from glocal.network.plan_kernel import (
    AS_IT_IS,
    Bools,
    Floats,
    Ints,
    Machines,
    Problem,
    State,
    insert,
    machine_cost,
    nothing_seen,
    take,
    worth_at,
)
from glocal.network.plan_scan_kernel import AREA, DUE

_jit = numba.njit(cache=True, nogil=True)


@_jit
def search(problem: Problem, state: State, rounds: int, seed: int) -> float:
    """Improve a plan in place by taking some orders out and inserting them anew; return what was gained.

    What goes out is a machine's whole load, a few neighbours in the list of candidates, or any; worse plans are kept
    for a while when they are only a little worse (record-to-record travel, Dueck, J. Comp. Phys. 104, 1993).
    """
    orders, machines, candidates, worth, _ = problem
    items, count, plates, base, at_machine = state
    seen = nothing_seen(state)
    np.random.seed(seed)
    n = len(at_machine)
    gained, best_gained = 0.0, 0.0
    scale = 0.0
    for o in range(n):
        if at_machine[o] >= 0:
            scale += worth[o, 0]
    before = (items.copy(), count.copy(), plates.copy(), base.copy())
    kept, kept_at = (items.copy(), count.copy(), plates.copy(), base.copy()), at_machine.copy()
    touched, dirty = np.zeros(len(plates), dtype=np.bool_), np.zeros(len(plates), dtype=np.bool_)
    chosen, was = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for step in range(rounds):
        old_gained = gained
        touched[:] = False
        size = _choose(chosen, candidates, state)
        _mix(chosen, size, orders)
        for i in range(size):
            o = chosen[i]
            m = was[i] = at_machine[o]
            if m >= 0:
                touched[m] = True
                seen[1][m] = False
                take(o, m, items, count, plates)
                cost = machine_cost(orders, machines[m], (items[m], count[m], plates[m]), AS_IT_IS)
                gained -= worth_at(o, m, candidates, worth) - (base[m] - cost)
                base[m] = cost
                at_machine[o] = -1
        gained += insert(chosen[:size], problem, state, seen)
        for i in range(size):
            if at_machine[chosen[i]] >= 0:
                touched[at_machine[chosen[i]]] = True
        now = (items, count, plates, base)
        if gained >= best_gained - min(0.002 * scale, 0.2 * scale / n) * (1.0 - step / rounds):
            _copy(now, before, touched)
            dirty |= touched
        else:
            _copy(before, now, touched)
            seen[1][touched] = False
            gained = old_gained
            for i in range(size):
                at_machine[chosen[i]] = was[i]
        if gained > best_gained + 1e-9:
            best_gained = gained
            _copy(now, kept, dirty)
            kept_at[:] = at_machine
            dirty[:] = False
    items[:], count[:], plates[:], base[:], at_machine[:] = kept[0], kept[1], kept[2], kept[3], kept_at
    return best_gained


@_jit
def _copy(source: Machines, target: Machines, which: Bools) -> None:
    """Copy the loads of some machines."""
    for m in range(len(which)):
        if which[m]:
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
    limit = min(n, 4 + np.random.randint(0, 24))
    start = np.random.randint(0, n)
    way = np.random.randint(0, 3)
    if way == 0 and at_machine[start] >= 0:
        m = at_machine[start]
        for k in range(plates[m]):
            for i in range(count[m, k]):
                if size < limit:
                    chosen[size] = items[m, k, i]
                    size += 1
    elif way == 1:
        for c in range(candidates.shape[1]):  # some of what lies on the machines that this order could be on
            m = candidates[start, c]
            if m < 0:
                break
            for k in range(plates[m]):
                for i in range(count[m, k]):
                    if size < limit and np.random.random() < 0.3:
                        chosen[size] = items[m, k, i]
                        size += 1
    while size < max(limit // 2, 1) or (way == 2 and size < limit):
        chosen[size] = np.random.randint(0, n)
        size += 1
    return _distinct(chosen, size, at_machine)


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
    way = np.random.randint(0, 3)
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
