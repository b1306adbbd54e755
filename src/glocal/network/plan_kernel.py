"""The inner loops of planning, compiled: what a machine costs, best insertion, moves.

A problem is (orders (N, 13), machines (M, 18 + 2 S), candidates (N, C), worth (N, C), forbidden (F, 2)): sets of orders
(bits of the first word) that do not share a plate on some machines (bits of the second). A state is (items (M, K, P),
count (M, K), plates (M,), base (M,), at_machine (N,)). Machine m has ``plates[m]`` plates in order; plate k holds
``count[m, k]`` orders in ``items[m, k]``; ``base`` is its cost. A change is valued by running through the one machine
that it touches; what was worked out of a machine, (M, 8, K + 1), is kept until it changes. numba is imported with this
module: import it late.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from glocal.network.plan_scan_kernel import (
    AREA,
    CAP,
    CHANGE,
    CHANGE_H,
    DUE,
    HEIGHT,
    HEIGHT_H,
    HOURLY,
    LATE,
    LOADED,
    MATERIAL,
    NEVER,
    NOT_POSSIBLE,
    RATE,
    READY,
    RELEASE,
    ROOM,
    SETUP,
    SETUP_H,
    VOLUME,
    next_open,
)

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Problem = tuple[Floats, Floats, Ints, Floats, Words]
State = tuple[Ints, Ints, Ints, Floats, Ints]
Machines = tuple[Ints, Ints, Ints, Floats]
Bools = NDArray[np.bool_]
Seen = tuple[Floats, Bools]
Load = tuple[Ints, Ints, int]
Change = tuple[int, int, bool]
Plate = tuple[float, float, float, float]

AS_IT_IS: Change = (-1, 0, False)
LOST = 1e12  # cost of a plate that nobody would be there to begin or to take off


@_jit
def run_plate(machine: Floats, clock: float, plate: Plate, loaded: float) -> tuple[float, float]:
    """Return when a plate (volume, tallest, released, material) is ready, and what it costs without lateness."""
    volume, tallest, released, material = plate
    fixed, cost = machine[SETUP_H] + machine[HEIGHT_H] * tallest, machine[SETUP]
    if loaded >= 0.0 and material != loaded:
        fixed += machine[CHANGE_H]
        cost += machine[CHANGE]
    ready = next_open(machine, next_open(machine, max(clock, released)) + fixed + volume / machine[RATE])
    cost += machine[HOURLY] * fixed
    return ready, cost + LOST if ready >= NEVER else cost


@_jit
def machine_cost(orders: Floats, machine: Floats, load: Load, change: Change) -> float:
    """Return set-up and lateness of one machine with its load (items, count, plates) and one change.

    The change (order, plate, fresh) puts an order on a plate, or on a fresh one before it; order −1 changes nothing.
    """
    items, count, plates = load
    extra, at, fresh = change
    cost, clock, loaded = 0.0, machine[READY], machine[LOADED]
    for k in range(plates + (1 if fresh and extra >= 0 else 0)):
        alone = fresh and extra >= 0 and k == at
        source = k - 1 if fresh and extra >= 0 and k > at else k
        joins = extra >= 0 and not fresh and k == at
        volume, tallest, released = 0.0, 0.0, 0.0
        if alone or joins:
            volume, tallest, released = orders[extra, VOLUME], orders[extra, HEIGHT], orders[extra, RELEASE]
        if not alone:
            for i in range(count[source]):
                o = items[source, i]
                volume += orders[o, VOLUME]
                tallest = max(tallest, orders[o, HEIGHT])
                released = max(released, orders[o, RELEASE])
        material = orders[extra if alone else items[source, 0], MATERIAL]
        clock, spent = run_plate(machine, clock, (volume, tallest, released, material), loaded)
        loaded = material
        cost += spent
        if alone or joins:
            cost += min(orders[extra, CAP], orders[extra, LATE] * max(0.0, clock - orders[extra, DUE]))
        if not alone:
            for i in range(count[source]):
                o = items[source, i]
                cost += min(orders[o, CAP], orders[o, LATE] * max(0.0, clock - orders[o, DUE]))
    return cost


@_jit
def _profile(orders: Floats, machine: Floats, load: Load, seen: Floats) -> None:
    """Fill ``seen`` (8, K + 1): a plate's volume, height, release, first due, area; clock, cost, material before it."""
    items, count, plates = load
    clock, cost, loaded = machine[READY], 0.0, machine[LOADED]
    for k in range(plates):
        volume, tallest, released, first_due, covered = 0.0, 0.0, 0.0, np.inf, 0.0
        for i in range(count[k]):
            o = items[k, i]
            volume += orders[o, VOLUME]
            tallest = max(tallest, orders[o, HEIGHT])
            released = max(released, orders[o, RELEASE])
            first_due = min(first_due, orders[o, DUE])
            covered += orders[o, AREA]
        seen[0, k], seen[1, k], seen[2, k], seen[3, k], seen[4, k] = volume, tallest, released, first_due, covered
        seen[5, k], seen[6, k], seen[7, k] = clock, cost, loaded
        material = orders[items[k, 0], MATERIAL]
        clock, spent = run_plate(machine, clock, (volume, tallest, released, material), loaded)
        loaded = material
        cost += spent + late_minor(orders, items[k], count[k], clock, first_due)
    seen[5, plates], seen[6, plates], seen[7, plates] = clock, cost, loaded


