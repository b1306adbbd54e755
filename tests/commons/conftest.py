import os
import tempfile
from pathlib import Path

import pytest

from tests.commons.shops import new_log


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Do not wait for the disk: a killed process loses nothing of what it gave to the kernel."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def tmp_path():
    """Return a directory in memory where there is one: these tests write many small files."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as directory:
        yield Path(directory)


@pytest.fixture
def log(tmp_path):
    return new_log(tmp_path / "shop")
