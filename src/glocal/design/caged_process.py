"""A process in a cage (:mod:`glocal.design.sandbox_bwrap`) and the pipes to it, with a deadline for every byte."""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import threading
import time
from typing import Any

from glocal.design.errors import EngineFailed, SandboxMissing

MAX_ANSWER_BYTES = 512_000_000
"""No answer is longer: what a program in a cage says of its length is not believed."""


class ProcessDied(Exception):
    """The process ended, or was ended, before it answered."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class CagedProcess:
    """One caged process; used by one thread at a time."""

    def __init__(self, command: list[str]) -> None:
        self._popen = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PATH": os.defpath}
        )
        if self._popen.stdin is None or self._popen.stdout is None or self._popen.stderr is None:
            raise EngineFailed("The design engine has no pipe.")
        self._stdin, self._stdout = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        self._stderr_tail = b""
        self._drain = threading.Thread(target=self._read_stderr, args=(self._popen.stderr,), daemon=True)
        self._drain.start()
        os.set_blocking(self._stdin, False)

    def _read_stderr(self, stream: Any) -> None:
        for line in stream:
            self._stderr_tail = (self._stderr_tail + line)[-2000:]

    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return self._popen.poll() is None

    def stop(self) -> None:
        """End the process from another thread than the one that uses it, which is told that its pipe broke."""
        self._popen.kill()

    def kill(self) -> None:
        """End the process and everything in its cage."""
        self._popen.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def why_it_died(self, *, first: bool) -> ProcessDied:
        """Return why a pipe broke; of the ``first`` question of a process, it may be that its cage never stood."""
        self._popen.kill()
        code = self._popen.wait()
        self._drain.join(timeout=1.0)
        words = self._stderr_tail.decode(errors="replace").strip()
        if first and "bwrap:" in words:
            raise SandboxMissing(
                f"The sandbox for designs cannot start here: {words.splitlines()[-1]}",
                help="bubblewrap needs user namespaces: allow them (sysctl kernel.unprivileged_userns_clone=1).",
            )
        if "out of memory" in words.lower() or "allocation failed" in words.lower():
            return ProcessDied("out of memory")
        return ProcessDied(f"it ended with code {code}. {words[-300:]}".strip())

    def send(self, data: bytes, deadline: float, *, all_of_it: bool = False) -> None:
        """Write to the process; with ``all_of_it`` nothing more will come, and it is told so.

        Raises
        ------
        BrokenPipeError, TimeoutError
        """
        view = memoryview(data)
        while view:
            self._wait(deadline, writing=True)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self._stdin, view) :]
        if all_of_it and self._popen.stdin is not None:
            self._popen.stdin.close()

    def receive_header(self, deadline: float) -> dict[str, Any]:
        """Read what an answer begins with: its length, and a JSON object."""
        (size,) = struct.unpack("<I", self.receive(4, deadline))
        header: dict[str, Any] = json.loads(self.receive(size, deadline))
        return header

    def receive(self, size: int, deadline: float) -> bytes:
        """Read ``size`` bytes from the process.

        Raises
        ------
        EOFError, TimeoutError
        """
        if not 0 <= size <= MAX_ANSWER_BYTES:
            raise EOFError(f"an answer of {size} bytes")
        parts = bytearray()
        while len(parts) < size:
            self._wait(deadline, writing=False)
            chunk = os.read(self._stdout, min(size - len(parts), 1 << 20))
            if not chunk:
                raise EOFError
            parts += chunk
        return bytes(parts)

    def _wait(self, deadline: float, *, writing: bool) -> None:
        poller = select.poll()
        poller.register(self._stdin if writing else self._stdout, select.POLLOUT if writing else select.POLLIN)
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise TimeoutError
