import os

import pytest

from tests.commons.shops import new_log


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Do not wait for the disk: a killed process loses nothing of what it gave to the kernel."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def log(tmp_path):
    return new_log(tmp_path / "shop")
