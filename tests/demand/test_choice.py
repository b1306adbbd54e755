from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glocal.demand.choice import fit_choices, probabilities
from glocal.demand.choice_update import hear, known_region, new_region
from glocal.demand.dirichlet import UNMEASURED_RHO, overdispersion
from glocal.demand.errors import EventFileBroken, TooLittleData
from glocal.demand.evaluate import evaluate
from glocal.demand.foretell import Foretold, foretell, posterior
from glocal.demand.panel import Panel, standardised
from glocal.demand.validated import fit_validated
from tests.demand.worlds import world


@pytest.fixture(scope="module")
def known() -> tuple[Panel, np.ndarray, float]:
    return world()


def test_the_truth_is_recovered_and_the_intervals_know_how_well(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, theta, rho = known
    model = fit_choices(panel)
    assert model.rho == pytest.approx(rho, rel=0.25)
    assert model.gamma[0, -1] == pytest.approx(-2, abs=0.25)
    mean, covariance = posterior(model, panel.z)
    deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    inside = np.abs(mean - theta) < 1.2816 * deviation
    assert 0.7 < inside.mean() < 0.9
    truth, found = theta[:, :-1].argmax(axis=1), mean[:, :-1].argmax(axis=1)
    assert (truth == found).mean() > 0.8


def test_pooling_beats_everybody_alike_and_everybody_alone(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    cells = {(c.per_region, c.model): c for c in evaluate(panel, origins=[15], horizon=5, volumes=(None, 40))}
    for volume in (None, 40):
        ours = cells[volume, "hierarchical"]
        assert ours.log_likelihood > cells[volume, "global"].log_likelihood
        assert ours.log_likelihood > cells[volume, "local"].log_likelihood - (0.002 if volume is None else 0.0)
    assert 0.72 < cells[None, "hierarchical"].coverage_80 < 0.9
    assert 0.9 < cells[None, "hierarchical"].coverage_95 < 0.99


def test_regions_that_do_not_differ_are_pooled() -> None:
    panel, _, _ = world(spread=0.0, regions=20, periods=10)
    model = fit_choices(replace(panel, z=np.zeros_like(panel.z)), first_variance=0.01)
    local = np.sqrt(np.diag(model.sigma)[:-1])
    assert local.max() < 0.6  # what the covariate explained is all that is left


def test_a_region_without_choices_gets_what_the_network_says(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    silent = replace(panel, counts=np.where((panel.region == 3)[:, None], 0.0, panel.counts))
    model = fit_choices(silent)
    assert model.theta[3] == pytest.approx(model.prior_mean(panel.z)[3], abs=1e-3)
    spread = foretell(model, panel).variance
    assert spread[panel.region == 3].mean() > 2 * spread[panel.region == 4].mean()


def test_what_is_not_offered_is_not_foretold(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    foretold = foretell(fit_choices(panel, sweeps=3), panel)
    assert (foretold.mean[~panel.offered] == 0).all()
    assert foretold.mean.sum(axis=1) == pytest.approx(1)


def test_a_new_region_is_learnt_choice_by_choice(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, theta, _ = known
    others = panel.rows(panel.region != 0)
    model = fit_choices(others)
    taste = new_region(model, panel.z[0])
    rng = np.random.default_rng(3)
    rows = np.flatnonzero(panel.region == 0)
    before = np.abs(taste.theta - theta[0])[:-1].mean()
    for index in range(300):
        row = rows[index % len(rows)]
        p = probabilities(panel.design()[[row]], panel.offered[[row]], theta[0])[0]
        taste = replace(taste, heard=0)
        taste = hear(taste, panel.design()[row], panel.offered[row], int(rng.choice(len(p), p=p)), rho=0.05)
    assert np.abs(taste.theta - theta[0])[:-1].mean() < 0.6 * before
    flood = taste
    for _ in range(1000):
        flood = hear(flood, panel.design()[1], panel.offered[1], 0, rho=0.05)
    gained = np.linalg.slogdet(flood.precision)[1] - np.linalg.slogdet(taste.precision)[1]
    assert gained < 3  # a thousand choices of one period weigh like twenty


def test_known_region_goes_on_from_the_fit(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    model = fit_choices(panel, sweeps=4)
    assert known_region(model, panel.z, 2).theta == pytest.approx(model.theta[2])


def test_thinning_takes_choices_that_were_made(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    thin = panel.thinned(20, np.random.default_rng(0))
    assert (thin.counts <= panel.counts).all()
    assert (np.bincount(panel.region, weights=thin.counts.sum(axis=1)) == 20).all()


def test_too_little_and_wrong_data(known: tuple[Panel, np.ndarray, float]) -> None:
    panel, _, _ = known
    with pytest.raises(TooLittleData):
        fit_choices(replace(panel, counts=np.zeros_like(panel.counts)))
    with pytest.raises(TooLittleData, match="one option"):
        fit_choices(
            replace(panel, options=("o0",), counts=panel.counts[:, :1], offered=panel.offered[:, :1], x=panel.x[:, :1])
        )
    with pytest.raises(TooLittleData):
        list(evaluate(panel, origins=[0], horizon=5))
    with pytest.raises(EventFileBroken):
        replace(panel, counts=-panel.counts)
    with pytest.raises(EventFileBroken):
        replace(panel, x=np.full_like(panel.x, np.nan))
    short = panel.rows(panel.period < 3)
    assert fit_validated(short).theta.shape == (30, 4)


def test_a_constant_covariate_is_harmless() -> None:
    assert (standardised(np.ones((4, 1))) == 0).all()


def test_intervals_of_few_choices_reach_the_next_whole_choice() -> None:
    """One choice of two options, half each: the shares 0 and 1 are all there is, and both lie inside."""
    foretold = Foretold(np.full((1, 2), 0.5), np.zeros((1, 2)), 0.0)
    low, high = foretold.interval(np.array([1.0]), 0.8)
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("choices", [20, 100])
def test_what_nobody_has_chosen_yet_is_not_impossible(choices: int) -> None:
    """One shop, 32 pizzas liked about alike: with few choices most of them were never chosen."""
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.full(32, 20.0))
    counts = np.zeros((20, 32))
    np.add.at(counts, (rng.integers(20, size=choices), rng.choice(32, size=choices, p=shares)), 1.0)
    panel = Panel(
        ("one",),
        tuple(map(str, range(32))),
        (),
        (),
        np.zeros(20, dtype=np.intp),
        np.arange(20),
        counts,
        np.ones(counts.shape, dtype=bool),
        np.zeros((*counts.shape, 0)),
        np.zeros((1, 0)),
    )
    p = foretell(fit_validated(panel), panel).mean[0]
    assert shares @ np.log(shares / p) < 0.35


def test_one_week_alone_is_not_taken_for_what_a_region_wants() -> None:
    """Forty shops of one taste, 900 choices each in their only week: the week's whims are not the shops' own."""
    rng = np.random.default_rng(5)
    whims = rng.dirichlet([24.5, 24.5], 40)  # ρ = 1 / (1 + 49) = 0.02
    counts = np.array([rng.multinomial(900, share) for share in whims], dtype=float)
    none, everywhere = np.zeros((*counts.shape, 0)), np.ones(counts.shape, dtype=bool)
    names = tuple(map(str, range(40))), ("a", "b"), (), ()
    panel = Panel(*names, np.arange(40), np.zeros(40, dtype=np.intp), counts, everywhere, none, np.zeros((40, 0)))
    apart = np.abs(foretell(fit_validated(panel), panel).mean[:, 0] - 0.5)
    assert apart.mean() < 0.6 * np.abs(whims[:, 0] - 0.5).mean()
    assert overdispersion(counts, np.arange(40)) == UNMEASURED_RHO
