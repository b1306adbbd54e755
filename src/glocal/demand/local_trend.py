"""A trend in one region alone: found among many regions without crying wolf, and followed as far as it is sure.

The log odds of every option in every region are asked for a slope over the latest weeks, by the score test of a
logistic regression (Cox & Hinkley, "Theoretical Statistics", 1974, section 9.3) whose scatter beyond counting is taken
from the weeks themselves: a region whose choices of a week are alike must not seem to move. Of thousands of such
questions some are far out by chance, so the limit is that of all of them together (Bonferroni). What passes must also
foretell the latest quarter of the weeks surely better than the region's average does, as a trend that all regions share
must. What the whole network does is not a region's own: where that is followed, the slope is against it; where it is
not, the region must move by itself and against the others alike. A steady slope and a level that wanders (a local level
model, filtered as a dynamic generalised linear model; West, Harrison & Migon, JASA 80, 1985) are tried, and what
foretells best is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glocal.demand.bursts import done_everywhere
from glocal.demand.dirichlet import JEFFREYS, Floats
from glocal.demand.drift import WALKS
from glocal.demand.gain import surely_gains

LATEST_WEEKS = 26
FEWEST_WEEKS = 8  # in which the region has chosen
FALSE_ALARMS = 0.05  # of a question, over all of its regions and options
LEAST_GAIN = 2.0  # nats
LARGEST_STEP = 4.0  # log odds
NEWTON_ROUNDS = 12
RIDGE = np.diag([1e-3, 1.0])  # of a slope: one log odd in a week is beyond belief


@dataclass(frozen=True, slots=True)
class LocalTrend:
    """An option that rises or falls in one region and not elsewhere.

    Parameters
    ----------
    option : int
        Its place among the question's options.
    level, error : float
        Log odds now against the region's own past as a whole, with the standard error.
    past : float
        The region's share of the past as a whole, 0 to 1.
    """

    option: int
    level: float
    error: float
    past: float

    def in_words(self, options: Sequence[str], where: str) -> str:
        """Return what a reader should know of it."""
        ever = "ever more" if self.level > 0 else "ever fewer"
        return f"{where}, and not elsewhere, {ever} choose {options[self.option]}: the answer follows them"

    def moved(self, shares: Floats, rng: np.random.Generator) -> Floats:
        """Return draws of the region's shares, (draws, J), as they are now."""
        tilt = np.ones_like(shares)
        tilt[:, self.option] = np.exp(rng.normal(self.level, self.error, len(shares)))
        return np.asarray(shares * tilt / (shares * tilt).sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class _Weeks:
    """One region's weeks and one option: choices of it and in all, (T,), and log odds that others explain, (T,)."""

    week: NDArray[np.intp]
    chosen: Floats
    total: Floats
    offset: Floats

    def before(self, now: int) -> _Weeks:
        past = self.week < now
        return _Weeks(self.week[past], self.chosen[past], self.total[past], self.offset[past])

    def p(self, odds: Floats | float) -> Floats:
        return np.asarray(1 / (1 + np.exp(-np.clip(odds + self.offset, -30, 30))))


def fit_local_trends(
    counts: Floats,
    region: NDArray[np.intp],
    week: NDArray[np.intp],
    names: Sequence[str],
    past: Floats,
    *,
    followed: bool,
) -> dict[str, LocalTrend]:
    """Return the trends of single regions.

    Parameters
    ----------
    counts : (W, J) float
        Effective choices by region and week.
    region, week : (W,) int
    names : sequence of str
        Of the regions.
    past : (R, J) float
        Effective choices of each region as they stand in its answer.
    followed : bool
        Whether the answers follow a trend of the whole network already.
    """
    late = week > week.max() - LATEST_WEEKS
    if len(names) < 2 or counts.shape[1] < 2 or len(np.unique(week[late])) < FEWEST_WEEKS:
        return {}
    tilt = done_everywhere(counts, region, week)
    found: dict[str, LocalTrend] = {}
    for r, option in _candidates(counts[late], region[late], week[late], tilt[late], followed=followed):
        rows = late & (region == r)
        here = counts[rows]
        offset = np.zeros(len(here))
        if followed:
            expected, usual = (
                _when_others_move(here.sum(axis=0), tilt[rows])[:, option],
                _average(here.sum(axis=0))[option],
            )
            offset = np.log(expected / (1 - expected)) - np.log(usual / (1 - usual))
        weeks = _Weeks(week[rows], here[:, option], here.sum(axis=1), offset)
        trend = _followed(weeks, option, float(_average(past[r])[option]))
        if trend is not None and names[r] not in found:
            found[names[r]] = trend
    return found


def _candidates(
    counts: Floats, region: NDArray[np.intp], week: NDArray[np.intp], tilt: Floats, *, followed: bool
) -> list[tuple[int, int]]:
    """Return (region, option) whose slope is beyond what chance does to any of them, the surest first."""
    from scipy.stats import t

    sums = np.zeros((int(region.max()) + 1, counts.shape[1]))
    np.add.at(sums, region, counts)
    against = _score(counts, region, week, _when_others_move(sums[region], tilt))
    alone = against if followed else _score(counts, region, week, _average(sums[region]))
    weeks = np.bincount(region, counts.sum(axis=1) > 0, len(sums))
    asked = np.isfinite(alone) & np.asarray(weeks >= FEWEST_WEEKS)[:, None]
    if not asked.any():
        return []
    limit = np.asarray(t.isf(FALSE_ALARMS / 2 / asked.sum(), np.maximum(weeks - 2, 1)))[:, None]
    surest = np.where(against * alone > 0, np.minimum(np.abs(alone), np.abs(against)), 0.0)
    passed = asked & (surest > limit)
    rank = np.where(passed, surest / limit, 0.0) + 1e-6 * (
        alone > 0
    )  # of two options that mirror each other, what rises
    order = np.argsort(-rank, axis=None)[: int(passed.sum())]
    return [(int(r), int(j)) for r, j in zip(*np.unravel_index(order, passed.shape), strict=True)]


def _average(sums: Floats) -> Floats:
    counts = sums + JEFFREYS
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def _when_others_move(sums: Floats, tilt: Floats) -> Floats:
    """Return the shares of rows, (W, J), if only what other regions did moves those of the sums."""
    shares = _average(sums) * tilt
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _score(counts: Floats, region: NDArray[np.intp], week: NDArray[np.intp], shares: Floats) -> Floats:
    """Return the slope over its standard error of every region and option, (R, J); NaN where there is nothing."""
    regions = int(region.max()) + 1

    def sums(rows: Floats) -> Floats:
        total = np.zeros((regions, rows.shape[1]))
        np.add.at(total, region, rows)
        return total

    total = counts.sum(axis=1, keepdims=True)
    w = np.maximum(total * shares * (1 - shares), 1e-12)
    every = np.maximum(sums(w), 1e-12)
    level = sums(counts - total * shares) / every
    left = counts - total * shares - w * level[region]
    time = week[:, None] - (sums(w * week[:, None]) / every)[region]
    information: Floats = np.asarray(sums(w * time**2))
    pull = sums(left * time)
    freedom = np.maximum(np.bincount(region, total[:, 0] > 0, regions) - 2, 1)[:, None]
    scatter = np.maximum((sums(left**2 / w) - pull**2 / np.maximum(information, 1e-12)) / freedom, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(information > 1e-6, pull / np.sqrt(scatter * information), np.nan)


def _followed(weeks: _Weeks, option: int, past: float) -> LocalTrend | None:
    """Return where a trend has got to by the way that foretold the held weeks best, or None when none did so surely."""
    present = np.unique(weeks.week)
    held = present[-max(2, len(present) // 4) :].tolist()
    known = [weeks.before(now) for now in held]
    steady = [
        _log_likelihood(weeks, now, _line(before, now, slopes=False)[0])
        for now, before in zip(held, known, strict=True)
    ]
    gains = [
        np.array([_log_likelihood(weeks, now, way(before, now)[0]) for now, before in zip(held, known, strict=True)])
        - steady
        for way in WAYS
    ]
    best = int(np.argmax([gain.sum() for gain in gains]))
    if not surely_gains(gains[best][None], LEAST_GAIN):
        return None
    now, error = WAYS[best](weeks, int(weeks.week.max()) + 1)
    level = now - float(np.log(past / (1 - past)))
    return LocalTrend(option, float(np.clip(level, -LARGEST_STEP, LARGEST_STEP)), error, past)


def _log_likelihood(weeks: _Weeks, now: int, odds: float) -> float:
    rows = weeks.week == now
    p, chosen = weeks.p(odds)[rows], weeks.chosen[rows]
    return float((chosen * np.log(p) + (weeks.total[rows] - chosen) * np.log1p(-p)).sum())


def _line(weeks: _Weeks, now: int, *, slopes: bool = True) -> tuple[float, float]:
    """Return the log odds at ``now`` on a straight line through the weeks, or on a level one, with the error."""
    time = (weeks.week - weeks.week.mean()) * float(slopes)
    x = np.stack([np.ones(len(time)), time], axis=1)
    beta = np.array(
        [np.log((weeks.chosen.sum() + JEFFREYS) / (weeks.total.sum() - weeks.chosen.sum() + JEFFREYS)), 0.0]
    )
    for _ in range(NEWTON_ROUNDS):
        p = weeks.p(x @ beta)
        w = weeks.total * p * (1 - p)
        information = (x * w[:, None]).T @ x + RIDGE
        beta = beta + np.clip(np.linalg.solve(information, x.T @ (weeks.chosen - weeks.total * p)), -1.0, 1.0)
    left = ((weeks.chosen - weeks.total * p) ** 2 / np.maximum(w, 1e-9))[weeks.total > 0]
    scatter = max(float(left.sum()) / max(len(left) - 2, 1), 1.0)
    at = np.array([1.0, (now - weeks.week.mean()) * float(slopes)])
    return float(at @ beta), float(np.sqrt(scatter * at @ np.linalg.solve(information, at)))


def _wandering(weeks: _Weeks, now: int, *, walk: float) -> tuple[float, float]:
    """Return the log odds at ``now`` of a level that wanders by a variance of ``walk`` per week, with the error."""
    level, variance = _line(weeks, now, slopes=False)[0], 1.0
    last = int(weeks.week.min())
    for row in np.argsort(weeks.week, kind="stable").tolist():
        variance += walk * (int(weeks.week[row]) - last)
        last = int(weeks.week[row])
        p = float(1 / (1 + np.exp(-np.clip(level + weeks.offset[row], -30, 30))))
        variance /= 1 + variance * weeks.total[row] * p * (1 - p)
        level += float(np.clip(variance * (weeks.chosen[row] - weeks.total[row] * p), -1.0, 1.0))
    return level, float(np.sqrt(variance + walk * (now - last)))


WAYS: tuple[Callable[[_Weeks, int], tuple[float, float]], ...] = (
    _line,
    *(partial(_wandering, walk=walk) for walk in WALKS if walk > 0),
)
