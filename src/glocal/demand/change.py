"""Whether taste moves: old choices fade by λ per week, or a trend that all regions share is followed, or neither.

Each is taken only where later weeks are foretold surely better with it: a flat history never forgets, and a season that
passes is not a new taste.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glocal.demand.diffusion import Wave, fit_wave
from glocal.demand.dirichlet import Floats
from glocal.demand.drift import Drift, filter_drift
from glocal.demand.gain import surely_gains
from glocal.demand.local_trend import LocalTrend

MEMORIES = (0.97, 0.93)
FEWEST_WEEKS = 8
# Choices of the network in a region's forecast. Each way of weighing the past is compared at the weight that suits it:
# where regions hardly differ, forgetting would else gain by hearing them less, though nothing moves.
OWN_WEIGHTS = (5.0, 20.0, 80.0, 320.0, 1280.0, 5120.0)
LEAST_WALK = 1.6e-3  # variance per week
LEAST_GAIN = 2.0  # nats in all


@dataclass(frozen=True, slots=True)
class Change:
    """What was found: λ, or a drift, or neither (1 and None); with a drift, the option that rises, and how.

    ``local`` are the trends of single regions, by their names.
    """

    memory: float = 1.0
    drift: Drift | None = None
    wave: Wave | None = None
    local: Mapping[str, LocalTrend] = field(default_factory=dict)

    def in_words(self) -> tuple[str, ...]:
        """Return what a reader of any region's answer should know of it."""
        if self.drift is not None:
            return ("taste is moving everywhere: the answer follows the trend",)
        if self.memory < 1:
            return (f"taste is moving: a choice of last week weighs {self.memory:.0%} of one of this week",)
        return ()


NO_CHANGE = Change()


@dataclass(frozen=True, slots=True)
class _Weeks:
    """Effective choices (W, J) by region and week, each row's region and week; what the network weighs in choices."""

    counts: Floats
    region: NDArray[np.intp]
    week: NDArray[np.intp]
    network_weight: float = OWN_WEIGHTS[1]

    def shares_before(self, now: int, fading: float) -> Floats:
        """Return what the weeks before ``now`` say of each region, (R, J)."""
        past = self.week < now
        faded = self.counts[past] * (fading ** (now - self.week[past]))[:, None]
        own = np.zeros((int(self.region.max()) + 1, self.counts.shape[1]))
        np.add.at(own, self.region[past], faded)
        network = own.sum(axis=0) + 0.5
        shares = own + self.network_weight * network / network.sum()
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def drift_before(self, now: int, like: Drift | None = None) -> Drift:
        """Return the trend at ``now`` against the average of the weeks before it."""
        shares = self.shares_before(now, 1.0)
        past = self.week < now
        first, size = int(self.week[past].min()), self.counts.shape[1]
        at = self.week[past] - first
        p, counts = shares[self.region[past]][:, 1:], self.counts[past]
        totals = counts.sum(axis=1)
        information = np.zeros((now - first, size - 1, size - 1))
        gradient = np.zeros((now - first, size - 1))
        np.add.at(gradient, at, counts[:, 1:] - totals[:, None] * p)
        each = totals[:, None, None] * (p[:, :, None] * np.eye(size - 1) - p[:, :, None] * p[:, None, :])
        np.add.at(information, at, each)
        return filter_drift(information, gradient, like)


def fit_change(counts: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> Change:
    """Return how taste moves.

    The latest quarter of the weeks is foretold week by week from what came before it; a change is taken when its gain
    is more than one standard error over regions and weeks.

    Parameters
    ----------
    counts : (W, J) float
        Effective choices by region and week.
    region, week : (W,) int
    """
    weeks = np.unique(week)
    if len(weeks) < FEWEST_WEEKS or not 2 <= counts.shape[1] <= 40:
        return Change()
    held = weeks[-max(2, len(weeks) // 4) :].tolist()
    table, base = _best_weighed(_Weeks(counts, region, week), held, 1.0)
    like = table.drift_before(held[0])
    if like.walk == 0:  # little data is likeliest without a walk even where there is one: the held weeks decide
        like = replace(like, walk=LEAST_WALK)

    def drifted(now: int) -> Floats:
        return tilted(table.shares_before(now, 1.0), table.drift_before(now, like).level)

    if surely_gains(_scores(table, held, drifted) - base, LEAST_GAIN):
        now = int(weeks[-1]) + 1
        final = table.drift_before(now)
        drift = final if final.walk >= LEAST_WALK else table.drift_before(now, like)
        return Change(1.0, drift, fit_wave(counts, region, week))
    found = NO_CHANGE  # forgetting throws evidence away: only where there is no trend that all share
    for fading in MEMORIES:
        _, faded = _best_weighed(table, held, fading)
        if surely_gains(faded - base, LEAST_GAIN):
            base, found = faded, Change(fading)
    return found


def tilted(shares: Floats, level: Floats) -> Floats:
    """Return shares (…, J) with a drift (…, J−1) of the log odds against the first option."""
    first = np.zeros((*level.shape[:-1], 1))
    moved = shares * np.exp(np.concatenate([first, level], axis=-1))
    return np.asarray(moved / moved.sum(axis=-1, keepdims=True))


def _forgetting(table: _Weeks, fading: float) -> Callable[[int], Floats]:
    return lambda now: table.shares_before(now, fading)


def _best_weighed(table: _Weeks, held: list[int], fading: float) -> tuple[_Weeks, Floats]:
    """Return the weeks with the network's weight that foretells the held ones best, and its scores, (R, H)."""
    tables = [replace(table, network_weight=weight) for weight in OWN_WEIGHTS]
    scores = [_scores(each, held, _forgetting(each, fading)) for each in tables]
    best = int(np.argmax([score.sum() for score in scores]))
    return tables[best], scores[best]


def _scores(table: _Weeks, held: list[int], shares: Callable[[int], Floats]) -> Floats:
    """Return the log-likelihood of each region and held week, (R, H)."""
    found = np.zeros((int(table.region.max()) + 1, len(held)))
    for index, now in enumerate(held):
        present = table.week == now
        log_p = np.log(np.maximum(shares(now), 1e-300))
        at = table.region[present]
        np.add.at(found[:, index], at, (table.counts[present] * log_p[at]).sum(axis=1))
    return found
