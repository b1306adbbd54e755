"""Batch work on a cluster of two processes that loses one of them in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest

from glocal.demand.fit import fit
from glocal.demand.nightly import refit
from glocal.network.plan_regions import plan_in_regions
from tests.demand.test_nightly import questions, same
from tests.network.plans import problem
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.real


@pytest.fixture
def client() -> Iterator[Any]:
    """Give two workers on loopback, new ones for each test: one that was killed need not come back for the next."""
    distributed = pytest.importorskip("distributed")
    two = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
    with (
        distributed.LocalCluster(**two, host="127.0.0.1", dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def killing(client: Any, at: int) -> Executor:
    """Return an executor that kills a worker when the task of this number is sent: some are done, some wait on it."""
    client.wait_for_workers(2, timeout=PATIENCE_S)
    workers = client.run(os.getpid)
    assert len(set(workers.values())) == 2
    executor: Executor = client.get_executor()
    submit, sent = executor.submit, 0

    def submit_and_kill(*arguments: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == at:
            os.kill(next(iter(workers.values())), signal.SIGKILL)
        return submit(*arguments, **options)

    executor.submit = submit_and_kill  # type: ignore[method-assign]
    return executor


def test_the_nightly_refit_is_the_same(client: Any) -> None:
    events = questions(12)
    model = refit(events, killing(client, 8))
    assert len(model.questions) == 12
    assert same(fit(events), model)


def test_a_plan_in_regions_is_the_same(client: Any) -> None:
    question = problem(60, 12, 2)
    with ThreadPoolExecutor(1) as threads:
        here = plan_in_regions(question, threads, regions=4, rounds=40)
    assert plan_in_regions(question, killing(client, 3), regions=4, rounds=40) == here
