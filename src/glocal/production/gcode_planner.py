"""How long moves take: trapezoids of speed with look-ahead.

A move may begin at the speed at which no axis jumps by more than its jerk against the move before. A backward and a
forward pass then make every speed reachable with the acceleration of its move. This is the planner that Marlin
firmware made common; limits come from the file's settings and its M201, M203, M204 and M205. The arrays ``f`` and
``m`` are explained in :mod:`glocal.production.gcode_places`.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb

from glocal.production import gcode_places as at

_jit = nb.njit(nogil=True)  # kept compiled as parts of `gcode_kernel.scan`


@_jit
def _jump(before: float, after: float) -> float:
    """Return by how much an axis' speed jumps; through a stop it is the larger of the two."""
    if before * after >= 0.0:
        return abs(after - before)
    return max(abs(before), abs(after))


@_jit
def _junction(f: Any, speed: float) -> float:
    """Return the highest speed, up to ``speed``, at which the last move and the new one may meet."""
    factor = 1.0
    for axis in range(4):
        jump = _jump(f[at.AFTER + axis] * speed * factor, f[at.BEGIN + axis] * speed * factor)
        if jump > f[at.JERK + axis]:
            factor *= f[at.JERK + axis] / jump
    return speed * factor


@_jit
def _acceleration(f: Any) -> Any:
    """Return the acceleration for the kind of move that ``BEGIN`` describes."""
    if f[at.BEGIN] == 0.0 and f[at.BEGIN + 1] == 0.0 and f[at.BEGIN + 2] == 0.0:
        return f[at.ACC_RETRACT]
    return f[at.ACC_TRAVEL] if f[at.BEGIN + 3] == 0.0 else f[at.ACC_PRINT]


@_jit
def enqueue(f: Any, m: Any, length: float, speed: float) -> None:
    """Add a move of ``length`` mm whose file asks for ``speed`` mm/s and whose direction is ``BEGIN``."""
    acc = _acceleration(f)
    for axis in range(4):
        share = abs(f[at.BEGIN + axis])
        if speed * share > f[at.MAX_FEED + axis]:
            speed = f[at.MAX_FEED + axis] / share
        if acc * share > f[at.MAX_ACC + axis]:
            acc = f[at.MAX_ACC + axis] / share
    safe = speed  # from and to a standstill
    for axis in range(4):
        share = abs(f[at.BEGIN + axis])
        if safe * share > f[at.JERK + axis]:
            safe = f[at.JERK + axis] / share
    meet = safe
    if f[at.LAST_CRUISE] > 0.0:
        slower = min(speed, f[at.LAST_CRUISE])
        meet = _junction(f, slower)
        if f[at.LAST_SAFE] > meet * 0.99 and safe > meet * 0.99:
            meet = min(safe, slower)
    k = m[at.COUNT]
    f[at.Q_LENGTH + k], f[at.Q_CRUISE + k], f[at.Q_ACC + k], f[at.Q_LIMIT + k] = length, speed, acc, meet
    m[at.COUNT] = k + 1
    f[at.LAST_CRUISE], f[at.LAST_SAFE] = speed, safe


@_jit
def _seconds(length: float, cruise: float, acc: float, begin: float, leave: float) -> float:
    """Return the time of one move between the speeds at its ends."""
    peak_square = acc * length + (begin * begin + leave * leave) / 2.0
    if peak_square <= cruise * cruise:
        return (2.0 * math.sqrt(peak_square) - begin - leave) / acc
    ramps = (2.0 * cruise * cruise - begin * begin - leave * leave) / (2.0 * acc)
    return (2.0 * cruise - begin - leave) / acc + (length - ramps) / cruise


@_jit
def flush(f: Any, m: Any, number: int) -> None:
    """Plan all moves, add the time of the first ``number`` of them to their owners and let them go."""
    n = m[at.COUNT]
    speed = 0.0
    for k in range(n - 1, -1, -1):
        reachable = math.sqrt(speed * speed + 2.0 * f[at.Q_ACC + k] * f[at.Q_LENGTH + k])
        speed = min(f[at.Q_LIMIT + k], reachable)
        f[at.Q_ENTRY + k] = speed
    speed = f[at.SPEED_NOW]
    for k in range(number):
        length, cruise, acc = f[at.Q_LENGTH + k], f[at.Q_CRUISE + k], f[at.Q_ACC + k]
        speed = min(speed, cruise)
        leave = f[at.Q_ENTRY + k + 1] if k + 1 < n else 0.0
        leave = min(leave, math.sqrt(speed * speed + 2.0 * acc * length))
        time_s = _seconds(length, cruise, acc, speed, leave)
        f[at.USE + 3 * m[at.OWNER_KIND + k]] += time_s
        if 0 <= m[at.OWNER_LAYER + k] < m[at.LAYER_ROOM]:
            f[at.LAYER_Z + m[at.LAYER_ROOM] + m[at.OWNER_LAYER + k]] += time_s
        speed = leave
    f[at.SPEED_NOW] = speed
    for k in range(number, n):
        for row in (at.Q_LENGTH, at.Q_CRUISE, at.Q_ACC, at.Q_LIMIT):
            f[row + k - number] = f[row + k]
        m[at.OWNER_KIND + k - number], m[at.OWNER_LAYER + k - number] = m[at.OWNER_KIND + k], m[at.OWNER_LAYER + k]
    m[at.COUNT] = n - number
