"""How sure a gain is that was found on held-back weeks, when regions and weeks each have something in common.

A deal or a holiday moves all regions at once: a hundred regions in six weeks are nearer to six observations than to six
hundred. The variance of the sum is that of regions plus that of weeks less what both count (Cameron, Gelbach & Miller,
"Robust inference with multiway clustering", Journal of Business & Economic Statistics 29, 2011).
"""

from __future__ import annotations

import numpy as np

from glocal.demand.dirichlet import Floats

ONE_GROUP_NATS = 2.0  # one region in one week: odds of seven to one


def gain_deviation(gain: Floats) -> float:
    """Return the standard error of the sum of gains by region and period, (R, H) nats; 0 where nothing varies.

    With a single region, or a single period, the other alone tells; rows and columns without any gain do not count.
    """
    gain = gain[(gain != 0).any(axis=1)][:, (gain != 0).any(axis=0)]
    by_region, by_period = _spread(gain.sum(axis=1)), _spread(gain.sum(axis=0))
    both = by_region + by_period - float(((gain - gain.mean()) ** 2).sum()) if gain.size else 0.0
    return float(np.sqrt(max(by_region, by_period, both)))


def surely_gains(gain: Floats, least: float, errors: float = 1.0) -> bool:
    """Say whether gains by region and period, (R, H), sum to over ``errors`` standard errors and ``least`` nats."""
    total = float(gain.sum())
    return total > least and total > errors * (gain_deviation(gain) or ONE_GROUP_NATS)


def kept_share(gain: Floats) -> float:
    """Return how much of a step to keep that gained this much, 0 to 1: 1 − 1/z² where z > 1.

    Positive-part James–Stein: what noise alone would gain as often is not followed at all, what is sure is followed.
    """
    total, deviation = float(gain.sum()), gain_deviation(gain) or ONE_GROUP_NATS
    return max(0.0, 1.0 - (deviation / total) ** 2) if total > 0 else 0.0


def _spread(sums: Floats) -> float:
    many = len(sums)
    return float(((sums - sums.mean()) ** 2).sum() * many / (many - 1)) if many > 1 else 0.0
