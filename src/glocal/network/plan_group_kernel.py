"""Moves of whole plates, compiled: orders that pay only together go to a fresh plate together.

Insertion takes in one order after the other, and the first of a fresh plate pays the set-up for all. Where none pays it
alone, a plate is neither moved to another machine, nor put before or after its neighbour, nor split in two; here its
orders, or some of them, are valued as one. Problem and state are those of :mod:`glocal.network.plan_kernel`; numba is
imported with this module: import it late.
"""

from __future__ import annotations

import numba
import numpy as np

from glocal.network.plan_kernel import (
    Ints,
    Problem,
    Seen,
    State,
    allowed,
    and_later,
    late_minor,
    look_at,
    nothing_seen,
    put,
    run_plate,
    take,
    worth_at,
    worth_if_any,
)
from glocal.network.plan_scan_kernel import AREA, DUE, HEIGHT, MATERIAL, RELEASE, ROOM, VOLUME

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")

PASSES = 5


@_jit
def best_place_together(group: Ints, problem: Problem, state: State, seen: Seen) -> tuple[float, int, int]:
    """Return the gain, machine and place of the best fresh plate for orders of one material; machine −1 for none."""
    orders, machines, candidates, worth, forbidden = problem
    items, count, plates, _, _ = state
    profiles, known = seen
    volume, tallest, released, covered, first_due = 0.0, 0.0, 0.0, 0.0, np.inf
    for o in group:
        volume += orders[o, VOLUME]
        tallest = max(tallest, orders[o, HEIGHT])
        released = max(released, orders[o, RELEASE])
        covered += orders[o, AREA]
        first_due = min(first_due, orders[o, DUE])
    size, material = len(group), orders[group[0], MATERIAL]
    best, best_machine, best_at = 1e-9, -1, -1
    for c in range(candidates.shape[1]):
        m = candidates[group[0], c]
        if m < 0:
            break
        if covered > machines[m, ROOM] or plates[m] >= items.shape[1]:
            continue
        brings = 0.0
        for o in group:
            brings += worth_if_any(o, m, candidates, worth)
        if brings <= best or (len(forbidden) and not allowed(group, size, np.uint64(0), m, forbidden)):
            continue
        if not known[m]:
            look_at(m, problem, state, seen)
        load = (items[m], count[m], plates[m])
        for at in range(plates[m] + 1):
            plate = (volume, tallest, released, material)
            clock, added = run_plate(machines[m], profiles[m, 5, at], plate, profiles[m, 7, at])
            added += late_minor(orders, group, size, clock, first_due)
            then = (at, True, clock, material, added, brings - best)
            gain = brings - and_later(orders, machines[m], load, profiles[m], then)
            if gain > best:
                best, best_machine, best_at = gain, m, at
    return best, best_machine, best_at


@_jit
def insert_together(group: Ints, problem: Problem, state: State, seen: Seen) -> float:
    """Put orders on a fresh plate together where that gains most; return the gain, 0 if nowhere."""
    base, at_machine = state[3], state[4]
    gain, m, at = best_place_together(group, problem, state, seen)
    if m < 0:
        return 0.0
    put(group[0], m, (at, True), state)
    for o in group[1:]:
        put(o, m, (at, False), state)
    base[m] = look_at(m, problem, state, seen)
    at_machine[group] = m
    return gain


@_jit
def settle(problem: Problem, state: State) -> float:
    """Move whole plates where each gains most until none gains anything more; return what was gained."""
    _, _, candidates, worth, _ = problem
    items, count, plates, base, at_machine = state
    seen = nothing_seen(state)
    total = 0.0
    for _ in range(PASSES):
        gained = 0.0
        for m in range(len(plates)):
            k = 0
            while k < plates[m]:
                group = items[m, k, : count[m, k]].copy()
                before = base[m]
                for o in group:
                    gained -= worth_at(o, m, candidates, worth)
                    take(o, m, items, count, plates)
                    at_machine[o] = -1
                base[m] = look_at(m, problem, state, seen)
                gained += before - base[m] + insert_together(group, problem, state, seen)
                k += 1
        total += gained
        if gained <= 1e-6:
            break
    return total
