"""The event loop of one neighbourhood, compiled: customers, queues, plates, faults, opening hours.

simpy would read more easily, but a planner page asks for thousands of simulated years, and this loop takes milliseconds
a year where a generator-based one takes most of a second (``python -m benchmarks strategy`` shows both). It knows times
only; what things cost is counted afterwards in :mod:`glocal.strategy.ledger`. numba is imported with this module:
import it late.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

_jit = numba.njit(cache=True, nogil=True)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

# columns of the people: when, where, uniform draw, piece's hours and share of a plate, demand factor, a peer's job
TIME, X, Y, BUYS, HOURS, SHARE, FACTOR, PEER = range(8)
# columns of the machines
M_X, M_Y, HOUR_MINOR, PLATE_MINOR, SETUP_H, FAILURE, FAULT_H, REPAIR_H, SPEED, OPENS, CLOSES, LEAVES, OWN = range(13)
# the policy
NEAREST, GUARANTEE_H, SLACK_H, HOLD_H, WAIT_MINOR, KM_MINOR, DECAY_PER_H, USUAL_H = range(8)

PLATE_ENDS, WAKE, LEAVE = 0, 1, 2
NOBODY = -1
AFTERMATH_H = 24.0 * 120
FULL = 1.0 + 1e-9


class Given(NamedTuple):
    """What is given: people (n, 8) with a key each, machines (m, 13) with open days and a key each, policy (8,)."""

    people: Floats
    keys: Keys
    machines: Floats
    days: Ints
    machine_keys: Keys
    policy: Floats


class Yard(NamedTuple):
    """What changes. By machine: the queue's ``head`` and ``tail``, the first piece on the ``plate``, when the plate
    ends, when a fault is mended, hours of printing to the next fault, share of the plate that gets done, faults so far,
    hours and plates in all. By person: who is ``behind`` in the same list, when it was ordered, promised, handed over
    (infinite: never), times printed (a broken plate counts in part), whole prints, and the machine (−1: did not buy).
    """

    head: Ints
    tail: Ints
    plate: Ints
    plate_ends: Floats
    mended: Floats
    to_fault: Floats
    part_done: Floats
    faults: Ints
    hours: Floats
    plates: Floats
    behind: Ints
    ordered: Floats
    promised: Floats
    handed_over: Floats
    printed: Floats
    prints: Ints
    machine: Ints


@_jit
def uniform(key: int, count: int) -> float:
    """Return the ``count``-th number of a stream in [0, 1) (SplitMix64; Steele, Lea & Flood, OOPSLA 2014)."""
    z = np.uint64(key) + np.uint64(count + 1) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * 2.0**-53


@_jit
def next_open(time_h: float, machine: Floats, days: int) -> float:
    """Return when hands are there next, at ``time_h`` or later; infinite when never. Bit d of ``days`` is weekday d."""
    first = int(np.floor(time_h / 24.0))
    for day in range(first, first + 8):
        if (days >> (day % 7)) & 1:
            if time_h < day * 24.0 + machine[OPENS]:
                return float(day * 24.0 + machine[OPENS])
            if time_h < day * 24.0 + machine[CLOSES]:
                return time_h
    return np.inf


@_jit
def ready_at(given: Given, yard: Yard, time_h: float, who: int, j: int) -> float:
    """Return when machine j would hand a piece over, if nothing failed: its queue is laid on plates in order."""
    people, machine, days = given.people, given.machines[j], given.days[j]
    start = next_open(max(time_h, yard.plate_ends[j], yard.mended[j]), machine, days)
    used, hours = 0.0, machine[SETUP_H]
    waiting = yard.head[j]
    while waiting != NOBODY:
        if used + people[waiting, SHARE] > FULL:
            start = next_open(start + hours, machine, days)
            used, hours = 0.0, machine[SETUP_H]
        used += people[waiting, SHARE]
        hours += people[waiting, HOURS] * machine[SPEED]
        waiting = yard.behind[waiting]
    if used + people[who, SHARE] > FULL:
        start = next_open(start + hours, machine, days)
        hours = machine[SETUP_H]
    end = next_open(start + hours + people[who, HOURS] * machine[SPEED], machine, days)
    return end if end <= machine[LEAVES] else np.inf


@_jit
def takes_peers(given: Given, yard: Yard, time_h: float, j: int) -> bool:
    """Say whether a machine is the shop's own, idle, and has somebody to start it."""
    machine = given.machines[j]
    idle = yard.head[j] == NOBODY and max(yard.plate_ends[j], yard.mended[j]) <= time_h and machine[OWN] > 0
    return bool(idle and next_open(time_h, machine, given.days[j]) <= time_h)


