"""Laws of planning: the independent checker is clean, the bound holds, and one more machine never lowers it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.network.plan import plan
from glocal.network.plan_model import check_plan
from tests.network.plans import problem


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 25), st.integers(1, 5), st.integers(0, 10_000), st.sampled_from([0.0, 0.01]), st.booleans())
def test_plans_are_clean_and_bounded(orders: int, machines: int, seed: int, layers: float, shifts: bool) -> None:
    question = problem(orders, machines, seed, layers=layers, shifts=shifts)
    found = plan(question, rounds=30)
    assert check_plan(question, found) == []
    assert 0 <= found.objective <= found.bound + 1e-6
    fewer = plan(replace(question, machines=question.machines[:-1]), rounds=30)
    assert fewer.objective <= found.bound + 1e-6
