"""The compiled part of the G-code reader: one pass over the bytes, with the motion planner behind it.

Numbers that the reader carries from line to line stand in arrays, named by the constants below: compiled code is
fastest so, and memory stays the same however long the file is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from glocal.production.gcode_planner import PENDING, Queue, enqueue, flush, new_queue

# facts: what the pass found out
TIME_S, FILAMENT_MM, LINES, LAYERS, MOVES = 0, 1, 2, 3, 4
NOZZLE_MAX_C, BED_MAX_C, CHAMBER_MAX_C, NOZZLE_END_C, BED_END_C, CHAMBER_END_C = 5, 6, 7, 8, 9, 10
G90_FIRST, RELATIVE_PRINT, INCH, ARCS, MAX_FEED_SEEN, FAN_END = 11, 12, 13, 14, 15, 16
PRINT_LOW, PRINT_HIGH, ALL_LOW, ALL_HIGH = 17, 20, 23, 26  # each: x, y, z
PAUSES, EXTRUDED_COLD, DWELL_S = 29, 30, 31
FACTS_SIZE = 32

# state: where the machine is and how it understands numbers
X, Y, Z, E, FEED, FEED_FACTOR, ABSOLUTE, ABSOLUTE_E, UNIT, NOZZLE_C, HAS_MOVED, SAW_G90, LEGACY_M204 = range(13)
_STATE_SIZE = 13
# marks: whole numbers among the state
KIND, KINDS, LAYER = 0, 1, 2

TRAVEL, RETRACTION, UNLABELLED, CUSTOM = 0, 1, 2, 3  # kinds of path that exist before any label
MAX_KINDS = 64

# letters of a command's words, as their place in the alphabet
_E, _F, _I, _J, _P, _R, _S, _T, _X = 4, 5, 8, 9, 15, 17, 18, 19, 23
_HASH_START, _HASH_FACTOR, _HASH_MASK = 1469598103, 1099511, 0x7FFFFFFFFFFF

_jit = nb.njit(cache=True, nogil=True)


class Reader(NamedTuple):
    """Everything that the pass carries along; see the constants above for the meaning of the places."""

    state: Any  # (_STATE_SIZE,) float64
    marks: Any  # (3,) int64
    word: Any  # (26,) float64: the current line's numbers by letter
    given: Any  # (26,) bool: which letters the line has
    limits: Any  # (LIMITS_SIZE,) float64
    facts: Any  # (FACTS_SIZE,) float64
    use: Any  # (MAX_KINDS, 3) float64: seconds, mm of way, mm of filament
    kind_hash: Any  # (MAX_KINDS,) int64
    kind_at: Any  # (MAX_KINDS, 2) int64: where in the file a kind's name stands
    layer_z: Any  # (layers,) float64
    layer_s: Any  # (layers,) float64


def new_reader(limits: npt.NDArray[np.float64], *, layers: int, legacy_m204: bool) -> tuple[Reader, Queue]:
    """Return a reader at the start of a file and its planner's queue."""
    state = np.zeros(_STATE_SIZE)
    state[FEED_FACTOR] = state[ABSOLUTE] = state[ABSOLUTE_E] = state[UNIT] = 1.0
    state[LEGACY_M204] = float(legacy_m204)
    facts = np.zeros(FACTS_SIZE)
    facts[PRINT_LOW : PRINT_LOW + 3] = facts[ALL_LOW : ALL_LOW + 3] = np.inf
    facts[PRINT_HIGH : PRINT_HIGH + 3] = facts[ALL_HIGH : ALL_HIGH + 3] = -np.inf
    kind_hash = np.zeros(MAX_KINDS, np.int64)
    kind_hash[CUSTOM] = name_hash(np.frombuffer(b"Custom", np.uint8), 0, 6)
    reader = Reader(
        state=state,
        marks=np.array([UNLABELLED, CUSTOM + 1, -1]),
        word=np.zeros(26),
        given=np.zeros(26, np.bool_),
        limits=limits,
        facts=facts,
        use=np.zeros((MAX_KINDS, 3)),
        kind_hash=kind_hash,
        kind_at=np.zeros((MAX_KINDS, 2), np.int64),
        layer_z=np.zeros(layers),
        layer_s=np.zeros(layers),
    )
    return reader, new_queue()


