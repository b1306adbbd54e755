"""A name for a worker that is stable over restarts and never used by two processes at once."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

MOST_WORKERS = 64


class Slot:
    """The first free numbered place for a worker on this machine, held by a file lock that dies with the process."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.host = socket.gethostname()
        for number in range(MOST_WORKERS):
            file = (directory / f"{number}.lock").open("a+")
            if _lock(file):
                self._file, self.number = file, number
                break
            file.close()
        else:
            raise RuntimeError(f"{MOST_WORKERS} workers run on this machine already")
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    @property
    def name(self) -> str:
        """The worker's name: host and place."""
        return f"{self.host}/{self.number}"

    def release(self) -> None:
        """Give the place up."""
        self._file.close()


def is_free(directory: Path, name: str) -> bool:
    """Return whether a worker of this machine is surely gone: nobody holds its place."""
    host, _, number = name.rpartition("/")
    path = directory / f"{number}.lock"
    if host != socket.gethostname() or not path.exists():
        return False
    with path.open("a+") as file:
        return _lock(file)


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
