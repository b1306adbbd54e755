"""The compiled part of the G-code reader: one pass over the bytes, with the motion planner behind it.

Its two arrays, ``f`` and ``m``, are explained in :mod:`glocal.production.gcode_places`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt

from glocal.production import gcode_places as at
from glocal.production.gcode_planner import enqueue, flush, set_limits
from glocal.production.gcode_words import has, line_end, name_hash, number_at, read_words, word
from glocal.values import sha256_hex

_jit = nb.njit(nogil=True, error_model="numpy")  # kept compiled as parts of `scan`


@nb.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def most_layers(data: Any) -> int:
    """Return how many layers G-code bytes, (n,) uint8, may have at most: how often ``;L`` stands there.

    Two bytes are found faster than the whole label ``;LAYER_CHANGE``, which is 13 bytes long.
    """
    found = 0
    for k in range(len(data) - 1):
        found += (data[k] == 59) & (data[k + 1] == 76)
    return min(found, len(data) // 13)


def new_reader(
    limits: npt.NDArray[np.float64], *, layers: int, legacy_m204: bool, segments: int = 0
) -> tuple[Any, Any]:
    """Return the arrays ``f`` and ``m`` of a reader at the start of a file.

    Parameters
    ----------
    limits : (LIMITS_SIZE,) float64
        What the machine can do before the file says anything else.
    layers : int
        For how many layers there is to be room.
    legacy_m204 : bool
        ``M204`` knows one acceleration for print and travel, as in Marlin 1.
    segments : int
        For how many extruded lines there is to be room; the first so many are kept.
    """
    size = at.LAYER_Z + 2 * layers + at.SEGMENT_SIZE * segments
    f, m = np.zeros(size), np.zeros(at.M_SIZE, np.int64)
    m[at.SEGMENT_ROOM] = segments
    f[at.FEED_FACTOR] = f[at.ABSOLUTE] = f[at.ABSOLUTE_E] = f[at.UNIT] = 1.0
    f[at.LEGACY_M204] = float(legacy_m204)
    f[at.LIMITS : at.LIMITS + at.LIMITS_SIZE] = limits
    f[at.CAP_PRINT : at.CAP_PRINT + 3] = limits[-3:]
    set_limits.py_func(f)
    if legacy_m204:  # the settings of Marlin 1 know no acceleration of their own for travel
        f[at.CAP_TRAVEL] = np.inf
        f[at.ACC_TRAVEL] = f[at.ACC_PRINT]
    f[at.PRINT_LOW : at.PRINT_LOW + 3] = f[at.ALL_LOW : at.ALL_LOW + 3] = np.inf
    f[at.PRINT_HIGH : at.PRINT_HIGH + 3] = f[at.ALL_HIGH : at.ALL_HIGH + 3] = -np.inf
    m[at.KIND], m[at.KINDS], m[at.LAYER], m[at.LAYER_ROOM] = at.UNLABELLED, at.CUSTOM + 1, -1, layers
    m[at.KIND_HASH + at.CUSTOM] = name_hash.py_func(b"Custom", 0, 6)
    return f, m


@_jit
def _comment(f: Any, m: Any, data: Any, start: int, stop: int) -> None:
    """Take note of ``;TYPE:name``, ``;LAYER_CHANGE`` and ``;Z:height``."""
    size = stop - start
    if size > 6 and data[start + 1] == 84 and data[start + 2] == 89 and data[start + 5] == 58:
        m[at.KIND] = _kind_of(m, data, start + 6, stop)
    elif size == 13 and data[start + 1] == 76 and data[start + 6] == 95 and data[start + 12] == 69:
        m[at.LAYER] += 1
        f[at.LAYERS] = m[at.LAYER] + 1
    elif size > 3 and data[start + 1] == 90 and data[start + 2] == 58 and 0 <= m[at.LAYER] < m[at.LAYER_ROOM]:
        f[at.LAYER_Z + m[at.LAYER]] = number_at(data, start + 3, stop)[0]


@_jit
def _kind_of(m: Any, data: Any, start: int, stop: int) -> Any:
    """Return the number of a named kind of path, a new one for a new name."""
    code = name_hash(data, start, stop)
    kinds = m[at.KINDS]
    for k in range(at.CUSTOM, kinds):
        if m[at.KIND_HASH + k] == code:
            return k
    if kinds == at.MAX_KINDS:
        return at.UNLABELLED
    m[at.KIND_HASH + kinds] = code
    m[at.KIND_AT + 2 * kinds], m[at.KIND_AT + 2 * kinds + 1] = start, stop
    m[at.KINDS] = kinds + 1
    return kinds


@_jit
def _target(f: Any, m: Any, axis: int, letter: int, absolute: bool) -> Any:
    """Return where a move leads along one axis."""
    if not has(m, letter):
        return f[axis]
    value = f[at.WORD + letter] * f[at.UNIT]
    return value if absolute else f[axis] + value


@_jit
def _arc(f: Any, m: Any, turn: float, way: Any) -> Any:
    """Return the length of an arc and its directions (x, y) where it begins and ends, as long as the arc is.

    ``way`` is the straight way (dx, dy, dz); ``turn`` is 1 counter-clockwise, -1 clockwise.
    """
    to_x, to_y = word(f, m, at.W_I) * f[at.UNIT], word(f, m, at.W_J) * f[at.UNIT]
    radius = math.hypot(to_x, to_y)
    far_x, far_y = way[0] - to_x, way[1] - to_y
    angle = math.atan2(-to_x * far_y + to_y * far_x, -to_x * far_x - to_y * far_y)
    if angle * turn <= 0.0:
        angle += turn * 2.0 * math.pi
    length = math.sqrt((angle * radius) ** 2 + way[2] * way[2])
    return length, (to_y * angle, -to_x * angle), (-far_y * angle, far_x * angle)


@_jit
def _widen(f: Any, low: int, point: Any) -> None:
    """Widen a box of the facts (its low corner at ``low``, its high one three places on) to hold a point."""
    for axis in range(3):
        f[low + axis] = min(f[low + axis], point[axis])
        f[low + 3 + axis] = max(f[low + 3 + axis], point[axis])


@_jit
def _move(f: Any, m: Any, command: int) -> None:
    """Carry out G0, G1, G2 or G3."""
    if f[at.HAS_MOVED] == 0.0:
        f[at.HAS_MOVED] = 1.0
        f[at.G90_FIRST] = f[at.SAW_G90]
    if has(m, at.W_F):
        f[at.FEED] = f[at.WORD + at.W_F] * f[at.UNIT] / 60.0
        f[at.MAX_FEED_SEEN] = max(f[at.MAX_FEED_SEEN], f[at.FEED])
    absolute = f[at.ABSOLUTE] == 1.0
    old = (f[at.X], f[at.Y], f[at.Z])
    new = (
        _target(f, m, at.X, at.W_X, absolute),
        _target(f, m, at.Y, at.W_X + 1, absolute),
        _target(f, m, at.Z, at.W_X + 2, absolute),
    )
    new_e = _target(f, m, at.E, at.W_E, f[at.ABSOLUTE_E] == 1.0)
    way, pushed = (new[0] - old[0], new[1] - old[1], new[2] - old[2]), new_e - f[at.E]
    length = math.sqrt(way[0] * way[0] + way[1] * way[1] + way[2] * way[2])
    begin = leave = (way[0], way[1])
    if command >= 2 and (has(m, at.W_I) or has(m, at.W_J)):
        f[at.ARCS] += 1
        length, begin, leave = _arc(f, m, 1.0 if command == 3 else -1.0, way)
    f[at.X], f[at.Y], f[at.Z] = new
    f[at.E] = new_e if f[at.ABSOLUTE_E] == 1.0 else 0.0  # relative numbers start anew, or rounding would add up
    kind = at.TRAVEL if pushed == 0.0 else at.RETRACTION
    if length > 0.0:
        _widen(f, at.ALL_LOW, new)
        if pushed > 0.0:
            kind = m[at.KIND]
            _note_extrusion(f, m, kind, old, new)
            if m[at.SEGMENTS] < m[at.SEGMENT_ROOM]:
                _keep_segment(f, m, old, new)
    f[at.FILAMENT_MM] += pushed
    f[at.USE + 3 * kind + 1] += length
    f[at.USE + 3 * kind + 2] += pushed
    size = length if length > 0.0 else abs(pushed)
    if size > 0.0 and f[at.FEED] > 0.0:
        f[at.MOVES] += 1
        m[at.OWNER_KIND + m[at.COUNT]], m[at.OWNER_LAYER + m[at.COUNT]] = kind, m[at.LAYER]
        over = 1.0 / size
        begins = begin[0] * over, begin[1] * over, way[2] * over, pushed * over
        leaves = leave[0] * over, leave[1] * over, way[2] * over, pushed * over
        enqueue(f, m, (size, f[at.FEED] * f[at.FEED_FACTOR]), begins, leaves)
        if m[at.COUNT] == at.CHUNK:
            flush(f, m, at.CHUNK - at.PENDING)


@_jit
def _keep_segment(f: Any, m: Any, old: Any, new: Any) -> None:
    """Keep an extruded line for whoever wants to draw it; of an arc, its chord."""
    row = at.LAYER_Z + 2 * m[at.LAYER_ROOM] + at.SEGMENT_SIZE * m[at.SEGMENTS]
    f[row], f[row + 1], f[row + 2], f[row + 3], f[row + 4] = old[0], old[1], new[0], new[1], new[2]
    f[row + 5], f[row + 6] = m[at.KIND], m[at.LAYER]
    m[at.SEGMENTS] += 1


@_jit
def _note_extrusion(f: Any, m: Any, kind: int, old: Any, new: Any) -> None:
    """Take note of what an extrusion says about safety; priming lines are no part of the print's box."""
    heated = f[at.NOZZLE_C] > 0.0 or m[at.OWN_SINCE_HEAT] > 0
    if not heated and (kind != at.CUSTOM or f[at.NOZZLE_MAX_C] <= 0.0):  # after the print the nozzle is still warm
        f[at.EXTRUDED_COLD] += 1
    m[at.OWN_LAST] = 0
    if f[at.ABSOLUTE] == 0.0:
        f[at.RELATIVE_PRINT] += 1
    if kind != at.CUSTOM:
        _widen(f, at.PRINT_LOW, new)
        _widen(f, at.PRINT_LOW, (old[0], old[1], new[2]))


