from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from glocal.cli.strategy import grow
from glocal.strategy.break_even import Assumptions, break_even, break_even_units
from glocal.strategy.errors import AssumptionBroken
from glocal.values import Estimate


def sure(value: float) -> Estimate:
    return Estimate(value, value, value, "test")


def assume(**changes: Estimate) -> Assumptions:
    values = {
        "tooling": sure(2_000_000.0),
        "printed": sure(1_000.0),
        "moulded": sure(200.0),
        "price": sure(1_500.0),
        "demand": sure(6_000.0),
        "unsold": sure(0.0),
    }
    return Assumptions(**{**values, **changes})


def test_one_variant_by_hand() -> None:
    # 20,000.00 ÷ (10.00 − 2.00) = 2,500 pieces
    assert break_even_units(2_000_000, 1_000, 200) == 2500
    assert break_even_units(2_000_000, 200, 200) == float("inf")


def test_each_variant_pays_its_own_mould() -> None:
    rows = break_even(assume(), (1, 2, 3))
    assert [row.units.value for row in rows if row.units] == [2500, 5000, 7500]
    # 6,000 pieces: two moulds still pay, the third does not
    assert [row.odds_print for row in rows] == [0, 0, 1]
    assert rows[0].printed.profit_mean == pytest.approx(6_000 * 500)
    assert rows[2].moulded.profit_mean == pytest.approx(6_000 * 1_300 - 3 * 2_000_000)


def test_unsold_pieces_make_moulding_dearer() -> None:
    row = break_even(assume(unsold=sure(0.5)), (1,))[0]
    assert row.units is not None
    assert row.units.value == pytest.approx(2_000_000 / (1_000 - 400))


def test_uncertainty_is_carried() -> None:
    row = break_even(assume(tooling=Estimate(2e6, 5e5, 5e6, "range"), demand=Estimate(3e3, 1e3, 9e3, "range")), (1,))[0]
    assert row.units is not None
    assert row.units.low < 1000
    assert row.units.high > 5000
    assert 0.2 < row.odds_print < 0.8
    assert row.moulded.profit_low < row.moulded.profit_mean < row.moulded.profit_high


def test_printing_that_is_cheaper_anyway_has_no_break_even() -> None:
    row = break_even(assume(printed=sure(150.0)), (1,))[0]
    assert row.units is None
    assert row.odds_print == 1


def test_assumptions_out_of_range() -> None:
    with pytest.raises(AssumptionBroken, match="tooling"):
        assume(tooling=sure(-1.0))
    with pytest.raises(AssumptionBroken, match="unsold"):
        assume(unsold=sure(1.0))
    with pytest.raises(AssumptionBroken, match="variants"):
        break_even(assume(), (0,))


ARGUMENTS = ["break-even", "--printed", "10", "--moulded", "2", "--price", "15", "--demand", "6000", "--tooling"]


def test_command_line() -> None:
    run = CliRunner().invoke
    answer = json.loads(run(grow, [*ARGUMENTS, "20000", "--variants", "1-3", "--json"]).stdout)
    assert [row["break_even_units"]["value"] for row in answer["break_even"]] == [2500, 5000, 7500]
    assert answer["scenarios"][0]["profit"]["mean"] == pytest.approx(300_000_0)
    assert {"name", "profit", "way", "variants"} <= set(answer["scenarios"][0])
    assert "7,500" in run(grow, [*ARGUMENTS, "5000..20000..50000", "--variants", "3,1"]).stdout


@pytest.mark.parametrize(
    "extra", [["x"], ["9..1..2"], ["1..2"], ["1", "--variants", "1-99999"], ["1", "--variants", "a"]]
)
def test_wrong_words(extra: list[str]) -> None:
    assert CliRunner().invoke(grow, [*ARGUMENTS, *extra]).exit_code == 2
