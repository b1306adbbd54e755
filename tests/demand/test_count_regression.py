"""Counts whose price response and levels are planted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.count_regression import fit_count_regression
from glocal.demand.errors import EventBroken, TooLittleData, UnknownQuestion
from glocal.demand.panel import Panel
from tests.demand.test_run_size import sales, write

REGIONS, OPTIONS, PERIODS, SLOPE, SCATTER = 25, 3, 30, -2.0, 0.1


def planted(seed: int = 0) -> tuple[Panel, np.ndarray]:
    """Sales at prices that move, and the true level of each region and option at price 1."""
    rng = np.random.default_rng(seed)
    level = 20 * rng.gamma(4, 0.25, (REGIONS, OPTIONS))
    region, period = (axis.ravel() for axis in np.mgrid[:REGIONS, :PERIODS])
    price = rng.normal(0, 0.25, (len(region), OPTIONS))
    mean = level[region] * np.exp(SLOPE * price)
    counts = rng.poisson(mean * rng.gamma(1 / SCATTER, SCATTER, mean.shape)).astype(float)
    everything = np.ones(counts.shape, dtype=bool)
    names = tuple(f"R{r}" for r in range(REGIONS)), ("a", "b", "c"), ("log_price",), ("size",)
    return Panel(*names, region, period, counts, everything, price[:, :, None], np.zeros((REGIONS, 1))), level


def test_the_response_the_scatter_and_the_levels_are_recovered() -> None:
    panel, level = planted()
    learnt = fit_count_regression(panel)
    assert learnt.slopes[0] == pytest.approx(SLOPE, abs=3 * learnt.errors[0])
    assert learnt.errors[0] < 0.06
    assert learnt.scatter == pytest.approx(SCATTER, rel=0.2)
    told = [learnt.demand(f"R{r}", "b", {"log_price": 0.4}, 4)[0] for r in range(REGIONS)]
    truth = 4 * level[:, 1] * np.exp(0.4 * SLOPE)
    assert np.abs(np.log(told / truth)).mean() < 0.08


def test_a_dearer_variant_gets_a_smaller_run_and_the_command_says_so(tmp_path: Path) -> None:
    write(tmp_path / "s.csv", planted()[0])
    made = []
    for price in ("-0.3", "0.3"):
        options = ["--region", "R1", "--variant", "b", "--cost-under", "1", "--cost-over", "1", "--horizon", "4"]
        command = ["run-size", str(tmp_path / "s.csv"), *options, "--at", f"log_price={price}", "--json"]
        made.append(json.loads(CliRunner().invoke(demand, command).stdout)["quantity"])
    assert made[0] / made[1] == pytest.approx(np.exp(-0.6 * SLOPE), rel=0.1)


def test_where_nothing_was_sold_the_others_say_how_much_it_may_be() -> None:
    panel, _ = planted()
    counts = panel.counts.copy()
    counts[panel.region == 3] = 0
    seen = panel.rows((panel.region != 3) | (panel.period < 2))
    late = replace(seen, counts=counts[(panel.region != 3) | (panel.period < 2)])
    found = fit_count_regression(late).run_size("R3", "b", {}, cost_under=99, cost_over=1, horizon=30)
    assert found.demand.low < found.demand.value < found.demand.high < found.quantity
    assert "nothing was sold here yet" in found.notes[0]


def test_what_cannot_be_told_is_refused() -> None:
    learnt = fit_count_regression(planted()[0])
    with pytest.raises(EventBroken, match="do not say weather"):
        learnt.demand("R1", "b", {"weather": 1.0}, 4)
    with pytest.raises(UnknownQuestion):
        learnt.demand("R1", "z", {}, 4)
    with pytest.raises(TooLittleData):
        fit_count_regression(sales(np.ones((2, 2, 5))))
