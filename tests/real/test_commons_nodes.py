"""Three shops as processes of their own on loopback, one of them hostile; and a disk that is really full."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.verify import verify_log
from tests.commons.shops import MONTH, problem, problems

pytestmark = pytest.mark.real


def glocal(*words, text=None, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "glocal", "commons", *map(str, words), "--json"],
        check=False,
        capture_output=True,
        text=True,
        input=text,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout.splitlines()[0])


@contextmanager
def serving(directory):
    """Serve a directory from a process of its own."""
    command = [
        sys.executable,
        "-m",
        "glocal",
        "commons",
        "serve",
        "--directory",
        str(directory),
        "--port",
        "0",
        "--json",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(server.stdout.readline())["url"]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def test_three_nodes_of_which_one_is_hostile(tmp_path):
    good, bad, reader = (tmp_path / name for name in ("good", "bad", "reader"))
    keys = {
        path.name: glocal("init", f"{path.name}.example", "--log", path)["root_vkey"] for path in (good, bad, reader)
    }
    for path in (good, bad):
        Log.open(path).append_many(problems(5000)[:30], month=MONTH)
    shutil.copytree(good / "public", tmp_path / "old")
    glocal("retract", problem(3)["id"], "--log", good)
    shutil.copytree(bad, tmp_path / "twin")
    twin = Log.open(tmp_path / "twin")
    twin.mark_home()
    twin.append(problem(100), month=MONTH)
    Log.open(bad).append(problem(200), month=MONTH)
    with (
        serving(good / "public") as good_url,
        serving(bad / "public") as bad_url,
        serving(tmp_path / "old") as old_url,
        serving(tmp_path / "twin" / "public") as twin_url,
    ):
        glocal("follow", good_url, "--log", reader, code=3)  # an address in the own network, and nobody said so
        glocal("follow", good_url, "--mirror", old_url, "--key", keys["good"], "--home", "--log", reader)
        glocal("follow", bad_url, "--mirror", twin_url, "--key", keys["bad"], "--home", "--log", reader)
        peers = {peer["name"]: peer for peer in glocal("sync", "--log", reader, code=5)["peers"]}
    assert (peers["good.example"]["size"], peers["good.example"]["fork"], peers["good.example"]["holes"]) == (
        31,
        False,
        0,
    )
    assert [event["code"] for event in peers["good.example"]["events"]] == ["stale"]
    (fork,) = [event for event in peers["bad.example"]["events"] if event["code"] == "fork"]
    assert glocal("judge", fork["evidence"])["holds"]
    mirrored = glocal("mirror", tmp_path / "mirror", "--log", reader)["logs"]
    assert {log["name"] for log in mirrored} == {"good.example", "bad.example", "reader.example"}
    path = next(tmp_path / "mirror" / log["path"] for log in mirrored if log["name"] == "good.example")
    assert glocal("verify", path, "--key", keys["good"])["erased"] == 1


FILL = """
import sys
from pathlib import Path
from glocal.commons.errors import LogNotWritten
from glocal.commons.log import Log
from glocal.commons.verify import verify_log
from tests.commons.shops import problem
directory = Path(sys.argv[1])
log, number = Log.open(directory), 0
try:
    while True:
        log.append(problem(number), month="2026-11")
        number += 1
except LogNotWritten as error:
    print(error.message)
full = verify_log(directory, log.root_vkey)
(directory / "ballast").unlink()
log.append(problem(number), month="2026-11")
print(number, full.size, verify_log(directory, log.root_vkey).size)
"""


def test_a_disk_that_is_full_in_the_middle_of_an_append_leaves_a_valid_log():
    with tempfile.TemporaryDirectory() as directory:
        begin = f"from pathlib import Path; from tests.commons.shops import new_log; new_log(Path('{directory}/shop'))"
        script = (
            f'mount -t tmpfs -o size=2m tmpfs {directory} && cd {Path.cwd()} && {sys.executable} -c "{begin}" && '
            f"head -c 1200000 /dev/zero > {directory}/shop/ballast && {sys.executable} - {directory}/shop"
        )
        done = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
            check=False,
            capture_output=True,
            text=True,
            input=FILL,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"this system lets nobody mount a small disk: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    message, sizes = done.stdout.strip().splitlines()
    assert "No space left on device" in message
    confirmed, when_full, afterwards = map(int, sizes.split())
    assert (when_full, afterwards) == (confirmed, confirmed + 1)


def test_a_log_on_the_real_disk_is_valid(tmp_path):
    log = Log.create(tmp_path / "shop", "shop.example", create_keys(tmp_path / "shop" / "private" / "keys"))
    for number in range(18):
        log.append(problem(number), month=MONTH)
    assert verify_log(log.directory, log.root_vkey).size == 18
