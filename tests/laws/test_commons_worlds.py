"""Random worlds: copies end alike, forks are found, no honest shop is accused, erased is gone."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.commons.worlds import World

WORLDS = int(os.environ.get("GLOCAL_WORLDS", "6"))


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@settings(
    max_examples=WORLDS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(st.integers(0, 2**32), st.integers(3, 6), st.integers(5, 30))
def test_random_worlds_converge(seed, nodes, steps):
    memory = Path("/dev/shm")
    directory = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        world = World(directory, seed=seed, nodes=nodes)
        for _ in range(steps):
            world.step()
        world.settle()
        assert world.failures() == []
    finally:
        shutil.rmtree(directory)
