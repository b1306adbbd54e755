"""How long a gyroid's waves take: their corners set the speed, not what the process asks for.

A layer cuts the gyroid sin x cos y + sin y cos z + sin z cos x = 0 in waves. They are planned here as the printer
plans them, at a few heights, on the size that gives the wanted share of filled area.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from glocal.quoting.layers import Floats, thinned
from glocal.quoting.motion import loop_s

PERIODS, POINTS, HEIGHTS = 6, 64, 16
TOLERANCE_MM = 0.02
"""How far a straight piece may leave the wave; with this, 21 densities and printers were met within a tenth."""


def waves() -> list[Floats]:
    """Return one wave per height, in radians, along x: (PERIODS × POINTS + 1, 2) each.

    Up to a quarter turn of z; what follows is the same with x and y exchanged.
    """
    x = np.arange(PERIODS * POINTS + 1) / POINTS * 2 * math.pi
    result = []
    for z in (np.arange(HEIGHTS) + 0.5) / HEIGHTS * math.pi / 4:
        a, b, c = np.sin(x), np.cos(z), np.sin(z) * np.cos(x)
        y = np.arctan2(b, a) + np.arccos(np.clip(-c / np.hypot(a, b), -1, 1))
        result.append(np.column_stack([x, np.unwrap(y)]))
    return result


@lru_cache(maxsize=256)
def wave_s_per_mm(line_distance_mm: float, speed: float, acceleration: float, jerk: float) -> float:
    """Return the time for one mm of a gyroid's wave, s.

    Parameters
    ----------
    line_distance_mm : float
        How far apart straight lines of the same share of filled area would lie.
    speed, acceleration, jerk : float
        mm/s, mm/s², mm/s.
    """
    drawn = waves()
    # two waves in every period: their length per area is the mean stretch / π at this scale
    stretch = float(np.mean([np.hypot(*np.diff(wave, axis=0).T).sum() / wave[-1, 0] for wave in drawn]))
    scale = stretch * line_distance_mm / math.pi
    planned = [loop_s(thinned(wave * scale, TOLERANCE_MM), speed, acceleration, jerk, False) for wave in drawn]
    return sum(seconds for seconds, _ in planned) / sum(length for _, length in planned)