@_jit
def name_hash(data: Any, start: int, stop: int) -> int:
    """Return a hash of some bytes."""
    code = _HASH_START
    for k in range(start, stop):
        code = ((code ^ data[k]) * _HASH_FACTOR) & _HASH_MASK
    return code


@_jit
def _number(data: Any, i: int, end: int) -> Any:
    """Return the number at byte ``i``, the byte after it, and whether there was one."""
    negative = False
    if i < end and data[i] in (43, 45):  # + -
        negative = data[i] == 45
        i += 1
    whole, scale, digits = 0, 1.0, 0
    while i < end and 48 <= data[i] <= 57:
        whole = whole * 10 + (data[i] - 48)
        digits += 1
        i += 1
    if i < end and data[i] == 46:  # .
        i += 1
        while i < end and 48 <= data[i] <= 57:
            if digits < 17:  # more do not fit, and mean nothing
                whole = whole * 10 + (data[i] - 48)
                scale *= 10.0
            digits += 1
            i += 1
    value = whole / scale
    return (-value if negative else value), i, digits > 0


@_jit
def _words(r: Reader, data: Any, i: int, end: int) -> None:
    """Read the numbers of a command by their letters, up to a comment or checksum."""
    r.given[:] = False
    while i < end:
        c = data[i]
        if c in (40, 42, 59):  # ( * ;
            return
        i += 1
        if 97 <= c <= 122:
            c -= 32
        if 65 <= c <= 90:
            while i < end and data[i] == 32:
                i += 1
            value, i, ok = _number(data, i, end)
            r.word[c - 65] = value if ok else 0.0
            r.given[c - 65] = True


@_jit
def _comment(r: Reader, data: Any, start: int, stop: int) -> None:
    """Take note of ``;TYPE:name``, ``;LAYER_CHANGE`` and ``;Z:height``."""
    size = stop - start
    if size > 6 and data[start + 1] == 84 and data[start + 2] == 89 and data[start + 5] == 58:
        r.marks[KIND] = _kind_of(r, data, start + 6, stop)
    elif size == 13 and data[start + 1] == 76 and data[start + 6] == 95 and data[start + 12] == 69:
        r.marks[LAYER] += 1
        r.facts[LAYERS] = r.marks[LAYER] + 1
    elif size > 3 and data[start + 1] == 90 and data[start + 2] == 58 and 0 <= r.marks[LAYER] < len(r.layer_z):
        r.layer_z[r.marks[LAYER]] = _number(data, start + 3, stop)[0]


@_jit
def _kind_of(r: Reader, data: Any, start: int, stop: int) -> Any:
    """Return the number of a named kind of path, a new one for a new name."""
    code = name_hash(data, start, stop)
    kinds = r.marks[KINDS]
    for k in range(CUSTOM, kinds):
        if r.kind_hash[k] == code:
            return k
    if kinds == MAX_KINDS:
        return UNLABELLED
    r.kind_hash[kinds] = code
    r.kind_at[kinds, 0], r.kind_at[kinds, 1] = start, stop
    r.marks[KINDS] = kinds + 1
    return kinds


@_jit
def _target(r: Reader, axis: int, letter: int, absolute: bool) -> Any:
    """Return where a move leads along one axis."""
    if not r.given[letter]:
        return r.state[axis]
    value = r.word[letter] * r.state[UNIT]
    return value if absolute else r.state[axis] + value


@_jit
def _arc(r: Reader, turn: float, way: Any) -> Any:
    """Return the length of an arc and its directions (x, y) where it begins and ends, as long as the arc is.

    ``way`` is the straight way (dx, dy, dz); ``turn`` is 1 counter-clockwise, -1 clockwise.
    """
    to_x = r.word[_I] * r.state[UNIT] if r.given[_I] else 0.0
    to_y = r.word[_J] * r.state[UNIT] if r.given[_J] else 0.0
    radius = math.hypot(to_x, to_y)
    far_x, far_y = way[0] - to_x, way[1] - to_y
    angle = math.atan2(-to_x * far_y + to_y * far_x, -to_x * far_x - to_y * far_y)
    if angle * turn <= 0.0:
        angle += turn * 2.0 * math.pi
    flat = abs(angle) * radius
    scale = turn * flat / radius if radius > 0.0 else 0.0
    length = math.sqrt(flat * flat + way[2] * way[2])
    return length, (to_y * scale, -to_x * scale), (-far_y * scale, far_x * scale)


