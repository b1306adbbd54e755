"""A shop in processes of its own, for tests that kill them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.waiting import PATIENCE_S, wait_for

PACE = {
    "poll_s": 0.25,
    "queue_poll_s": 0.15,
    "wait_s": 0.5,
    "longest_wait_s": 1.0,
    "retry_s": 0.5,
    "longest_retry_s": 2.0,
    "vanish_s": 2.0,
    "lease_s": 2.0,
    "beat_s": 0.4,
    "dead_s": 3.0,
    "share_within_s": 1.0,
}
CHECKOUT = Path(__file__).resolve().parents[2]


class DurableShop:
    """A shop's forking process: commands go in, workers come out.

    Parameters
    ----------
    home : Path
        ``GLOCAL_HOME`` of the shop.
    slices : Path
        A cache of slices that tests share.
    database_url : str
        Empty for SQLite.
    pace : mapping
        Waiting times that differ from the tests' quick ones.
    """

    def __init__(
        self, home: Path, slices: Path, database_url: str = "", pace: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "glocal.settings",
            "GLOCAL_HOME": str(home),
            "GLOCAL_SLICE_CACHE": str(slices),
            "GLOCAL_PACE": json.dumps({**PACE, **pace}),
            "DATABASE_URL": database_url,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": str(CHECKOUT),
        }
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "processes.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.real.durable_process"],
                env=self._environment,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._lock = threading.Lock()
        self.workers: list[int] = []

    def do(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Run a command in a process of its own and return what it says."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the shop's process has no pipes")
        with self._lock:
            self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the shop's process ended: {self.log.read_text()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']}\n{self.log.read_text()[-2000:]}")
        return answer

    def start_worker(self, die: str = "", **pace: float) -> int:
        """Start a worker process and return its pid; ``die`` names a moment at which it kills itself."""
        pid = int(self.do("worker", die=die, pace=pace)["pid"])
        self.workers.append(pid)
        return pid

    @contextmanager
    def own_worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker as its owner would: a program of its own."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "glocal.shop.worker_main"],
                env=self._environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def kill_worker(self, pid: int) -> None:
        """Kill a worker with SIGKILL."""
        os.kill(pid, signal.SIGKILL)
        self.workers.remove(pid)

    def kill_workers(self) -> None:
        """Kill all workers that still live."""
        for pid in list(self.workers):
            with suppress(ProcessLookupError):
                self.kill_worker(pid)
        self.workers.clear()

    def wait_for(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first report that is as wanted."""
        return wait_for(lambda: self.do("report"), reached, every_s=0.3)

    def close(self) -> None:
        """End all processes of the shop."""
        self.kill_workers()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(PATIENCE_S)


@contextmanager
def durable_shop(
    home: Path, slices: Path, database_url: str = "", pace: Mapping[str, float] = MappingProxyType({})
) -> Iterator[DurableShop]:
    """Run a shop while the context lasts."""
    shop = DurableShop(home, slices, database_url, pace)
    try:
        yield shop
    finally:
        shop.close()
