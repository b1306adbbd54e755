"""The owner's questions, the studies, the back-test and the command."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from glocal.cli.strategy_questions import grow
from glocal.strategy import questions
from glocal.strategy.backtest import back_test
from glocal.strategy.compare import Way, compare
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.example import example_world
from glocal.strategy.simulate import simulated_year
from glocal.strategy.studies import network, spread_or_central
from glocal.strategy.world import assumptions, with_estimates
from glocal.strategy.world_file import as_json, read_world, world_from
from glocal.values import Estimate

SHORT = replace(example_world(), days=40)


def cost(world: object) -> float:
    row = compare({"it": Way(world)}, replications=2)[0]  # type: ignore[arg-type]
    return row.mean("revenue") - row.mean("profit")


def test_machines_like_houses_stand_together_and_machines_like_cars_stand_apart() -> None:
    """The conclusion of Khajavi, Partanen & Holmström (2014): what turns it is capital, hands and build time."""
    today = {"machine_minor_per_year": 8e6, "hands_per_machine": 1.0, "print_h": 30.0}
    tomorrow = {"machine_minor_per_year": 1.2e6, "hands_per_machine": 0.05, "print_h": 8.0}
    assert cost(spread_or_central(places=16, central=True, **today)) < cost(
        spread_or_central(places=16, central=False, **today)
    )
    assert cost(spread_or_central(places=16, central=True, **tomorrow)) > cost(
        spread_or_central(places=16, central=False, **tomorrow)
    )


def test_good_dispatch_is_what_makes_distribution_pay() -> None:
    def profit(load: float, *, central: bool, good: bool) -> float:
        world = network(central=central, good_dispatch=good, load=load, days=60)
        return compare({"it": Way(world)}, replications=2)[0].mean("profit")

    # sent to the nearest, a busy distributed network loses to a central one, an idle one does not
    assert profit(0.85, central=False, good=False) < profit(0.85, central=True, good=True)
    assert profit(0.6, central=False, good=False) > profit(0.6, central=True, good=True) * 0.99
    # sent where it is best, it wins
    assert profit(0.85, central=False, good=True) > profit(0.85, central=True, good=True)


def test_a_decision_that_changes_nothing_gains_exactly_nothing() -> None:
    first, second = compare({"one": Way(SHORT), "same": Way(SHORT)}, replications=3)
    assert (second.gain == 0).all()
    assert (first.years == second.years).all()


def test_workers_give_the_same_digits() -> None:
    ways = questions.second_printer(SHORT).ways
    with ThreadPoolExecutor(2) as pool:
        there = compare(ways, replications=12, executor=pool)
    here = compare(ways, replications=12)
    assert all((a.years == b.years).all() for a, b in zip(here, there, strict=True))


def test_what_an_answer_hangs_on_is_named() -> None:
    moved = {path: replace(e, low=e.value, high=e.value) for path, e in assumptions(SHORT)}
    moved["customers.price_elasticity"] = Estimate(1.5, 0.2, 3.0, "test")
    rows = compare(questions.price(with_estimates(SHORT, moved), [0.2]).ways, replications=30)
    assert rows[1].drivers[0].assumption == "customers.price_elasticity"
    assert rows[1].drivers[0].correlation < -0.8


def test_stress_hurts_in_the_direction_that_it_should() -> None:
    rows = {row.name: row for row in compare(questions.stress(SHORT).ways, replications=6)}
    as_it_is = rows.pop(questions.AS_IT_IS)
    assert rows["demand −40 %"].mean("sold") < 0.75 * as_it_is.mean("sold")
    assert rows["a rival at −20 %"].mean("sold") < as_it_is.mean("sold")
    dear = rows["filament twice as dear"]
    assert dear.mean("material") == pytest.approx(2 * as_it_is.mean("material"))


def test_idle_machines_earn_from_peers() -> None:
    rows = compare(questions.share_capacity(SHORT).ways, replications=6)
    assert rows[0].mean("peers") == 0
    assert rows[1].mean("peers") > 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: questions.next_product(SHORT, []),
        lambda: questions.next_town(SHORT, []),
        lambda: questions.second_printer(replace(SHORT, stations=SHORT.stations[1:])),
        lambda: questions.second_printer(SHORT, SHORT.stations[1]),
        lambda: compare({}, replications=3),
        lambda: compare({"it": Way(SHORT)}, replications=1),
        lambda: back_test(SHORT, {"happiness": 1.0}),
    ],
)
def test_questions_without_an_answer_say_why(ask) -> None:
    with pytest.raises(AssumptionBroken):
        ask()


def test_a_forecast_knows_its_own_world_and_not_another() -> None:
    came = simulated_year(SHORT, seed=99)[0]
    rows = {row.figure: row for row in back_test(SHORT, {"sold": came.sold, "revenue": came.revenue}, replications=40)}
    doubled = {row.figure: row for row in back_test(SHORT, {"sold": 3 * came.sold}, replications=40)}
    assert rows["sold"].low < rows["sold"].mean < rows["sold"].high
    assert not doubled["sold"].inside


def test_a_world_survives_its_file(tmp_path: Path) -> None:
    assert world_from(json.loads(json.dumps(as_json(SHORT)))) == SHORT
    file = tmp_path / "world.json"
    file.write_text(json.dumps(as_json(SHORT)))
    assert read_world(file) == SHORT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"towns": 3}, "towns is not a list"),
        ({"colour": "red"}, "no field colour"),
        ({"costs": {}}, "costs lacks"),
        ({"days": "many"}, "days is 'many'"),
        ({"policy": {"dispatch": "random"}}, "expected one of"),
        ({"peers": {"print_h": "4..3..2"}}, "low..value..high"),
        ({"peers": {"print_h": True}}, "low..value..high"),
        ({"offers": [{"name": "x"}]}, r"offers\[0\] lacks"),
    ],
)
def test_files_that_are_no_world_say_where(change: dict[str, object], words: str) -> None:
    with pytest.raises(AssumptionBroken, match=words):
        world_from({**as_json(SHORT), **change})


def test_the_command_answers_programs_and_people(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text(json.dumps(as_json(SHORT)))
    ran = CliRunner().invoke(
        grow, ["stress", "--world", str(file), "--replications", "3", "--json", "--set", "costs.wage_minor_per_h=2000"]
    )
    answer = json.loads(ran.stdout)
    assert answer["scenarios"][0]["name"] == "as it is"
    for scenario in answer["scenarios"]:
        assert scenario["profit"]["low"] <= scenario["profit"]["mean"] <= scenario["profit"]["high"]
    said = CliRunner().invoke(grow, ["price", "--world", str(file), "--replications", "3", "--change", "10"])
    assert "against as it is" in said.output
    assert isinstance(
        CliRunner().invoke(grow, ["price", "--world", str(file), "--set", "nonsense=1"]).exception, AssumptionBroken
    )
    listed = CliRunner().invoke(grow, ["assumptions", "--world", str(file), "--json"])
    assert world_from(json.loads(listed.stdout)) == SHORT
