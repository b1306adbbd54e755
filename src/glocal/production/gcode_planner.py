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

_jit = nb.njit(nogil=True, error_model="numpy")  # kept compiled as parts of `gcode_kernel.scan`


@_jit
def set_limits(f: Any) -> None:
    """Work out anew what moves are held against, after jerk, highest speed or acceleration of an axis changed."""
    for k in range(12):
        f[at.HOLD + k] = 1.0 / max(f[at.JERK + k], 1e-12)


@_jit
def _within(value: float, hold: Any) -> Any:
    """Return the value, lowered until no axis is above its limit; ``hold`` is the axes' shares over their limits."""
    most = max(hold[0], hold[1], hold[2], hold[3])
    return value if value * most <= 1.0 else 1.0 / most


@_jit
def _held(f: Any, hold: int, shares: Any) -> Any:
    """Return shares of x, y, z, e over the limits at ``hold``."""
    return shares[0] * f[hold], shares[1] * f[hold + 1], shares[2] * f[hold + 2], shares[3] * f[hold + 3]


@_jit
def _jump(before: float, after: float) -> float:
    """Return by how much an axis' speed jumps; through a stop it is the larger of the two."""
    if before * after >= 0.0:
        return abs(after - before)
    return max(abs(before), abs(after))


@_jit
def _acceleration(f: Any, shares: Any) -> Any:
    """Return the acceleration for the kind of move that its shares describe."""
    if shares[0] == 0.0 and shares[1] == 0.0 and shares[2] == 0.0:
        return f[at.ACC_RETRACT]
    return f[at.ACC_TRAVEL] if shares[3] == 0.0 else f[at.ACC_PRINT]


@_jit
def enqueue(f: Any, m: Any, move: Any, begin: Any, leave: Any) -> None:
    """Add a move.

    Parameters
    ----------
    move : tuple
        Its length in mm, and the speed in mm/s that its file asks for.
    begin, leave : tuple of four floats
        Shares of x, y, z, e in its speed where it begins and where it ends; the same of a straight move.
    """
    length, speed = move
    shares = abs(begin[0]), abs(begin[1]), abs(begin[2]), abs(begin[3])
    speed = _within(speed, _held(f, at.HOLD_FEED, shares))
    acc = _within(_acceleration(f, shares), _held(f, at.HOLD_ACC, shares))
    safe = _within(speed, _held(f, at.HOLD, shares))  # from and to a standstill
    meet = safe
    if f[at.LAST_CRUISE] > 0.0:
        slower = min(speed, f[at.LAST_CRUISE])
        jumps = (
            _jump(f[at.AFTER], begin[0]),
            _jump(f[at.AFTER + 1], begin[1]),
            _jump(f[at.AFTER + 2], begin[2]),
            _jump(f[at.AFTER + 3], begin[3]),
        )
        meet = _within(slower, _held(f, at.HOLD, jumps))
        if f[at.LAST_SAFE] > meet * 0.99 and safe > meet * 0.99:
            meet = min(safe, slower)
    k = m[at.COUNT]
    f[at.Q_LENGTH + k], f[at.Q_CRUISE + k], f[at.Q_ACC + k], f[at.Q_LIMIT + k] = length, speed, acc, meet
    m[at.COUNT] = k + 1
    f[at.LAST_CRUISE], f[at.LAST_SAFE] = speed, safe
    f[at.AFTER], f[at.AFTER + 1], f[at.AFTER + 2], f[at.AFTER + 3] = leave


@_jit
def _seconds(length: float, cruise: float, acc: float, begin: float, leave: float) -> float:
    """Return the time of one move between the speeds at its ends."""
    ends = (begin * begin + leave * leave) * 0.5
    top = min(cruise, math.sqrt(acc * length + ends))
    coast = length * acc - (top * top - ends)  # times acc; nothing where the peak is below the cruise
    return (2.0 * top - begin - leave + max(coast, 0.0) / top) / acc


@_jit
def flush(f: Any, m: Any, number: int) -> None:
    """Plan all moves, add the time of the first ``number`` of them to their owners and let them go."""
    n = m[at.COUNT]
    square = 0.0  # squares of speeds: a root in a chain of moves would have to wait for the one before
    for k in range(n - 1, -1, -1):
        limit = f[at.Q_LIMIT + k]
        square = min(limit * limit, square + 2.0 * f[at.Q_ACC + k] * f[at.Q_LENGTH + k])
        f[at.Q_ENTRY + k] = square
    begin = f[at.SPEED_NOW]
    square = begin * begin
    for k in range(number):
        length, cruise, acc = f[at.Q_LENGTH + k], f[at.Q_CRUISE + k], f[at.Q_ACC + k]
        square, begin = min(square, cruise * cruise), min(begin, cruise)
        leave = f[at.Q_ENTRY + k + 1] if k + 1 < n else 0.0
        leave = min(leave, square + 2.0 * acc * length)
        end = math.sqrt(leave)
        time_s = _seconds(length, cruise, acc, begin, end)
        f[at.USE + 3 * m[at.OWNER_KIND + k]] += time_s
        if 0 <= m[at.OWNER_LAYER + k] < m[at.LAYER_ROOM]:
            f[at.LAYER_Z + m[at.LAYER_ROOM] + m[at.OWNER_LAYER + k]] += time_s
        square, begin = leave, end
    f[at.SPEED_NOW] = begin
    for k in range(number, n):
        for row in (at.Q_LENGTH, at.Q_CRUISE, at.Q_ACC, at.Q_LIMIT):
            f[row + k - number] = f[row + k]
        m[at.OWNER_KIND + k - number], m[at.OWNER_LAYER + k - number] = m[at.OWNER_KIND + k], m[at.OWNER_LAYER + k]
    m[at.COUNT] = n - number