@_jit
def _widen(r: Reader, low: int, point: Any) -> None:
    """Widen a box of the facts (its low corner at ``low``, its high one three places on) to hold a point."""
    for axis in range(3):
        r.facts[low + axis] = min(r.facts[low + axis], point[axis])
        r.facts[low + 3 + axis] = max(r.facts[low + 3 + axis], point[axis])


@_jit
def _move(r: Reader, q: Queue, command: int) -> None:
    """Carry out G0, G1, G2 or G3."""
    s, facts = r.state, r.facts
    if s[HAS_MOVED] == 0.0:
        s[HAS_MOVED] = 1.0
        facts[G90_FIRST] = s[SAW_G90]
    if r.given[_F]:
        s[FEED] = r.word[_F] * s[UNIT] / 60.0
        facts[MAX_FEED_SEEN] = max(facts[MAX_FEED_SEEN], s[FEED])
    absolute = s[ABSOLUTE] == 1.0
    new = (_target(r, X, _X, absolute), _target(r, Y, _X + 1, absolute), _target(r, Z, _X + 2, absolute))
    new_e = _target(r, E, _E, s[ABSOLUTE_E] == 1.0)
    old = (s[X], s[Y], s[Z])
    way, pushed = (new[0] - old[0], new[1] - old[1], new[2] - old[2]), new_e - s[E]
    length = math.sqrt(way[0] * way[0] + way[1] * way[1] + way[2] * way[2])
    begin = leave = (way[0], way[1])
    if command >= 2 and (r.given[_I] or r.given[_J]):
        facts[ARCS] += 1
        length, begin, leave = _arc(r, 1.0 if command == 3 else -1.0, way)
    s[X], s[Y], s[Z] = new
    s[E] = new_e if s[ABSOLUTE_E] == 1.0 else 0.0
    facts[FILAMENT_MM] += pushed
    if length > 0.0:
        _widen(r, ALL_LOW, new)
    kind = TRAVEL if pushed == 0.0 else RETRACTION
    if length > 0.0 and pushed > 0.0:
        kind = r.marks[KIND]
        _note_extrusion(r, old, new)
    r.use[kind, 1] += length
    r.use[kind, 2] += pushed
    size = length if length > 0.0 else abs(pushed)
    if size == 0.0 or s[FEED] <= 0.0:
        return
    facts[MOVES] += 1
    q.begin[0], q.begin[1], q.begin[2], q.begin[3] = begin[0] / size, begin[1] / size, way[2] / size, pushed / size
    enqueue(q, r.limits, size, s[FEED] * s[FEED_FACTOR])
    q.after[0], q.after[1], q.after[2], q.after[3] = leave[0] / size, leave[1] / size, way[2] / size, pushed / size
    q.owner[q.count[0] - 1, 0], q.owner[q.count[0] - 1, 1] = kind, r.marks[LAYER]
    if q.count[0] == len(q.owner):
        flush(q, len(q.owner) - PENDING, r.use, r.layer_s)


@_jit
def _note_extrusion(r: Reader, old: Any, new: Any) -> None:
    """Take note of what an extrusion says about safety; priming lines are no part of the print's box."""
    if r.state[NOZZLE_C] <= 0.0:
        r.facts[EXTRUDED_COLD] += 1
    if r.state[ABSOLUTE] == 0.0:
        r.facts[RELATIVE_PRINT] += 1
    if r.marks[KIND] != CUSTOM:
        _widen(r, PRINT_LOW, new)
        _widen(r, PRINT_LOW, (old[0], old[1], new[2]))


@_jit
def _other_g(r: Reader, command: int) -> None:
    """Carry out the G commands that are no moves."""
    s, word, given = r.state, r.word, r.given
    if command == 4:
        pause_s = word[_S] if given[_S] else (word[_P] / 1000.0 if given[_P] else 0.0)
        r.facts[DWELL_S] += pause_s
        r.use[r.marks[KIND], 0] += pause_s
        if 0 <= r.marks[LAYER] < len(r.layer_s):
            r.layer_s[r.marks[LAYER]] += pause_s
    elif command in (20, 21):
        s[UNIT] = 25.4 if command == 20 else 1.0
        r.facts[INCH] = max(r.facts[INCH], 1.0 if command == 20 else 0.0)
    elif command == 28:
        s[X] = s[Y] = s[Z] = 0.0
    elif command in (90, 91):
        s[ABSOLUTE] = s[ABSOLUTE_E] = s[SAW_G90] = 1.0 if command == 90 else 0.0
    elif command == 92:
        for axis in range(3):
            if given[_X + axis]:
                s[X + axis] = word[_X + axis] * s[UNIT]
        if given[_E]:
            s[E] = word[_E] * s[UNIT]


