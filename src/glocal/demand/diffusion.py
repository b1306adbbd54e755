"""How a trend travels: how fast an option rises everywhere, how fast regions catch up, and when it may lead in one.

The log odds of an option in region r and week t are L_t + d_rt: the network's level with a constant slope, and the
region's lag, of which a share κ closes every week, d_{t+1} = (1 − κ) d_t. The slope comes from a logistic regression
with an intercept per region (a change of who speaks is not a trend). Lags are seen through noise, which would make them
seem to close faster than they do; the early weeks' even and odd halves are therefore instruments for each other (an
errors-in-variables estimate; Fuller, "Measurement error models", 1987, section 1.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glocal.demand.dirichlet import Floats

LATEST_WEEKS = 26
FEWEST_WEEKS = 8
FEWEST_REGIONS = 4
FAR_WEEKS = 52  # an arrival beyond a year is not foretold
SURE = 1.2816  # standard errors: nine in ten
PRIOR_CHOICES = 4.0  # of the network in a region's share, so that a share of none has a logarithm
REPLICATES = 200
SEED = 20031107


@dataclass(frozen=True, slots=True)
class Wave:
    """An option that rises everywhere.

    Parameters
    ----------
    option : int
        Its place among the question's options.
    slope, error : float
        Log odds gained per week, with its standard error.
    stays : tuple of float
        Draws of 1 − κ, what is left of a region's lag after a week, 0 to 1; empty where regions cannot tell.
    """

    option: int
    slope: float
    error: float
    stays: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """When an option may become the most wanted of a region.

    ``odds`` is the probability that it does within a year, ``weeks`` the middle and the ends of the 80 % interval of
    those cases; ``weeks`` is None where it is less likely than not. ``leads`` says that it does already.
    """

    leads: bool
    odds: float
    weeks: tuple[float, float, float] | None


def fit_wave(counts: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> Wave | None:
    """Return the option that rises most surely, or None when none does.

    Parameters
    ----------
    counts : (W, J) float
        Effective choices by region and week.
    region, week : (W,) int
    """
    late = week > week.max() - LATEST_WEEKS
    counts, region, week = counts[late], region[late], week[late]
    if len(np.unique(week)) < FEWEST_WEEKS:
        return None
    totals = counts.sum(axis=1)
    found = [(*_slope(counts[:, j], totals, region, week), j) for j in range(counts.shape[1])]
    slope, error, option = max(found, key=lambda trial: trial[0] / trial[1])
    if slope < SURE * error:
        return None
    return Wave(option, slope, error, _stays(counts[:, option], totals, region, week))


def _slope(chosen: Floats, totals: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> tuple[float, float]:
    """Return the common slope of the log odds per week, and its error, widened by what scatters beyond counting."""
    regions, time = int(region.max()) + 1, (week - week.mean()).astype(float)
    everywhere = (chosen.sum() + 0.5) / (totals.sum() + 1.0)
    level, slope, ridge = np.full(regions, np.log(everywhere / (1 - everywhere))), 0.0, 1.0
    centre = level[0]
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(level[region] + slope * time, -30, 30)))
        w, left = totals * p * (1 - p), chosen - totals * p
        own = np.bincount(region, w, regions) + ridge
        across = np.bincount(region, w * time, regions)
        pull = np.bincount(region, left, regions) - ridge * (level - centre)
        information = float((w * time * time).sum() - (across * across / own).sum()) + 1e-9
        step = (float((left * time).sum()) - float((across * pull / own).sum())) / information
        level = level + (pull - across * step) / own
        slope += step
        if abs(step) < 1e-8:
            break
    some = totals > 0
    freedom = max(int(some.sum()) - regions - 1, 1)
    scatter = float((left[some] ** 2 / np.maximum(w[some], 1e-9)).sum()) / freedom
    return slope, float(np.sqrt(max(scatter, 1.0) / information))


def _stays(chosen: Floats, totals: Floats, region: NDArray[np.intp], week: NDArray[np.intp]) -> tuple[float, ...]:
    """Return draws of what is left of a lag after a week, by resampling regions."""
    middle = np.median(week)
    early, half = week <= middle, week % 2 == 0
    between = float(week[~early].mean() - week[early].mean())
    lags = [_lag(chosen, totals, region, rows) for rows in (early & half, early & ~half, ~early)]
    there = np.isfinite(lags).all(axis=0)
    if there.sum() < FEWEST_REGIONS:
        return ()
    even, odd, late = (lag[there] for lag in lags)
    rng = np.random.default_rng(SEED)
    draws = []
    for rows in rng.integers(0, len(late), (REPLICATES, len(late))):
        spread = float((even[rows] * odd[rows]).sum())
        if spread > 0:
            left = float((late[rows] * (even[rows] + odd[rows]) / 2).sum()) / spread
            draws.append(float(np.clip(left, 0.0, 1.0) ** (1 / between)))
    return tuple(draws) if len(draws) > REPLICATES // 2 else ()


def _lag(chosen: Floats, totals: Floats, region: NDArray[np.intp], rows: NDArray[np.bool_]) -> Floats:
    """Return each region's log odds against the network's over some rows; NaN where it has said nothing."""
    regions = int(region.max()) + 1
    own = np.bincount(region[rows], chosen[rows], regions)
    all_own = np.bincount(region[rows], totals[rows], regions)
    share = (own.sum() + 0.5) / (all_own.sum() + 1.0)
    odds = (own + PRIOR_CHOICES * share) / (all_own - own + PRIOR_CHOICES * (1 - share))
    lag = np.log(odds / (share / (1 - share)))
    return np.where(all_own > 0, lag - np.average(lag, weights=np.maximum(all_own, 1e-9)), np.nan)


def arrival(wave: Wave, shares: Floats, network: Floats) -> Arrival:
    """Return when the rising option may lead in a region.

    Parameters
    ----------
    shares : (draws, J) float
        Draws of the region's shares now.
    network : (J,) float
        The network's.
    """
    j = wave.option
    others = np.delete(shares, j, axis=1)
    leader = others.max(axis=1) / np.maximum(others.sum(axis=1), 1e-12)  # stays the same while j takes from all alike
    if float((shares[:, j] >= others.max(axis=1)).mean()) > 0.5:
        return Arrival(True, 1.0, None)
    rng = np.random.default_rng(SEED)
    slope = rng.normal(wave.slope, wave.error, len(shares))
    stays = rng.choice(wave.stays, len(shares)) if wave.stays else np.ones(len(shares))
    level = np.log(network[j] / (1 - network[j]))
    odds = np.log(np.clip(shares[:, j], 1e-12, 1 - 1e-12) / np.clip(1 - shares[:, j], 1e-12, 1.0))
    weeks = np.arange(FAR_WEEKS + 1)[:, None]
    later = level + slope * weeks + (odds - level) * stays**weeks
    there = later >= np.log(np.maximum(leader, 1e-12))
    arrives = there.any(axis=0)
    chance = float(arrives.mean())
    if chance <= 0.5:
        return Arrival(False, chance, None)
    first = there.argmax(axis=0)[arrives]
    low, middle, high = np.quantile(first, [0.1, 0.5, 0.9]).tolist()
    return Arrival(False, chance, (low, middle, high))