@_jit
def choose(given: Given, yard: Yard, time_h: float, who: int) -> tuple[int, float]:
    """Return the machine for a piece and when it would be ready; machine −1 when none can."""
    person, policy = given.people[who], given.policy
    best, best_score, best_ready = -1, np.inf, np.inf
    for j in range(given.machines.shape[0]):
        machine = given.machines[j]
        if time_h >= machine[LEAVES] or (person[PEER] > 0 and not takes_peers(given, yard, time_h, j)):
            continue
        ready = ready_at(given, yard, time_h, who, j)
        if not np.isfinite(ready):
            continue
        km = np.hypot(person[X] - machine[M_X], person[Y] - machine[M_Y])
        if policy[NEAREST] > 0:
            score = km * 1e9 + ready
        else:
            paid = person[HOURS] * machine[SPEED] * machine[HOUR_MINOR] + machine[PLATE_MINOR] * person[SHARE]
            score = paid + policy[KM_MINOR] * km + policy[WAIT_MINOR] * (ready - time_h)
        if score < best_score:
            best, best_score, best_ready = j, score, ready
    return best, best_ready


@_jit
def append(yard: Yard, j: int, who: int) -> None:
    """Put a piece at the end of a machine's queue."""
    yard.behind[who] = NOBODY
    if yard.head[j] == NOBODY:
        yard.head[j] = who
    else:
        yard.behind[yard.tail[j]] = who
    yard.tail[j] = who
    yard.machine[who] = j


@_jit
def arrive(given: Given, yard: Yard, who: int) -> int:
    """Let somebody see an offer; return the machine whose queue they joined, −1 when they do not buy."""
    person, policy = given.people[who], given.policy
    time_h = person[TIME]
    j, ready = choose(given, yard, time_h, who)
    if j < 0:
        return j
    wait_h = policy[GUARANTEE_H] if policy[GUARANTEE_H] > 0 else ready - time_h + policy[SLACK_H]
    wish = person[FACTOR]
    if person[PEER] == 0:
        wish *= np.exp(-policy[DECAY_PER_H] * (wait_h - policy[USUAL_H]))
    if person[BUYS] >= wish:
        return -1
    yard.ordered[who], yard.promised[who] = time_h, time_h + wait_h
    append(yard, j, who)
    return j


@_jit
def start_plate(given: Given, yard: Yard, time_h: float, j: int) -> float:
    """Lay what fits on the plate and start it; return when it ends, by itself or by a fault."""
    machine = given.machines[j]
    used, hours, last, waiting = 0.0, machine[SETUP_H], NOBODY, yard.head[j]
    yard.plate[j] = waiting
    while waiting != NOBODY and used + given.people[waiting, SHARE] <= FULL:
        used += given.people[waiting, SHARE]
        hours += given.people[waiting, HOURS] * machine[SPEED]
        last = waiting
        waiting = yard.behind[waiting]
    yard.head[j] = waiting
    if last != NOBODY:
        yard.behind[last] = NOBODY
    runs = min(hours, yard.to_fault[j])
    yard.part_done[j] = runs / hours if hours > 0 else 1.0
    yard.to_fault[j] -= runs
    if yard.part_done[j] < 1.0:
        yard.faults[j] += 1
        yard.to_fault[j] = -machine[FAULT_H] * np.log(1.0 - uniform(given.machine_keys[j], 2 * yard.faults[j]))
    yard.hours[j] += runs
    yard.plates[j] += 1.0
    yard.plate_ends[j] = time_h + runs
    return float(time_h + runs)


@_jit
def end_plate(given: Given, yard: Yard, time_h: float, j: int) -> None:
    """Take the pieces off: handed over, or back at the head of the queue in the order they had."""
    machine = given.machines[j]
    whole = yard.part_done[j] >= 1.0
    if not whole:
        luck = uniform(given.machine_keys[j], 2 * yard.faults[j] + 1)
        yard.mended[j] = time_h - machine[REPAIR_H] * np.log(1.0 - luck)
    piece, again = yard.plate[j], NOBODY
    yard.plate[j] = NOBODY
    while piece != NOBODY:
        after = yard.behind[piece]
        yard.printed[piece] += yard.part_done[j]
        if whole:
            yard.prints[piece] += 1
        if whole and uniform(given.keys[piece], yard.prints[piece]) >= machine[FAILURE]:
            yard.handed_over[piece] = next_open(time_h, machine, given.days[j])
        else:
            yard.behind[piece] = again
            again = piece
        piece = after
    while again != NOBODY:
        after = yard.behind[again]
        yard.behind[again] = yard.head[j]
        if yard.head[j] == NOBODY:
            yard.tail[j] = again
        yard.head[j] = again
        again = after


