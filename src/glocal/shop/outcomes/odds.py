"""Shares from counts, with an honest interval."""

from __future__ import annotations

import math

from glocal.values import Estimate

Z_80 = 1.2815515655446004


def share(successes: int, trials: int, of_what: str) -> Estimate | None:
    """Return the share of successes with its 80 % Wilson score interval; None when nothing was tried.

    The central value is the middle of the Wilson interval, which counts neither 1 of 1 as certainty nor 0 of 1 as
    impossibility (Wilson 1927).
    """
    if trials == 0:
        return None
    weight = Z_80**2 / trials
    observed = successes / trials
    centre = (observed + weight / 2) / (1 + weight)
    reach = Z_80 * math.sqrt(observed * (1 - observed) / trials + weight / (4 * trials)) / (1 + weight)
    low, high = max(0.0, centre - reach), min(1.0, centre + reach)
    return Estimate(centre, low, high, f"{successes} of {trials} {of_what}")
