"""A planted trend that travels: when it arrives is foretold, and where nothing rises nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from glocal.demand.diffusion import arrival, fit_wave

REGIONS, WEEKS = 24, 20


def planted(*, slope: float, stays: float, per_week: int = 30, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Choices of two options from L_t = −1.5 + slope·t and lags that close; then the level and the lags at the end."""
    rng = np.random.default_rng(seed)
    lag = rng.normal(0, 1.0, REGIONS)
    region, week = (axis.ravel() for axis in np.mgrid[:REGIONS, :WEEKS])
    odds = -1.5 + slope * week + lag[region] * stays**week
    chosen = rng.binomial(per_week, 1 / (1 + np.exp(-odds)))
    counts = np.stack([per_week - chosen, chosen], axis=1).astype(float)
    return counts, region, week, -1.5 + slope * WEEKS, lag * stays**WEEKS


def test_the_slope_and_what_is_left_of_a_lag_are_recovered() -> None:
    counts, region, week, _, _ = planted(slope=0.06, stays=0.95)
    wave = fit_wave(counts, region, week)
    assert wave is not None
    assert wave.option == 1
    assert wave.slope == pytest.approx(0.06, abs=0.012)  # the lags that close bend the common slope a little
    low, high = np.quantile(wave.stays, [0.05, 0.95])
    assert low <= 0.95 <= high


def test_an_arrival_lies_in_its_interval() -> None:
    counts, region, week, level, lags = planted(slope=0.06, stays=0.95)
    wave = fit_wave(counts, region, week)
    assert wave is not None
    for lag in np.sort(lags)[:4]:  # those that lag most
        truth = next(t for t in range(200) if level + 0.06 * t + lag * 0.95**t >= 0)
        share, network = 1 / (1 + np.exp(-(level + lag))), 1 / (1 + np.exp(-level))
        draws = np.tile([1 - share, share], (400, 1))
        told = arrival(wave, draws, np.array([1 - network, network]))
        assert not told.leads
        assert told.weeks is not None
        assert told.weeks[0] - 3 <= truth <= told.weeks[2] + 3
    here = np.tile([0.4, 0.6], (10, 1))
    assert arrival(wave, here, np.array([0.5, 0.5])).leads


def test_where_nothing_rises_no_arrival_is_told() -> None:
    counts, region, week, _, _ = planted(slope=0.0, stays=1.0)
    wave = fit_wave(counts, region, week)
    if wave is not None:  # one flat history in ten looks as if it rose: then it is said to be far off
        assert arrival(wave, np.tile([0.9, 0.1], (50, 1)), np.array([0.8, 0.2])).weeks is None
    assert fit_wave(counts[week < 5], region[week < 5], week[week < 5]) is None
