"""What other people's tables brought to light."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.errors import EventFileBroken, TooLittleData
from glocal.demand.evaluate import all_models, evaluate, late_origins
from glocal.demand.event_files import write_events
from glocal.demand.run_size import sales_table
from glocal.demand.sales_files import orders_by_week, panel_of_events
from tests.demand.builders import choice


def test_a_run_counts_every_order_of_a_week_whatever_prices_were_shown() -> None:
    seen = [choice("wide", prices=(1.0, 2.0)), choice("wide", prices=(1.0, 3.0)), choice("narrow", prices=(1.0, 3.0))]
    assert sales_table(panel_of_events(seen))[0].sum(axis=1).tolist() == [1.0, 2.0]


def test_a_week_without_orders_is_a_week_and_only_orders_are_sold() -> None:
    tried = [choice("wide", day=day, kind="configured") for day in range(28)]
    panel, _ = orders_by_week([*tried, choice("wide", day=6), choice("narrow", day=0), choice("wide", day=22)])
    assert sales_table(panel)[0].tolist() == [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]]
    with pytest.raises(TooLittleData, match="Nobody has ordered"):
        orders_by_week(tried)


def test_a_region_that_only_tried_is_one_where_nothing_was_sold() -> None:
    tried = [choice("wide", "DE-HH", day=day, kind="configured") for day in range(28)]
    panel, _ = orders_by_week([*tried, *(choice("wide", day=7 * week) for week in range(4))])
    assert panel.regions == ("DE-BE", "DE-HH")
    assert sales_table(panel)[1].sum() == 0


def test_a_large_region_of_a_sales_table_is_no_flood_and_its_prices_are_seen(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ["region,period,option,count,x_log_price"]
    for region, people in (("Paris", 4000), *((f"village {n}", 20) for n in range(6))):
        for week in range(2):
            price = rng.normal(0, 0.3)
            wide = round(people / (1 + np.exp(2 * price)))
            lines += [f"{region},{week},narrow,{people - wide},0", f"{region},{week},wide,{wide},{price}"]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines))
    told = CliRunner().invoke(demand, ["fit", str(path), "--json"], catch_exceptions=False)
    question = json.loads(told.output)["questions"][0]
    assert question["notes"] == []
    assert question["choices"] == 8240
    assert question["price_slope"] == pytest.approx(-2, abs=0.2)


@pytest.mark.parametrize(("count", "drawn"), [(3e11, 20), (0.4, 20)])
def test_any_amount_can_be_thinned(count: float, drawn: int) -> None:
    rows = np.full((1000, 2), count)
    panel = panel_of_events([choice("wide"), choice("narrow", "FR")])
    large = replace(
        panel,
        region=np.zeros(1000, dtype=np.intp),
        period=np.arange(1000),
        counts=rows,
        offered=rows > 0,
        x=np.zeros((1000, 2, 0)),
    )
    assert large.thinned(drawn, np.random.default_rng(0)).counts.sum() == drawn


def test_years_of_days_are_no_future_and_a_wrong_clock_makes_no_age(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    lines = [f"{region},{day},{option},3" for region in "AB" for day in range(0, 4000, 1000) for option in "ab"]
    path.write_text("\n".join(["region,period,option,count", *lines]))
    told = json.loads(CliRunner().invoke(demand, ["fit", str(path), "--json"]).output)["questions"][0]
    assert (told["choices"], told["notes"]) == (48, [])
    write_events(path, [choice("wide", day=day) for day in range(0, 60, 7)] + [choice("wide", day=40000)])
    question = [
        "run-size",
        str(path),
        "--region",
        "DE-BE",
        "--variant",
        "wide",
        "--cost-under",
        "1",
        "--cost-over",
        "1",
    ]
    sized = json.loads(CliRunner().invoke(demand, [*question, "--json"]).output)
    assert "9 sold in 9 periods" in sized["demand"]["source"]
    assert sized["notes"] == ["1 choices are dated in the future and were left out"]


def test_one_period_is_too_few_to_judge_on_and_two_are_enough() -> None:
    panel = panel_of_events([choice("wide", day=day) for day in (0, 1)])
    with pytest.raises(TooLittleData, match="nothing is left to learn from"):
        late_origins(panel)
    two = panel_of_events(
        [choice(chosen, region, day) for chosen in ("wide", "narrow") for region in "AB" for day in (0, 7)]
    )
    origins, horizon = late_origins(two)
    assert (len(origins), horizon) == (1, 1)
    cells = list(evaluate(two, origins=origins, horizon=horizon, volumes=[None], models=all_models()))
    assert all(np.isfinite(cell.log_likelihood) for cell in cells)


def test_very_many_options_are_refused_before_they_fill_the_memory() -> None:
    names = tuple(map(str, range(1000)))
    panel = panel_of_events([choice("1", day=7 * week, offered=names) for week in range(400)])
    with pytest.raises(EventFileBroken, match="1000 options in 400 regions and periods would take 3 GB"):
        next(evaluate(panel, origins=[1], horizon=1))