@_jit
def _other_g(f: Any, m: Any, command: int) -> None:
    """Carry out the G commands that are no moves."""
    if command == 4:
        pause_s = word(f, m, at.W_S) if has(m, at.W_S) else word(f, m, at.W_P) / 1000.0
        f[at.DWELL_S] += pause_s
        f[at.USE + 3 * m[at.KIND]] += pause_s
        if 0 <= m[at.LAYER] < m[at.LAYER_ROOM]:
            f[at.LAYER_Z + m[at.LAYER_ROOM] + m[at.LAYER]] += pause_s
    elif command in (20, 21):
        f[at.UNIT] = 25.4 if command == 20 else 1.0
        f[at.INCH] = max(f[at.INCH], 1.0 if command == 20 else 0.0)
    elif command == 28:
        f[at.X] = f[at.Y] = f[at.Z] = 0.0
    elif command in (90, 91):
        f[at.ABSOLUTE] = f[at.ABSOLUTE_E] = f[at.SAW_G90] = 1.0 if command == 90 else 0.0
    elif command == 92:
        for axis in range(3):
            if has(m, at.W_X + axis):
                f[at.X + axis] = f[at.WORD + at.W_X + axis] * f[at.UNIT]
        if has(m, at.W_E):
            f[at.E] = f[at.WORD + at.W_E] * f[at.UNIT]


