"""What a validation prefers is followed as far as it is sure, over regions and over weeks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glocal.demand.averaged import averaged, pool_weights
from glocal.demand.choice import fit_choices, probabilities
from glocal.demand.gain import gain_deviation, kept_share, surely_gains
from glocal.demand.validated import split_late
from tests.demand.worlds import world


def test_a_gain_that_one_week_makes_everywhere_is_not_sure() -> None:
    """A hundred regions gain 1 each in one of six weeks: sure by regions, the luck of one week by weeks."""
    gain = np.zeros((100, 6))
    gain[:, 2] = 1.0
    gain[:, [0, 1, 3, 4, 5]] = 1e-6
    assert gain_deviation(gain) == pytest.approx(100, rel=0.01)  # (5/6 · 100² · 6/5)^½
    assert kept_share(gain) < 0.02
    steady = np.ones((100, 6)) + np.random.default_rng(0).normal(0, 1, (100, 6))
    assert surely_gains(steady, 1.0)
    assert kept_share(steady) > 0.95


def test_without_anything_to_vary_two_nats_are_asked() -> None:
    assert not surely_gains(np.array([[1.9]]), 1.0)
    assert surely_gains(np.array([[2.1]]), 1.0)
    assert kept_share(np.zeros((3, 2))) == 0
    assert kept_share(np.array([[4.0]])) == pytest.approx(0.75)
    assert kept_share(-np.ones((5, 5))) == 0


def test_an_average_of_models_is_the_geometric_mean_of_their_forecasts() -> None:
    panel, _, _ = world(regions=6, periods=8)
    models = [fit_choices(panel, sweeps=3, memory=memory) for memory in (1.0, 0.8)]
    design, region = panel.design(), panel.region
    logs = [np.log(np.maximum(probabilities(design, panel.offered, m.theta[region]), 1e-300)) for m in models]
    mixed = np.where(panel.offered, np.exp(0.3 * logs[0] + 0.7 * logs[1]), 0.0)
    both = averaged(models, np.array([0.3, 0.7]))
    found = probabilities(design, panel.offered, both.theta[region])
    assert found == pytest.approx(mixed / mixed.sum(axis=1, keepdims=True))
    least = 0.3 * models[0].covariance + 0.7 * models[1].covariance
    assert (np.diagonal(both.covariance - least, axis1=1, axis2=2) >= 0).all()  # they disagree: that is doubt too


def test_a_taste_that_turned_is_followed_and_a_steady_one_is_not_forgotten() -> None:
    panel, theta, _ = world(regions=25, periods=20, per_period=200)
    early, late = split_late(panel) or pytest.fail("there are periods enough")
    start = np.array([1.0, 0.0])
    steady = pool_weights([fit_choices(early, memory=memory) for memory in (1.0, 0.7)], late, start)
    assert steady[0] > 0.9
    rng = np.random.default_rng(1)
    p = probabilities(panel.design(), panel.offered, theta[panel.region])
    turned = np.where((panel.period >= 12)[:, None] & panel.offered, p * np.array([3.0, 1, 1, 1]), p)
    counts = np.array([rng.multinomial(200, row / row.sum()) for row in turned]).astype(float)
    early, late = split_late(replace(panel, counts=counts)) or pytest.fail("there are periods enough")
    moved = pool_weights([fit_choices(early, memory=memory) for memory in (1.0, 0.7)], late, start)
    assert moved[1] > 0.5


def test_one_region_far_out_is_pulled_back_less() -> None:
    """Thirty regions alike and one that wants the opposite: its prior is loosened, theirs is not."""
    panel, _, _ = world(regions=30, periods=10, spread=0.1, per_period=10)
    counts = panel.counts.copy()
    odd = panel.region == 4
    counts[odd] = 0.0
    counts[odd, 0] = 10.0
    model = fit_choices(replace(panel, counts=counts))
    assert model.tightness[4] < 0.6 * np.delete(model.tightness, 4).min()
    assert np.median(model.tightness) == pytest.approx(1.0, abs=0.3)


def test_of_one_week_held_back_more_is_asked_than_of_several() -> None:
    """Three regions that gain 1, 1 and 4 nats in one week: 2 standard errors, and one week is all there is."""
    gain = np.array([[1.0], [1.0], [4.0]])
    assert gain_deviation(gain) == pytest.approx(3.0)
    assert surely_gains(gain, 1.0)
    assert not surely_gains(gain, 1.0, errors=2.0)
