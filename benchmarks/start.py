"""How fast the command line starts: importing ``glocal.cli`` against importing nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import Figure, at_most

ROUNDS = 9


def run_s(code: str) -> float:
    """Return the wall seconds of a fresh interpreter that runs ``code``."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin


def figures(_data: Path | None) -> list[Figure]:
    """Measure the import, pair by pair with an empty interpreter."""
    pairs = [(run_s("import glocal.cli"), run_s("pass")) for _ in range(ROUNDS)]
    imports = [with_import - empty for with_import, empty in pairs]
    return [
        at_most(
            "import of glocal.cli, s (median of 9, empty interpreter subtracted)",
            statistics.median(imports),
            0.3,
            peer="empty interpreter",
            peer_value=statistics.median(empty for _, empty in pairs),
        )
    ]
