"""What may come instead of good choices: each is refused in words, or answered and said to be thin."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.errors import DemandError

HEADER = "product,parameter,offered,chosen,region,at,kind,weight,prices,source"
FIRST_WEEK = datetime(2026, 1, 5, tzinfo=UTC).toordinal() // 7
Answer = Callable[..., dict[str, Any]]


def line(chosen: str = "a", region: str = "FR", week: int = 0, **changes: str) -> str:
    at = (datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=week)).isoformat()
    fields = {"offered": "a|b", "at": at, "kind": "ordered", "weight": "1", "prices": "", "source": "", **changes}
    return ",".join(["sign", "font", fields.pop("offered"), chosen, region, *fields.values()])


def lines(region: str = "FR", *, a: int = 6, b: int = 6, **changes: str) -> list[str]:
    return [line("a" if i < a else "b", region, i % 9, **changes) for i in range(a + b)]


@pytest.fixture
def ask(tmp_path: Path) -> Answer:
    """Write lines into a file, ask one command about it, and return its JSON; refusals are raised."""

    def answer(rows: list[str], command: str, *options: str) -> dict[str, Any]:
        path = tmp_path / "choices.csv"
        path.write_text("\n".join([HEADER, *rows]))
        run = CliRunner().invoke(demand, [command, str(path), *options, "--json"])
        if run.exception is not None:
            raise run.exception
        return dict(json.loads(run.stdout))

    return answer


def notes(ask: Answer, rows: list[str], region: str = "FR") -> str:
    return " ".join(ask(rows, "predict", "--region", region)["answers"][0]["notes"])


def test_an_unknown_region_is_told_what_the_others_want_and_that_it_is_that(ask: Answer) -> None:
    found = ask([*lines("FR"), *lines("DE")], "predict", "--region", "IS")["answers"][0]
    assert "nobody in 'IS' has chosen yet" in found["notes"][-1]
    assert found["own_voice"] == 0
    assert not found["default"]["regional"]
    with pytest.raises(DemandError, match="There is no region 'IS' in these sales"):
        ask(lines(), "run-size", "--region", "IS", "--variant", "a", "--cost-under", "1", "--cost-over", "1")


def test_an_unknown_option_is_refused(ask: Answer) -> None:
    with pytest.raises(DemandError, match="Nobody has seen or asked for zz"):
        ask(lines(), "predict", "--region", "FR", "--offered", "a|zz")
    with pytest.raises(DemandError, match="Nobody has bought 'zz' anywhere"):
        ask(lines(), "run-size", "--region", "FR", "--variant", "zz", "--cost-under", "1", "--cost-over", "1")


def test_missing_prices_are_said_and_never_guessed(ask: Answer) -> None:
    rows = [*lines(prices="9|10"), *lines("DE")]
    assert "prices are missing for some choices" in notes(ask, rows)
    with pytest.raises(DemandError, match="How people here answer to prices is not known"):
        ask(rows, "predict", "--region", "FR", "--offered", "a|b", "--prices", "9|12")
    with pytest.raises(DemandError, match="1 prices for 2 options"):
        ask([line(prices="9")], "fit")


def test_a_choice_without_its_offered_set_is_refused_by_line(ask: Answer) -> None:
    with pytest.raises(DemandError, match="line 3: 'a' was ordered but not offered"):
        ask([line(), line(offered="")], "fit")


def test_one_region_and_one_option_are_said(ask: Answer) -> None:
    assert "only one region has chosen" in notes(ask, lines())
    (single,) = ask([line(offered="a")] * 3, "predict", "--region", "FR")["answers"][0]["preferences"]
    assert single["share"] == 1
    with pytest.raises(DemandError, match="only one option"):
        ask([line(week=w, offered="a") for w in range(9)], "evaluate")


def test_nothing_but_zeros_is_refused(ask: Answer) -> None:
    for command, options in (("fit", []), ("predict", ["--region", "FR"])):
        with pytest.raises(DemandError, match="no choice to learn from"):
            ask(lines(weight="0"), command, *options)


def test_choices_from_the_future_are_left_out_and_said(ask: Answer) -> None:
    later = line(at=(datetime.now(UTC) + timedelta(days=400)).isoformat())
    assert "dated in the future" in notes(ask, [*lines(), later])
    with pytest.raises(DemandError, match="dated in the future"):
        ask([later], "fit")


@pytest.mark.parametrize("source", ["", "s1"])
def test_a_million_choices_of_one_bot_do_not_move_the_answer(ask: Answer, source: str) -> None:
    honest = [row for region in ("FR", "DE", "ES", "IT", "MA", "SN") for row in lines(region, a=27, b=9)]
    calm = ask(honest, "predict", "--region", "FR")["answers"][0]["preferences"]
    bot = line("b", "FR", 3, weight="1000000", source=source)
    flooded = ask([*honest, bot], "predict", "--region", "FR")["answers"][0]
    share = {p["option"]: p["share"] for p in calm}["a"]
    assert {p["option"]: p["share"] for p in flooded["preferences"]}["a"] > (share - 0.05 if source else 0.4)
    assert "do not count" in " ".join(flooded["notes"]) or "count as a busy week" in " ".join(flooded["notes"])


def simulated(seed: int) -> tuple[list[str], dict[str, int]]:
    """Choices of ten regions among three options from known shares, and what each region's favourite truly is."""
    rng = np.random.default_rng(seed)
    rows, truth = [], {}
    for region in range(10):
        favourite = int(rng.integers(3))
        shares = np.full(3, 0.15)
        shares[favourite] = 0.7
        truth[f"R{region}"] = favourite
        for index, option in enumerate(rng.choice(3, 60, p=shares)):
            rows.append(line("abc"[option], f"R{region}", index % 12, offered="a|b|c"))
    return rows, truth


@pytest.mark.parametrize("seed", [1, 2])
def test_all_commands_on_simulated_regions_whose_truth_is_known(ask: Answer, seed: int) -> None:
    rows, truth = simulated(seed)
    (fitted,) = ask(rows, "fit")["questions"]
    assert (fitted["regions"], fitted["choices"]) == (10, 600)
    covered = []
    for region, favourite in truth.items():
        (answer,) = ask(rows, "predict", "--region", region)["answers"]
        assert answer["preferences"][0]["option"] == "abc"[favourite]
        true = {option: 0.7 if "abc"[favourite] == option else 0.15 for option in "abc"}
        covered += [p["low"] <= true[p["option"]] <= p["high"] for p in answer["preferences"]]
    assert 0.6 <= np.mean(covered) <= 0.97  # 0.8 of 30
    best = "abc"[truth["R0"]]
    run = ["run-size", "--region", "R0", "--variant", best, "--cost-under", "1", "--cost-over", "1", "--horizon", "4"]
    made = ask(rows, *run)
    assert made["demand"]["low"] <= 0.7 * 60 / 12 * 4 <= made["demand"]["high"]
    if seed > 1:  # boosting takes a second each time
        return
    cells = ask(rows, "evaluate", "--volumes", "all", "--origins", str(FIRST_WEEK + 9), "--horizon", "3")["cells"]
    loss = {cell["model"]: cell["log_likelihood"] for cell in cells}
    assert loss["hierarchical"] > loss["global"]
    assert loss["hierarchical"] > loss["local"] - 0.01
