"""What the commands say to the owner of a small shop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.cli.demand_words import share_text
from glocal.demand.evaluate import Cell
from glocal.demand.event_files import write_events
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.intervals import interval_names, intervals
from glocal.demand.verdict import verdicts
from tests.demand.builders import choice


def small_shop() -> list[ChoiceEvent]:
    """Three regions of 6 to 24 choices, some tried and some ordered; heights of pots."""
    rng = np.random.default_rng(0)
    events = []
    for region, many in (("DE-BE", 6), ("DE-HH", 12), ("DE-BY", 24)):
        for n in range(many):
            kind = "ordered" if n % 3 == 0 else "configured"
            events.append(choice("wide" if rng.random() < 0.4 else "narrow", region, 3 * n, kind=kind))
            events.append(choice(float(rng.integers(90, 160)), region, 3 * n, parameter="height_mm", kind=kind))
    return events


def said(tmp_path: Path, events: list[ChoiceEvent], *asked: str) -> str:
    path = tmp_path / "choices.csv"
    write_events(path, events)
    return CliRunner().invoke(demand, [asked[0], str(path), *asked[1:]], catch_exceptions=False).output


def test_a_small_shop_reads_whole_per_cent_and_how_choices_are_counted(tmp_path: Path) -> None:
    told = said(tmp_path, small_shop(), "predict", "--region", "DE-HH")
    assert "in brackets: where the share lies, 8 times in 10" in told
    assert "of this is what DE-HH said itself, the rest what all regions say" in told
    assert "a value that was only tried as a fifth of one" in told
    height = next(line for line in told.splitlines() if "half choose that or less" in line)
    assert height.split()[1].isdigit()
    assert "tried" not in said(tmp_path, [choice("wide", day=day) for day in range(9)], "fit")


def test_a_run_says_its_time_its_costs_and_whose_sales_it_rests_on(tmp_path: Path) -> None:
    asked = ("--region", "DE-HH", "--variant", "wide", "--parameter", "width")
    told = said(tmp_path, small_shop(), "run-size", *asked, "--cost-under", "6", "--cost-over", "3", "--horizon", "8")
    assert "in 8 weeks, " in told
    assert "One too few costs 6, one too many 3." in told
    assert "is what DE-HH bought itself" in told


def test_too_few_choices_are_no_verdict_and_no_row_comes_twice(tmp_path: Path) -> None:
    told = said(tmp_path, small_shop(), "evaluate", "--parameter", "width")
    assert "too little was held back to tell which is better" in told
    rows = [line.split()[1] for line in told.splitlines() if line.startswith(" ") and "global" in line]
    assert set(rows) == {"all"}  # no region has 20 choices, let alone 1000
    assert "2026-W" in told


def cells(ours: list[float], theirs: list[float]) -> list[Cell]:
    about = {"predict": ours, "global": theirs, "local": theirs}
    return [Cell(name, 1, None, 0, 0, 0.8, 0.95, 0, tuple((ll, 10.0) for ll in sums)) for name, sums in about.items()]


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        ([-5.0, -5.1, -4.9, -5.0], "surely better"),
        ([-9.0, -9.1, -8.9, -9.0], "surely worse"),
        ([-7.0, -6.9, -7.0, -7.1], "no difference that could not be chance"),
        ([-7.0] * 4, "no difference that could not be chance"),
        ([-5.0], "too little was held back"),
    ],
)
def test_a_verdict_is_only_what_regions_and_windows_agree_on(ours: list[float], words: str) -> None:
    found = verdicts(cells(ours, [-7.0] * len(ours)))[0]
    assert words in found.in_words()
    assert found.theirs == pytest.approx(np.exp(-0.7))


def test_borders_of_numbers_are_round_and_hold_all_values() -> None:
    values = np.random.default_rng(1).normal(120, 15, 60)
    edges = intervals(values)
    assert (edges == np.round(edges)).all()
    assert edges[0] <= values.min()
    assert values.max() <= edges[-1]
    assert share_text(0.001) == "under 1%"
    assert share_text(0.0) == "0%"


def test_a_value_that_most_leave_as_it_is_keeps_its_crowd() -> None:
    edges = intervals(np.array([90.0] * 8 + [60.0, 200.0]))
    assert interval_names(edges) == ("60 to 89.5", "90", "90.5 to 200")
    left = [choice(90.0, "A", 7 * week) for week in range(16)]
    model = fit([*left, *(choice(value, "A", 7 * week) for week, value in enumerate((60.0, 75.0, 140.0, 200.0)))])
    assert model.default("A", "knob", "width").option == pytest.approx(90, abs=1)
    assert interval_names(intervals(np.array([3.0, 3.0]))) == ("3",)


def test_a_wish_without_a_price_is_no_missing_price() -> None:
    seen = [choice("wide", day=day, prices=(1.0, 2.0 + day % 2)) for day in range(60)]
    wished = [choice("square", day=day, kind="wished") for day in range(5)]
    (question,) = fit([*seen, *wished]).questions.values()
    assert not any("prices are missing" in note for note in question.notes)
