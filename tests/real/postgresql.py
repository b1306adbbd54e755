"""A PostgreSQL server of the test's own, from Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S


def programs() -> Path | None:
    """Return where PostgreSQL's programs are, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of an empty database: ``DATABASE_URL``, or on a server that is started here."""
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
        return
    directory = programs()
    if directory is None:
        pytest.skip("PostgreSQL is not installed and DATABASE_URL is not set")
    place = Path(tempfile.mkdtemp(prefix="glocal-pg-"))  # short: a socket's path has at most 107 characters
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(place, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    try:
        _run(as_user, directory / "initdb", "-D", place / "data", "-U", "glocal", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={place} -c fsync=off"
        _run(
            as_user,
            directory / "pg_ctl",
            "-D",
            place / "data",
            "-w",
            "-t",
            int(PATIENCE_S),
            "-l",
            place / "log",
            "-o",
            options,
            "start",
        )
        try:
            _run([], directory / "createdb", "-h", place, "-U", "glocal", "shop")
            yield f"postgresql://glocal@/shop?host={place}"
        finally:
            _run(as_user, directory / "pg_ctl", "-D", place / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(as_user: list[str], *command: object) -> None:
    subprocess.run(
        [*as_user, *(str(word) for word in command)], check=True, capture_output=True, cwd="/", timeout=PATIENCE_S
    )
