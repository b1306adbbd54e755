"""Start a REAL Moonraker server over the fake Klipper host in ``fake_klippy.py``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.waiting import wait_for

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("GLOCAL_MOONRAKER", CHECKOUT / ".venv-moonraker")) / "bin" / "moonraker"

CONFIG = """[server]
host: 127.0.0.1
port: {port}
klippy_uds_address: {socket}
[machine]
provider: none
validate_service: False
[authorization]
force_logins: True
[file_manager]
check_klipper_config_path: False
[history]
"""


class RealMoonraker:
    """A real Moonraker over a fake Klippy; both are processes of their own and can be killed one by one."""

    def __init__(self, base_dir: Path, *, bytes_per_s: float = 1e6) -> None:
        self.base_dir = base_dir
        self.gcodes = base_dir / "gcodes"
        for directory in (self.gcodes, base_dir / "config", base_dir / "logs"):
            directory.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._socket = base_dir / "klippy.sock"
        self._bytes_per_s = bytes_per_s
        (base_dir / "config" / "moonraker.conf").write_text(CONFIG.format(port=self.port, socket=self._socket))
        self.klippy: subprocess.Popen[bytes] | None = None
        self.moonraker: subprocess.Popen[bytes] | None = None

    def start_klippy(self) -> None:
        """Start the fake Klipper host."""
        self._socket.unlink(missing_ok=True)
        fake = str(Path(__file__).with_name("fake_klippy.py"))
        self.klippy = self._run([sys.executable, fake, str(self._socket), str(self.gcodes), str(self._bytes_per_s)])

    def start_moonraker(self) -> None:
        """Start the real server and wait until it is connected to Klipper."""
        self.moonraker = self._run([str(PROGRAM), "-d", str(self.base_dir), "-n"])
        wait_for(self._info, lambda info: info.get("klippy_state") == "ready", every_s=0.1)

    def _info(self) -> dict[str, Any]:
        assert self.moonraker is not None
        assert self.moonraker.poll() is None, (self.base_dir / "logs" / "output.log").read_text()[-3000:]
        try:
            answer = httpx.get(self.url + "/server/info", timeout=10, headers={"X-Api-Key": self.api_key()})
            info: dict[str, Any] = answer.json().get("result", {})
        except (httpx.HTTPError, ValueError):
            return {}
        return info

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let a print that is started stand still while the context lasts, so that it cannot be over before."""
        mark = self._socket.with_name("held")
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()

    def api_key(self) -> str:
        """Return the key that Moonraker made for itself, read from its own database."""
        import sqlite3

        try:
            with sqlite3.connect(self.base_dir / "database" / "moonraker-sql.db", timeout=2) as database:
                row = database.execute(
                    "SELECT password FROM authorized_users WHERE username = '_API_KEY_USER_'"
                ).fetchone()
        except sqlite3.Error:
            return ""
        return row[0] if row else ""

    def kill(self, process: subprocess.Popen[bytes] | None) -> None:
        """End one of the two at once, as a power cut would."""
        if process is not None and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """End both."""
        self.kill(self.moonraker)
        self.kill(self.klippy)

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.base_dir / "logs" / "output.log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
