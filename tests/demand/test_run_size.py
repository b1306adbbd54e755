from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import nbinom

from glocal.cli.demand import demand
from glocal.demand.errors import EventBroken, EventFileBroken, TooLittleData, UnknownQuestion
from glocal.demand.evaluate import all_models
from glocal.demand.panel import Panel
from glocal.demand.run_size import expected_cost, fit_run_sizes, quantile
from glocal.demand.sales_files import read_sales
from tests.demand.worlds import world


def sales(counts: np.ndarray) -> Panel:
    """Sales from an array (R, J, periods)."""
    regions, options, periods = counts.shape
    region, period = (axis.ravel() for axis in np.mgrid[:regions, :periods])
    table = counts.transpose(0, 2, 1).reshape(-1, options).astype(float)
    names = tuple(f"R{r}" for r in range(regions)), tuple(f"o{j}" for j in range(options))
    none = np.zeros((len(table), options, 0))
    return Panel(*names, (), (), region, period, table, np.ones(table.shape, bool), none, np.zeros((regions, 0)))


@pytest.fixture(scope="module")
def regional() -> Panel:
    rng = np.random.default_rng(5)
    factor = rng.gamma(4, 1 / 4, (40, 3, 1))
    return sales(rng.poisson(factor * np.array([6.0, 3.0, 1.0])[None, :, None] * np.ones((1, 1, 39))))


def test_expected_cost_is_the_mean_over_demand() -> None:
    mean, spread, quantity = 7.0, 0.3, 9.0
    size = 1 / spread
    d = np.arange(2000)
    odds = nbinom.pmf(d, size, size / (size + mean))
    by_hand = (odds * (2.0 * np.maximum(d - quantity, 0) + 1.0 * np.maximum(quantity - d, 0))).sum()
    assert expected_cost(mean, spread, quantity, cost_under=2, cost_over=1) == pytest.approx(by_hand)


def test_the_newsvendors_quantity_costs_least() -> None:
    quantity = float(quantile(7.0, 0.3, 2 / 3))
    costs = [expected_cost(7.0, 0.3, q, cost_under=2, cost_over=1) for q in (quantity - 1, quantity, quantity + 1)]
    assert costs[1] == min(costs)


def test_regional_run_sizes_cost_less_than_the_networks(regional: Panel) -> None:
    train, test = regional.rows(regional.period < 26), regional.rows(regional.period >= 26)
    sold = np.zeros((40, 3))
    np.add.at(sold, test.region, test.counts)
    for ratio in (0.2, 0.5, 0.8, 0.9):
        cost = []
        for pooled in (False, True):
            made = fit_run_sizes(train, horizon=13, pooled=pooled).quantities(ratio, 13)
            cost.append((ratio * np.maximum(sold - made, 0) + (1 - ratio) * np.maximum(made - sold, 0)).sum())
        assert cost[0] < 0.9 * cost[1]


def test_demand_intervals_cover(regional: Panel) -> None:
    train, test = regional.rows(regional.period < 26), regional.rows(regional.period >= 26)
    sold = np.zeros((40, 3))
    np.add.at(sold, test.region, test.counts)
    learnt = fit_run_sizes(train, horizon=13)
    low, high = learnt.quantities(0.1, 13), learnt.quantities(0.9, 13)
    assert 0.72 < ((low <= sold) & (sold <= high)).mean() < 0.92


def test_where_nothing_was_sold_the_interval_knows_that_customers_may_be_there() -> None:
    rng = np.random.default_rng(4)
    lasting = rng.gamma(1.0, 0.25, (300, 1)) * np.array([0.7, 0.3])  # sizes of regions are very unlike
    past, ahead = rng.poisson(lasting[:, :, None], (300, 2, 8)), rng.poisson(lasting * 12)
    learnt = fit_run_sizes(sales(past), horizon=12)
    (nothing,) = np.nonzero(past.sum(axis=(1, 2)) == 0)
    assert len(nothing) > 80
    mean, spread = (part[nothing] for part in learnt.moments(12))
    size = 1 / spread
    odds = size / (size + mean)
    below, at = nbinom.cdf(ahead[nothing] - 1, size, odds), nbinom.pmf(ahead[nothing], size, odds)
    place = below + at * rng.random(at.shape)  # even where the distribution is right; whole numbers made even
    assert 0.72 < ((place > 0.1) & (place < 0.9)).mean() < 0.88
    assert mean.sum() == pytest.approx(ahead[nothing].sum(), rel=0.35)
    empty = learnt.run_size(f"R{nothing[0]}", "o0", cost_under=9, cost_over=1, horizon=50)
    assert empty.demand.high > 0
    assert "nothing was sold here yet" in empty.notes[0]


