"""What usual prices tell of a region that has not chosen yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.choice import fit_choices
from glocal.demand.panel import Panel
from glocal.demand.price_levels import NAMES, with_price_levels
from tests.demand.worlds import world


def dear_quarters() -> Panel:
    """Half of 24 regions are dear by a fifth for the first two options, and like the last one better by 1.5."""
    panel, _, _ = world(regions=24, periods=6, per_period=60, spread=0.1)
    dear = np.arange(24) % 2 == 0
    x = 0.2 * panel.x
    x[dear[panel.region], :2, 0] += 0.2
    liked = np.where(dear, 1.5, 0.0)[panel.region]
    p = np.where(panel.offered, 1.0, 0.0)
    p[:, -1] *= np.exp(liked)
    counts = np.round(60 * p / p.sum(axis=1, keepdims=True))
    return replace(panel, x=x, counts=counts, z=np.zeros((24, 0)), covariates=())


def test_a_region_that_has_not_chosen_is_expected_to_be_like_those_with_its_prices() -> None:
    panel = dear_quarters()
    silent = panel.region >= 22  # one of either kind: its prices are known, its choices are not
    known = with_price_levels(replace(panel, counts=np.where(silent[:, None], 0.0, panel.counts)))
    assert known.covariates == NAMES[: known.z.shape[1]]
    theta = fit_choices(known).theta
    last = theta[:, 2]  # the utility of the last option
    assert last[22] - last[23] > 0.8
    assert np.sign(known.z[22, 0]) != np.sign(known.z[23, 0])
    assert with_price_levels(known) is known


def test_levels_need_prices_that_differ_and_regions_enough() -> None:
    panel = dear_quarters()
    same = np.zeros_like(panel.x) + np.linspace(0, 1, 6)[panel.period][:, None, None]
    assert with_price_levels(replace(panel, x=same)).covariates == ()
    assert with_price_levels(replace(panel, features=("deal",))).covariates == ()
    few = panel.rows(panel.region < 5)
    assert with_price_levels(replace(few, regions=few.regions[:5], z=few.z[:5])).covariates == ()
