"""What other people's tables brought to light."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.errors import TooLittleData
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