@_jit
def late_minor(orders: Floats, plate: Ints, size: int, clock: float, first_due: float) -> float:
    """Return what lateness costs on a plate that is ready at ``clock``."""
    if clock <= first_due:
        return 0.0
    cost = 0.0
    for i in range(size):
        o = plate[i]
        cost += min(orders[o, CAP], orders[o, LATE] * max(0.0, clock - orders[o, DUE]))
    return cost


@_jit
def _with(o: int, orders: Floats, machine: Floats, load: Load, seen: Floats, place: tuple[int, bool, float]) -> float:  # noqa: PLR0917
    """Return what order ``o`` adds to a machine's cost on a plate, or on a fresh one before it (plate, fresh, limit).

    Later plates are run through until the clock is as it was; above ``limit`` the answer may be too low.
    """
    items, count, _ = load
    at, fresh, limit = place
    order = orders[o]
    volume, tallest, released = order[VOLUME], order[HEIGHT], order[RELEASE]
    if not fresh:
        volume, tallest, released = volume + seen[0, at], max(tallest, seen[1, at]), max(released, seen[2, at])
    loaded = order[MATERIAL]
    clock, added = run_plate(machine, seen[5, at], (volume, tallest, released, loaded), seen[7, at])
    added += min(order[CAP], order[LATE] * max(0.0, clock - order[DUE]))
    k = at
    if not fresh:
        added += late_minor(orders, items[at], count[at], clock, seen[3, at]) - (seen[6, at + 1] - seen[6, at])
        k = at + 1
    return and_later(orders, machine, load, seen, (k, fresh, clock, loaded, added, limit))


@_jit
def and_later(
    orders: Floats, machine: Floats, load: Load, seen: Floats, at: tuple[int, bool, float, float, float, float]
) -> float:
    """Return what is added by a change whose plate is ready at ``clock``, later plates included.

    ``at`` is (first later plate, whether a fresh one came before it, clock, material then loaded, added so far, limit).
    """
    items, count, plates = load
    first, fresh, clock, loaded, added, limit = at
    k = first
    while k < plates and (added < limit or (fresh and k == first)):  # a fresh plate may save the next one its change
        if loaded == seen[7, k] and (clock <= seen[5, k] or (clock <= seen[2, k] and seen[5, k] <= seen[2, k])):
            break  # it waits for an order anyhow
        material = orders[items[k, 0], MATERIAL]
        clock, now = run_plate(machine, clock, (seen[0, k], seen[1, k], seen[2, k], material), loaded)
        loaded = material
        added += now + late_minor(orders, items[k], count[k], clock, seen[3, k]) - (seen[6, k + 1] - seen[6, k])
        k += 1
    return float(added)


@_jit
def _least_of_plate(machine: Floats) -> float:
    """Return what a fresh plate costs at least: none makes the changes of material fewer, or another plate earlier."""
    return float(machine[SETUP] + machine[HOURLY] * machine[SETUP_H])


@_jit
def nothing_seen(state: State) -> Seen:
    """Return room for what is worked out of each machine."""
    items = state[0]
    return np.zeros((items.shape[0], 8, items.shape[1] + 1)), np.zeros(items.shape[0], dtype=np.bool_)


@_jit
def look_at(m: int, problem: Problem, state: State, seen: Seen) -> float:
    """Work out what is known of machine ``m``, and return its cost."""
    items, count, plates, _, _ = state
    profiles, known = seen
    _profile(problem[0], problem[1][m], (items[m], count[m], plates[m]), profiles[m])
    known[m] = True
    return float(profiles[m, 6, plates[m]])


@_jit
def best_place(o: int, problem: Problem, state: State, seen: Seen) -> tuple[float, int, int, bool]:
    """Return the gain, machine, plate and whether it is a fresh one, of the best way to take on order ``o``."""
    orders, machines, candidates, worth, _ = problem
    items, count, plates, _, _ = state
    profiles, known = seen
    best, best_machine, best_at, best_fresh = 1e-9, -1, -1, False
    for c in range(candidates.shape[1]):
        m = candidates[o, c]
        if m < 0:
            break
        if worth[o, c] <= best:
            continue
        load = (items[m], count[m], plates[m])
        if not known[m]:
            look_at(m, problem, state, seen)
        plate_pays = plates[m] < items.shape[1] and worth[o, c] - _least_of_plate(machines[m]) > best
        for at in range(plates[m] + 1):
            for fresh in (False, True):
                if fresh:
                    if not plate_pays:
                        continue
                elif at == plates[m] or not _joins(o, m, problem, load, at, profiles[m, 4, at]):
                    continue
                place = (at, fresh, worth[o, c] - best)
                gain = worth[o, c] - _with(o, orders, machines[m], load, profiles[m], place)
                if gain > best:
                    best, best_machine, best_at, best_fresh = gain, m, at, fresh
    return best, best_machine, best_at, best_fresh