def test_nothing_in_two_weeks_says_less_than_nothing_in_a_year() -> None:
    counts = np.random.default_rng(6).poisson(0.5, (12, 2, 52))
    counts[10:] = 0
    counts[9, 1] = 0
    panel = sales(counts)
    late = panel.rows((panel.region != 11) | (panel.period >= 50))
    learnt = fit_run_sizes(late, horizon=13)
    year, fortnight = (learnt.run_size(r, "o0", cost_under=9, cost_over=1, horizon=13) for r in ("R10", "R11"))
    assert year.demand.high < fortnight.demand.high
    assert "0 sold in 2 periods" in fortnight.demand.source
    assert fortnight.quantity > 0


def test_a_variant_that_nobody_has_bought_is_not_certainly_worthless() -> None:
    counts = np.random.default_rng(6).poisson(0.2, (5, 3, 10))
    counts[:, 2] = 0
    found = fit_run_sizes(sales(counts), horizon=5).run_size("R0", "o2", cost_under=99, cost_over=1, horizon=500)
    assert found.quantity > 0
    assert "nobody has bought this variant" in found.notes[0]


def test_more_margin_makes_a_larger_run(regional: Panel) -> None:
    learnt = fit_run_sizes(regional, horizon=13)
    few = learnt.run_size("R0", "o0", cost_under=1, cost_over=4, horizon=13)
    many = learnt.run_size("R0", "o0", cost_under=4, cost_over=1, horizon=13)
    assert few.quantity < few.demand.value < many.quantity
    assert 0.9 < few.own_voice < 1
    assert few.demand.low < few.demand.value < few.demand.high


def test_questions_that_cannot_be_answered(regional: Panel) -> None:
    learnt = fit_run_sizes(regional, horizon=13)
    with pytest.raises(UnknownQuestion):
        learnt.run_size("nowhere", "o0", cost_under=1, cost_over=1, horizon=13)
    with pytest.raises(EventBroken):
        learnt.run_size("R0", "o0", cost_under=0, cost_over=1, horizon=13)
    with pytest.raises(EventBroken):
        learnt.run_size("R0", "o0", cost_under=1, cost_over=1, horizon=0)
    with pytest.raises(TooLittleData):
        fit_run_sizes(sales(np.zeros((2, 2, 5))), horizon=2)
    with pytest.raises(TooLittleData):
        fit_run_sizes(sales(np.ones((2, 2, 1))), horizon=2)


def write(path: Path, panel: Panel) -> None:
    lines = ["region,period,option,count,x_log_price,z_size"]
    for t, j in np.argwhere(panel.offered):
        r = panel.region[t]
        cells = (
            panel.regions[r],
            panel.period[t],
            panel.options[j],
            panel.counts[t, j],
            panel.x[t, j, 0],
            panel.z[r, 0],
        )
        lines.append(",".join(map(str, cells)))
    path.write_text("\n".join(lines))


def test_sales_come_from_a_file_and_are_evaluated(tmp_path: Path) -> None:
    panel, _, _ = world(regions=8, periods=12)
    write(tmp_path / "s.csv", panel)
    read = read_sales(tmp_path / "s.csv")
    assert (read.counts == panel.counts).all()
    assert (read.offered == panel.offered).all()
    assert read.z == pytest.approx(panel.z)
    run = CliRunner().invoke
    command = ["evaluate", str(tmp_path / "s.csv"), "--volumes", "all,20", "--origins", "9", "--horizon", "3"]
    cells = json.loads(run(demand, [*command, "--json"]).stdout)["cells"]
    assert {(c["model"], c["per_region"]) for c in cells} == {(m, v) for m in all_models() for v in (None, 20)}
    assert {"log_likelihood", "coverage_80", "coverage_95", "cpu_s"} <= set(cells[0])
    assert "hierarchical" in run(demand, command).stdout
    question = ["run-size", str(tmp_path / "s.csv"), "--region", "R1", "--variant", "o1"]
    question += ["--cost-under", "3", "--cost-over", "1", "--horizon", "4"]
    assert json.loads(run(demand, [*question, "--json"]).stdout)["quantity"] > 0
    assert "Make " in run(demand, question).stdout
    assert run(demand, ["evaluate", str(tmp_path / "s.csv"), "--volumes", "many"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region,period,option\nA,1,a", "lacks the columns count"),
        ("region,period,option,count\n", "no lines"),
        ("region,period,option,count\nA,1,a,x", "line 2: count is 'x'"),
        ("region,period,option,count\nA,1.5,a,1", "whole number"),
        ("region,period,option,count\nA,1,a,1\nA,1,a,2", "comes twice"),
        ("region,period,option,count\nA,1,a,-1", "line 2: count is -1, expected a number, 0 or more"),
        ("region,period,option,count,z_size\nA,1,a,1,1\nA,2,a,1,2", "changes within"),
        ("region,period,option,count\nA,1,a,nan", "line 2: count is nan"),
        ("region,period,option,count\nA,1,a,1e300", "line 2: count is 1e300"),
        ("region,period,option,count\nA,1,a,1\nA,600000,a,1", "periods run from 1 to 600000"),
    ],
)
def test_files_that_are_not_what_they_claim(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(EventFileBroken, match=words):
        read_sales(tmp_path / "s.csv")