@_jit
def _heater(f: Any, m: Any, command: int) -> None:
    """Take note of a target temperature: nozzle, bed or chamber."""
    if not (has(m, at.W_S) or has(m, at.W_R)):
        return
    target_c = word(f, m, at.W_S) if has(m, at.W_S) else word(f, m, at.W_R)
    heater = 0 if command in (104, 109) else (1 if command in (140, 190) else 2)
    f[at.NOZZLE_END_C + heater] = target_c
    f[at.NOZZLE_MAX_C + heater] = max(f[at.NOZZLE_MAX_C + heater], target_c)
    if heater == 0:
        f[at.NOZZLE_C] = target_c
        m[at.OWN_SINCE_HEAT] = 0


@_jit
def _acceleration(f: Any, m: Any) -> None:
    """Carry out M204; Marlin 1 knows one acceleration for print and travel, later firmware two."""
    legacy = f[at.LEGACY_M204] == 1.0
    if has(m, at.W_S):
        f[at.ACC_PRINT] = min(word(f, m, at.W_S), f[at.CAP_PRINT])
        f[at.ACC_TRAVEL] = min(word(f, m, at.W_S), f[at.CAP_TRAVEL])
        if has(m, at.W_T):
            f[at.ACC_RETRACT] = min(word(f, m, at.W_T), f[at.CAP_RETRACT])
        return
    if has(m, at.W_P):
        f[at.ACC_PRINT] = min(word(f, m, at.W_P), f[at.CAP_PRINT])
        if legacy:
            f[at.ACC_TRAVEL] = min(word(f, m, at.W_P), f[at.CAP_TRAVEL])
    if has(m, at.W_R):
        f[at.ACC_RETRACT] = min(word(f, m, at.W_R), f[at.CAP_RETRACT])
    if has(m, at.W_T) and not legacy:
        f[at.ACC_TRAVEL] = min(word(f, m, at.W_T), f[at.CAP_TRAVEL])


