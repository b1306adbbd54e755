"""Whatever stops an append, the log is valid afterwards and the same record can be added again."""

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glocal.commons import files, store
from glocal.commons import log as log_module
from glocal.commons.errors import LogNotWritten
from glocal.commons.log import Log
from glocal.commons.verify import verify_log
from tests.commons.shops import MONTH, problem, problems


class Stopped(BaseException):
    """The process ends here, as by kill -9."""


def fail_at(monkeypatch, step, error):
    """Let the ``step``-th file write fail after half of its bytes."""
    remaining = iter(range(step))

    def write_file(path, data, **options):
        if next(remaining, None) is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(path.name + ".9.tmp").write_bytes(data[: len(data) // 2])
            raise error
        files.write_file(path, data, **options)

    monkeypatch.setattr(store, "write_file", write_file)
    monkeypatch.setattr(log_module, "write_file", write_file)


@pytest.mark.parametrize("before", [0, 3, 15, 255])
@pytest.mark.parametrize("step", range(8))
def test_a_stop_at_any_write_leaves_a_valid_log(log, monkeypatch, before, step):
    log.append_many(problems(5000)[:before], month=MONTH)
    with monkeypatch.context() as patched:
        fail_at(patched, step, Stopped())
        with contextlib.suppress(Stopped):
            log.append_many([problem(7001), problem(7002)], month=MONTH)
    assert verify_log(log.directory, log.root_vkey).size in {before, before + 2}
    again = Log.open(log.directory)
    assert again.append(problem(7001), month=MONTH).index == before
    assert again.append(problem(7003), month=MONTH).index == verify_log(log.directory, log.root_vkey).size - 1
    assert verify_log(log.directory, log.root_vkey).size in {before + 2, before + 3}


@pytest.mark.parametrize("step", range(4))
def test_a_full_disk_is_said_and_changes_nothing(log, monkeypatch, step):
    log.append_many(problems(5000)[:5], month=MONTH)
    before = log.checkpoint()
    with monkeypatch.context() as patched:
        fail_at(patched, step, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(LogNotWritten, match="No space left"):
            log.append(problem(9), month=MONTH)
    assert verify_log(log.directory, log.root_vkey).root == before.root.hex()
    assert log.append(problem(9), month=MONTH).index == 5


APPEND_FOREVER = """
import sys
from pathlib import Path
from glocal.commons.log import Log
from tests.commons.shops import problem
log = Log.open(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10**6):
    log.append(problem(number), month="2026-11")
    print(number, flush=True)
"""


def test_killed_at_random_moments_nothing_that_was_confirmed_is_lost(log):
    rng = random.Random(7)  # noqa: S311
    confirmed = -1
    for _ in range(4):
        worker = subprocess.Popen(
            [sys.executable, "-c", APPEND_FOREVER, str(log.directory), str(confirmed + 1)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        worker.stdout.readline()
        time.sleep(rng.uniform(0, 0.15))
        worker.send_signal(signal.SIGKILL)
        lines = worker.stdout.read().split()
        worker.wait()
        confirmed = max(confirmed + 1, *map(int, lines)) if lines else confirmed + 1
        verified = verify_log(log.directory, log.root_vkey)
        assert verified.size in {confirmed + 1, confirmed + 2}
    texts = [record["text"] for _, record in Log.open(log.directory).records()]
    assert texts[: confirmed + 1] == [problem(number)["text"] for number in range(confirmed + 1)]