@_jit
def _joins(o: int, m: int, problem: Problem, load: Load, at: int, covered: float) -> bool:  # noqa: PLR0917
    orders, machines, _, _, forbidden = problem
    plate, size = load[0][at], load[1][at]
    if size >= plate.shape[0] or orders[plate[0], MATERIAL] != orders[o, MATERIAL]:
        return False
    if covered + orders[o, AREA] > machines[m, ROOM]:
        return False
    if len(forbidden) == 0:
        return True
    return allowed(plate, size, np.uint64(1) << np.uint64(o), m, forbidden)


@_jit
def allowed(plate: Ints, size: int, together: np.uint64, m: int, forbidden: Words) -> bool:
    """Say whether orders, and those whose bits are in ``together``, may share a plate of a machine."""
    for i in range(size):
        together |= np.uint64(1) << np.uint64(plate[i])
    for f in range(len(forbidden)):
        if (forbidden[f, 1] >> np.uint64(m)) & np.uint64(1) and together & forbidden[f, 0] == forbidden[f, 0]:
            return False
    return True


@_jit
def put(o: int, m: int, place: tuple[int, bool], state: State) -> None:
    """Put an order where :func:`best_place` said: (plate, fresh)."""
    items, count, plates, _, _ = state
    at, fresh = place
    if fresh:
        for k in range(plates[m], at, -1):
            items[m, k] = items[m, k - 1]
            count[m, k] = count[m, k - 1]
        count[m, at] = 0
        plates[m] += 1
    items[m, at, count[m, at]] = o
    count[m, at] += 1


@_jit
def take(o: int, m: int, items: Ints, count: Ints, plates: Ints) -> None:
    """Take an order off machine ``m``; a plate that is left empty disappears."""
    for k in range(plates[m]):
        for i in range(count[m, k]):
            if items[m, k, i] == o:
                count[m, k] -= 1
                items[m, k, i] = items[m, k, count[m, k]]
                if count[m, k] == 0:
                    for later in range(k, plates[m] - 1):
                        items[m, later] = items[m, later + 1]
                        count[m, later] = count[m, later + 1]
                    plates[m] -= 1
                return


@_jit
def insert_all(order_list: Ints, problem: Problem, state: State) -> float:
    """Insert orders one after the other where each gains most; return what all gained. What gains nothing stays out."""
    return insert(order_list, problem, state, nothing_seen(state))


@_jit
def insert(order_list: Ints, problem: Problem, state: State, seen: Seen) -> float:
    """As :func:`insert_all`, with what is known of the machines."""
    base, at_machine = state[3], state[4]
    total = 0.0
    for o in order_list:
        gain, m, at, fresh = best_place(o, problem, state, seen)
        if m >= 0:
            put(o, m, (at, fresh), state)
            base[m] = look_at(m, problem, state, seen)
            at_machine[o] = m
            total += gain
    return total


@_jit
def worth_at(o: int, m: int, candidates: Ints, worth: Floats) -> float:
    """Return what order ``o`` is worth on machine ``m`` by the candidates; 0 when it is none of them."""
    found = worth_if_any(o, m, candidates, worth)
    return found if found > NOT_POSSIBLE else 0.0


@_jit
def worth_if_any(o: int, m: int, candidates: Ints, worth: Floats) -> float:
    """Return what order ``o`` is worth on machine ``m`` by the candidates; hopelessly little when it is none."""
    for c in range(candidates.shape[1]):
        if candidates[o, c] == m:
            return float(worth[o, c])
    return NOT_POSSIBLE


@_jit
def cheapest_move(tried: Ints, problem: Problem, there: Problem, state: State) -> int:
    """Move that one of the ``tried`` orders to a machine of ``there`` that costs least per volume; −1 for none."""
    orders, machines, candidates, worth, _ = problem
    items, count, plates, base, at_machine = state
    seen = nothing_seen(state)
    best, best_o = -np.inf, -1
    for o in tried:
        m, freed = at_machine[o], 0.0
        if m >= 0:
            were, counted, number = items[m].copy(), count[m].copy(), plates[m]
            take(o, m, items, count, plates)
            left = machine_cost(orders, machines[m], (items[m], count[m], plates[m]), AS_IT_IS)
            freed = base[m] - left - worth_at(o, m, candidates, worth)
            items[m], count[m], plates[m] = were, counted, number
        gain, to, _, _ = best_place(o, there, state, seen)
        if to >= 0 and (gain + freed) / orders[o, VOLUME] > best:
            best, best_o = (gain + freed) / orders[o, VOLUME], o
    if best_o >= 0:
        m = at_machine[best_o]
        if m >= 0:
            take(best_o, m, items, count, plates)
            base[m] = machine_cost(orders, machines[m], (items[m], count[m], plates[m]), AS_IT_IS)
            at_machine[best_o] = -1
        insert_all(np.array([best_o]), there, state)
    return best_o
