"""How long moves take: trapezoids of speed with look-ahead.

A move may begin at the speed at which no axis jumps by more than its jerk against the move before. A backward and a
forward pass then make every speed reachable with the acceleration of its move. This is the planner that Marlin
firmware made common; limits come from the file's settings and its M201, M203, M204 and M205.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np

# limits, in mm and s: jerk, highest speed and highest acceleration of x, y, z, e; then the accelerations per purpose
JERK, MAX_FEED, MAX_ACC, ACC_PRINT, ACC_RETRACT, ACC_TRAVEL = 0, 4, 8, 12, 13, 14
LIMITS_SIZE = 15

_CHUNK = 16384  # moves that are planned at once
PENDING = 512  # of these stay for the next time, so that the border between two chunks has no effect

# columns of the queue
_LENGTH, _CRUISE, _ACC, _LIMIT, _ENTRY, _SECONDS = range(6)
# memory: what is known of the move before
_SPEED_NOW, _LAST_CRUISE, _LAST_SAFE = range(3)

_jit = nb.njit(cache=True, nogil=True)


class Queue(NamedTuple):
    """Moves that wait to be planned."""

    moves: Any  # (6, _CHUNK) float64
    owner: Any  # (_CHUNK, 2) int64: kind of path, layer
    count: Any  # (1,) int64
    memory: Any  # (3,) float64
    begin: Any  # (4,) float64: share of x, y, z, e in the speed where the new move begins
    after: Any  # (4,) float64: the same where the last move ended


def new_queue() -> Queue:
    """Return an empty queue of a machine at rest."""
    return Queue(
        moves=np.zeros((6, _CHUNK)),
        owner=np.zeros((_CHUNK, 2), np.int64),
        count=np.zeros(1, np.int64),
        memory=np.zeros(3),
        begin=np.zeros(4),
        after=np.zeros(4),
    )


@_jit
def _jump(before: float, after: float) -> float:
    """Return by how much an axis' speed jumps; through a stop it is the larger of the two."""
    if before * after >= 0.0:
        return abs(after - before)
    return max(abs(before), abs(after))


@_jit
def _junction(q: Queue, speed: float, limits: Any) -> float:
    """Return the highest speed, up to ``speed``, at which the last move and the new one may meet."""
    factor = 1.0
    for axis in range(4):
        jump = _jump(q.after[axis] * speed * factor, q.begin[axis] * speed * factor)
        if jump > limits[JERK + axis]:
            factor *= limits[JERK + axis] / jump
    return speed * factor


@_jit
def enqueue(q: Queue, limits: Any, length: float, speed: float) -> None:
    """Add a move of ``length`` mm whose file asks for ``speed`` mm/s and whose direction is ``q.begin``."""
    has_way = q.begin[0] != 0.0 or q.begin[1] != 0.0 or q.begin[2] != 0.0
    has_filament = q.begin[3] != 0.0
    acc = limits[ACC_RETRACT]
    if has_way:
        acc = limits[ACC_PRINT] if has_filament else limits[ACC_TRAVEL]
    for axis in range(4):
        share = abs(q.begin[axis])
        if speed * share > limits[MAX_FEED + axis]:
            speed = limits[MAX_FEED + axis] / share
        if acc * share > limits[MAX_ACC + axis]:
            acc = limits[MAX_ACC + axis] / share
    safe = speed  # from and to a standstill
    for axis in range(4):
        share = abs(q.begin[axis])
        if safe * share > limits[JERK + axis]:
            safe = limits[JERK + axis] / share
    meet = safe
    if q.memory[_LAST_CRUISE] > 0.0:
        slower = min(speed, q.memory[_LAST_CRUISE])
        meet = _junction(q, slower, limits)
        if q.memory[_LAST_SAFE] > meet * 0.99 and safe > meet * 0.99:
            meet = min(safe, slower)
    k = q.count[0]
    q.moves[_LENGTH, k], q.moves[_CRUISE, k], q.moves[_ACC, k], q.moves[_LIMIT, k] = length, speed, acc, meet
    q.count[0] = k + 1
    q.memory[_LAST_CRUISE], q.memory[_LAST_SAFE] = speed, safe


@_jit
def _seconds(length: float, cruise: float, acc: float, speeds: Any) -> Any:
    """Return the time of one move between the speeds at its ends."""
    begin, leave = speeds
    peak_square = acc * length + (begin * begin + leave * leave) / 2.0
    if peak_square <= cruise * cruise:
        return (2.0 * math.sqrt(peak_square) - begin - leave) / acc
    ramps = (2.0 * cruise * cruise - begin * begin - leave * leave) / (2.0 * acc)
    return (2.0 * cruise - begin - leave) / acc + (length - ramps) / cruise


@_jit
def flush(q: Queue, number: int, use: Any, layer_s: Any) -> None:
    """Plan all moves, add the time of the first ``number`` of them to their owners and let them go."""
    n = q.count[0]
    moves, owner = q.moves, q.owner
    speed = 0.0
    for k in range(n - 1, -1, -1):
        speed = min(moves[_LIMIT, k], math.sqrt(speed * speed + 2.0 * moves[_ACC, k] * moves[_LENGTH, k]))
        moves[_ENTRY, k] = speed
    speed = q.memory[_SPEED_NOW]
    for k in range(number):
        length, cruise, acc = moves[_LENGTH, k], moves[_CRUISE, k], moves[_ACC, k]
        speed = min(speed, cruise)
        leave = moves[_ENTRY, k + 1] if k + 1 < n else 0.0
        leave = min(leave, math.sqrt(speed * speed + 2.0 * acc * length))
        time_s = _seconds(length, cruise, acc, (speed, leave))
        use[owner[k, 0], 0] += time_s
        if 0 <= owner[k, 1] < len(layer_s):
            layer_s[owner[k, 1]] += time_s
        speed = leave
    q.memory[_SPEED_NOW] = speed
    for k in range(number, n):
        moves[:4, k - number] = moves[:4, k]
        owner[k - number] = owner[k]
    q.count[0] = n - number
