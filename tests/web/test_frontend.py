"""The components' own tests, run by Node's test runner."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[2] / "frontend"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_components_pass_their_own_tests() -> None:
    files = sorted(str(file) for file in (FRONTEND / "tests").glob("*.test.mjs"))
    assert files
    run = subprocess.run(["node", "--test", *files], cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_lock_names_no_host() -> None:
    assert "http" not in (FRONTEND / "package-lock.json").read_text()