@_jit
def _heater(r: Reader, command: int) -> None:
    """Take note of a target temperature: nozzle, bed or chamber."""
    if not (r.given[_S] or r.given[_R]):
        return
    target_c = r.word[_S] if r.given[_S] else r.word[_R]
    heater = 0 if command in (104, 109) else (1 if command in (140, 190) else 2)
    r.facts[NOZZLE_END_C + heater] = target_c
    r.facts[NOZZLE_MAX_C + heater] = max(r.facts[NOZZLE_MAX_C + heater], target_c)
    if heater == 0:
        r.state[NOZZLE_C] = target_c


@_jit
def _acceleration(r: Reader) -> None:
    """Carry out M204; Marlin 1 knows one acceleration for print and travel, later firmware two."""
    word, given, limits = r.word, r.given, r.limits
    legacy = r.state[LEGACY_M204] == 1.0
    if given[_S]:
        limits[12] = limits[14] = word[_S]
        if given[_T]:
            limits[13] = word[_T]
        return
    if given[_P]:
        limits[12] = word[_P]
        if legacy:
            limits[14] = word[_P]
    if given[_R]:
        limits[13] = word[_R]
    if given[_T] and not legacy:
        limits[14] = word[_T]


@_jit
def _m(r: Reader, command: int) -> None:
    """Carry out the M commands that matter to time and safety."""
    word, given = r.word, r.given
    if command in (82, 83):
        r.state[ABSOLUTE_E] = 1.0 if command == 82 else 0.0
    elif command in (104, 109, 140, 190, 141, 191):
        _heater(r, command)
    elif command in (106, 107):
        r.facts[FAN_END] = 0.0 if command == 107 else (word[_S] if given[_S] else 255.0)
    elif command in (0, 1, 600, 601):
        r.facts[PAUSES] += 1
    elif command in (201, 203, 205):
        base = 8 if command == 201 else (4 if command == 203 else 0)
        for axis in range(3):
            if given[_X + axis]:
                r.limits[base + axis] = word[_X + axis]
        if given[_E]:
            r.limits[base + 3] = word[_E]
    elif command == 204:
        _acceleration(r)
    elif command == 220 and given[_S] and word[_S] > 0.0:
        r.state[FEED_FACTOR] = word[_S] / 100.0


@_jit
def _command(r: Reader, q: Queue, data: Any, i: int, end: int) -> None:
    """Carry out one line that is not a comment."""
    if data[i] == 78:  # N12 before the command
        i = _number(data, i + 1, end)[1]
        while i < end and data[i] == 32:
            i += 1
        if i == end:
            return
    first = data[i]
    if first not in (71, 77):  # G M
        return
    number, i, ok = _number(data, i + 1, end)
    command = int(number)
    if not ok or (first == 77 and command in (117, 118, 862)):  # these carry text
        return
    _words(r, data, i, end)
    if first == 77:
        _m(r, command)
    elif command <= 3:
        _move(r, q, command)
    else:
        _other_g(r, command)


@_jit
def scan(data: Any, r: Reader, q: Queue) -> None:
    """Read G-code bytes, (n,) uint8, into a reader's ``facts``, ``use``, ``layer_z`` and ``layer_s``."""
    n, i = len(data), 0
    while i < n:
        r.facts[LINES] += 1
        while i < n and data[i] in (9, 32):
            i += 1
        start = i
        while i < n and data[i] != 10:
            i += 1
        stop = i - 1 if i > start and data[i - 1] == 13 else i
        i += 1
        if stop > start:
            if data[start] == 59:
                _comment(r, data, start, stop)
            else:
                _command(r, q, data, start, stop)
    flush(q, q.count[0], r.use, r.layer_s)
    r.facts[TIME_S] = r.use[:, 0].sum()