@_jit
def _m(f: Any, m: Any, command: int) -> None:
    """Carry out the M commands that matter to time and safety."""
    if command in (82, 83):
        f[at.ABSOLUTE_E] = 1.0 if command == 82 else 0.0
    elif command in (104, 109, 140, 190, 141, 191):
        _heater(f, m, command)
    elif command in (106, 107):
        f[at.FAN_END] = 0.0 if command == 107 else (word(f, m, at.W_S) if has(m, at.W_S) else 255.0)
    elif command in (0, 1, 600, 601):
        f[at.PAUSES] += 1
    elif command in (201, 203, 205):
        base = at.MAX_ACC if command == 201 else (at.MAX_FEED if command == 203 else at.JERK)
        for axis in range(3):
            if has(m, at.W_X + axis):
                f[base + axis] = f[at.WORD + at.W_X + axis]
        if has(m, at.W_E):
            f[base + 3] = f[at.WORD + at.W_E]
        set_limits(f)
    elif command == 204:
        _acceleration(f, m)
    elif command == 220 and word(f, m, at.W_S) > 0.0:
        f[at.FEED_FACTOR] = word(f, m, at.W_S) / 100.0


@_jit
def _is_own(data: Any, i: int) -> Any:
    """Say whether a line calls a command of the printer's own, a macro: its first letter is followed by another."""
    return i + 1 < len(data) and 65 <= data[i] & 0xDF <= 90 and (data[i + 1] == 95 or 65 <= data[i + 1] & 0xDF <= 90)


@_jit
def _command(f: Any, m: Any, data: Any, i: int) -> int:
    """Carry out one line that is not a comment, and return where it ends."""
    end = len(data)
    if (
        data[i] & 0xDF == 78 and i + 1 < end and 48 <= data[i + 1] <= 57
    ):  # N12 before the command; 0xDF makes letters upper case
        i = number_at(data, i + 1, end)[1]
        while i < end and data[i] == 32:
            i += 1
        if i == end:
            return i
    first = data[i] & 0xDF
    if _is_own(data, i):
        m[at.OWN_SINCE_HEAT] = m[at.OWN_LAST] = i + 1
        return line_end(data, i)
    if first not in (71, 77):  # G M
        return line_end(data, i)
    number, i, ok = number_at(data, i + 1, end)
    command = int(number)
    if not ok or (first == 77 and command in (117, 118, 862)):  # these carry text
        return line_end(data, i)
    i = read_words(f, m, data, i)
    if first == 77:
        _m(f, m, command)
    elif command <= 3:
        _move(f, m, command)
    else:
        _other_g(f, m, command)
    return i


def _compile_scan(version: int) -> Any:
    """Return the compiled reader, kept on disk for the next process.

    Numba looks for changes only in the file of the function that it keeps. ``version`` stands for all the files that
    take part, and it is noticed because the function uses it.
    """

    @nb.njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
    def scan(data: Any, f: Any, m: Any) -> None:
        """Read G-code bytes, (n,) uint8, into a reader's arrays."""
        f[at.VERSION] = version
        n, i, lines = len(data), 0, 0
        while i < n:
            lines += 1
            while i < n and (data[i] == 32 or data[i] == 9):
                i += 1
            if i < n and data[i] == 59:
                start = i
                i = line_end(data, i)
                _comment(f, m, data, start, i - 1 if data[i - 1] == 13 else i)
            elif i < n:
                i = _command(f, m, data, i)
            i += 1
        f[at.LINES] += lines
        flush(f, m, m[at.COUNT])
        for k in range(at.MAX_KINDS):
            f[at.TIME_S] += f[at.USE + 3 * k]

    return scan


def _sources_version() -> int:
    here = Path(__file__).parent
    content = b"".join((here / f"gcode_{name}.py").read_bytes() for name in ("kernel", "places", "planner", "words"))
    return int(sha256_hex(content)[:12], 16)


scan = _compile_scan(_sources_version())
