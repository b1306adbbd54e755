"""Files on disk: atomic durable writes, capped reads, the lock between writers."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from glocal.commons.errors import BadEncoding, LogBusy

TEMPORARY_SUFFIX = ".tmp"


class DirectoryReader:
    """Read a log from a directory; what is not a plain file there does not exist."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """Return the file's bytes, None when it does not exist; refuse more than ``max_bytes``."""
        try:
            handle = os.open(self.directory / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR}:
                return None
            raise
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise BadEncoding("A file of the log is larger than is allowed.", path=path, max_bytes=max_bytes)
        return data


def write_file(
    path: Path, data: bytes, *, mode: int = 0o644, durable: bool = True, sync_names: bool | None = None
) -> None:
    """Put ``data`` at ``path`` as a whole or not at all; once this returns it survives a power cut.

    With ``sync_names=False`` the caller makes the names durable later, for many files at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable if sync_names is None else sync_names:
        sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def exclusive_lock(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock file alone among all threads and processes; the kernel frees it when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise LogBusy(
                        "Another process is writing to this log.",
                        help="Wait until it is done; only one at a time may write.",
                        lock=str(path),
                    ) from error
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)
