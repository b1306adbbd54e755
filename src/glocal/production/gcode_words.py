"""The words of a line of G-code: the compiled reader's lexer, which touches each byte once.

The arrays ``f`` and ``m`` are explained in :mod:`glocal.production.gcode_places`.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from glocal.production import gcode_places as at

_ONE = np.uint64(1)
_POWERS = 10.0 ** np.arange(18)
_HASH_START, _HASH_FACTOR, _HASH_MASK = 1469598103, 1099511, 0x7FFFFFFFFFFF

_jit = nb.njit(nogil=True, error_model="numpy")  # kept compiled as parts of `gcode_kernel.scan`


@_jit
def name_hash(data: Any, start: int, stop: int) -> int:
    """Return a hash of some bytes."""
    code = _HASH_START
    for k in range(start, stop):
        code = ((code ^ data[k]) * _HASH_FACTOR) & _HASH_MASK
    return code


@_jit
def number_at(data: Any, i: int, end: int) -> Any:
    """Return the number at byte ``i``, the byte after it, and whether there was one."""
    k: Any = np.uint64(i)  # numba does not ask of places of this kind whether they are below 0
    stop: Any = np.uint64(end)
    negative = False
    if k < stop and (data[k] == 45 or data[k] == 43):  # - +
        negative = data[k] == 45
        k += _ONE
    whole: Any = 0
    start = k
    while k < stop:  # the same again below the point: as a function of its own it costs a tenth of all the time
        digit = np.int64(data[k]) - 48
        if digit < 0 or digit > 9:
            break
        whole = whole * 10 + digit
        k += _ONE
    digits: Any = np.int64(k - start)
    decimals: Any = 0
    if k < stop and data[k] == 46:  # .
        k += _ONE
        start, last = k, min(stop, k + np.uint64(max(0, 17 - digits)))  # more digits do not fit, and mean nothing
        while k < last:
            digit = np.int64(data[k]) - 48
            if digit < 0 or digit > 9:
                break
            whole = whole * 10 + digit
            k += _ONE
        decimals = np.int64(k - start)
        while k < stop and 48 <= data[k] <= 57:
            k += _ONE
        digits += np.int64(k - start)
    value = whole / _POWERS[decimals]
    return (-value if negative else value), np.int64(k), digits > 0


@_jit
def line_end(data: Any, i: int) -> int:
    """Return where the line that byte ``i`` is in ends: its line feed, or the end of the file."""
    while i < len(data) and data[i] != 10:
        i += 1
    return i


@_jit
def read_words(f: Any, m: Any, data: Any, i: int) -> int:
    """Read the numbers of a command by their letters, up to a comment or checksum, and return where the line ends."""
    end, given = len(data), 0
    while i < end:
        c = data[i]
        letter = (c & 0xDF) - 65  # 0xDF makes letters upper case
        if 0 <= letter < 26:
            i += 1
            while i < end and data[i] == 32:
                i += 1
            value, i, ok = number_at(data, i, end)
            f[at.WORD + letter] = value if ok else 0.0
            given |= 1 << letter
        elif c == 10:
            break
        elif c in (59, 40, 42):  # ; ( *
            i = line_end(data, i)
            break
        else:
            i += 1
    m[at.GIVEN] = given
    return i


@_jit
def has(m: Any, letter: int) -> Any:
    """Say whether the command has a word with this letter."""
    return (m[at.GIVEN] >> letter) & 1 == 1


@_jit
def word(f: Any, m: Any, letter: int) -> Any:
    """Return the command's word with this letter, 0 without one."""
    return f[at.WORD + letter] if has(m, letter) else 0.0
