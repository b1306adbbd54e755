"""Who gets how much of the work, on networks of equal makers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.cli.planning import plan as command
from glocal.network.errors import PlanInputBroken
from glocal.network.fairness import Fairness
from glocal.network.plan import plan
from glocal.network.plan_files import write_problem
from glocal.network.plan_model import PlanMachine, PlanOrder, Problem, check_plan
from tests.network.plans import problem

HERE = (52.5, 13.4)


def equals(hourly: tuple[float, ...], orders: int = 12, revenue: float = 3000.0) -> Problem:
    """Return makers who differ by nothing but their price, and time enough for any one of them to do it all."""
    parts = tuple(
        PlanOrder(f"o{k}", (80.0, 80.0, 40.0), 6400.0, 20_000.0, "pla", HERE, 0.0, 900.0, revenue, 10.0, 900.0)
        for k in range(orders)
    )
    makers = tuple(
        PlanMachine(f"m{k}", f"maker{k}", (180.0, 180.0), 180.0, 10_000.0, price, 0.5, 50.0, ("pla",), HERE)
        for k, price in enumerate(hourly)
    )
    return Problem(parts, makers)


def test_profit_alone_gives_all_to_the_cheapest_and_half_a_share_does_not() -> None:
    question = equals((100.0, 105.0, 110.0))
    alone = plan(question, rounds=100, fairness=Fairness(0.0))
    assert [share.orders for share in alone.shares] == [12, 0, 0]
    even = plan(question, rounds=100, fairness=Fairness(0.5))
    assert sum(share.orders for share in even.shares) == 12
    assert min(share.ratio for share in even.shares) >= 0.5
    assert even.objective >= 0.99 * alone.objective
    assert check_plan(question, even) == []
    assert "of the 12 orders that pay here" in even.shares[1].reason
    assert sum(share.equal_mm3 for share in even.shares) == pytest.approx(12 * 20_000.0)


def test_a_new_maker_gets_a_trial_and_no_more() -> None:
    question = equals((100.0, 90.0))
    risky = replace(question.orders[0], id="risky", revenue_minor=9000.0)
    question = replace(question, orders=(risky, *question.orders))
    found = plan(question, rounds=200, fairness=Fairness(0.0, new=("maker1",), trial_orders=2))
    trial = next(share for share in found.shares if share.maker == "maker1")
    assert 1 <= trial.orders <= 2
    assert trial.reason == f"on trial: {trial.orders} of at most 2 orders, those with least at risk"
    assert all("risky" not in job.orders for job in found.jobs if job.maker == "maker1")
    dear = plan(equals((100.0, 140.0)), rounds=200, fairness=Fairness(0.0, new=("maker1",), trial_orders=2))
    assert next(share.orders for share in dear.shares if share.maker == "maker1") >= 1


def test_who_got_nothing_is_told_why() -> None:
    question = equals((100.0, 100.0, 5000.0), revenue=1000.0)
    no_material = replace(question.machines[1], materials=("asa",))
    question = replace(question, machines=(question.machines[0], no_material, question.machines[2]))
    _, without, dear = plan(question, rounds=50, fairness=Fairness(0.5)).shares
    assert without.reason == "no order fits these machines and what they are loaded with"
    assert dear.reason == "12 orders fit these machines, but none pays here: too far, too slow or too dear"
    assert (dear.orders, dear.ratio, dear.paid_minor) == (0, 1.0, 0.0)


def test_the_command_says_who_got_what(tmp_path: Path) -> None:
    write_problem(tmp_path / "p.json", equals((100.0, 105.0), 6))
    options = [str(tmp_path / "p.json"), "--rounds", "50", "--no-nest", "--fair", "0.5", "--new", "maker1"]
    answer = json.loads(CliRunner().invoke(command, [*options, "--json"]).stdout)
    assert {share["maker"] for share in answer["shares"]} == {"maker0", "maker1"}
    assert "maker1: 1 orders" in CliRunner().invoke(command, [*options, "--trial-orders", "1"]).stdout


def test_fairness_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(PlanInputBroken):
        Fairness(1.5)
    with pytest.raises(PlanInputBroken):
        Fairness(0.5, trial_orders=0)
    with pytest.raises(PlanInputBroken, match="maker9"):
        plan(equals((100.0,)), fairness=Fairness(0.5, new=("maker9",)))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 20), st.integers(1, 6), st.integers(0, 10_000), st.floats(0, 1), st.booleans())
def test_fair_plans_are_clean_and_shares_add_up(orders: int, machines: int, seed: int, least: float, new: bool) -> None:
    question = problem(orders, machines, seed)
    trial = ("maker0",) if new else ()
    found = plan(question, rounds=30, fairness=Fairness(least, new=trial, trial_orders=1))
    assert check_plan(question, found) == []
    made = {name for job in found.jobs for name in job.orders}
    volume = sum(order.volume_mm3 for order in question.orders if order.id in made)
    assert sum(share.volume_mm3 for share in found.shares) == pytest.approx(volume)
    assert sum(share.orders for share in found.shares) == len(made)
    assert all(share.orders <= 1 for share in found.shares if share.maker in trial)
