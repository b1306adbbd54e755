"""Plans made region by region, on any executor."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glocal.network.plan import plan
from glocal.network.plan_model import check_plan
from glocal.network.plan_regions import plan_in_regions, regions_of
from tests.network.plans import problem


class Failing(ThreadPoolExecutor):
    """An executor whose second task fails once, as on a worker that dies, and is run again elsewhere."""

    sent = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent += 1
        if self.sent == 2:
            super().submit(fn, *args, **kwargs).result()  # the result is lost with the worker
        return super().submit(fn, *args, **kwargs)


def test_regions_are_even_and_apart() -> None:
    question = problem(1, 40)
    region_of = regions_of(question, 4)
    assert np.bincount(region_of).tolist() == [10, 10, 10, 10]
    assert set(regions_of(replace(question, machines=question.machines[:3]), 8)) == {0, 1, 2}


def test_regions_lose_little_and_the_executor_changes_nothing() -> None:
    question = problem(120, 16, 2)
    whole = plan(question, rounds=1500)
    with ThreadPoolExecutor(2) as threads, Failing(1) as failing:
        parted = plan_in_regions(question, threads, regions=4, rounds=1500, layouts=True)
        again = plan_in_regions(question, failing, regions=4, rounds=1500, layouts=True)
    assert parted == again
    assert check_plan(question, parted) == []
    assert all(len(job.items) == len(job.orders) for job in parted.jobs)
    assert parted.objective >= 0.97 * whole.objective
    assert parted.objective <= parted.bound
    assert parted.bound == pytest.approx(whole.bound, rel=0.01)


def test_nothing_to_plan() -> None:
    question = problem(3, 2)
    with ThreadPoolExecutor(1) as threads:
        assert plan_in_regions(replace(question, machines=()), threads).declined == ("o0", "o1", "o2")
        nobody = replace(question, orders=tuple(replace(order, material="asa") for order in question.orders))
        assert len(plan_in_regions(nobody, threads, regions=2, rounds=5).declined) == 3