@_jit
def waits_until(given: Given, yard: Yard, time_h: float, j: int) -> float:
    """Return until when a machine waits: for hands, for its repair, for more pieces; ``time_h`` when it need not."""
    start = next_open(max(time_h, yard.mended[j]), given.machines[j], given.days[j])
    if start > time_h:
        return start
    used, waiting, first = 0.0, yard.head[j], np.inf
    while waiting != NOBODY:
        used += given.people[waiting, SHARE]
        first = min(first, yard.ordered[waiting])
        if used >= 1.0 - 1e-9:
            return time_h
        waiting = yard.behind[waiting]
    return float(max(time_h, first + given.policy[HOLD_H]))


@_jit
def leave(given: Given, yard: Yard, time_h: float, j: int) -> Ints:
    """Give the pieces of a maker who leaves to others, those on the plate first; return the machines that get them."""
    orphans = np.empty(yard.behind.shape[0], dtype=np.int64)
    count = 0
    for first in (yard.plate[j], yard.head[j]):
        piece = first
        while piece != NOBODY:
            orphans[count] = piece
            count += 1
            piece = yard.behind[piece]
    yard.plate[j] = yard.head[j] = NOBODY
    heirs = np.empty(count, dtype=np.int64)
    found = 0
    for k in range(count):
        other, _ready = choose(given, yard, time_h, orphans[k])
        if other >= 0:
            append(yard, other, orphans[k])
            heirs[found] = other
            found += 1
    return heirs[:found]


@_jit
def empty_yard(given: Given) -> Yard:
    """Return a yard where nothing has happened yet."""
    n, m = given.people.shape[0], given.machines.shape[0]
    to_fault = np.empty(m)
    for j in range(m):
        to_fault[j] = -given.machines[j, FAULT_H] * np.log(1.0 - uniform(given.machine_keys[j], 0))
    return Yard(
        np.full(m, NOBODY),
        np.full(m, NOBODY),
        np.full(m, NOBODY),
        np.zeros(m),
        np.zeros(m),
        to_fault,
        np.zeros(m),
        np.zeros(m, dtype=np.int64),
        np.zeros(m),
        np.zeros(m),
        np.full(n, NOBODY),
        np.zeros(n),
        np.zeros(n),
        np.full(n, np.inf),
        np.zeros(n),
        np.zeros(n, dtype=np.int64),
        np.full(n, NOBODY),
    )


@_jit
def run(given: Given, horizon_h: float) -> Yard:
    """Run the events until all work is done, or 120 days after the horizon."""
    yard = empty_yard(given)
    people, machines = given.people, given.machines
    events = [(np.inf, 0, 0)]
    for j in range(machines.shape[0]):
        if np.isfinite(machines[j, LEAVES]):
            heappush(events, (machines[j, LEAVES], LEAVE, j))
    who = 0
    while True:
        if who < people.shape[0] and people[who, TIME] <= events[0][0]:
            time_h, j = people[who, TIME], arrive(given, yard, who)
            who += 1
        else:
            time_h, kind, j = heappop(events)
            if time_h > horizon_h + AFTERMATH_H:
                return yard
            if kind == LEAVE:
                for other in leave(given, yard, time_h, j):
                    heappush(events, (time_h, WAKE, other))
            elif kind == PLATE_ENDS and yard.plate[j] != NOBODY:
                end_plate(given, yard, time_h, j)
        # whatever happened concerns machine j: start it if it can be started
        if j < 0 or yard.plate[j] != NOBODY or yard.head[j] == NOBODY or time_h >= machines[j, LEAVES]:
            continue
        start = waits_until(given, yard, time_h, j)
        if start <= time_h:
            heappush(events, (start_plate(given, yard, time_h, j), PLATE_ENDS, j))
        elif np.isfinite(start):
            heappush(events, (start, WAKE, j))
