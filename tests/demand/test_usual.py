"""What is taken for usual before anybody has chosen, and that it gives way to what a few choices say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glocal.demand.baselines import foretell_local
from glocal.demand.choice import fit_choices, shortened
from glocal.demand.foretell import foretell
from glocal.demand.panel import Panel
from glocal.demand.usual import USUAL_DEVIATION, usual_of
from glocal.demand.validated import split_late
from tests.demand.worlds import world


def one_region(counts: list[list[float]]) -> Panel:
    """Return weeks of one region without features."""
    table = np.array(counts)
    rows, options = table.shape
    names = tuple(map(str, range(options)))
    zeros, all_offered = np.zeros(rows, dtype=np.intp), np.ones((rows, options), dtype=bool)
    no_features, no_covariates = np.zeros((rows, options, 0)), np.zeros((1, 0))
    return Panel(("R",), names, (), (), zeros, np.arange(rows), table, all_offered, no_features, no_covariates)


def test_utilities_are_as_usual_at_usual_prices_whatever_these_are_and_in_whatever_currency() -> None:
    """A brand that costs twice as much as another and one that costs the same are equally usual; cents are euros."""
    panel, _, _ = world(regions=1, periods=3000, per_period=1)
    theta = np.array([0.5, -1.0, 2.0, -3.0])  # three utilities and a slope
    level = np.array([0.0, 1.0, -4.0, 2.0])
    dearer = replace(panel, x=100 * (panel.x + level[None, :, None]))
    same_choices = np.append(theta[:3] - theta[3] * level[1:], theta[3] / 100)
    here, there = usual_of(panel), usual_of(dearer)
    within = replace(panel, x=100 * panel.x)
    slope_only = np.array([0.0, 0.0, 0.0, theta[3]])
    assert there.contrast @ same_choices == pytest.approx(here.contrast @ theta, abs=0.02)
    assert slope_only / 100 @ usual_of(within).features @ slope_only / 100 == pytest.approx(
        slope_only @ here.features @ slope_only, rel=1e-6
    )


def test_a_feature_that_never_differs_between_options_says_nothing_and_does_no_harm() -> None:
    panel, _, _ = world(regions=6, periods=4)
    more = replace(panel, features=("log_price", "deal"), x=np.concatenate([panel.x, np.zeros_like(panel.x)], axis=2))
    plain, idle = (foretell(fit_choices(each), each).mean for each in (panel, more))
    assert idle == pytest.approx(plain, abs=0.02)


def test_a_few_choices_say_whether_options_are_liked_alike() -> None:
    """Thirty options of which each was chosen once or twice; and one that everybody chooses."""
    rng = np.random.default_rng(0)
    even = one_region([list(map(float, rng.multinomial(10, np.full(30, 1 / 30)))) for _ in range(6)])
    taken = one_region([[10.0] + [0.0] * 29 for _ in range(6)])
    usual = usual_of(even)
    spread = [
        usual.variance(fit.gamma[0], fit.gamma_covariance, USUAL_DEVIATION**2)
        for fit in map(fit_choices, (even, taken))
    ]
    assert spread[0] < 1.5
    assert spread[1] > spread[0]


def test_a_single_region_with_many_options_is_foretold_no_worse_than_by_itself() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(30, 20.0))
    gains = []
    for _ in range(5):
        train = one_region([list(map(float, rng.multinomial(8, p))) for _ in range(4)])
        ours, alone = foretell(fit_choices(train), train).mean[0], foretell_local(train, train).mean[0]
        gains.append(float(p @ (np.log(ours) - np.log(alone))))
    assert np.mean(gains) > -0.01


def test_a_step_too_long_keeps_its_direction() -> None:
    """Cut part by part, a price and an option's utility that go together would be torn apart, and never come back."""
    steps = np.array([[8.0, -2.0], [1.0, 1.0], [0.0, 0.0]])
    assert shortened(steps).tolist() == [[4.0, -1.0], [1.0, 1.0], [0.0, 0.0]]


def test_the_last_of_two_periods_judges_and_a_single_one_cannot() -> None:
    panel = one_region([[3.0, 1.0], [2.0, 2.0]])
    early, late = split_late(panel) or pytest.fail("two periods are enough")
    assert (early.counts.tolist(), late.counts.tolist()) == ([[3.0, 1.0]], [[2.0, 2.0]])
    assert split_late(one_region([[3.0, 1.0]])) is None
