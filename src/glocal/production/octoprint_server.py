"""Start a real OctoPrint server on loopback whose printer is OctoPrint's own Virtual Printer.

The server, its files, its history and its serial protocol are the real ones, in a process of their own; only the
motors and heaters at the end of the line are simulated. It serves the demonstration and the tests, and lets a shop
owner try everything before a printer is connected.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from glocal.production.errors import PrinterServerFailed

AS_FAST_AS_POSSIBLE = float("inf")
# the Virtual Printer's heaters and dwells take real seconds, however fast its motor is
WAITS_FOR_NOTHING_FROM = 100.0
_DISABLED_PLUGINS = [  # they phone out, take time to start, or draw things that nobody looks at here
    *("achievements", "action_command_notification", "action_command_prompt", "announcements", "appkeys", "backup"),
    *("classicwebcam", "corewizard", "customcontrolmanager", "discovery", "errortracking", "eventmanager"),
    *("file_check", "gcodeviewer", "health_check", "logging", "pi_support", "pluginmanager", "softwareupdate"),
    *("tracking", "uploadmanager"),
]


def find_octoprint() -> Path:
    """Return the OctoPrint program in its own environment.

    Looked for in ``GLOCAL_OCTOPRINT`` (the environment's directory), then ``.venv-octoprint`` beside the environment
    that runs glocal, then in the working directory.
    """
    named = os.environ.get("GLOCAL_OCTOPRINT")
    candidates = [Path(named)] if named else [Path(sys.prefix).parent / ".venv-octoprint", Path(".venv-octoprint")]
    for directory in candidates:
        program = directory / "bin" / "octoprint"
        if program.is_file():
            return program.absolute()
    raise PrinterServerFailed(
        "OctoPrint, the printer server of the demonstration, is not installed.",
        help="Run `make setup`, or point GLOCAL_OCTOPRINT to an environment that has OctoPrint.",
        looked_in=[str(directory) for directory in candidates],
    )


class VirtualOctoPrint:
    """A real OctoPrint server with a virtual motor; a context manager.

    Parameters
    ----------
    base_dir : Path
        The server's own directory: configuration, uploads, history. Kept, so a restart finds its files again.
    port : int, optional
        On loopback; a free one is chosen when not given, and kept over restarts.
    speed : float
        How many times faster than a real machine the virtual motor moves. As fast as possible by default.
    waits : bool, optional
        Whether it waits for heaters and dwells, which take real seconds; by default only below a speed of 100.
    ready_timeout_s : float
        How long the server may take to start: minutes on a small board that does something else as well.
    """

    def __init__(
        self,
        base_dir: Path,
        *,
        port: int | None = None,
        speed: float = AS_FAST_AS_POSSIBLE,
        waits: bool | None = None,
        ready_timeout_s: float = 300.0,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed is {speed}, expected more than 0")
        self.base_dir = base_dir.absolute()
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.speed = speed
        self.waits = speed < WAITS_FOR_NOTHING_FROM if waits is None else waits
        self.api_key = self._known_key() or secrets.token_hex(16)
        self._ready_timeout_s = ready_timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, or ``None`` while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> Self:
        """Start the server and return when its printer is connected and idle."""
        if self.pid is not None:
            return self
        program = find_octoprint()
        self._write_configuration()
        with (self.base_dir / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(program.parent / "python"), str(program), "serve", "--iknowwhatimdoing"),
                    *("--basedir", str(self.base_dir), "--host", "127.0.0.1", "--port", str(self.port)),
                ],
                cwd=self.base_dir,
                env={**os.environ, "GLOCAL_PARENT": str(os.getpid()), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """Ask the server to end, and end it if it does not."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End the server at once (SIGKILL), as a power cut would."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> Self:
        """Start the server again on the same port with the same files, killing it first if it still runs."""
        self.kill()
        return self.start()

    def trigger(self, fault: str) -> None:
        """Provoke a fault of the virtual printer.

        ``"trigger_fatal_error_marlin"``, ``"maxtemp_error"``, ``"drop_connection"``, ``"go_awol"`` (it falls silent)
        and what else the Virtual Printer's ``!!DEBUG`` commands offer.
        """
        self.send(f"!!DEBUG:{fault}")

    def send(self, *lines: str) -> None:
        """Send lines of G-code to the printer, also in the middle of a print."""
        self._post("/api/printer/command", {"commands": list(lines)})

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = httpx.post(
            self.url + path, json=body, headers={"X-Api-Key": self.api_key}, timeout=self._ready_timeout_s
        )
        answer.raise_for_status()

    def _known_key(self) -> str | None:
        with suppress(FileNotFoundError):
            return (self.base_dir / "api-key").read_text().strip()
        return None

    def _write_configuration(self) -> None:
        (self.base_dir / "plugins").mkdir(parents=True, exist_ok=True)
        key_file = self.base_dir / "api-key"
        key_file.touch(mode=0o600)
        key_file.write_text(self.api_key)
        configuration = _configuration(self.api_key)
        (self.base_dir / "config.yaml").write_text(json.dumps(configuration, indent=1))  # JSON is YAML
        (self.base_dir / "plugins" / "glocal_virtual_motor.py").write_text(_plugin(self.speed, self.waits))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._ready_timeout_s
        with httpx.Client(base_url=self.url, headers={"X-Api-Key": self.api_key}, timeout=5) as client:
            while time.monotonic() < deadline:
                if self.pid is None:
                    raise self._failed("The printer server ended while it started.")
                with suppress(httpx.HTTPError, ValueError, KeyError):
                    if client.get("/api/connection").json()["current"]["state"] == "Operational":
                        return
                time.sleep(0.1)
        raise self._failed(f"The printer server did not become ready within {self._ready_timeout_s:g} seconds.")

    def _failed(self, why: str) -> PrinterServerFailed:
        log = (self.base_dir / "server.log").read_text(errors="replace").strip().splitlines()
        return PrinterServerFailed(
            why,
            help=f"Its own words are in {self.base_dir / 'server.log'}. If its environment is damaged: `make setup`.",
            last_words=log[-5:],
        )


def _configuration(api_key: str) -> dict[str, Any]:
    return {
        "api": {"key": api_key},
        "appearance": {"name": "glocal demonstration printer (virtual motor)"},
        "gcodeAnalysis": {"runAt": "never"},
        "plugins": {
            "_disabled": _DISABLED_PLUGINS,
            "virtual_printer": {
                "enabled": True,
                "simulated_errors": [],
                "throttle": 0.0001,
                "sendWait": False,
                "rxBuffer": 4096,
                "commandBuffer": 64,
            },
        },
        "serial": {
            "autoconnect": True,
            "port": "VIRTUAL",
            "baudrate": 250000,
            "timeout": {"temperature": 1.0, "temperatureTargetSet": 1.0, "temperatureAutoreport": 1.0},
        },
        "server": {
            "firstRun": False,
            "onlineCheck": {"enabled": False},
            "pluginBlacklist": {"enabled": False},
            "seenWizards": {"corewizard": 4, "tracking": 1, "classicwebcam": 1},
        },
    }


def _plugin(speed: float, waits: bool) -> str:
    """Return the small OctoPrint plugin that sets the motor's speed and ends the server with its parent."""
    return _PLUGIN.replace("@WAITS@", repr(waits)).replace(
        "@PERCENT@", "10000000" if speed == AS_FAST_AS_POSSIBLE else f"{speed * 100:.0f}"
    )


_PLUGIN = '''"""The virtual motor's speed, and: no server without the glocal process that started it."""

import logging
import os
import sys
import threading
import time

__plugin_name__ = "glocal virtual motor"
__plugin_version__ = "1"
__plugin_pythoncompat__ = ">=3.7,<4"

WAITS = @WAITS@
WITHOUT_WAITING = {"M109": "M104", "M190": "M140"}


def queuing(comm, phase, cmd, cmd_type, gcode, *args, tags=None, **kwargs):
    """Keep a file from changing the motor's speed; when fast, wait for nothing."""
    if "source:file" not in (tags or ()):
        return None
    if gcode in ("M220", "M221"):
        return (None,)
    if not WAITS and gcode == "G4":
        return (None,)
    if not WAITS and gcode in WITHOUT_WAITING:
        return cmd.replace(gcode, WITHOUT_WAITING[gcode], 1)
    return None


def scripts(comm, script_type, script_name, *args, **kwargs):
    """Set the motor's speed before every print."""
    if (script_type, script_name) == ("gcode", "beforePrintStarted"):
        return ["M220 S@PERCENT@", "M221 S@PERCENT@", "G90"], None
    return None


def end_with_parent():
    parent = int(os.environ.get("GLOCAL_PARENT", "0"))
    while parent and os.path.exists("/proc/%d" % parent):
        time.sleep(1)
    if parent:
        os._exit(0)


sys.setswitchinterval(0.05)  # its threads hand every line on; fewer switches between them send a third more
logging.getLogger("octoprint.plugins.virtual_printer.VirtualPrinter.serial").disabled = True
logging.getLogger("octoprint.server.util").setLevel(logging.ERROR)  # a warning per request with the global key
threading.Thread(target=end_with_parent, daemon=True).start()

__plugin_hooks__ = {
    "octoprint.comm.protocol.gcode.queuing": queuing,
    "octoprint.comm.protocol.scripts": scripts,
}
'''


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
