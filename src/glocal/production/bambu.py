"""Drive a Bambu Lab printer in its own network (LAN only, Developer Mode): MQTT for words, FTPS for files."""

from __future__ import annotations

import json
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glocal.production.bambu_ftp import CONNECT_S, PLATE, BambuStore, packed, pinned_context, unreachable
from glocal.production.diagnosis import Diagnosis, refused, works
from glocal.production.errors import PrinterAuthError, PrinterBusy, PrinterUnavailable, is_printing
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.production.said import number, rows, text
from glocal.production.starting import is_under_way, not_begun

if TYPE_CHECKING:
    import ssl

    from paho.mqtt.client import Client, MQTTMessage

_ANSWER_S = 10.0
_START_S = 20.0
_HEATING_GAP_C = 5.0
_STATES = {
    "IDLE": PrinterState.IDLE,
    "PREPARE": PrinterState.HEATING,
    "SLICING": PrinterState.HEATING,
    "RUNNING": PrinterState.PRINTING,
    "PAUSE": PrinterState.PAUSED,
    "FINISH": PrinterState.FINISHED,
    "FAILED": PrinterState.FAILED,
}
_ACTIVE = frozenset({"PREPARE", "SLICING", "RUNNING", "PAUSE"})
_CANCELLED_CODE = 0x0300400C  # "the task was canceled"
_CODE_HELP = "The printer's display shows the access code under Settings → LAN only; Developer Mode must be on."


class BambuPrinter:
    """A Bambu Lab printer (X1, P1, A1, H2) in LAN-only mode with Developer Mode.

    Parameters
    ----------
    host : str
        Its address in the network.
    serial : str
        Its serial number.
    access_code : str
    fingerprint : str
        SHA-256 of its certificate; empty to trust the one that answers. :attr:`fingerprint` then has it.
    mqtt_port, ftp_port : int
    """

    def __init__(
        self,
        host: str,
        serial: str,
        access_code: str,
        *,
        fingerprint: str = "",
        mqtt_port: int = 8883,
        ftp_port: int = 990,
    ) -> None:
        self.host, self.serial, self.fingerprint = host, serial, fingerprint
        self._code, self._mqtt_port, self._ftp_port = access_code, mqtt_port, ftp_port
        self._client: Client | None = None
        self._context: ssl.SSLContext | None = None
        self._news = threading.Condition()
        self._report: dict[str, Any] = {}
        self._reports = 0
        self._refused: str | None = None
        self._signed_in = False

    def status(self) -> PrinterStatus:
        """Return what the printer says now; ``unreachable`` when it does not answer."""
        try:
            report = self._ask()
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, message=error.message)
        state, message = _state_of(report)
        percent, left_min = number(report, "mc_percent"), number(report, "mc_remaining_time")
        return PrinterStatus(
            state=state,
            job_name=_job_file(report),
            progress=1.0 if state is PrinterState.FINISHED else None if percent is None else percent / 100,
            left_s=None if left_min is None else left_min * 60,
            nozzle_c=number(report, "nozzle_temper"),
            bed_c=number(report, "bed_temper"),
            message=message,
        )

    def upload(self, file_name: str, gcode: Path) -> None:
        """Store a file on the printer's SD card without starting it."""
        report = self._ask()
        if text(report, "gcode_state") in _ACTIVE and _job_file(report) == file_name:
            raise PrinterBusy(
                "The printer is printing {file_name} right now, so the file cannot be replaced.",
                help="Wait until it is done.",
                file_name=file_name,
            )
        self._store().put(f"{file_name}.3mf", packed(gcode))

    def start(self, file_name: str) -> None:
        """Start a stored file.

        Does nothing when this very file is being printed already, refuses one that the printer shows as printed, and
        looks whether the print has really begun. The printer keeps no history beyond its last job.

        Raises
        ------
        PrinterBusy
            Something else is being printed.
        AlreadyPrinted
            This file was printed to its end just before.
        """
        if is_under_way(self.was_printed(file_name), file_name):
            return
        report = self._ask()
        if text(report, "gcode_state") in _ACTIVE:
            raise is_printing(_job_file(report))
        self._say(_print_command(file_name))
        self._see_it_begin(file_name)

    def pause(self) -> None:
        """Pause the print."""
        self._steer("pause", {"RUNNING", "PREPARE"}, "Nothing is being printed that could be paused.")

    def resume(self) -> None:
        """Go on after a pause."""
        self._steer("resume", {"PAUSE"}, "Nothing is paused that could go on.")

    def cancel(self) -> None:
        """Stop the print for good; nothing happens when nothing is being printed."""
        if text(self._ask(), "gcode_state") in _ACTIVE:
            self._say({"print": {"command": "stop", "param": ""}})

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what the printer knows of a file name, ``None`` when it has no such file.

        Only its last job is remembered: a stored file that is not it has ``started=None``.
        """
        report = self._ask()
        state = text(report, "gcode_state")
        if _job_file(report) == file_name and state in _STATES and state != "IDLE":
            ended = state not in _ACTIVE
            return PrintRecord(file_name, True, ended, state == "FINISH" if ended else None)
        return PrintRecord(file_name, None, False, None) if self._store().has(f"{file_name}.3mf") else None

    def diagnose(self) -> Diagnosis:
        """Say in plain words whether the connection works, and what would help if not."""
        try:
            self._ask()
        except PrinterAuthError:
            return Diagnosis("bambu_code")
        except PrinterUnavailable as error:
            return Diagnosis("bambu_silent", {"said": error.message}, error)
        try:
            status = self.status()
            self._store().has("glocal.gcode.3mf")  # the second door has a lock of its own
        except PrinterAuthError:
            return Diagnosis("bambu_code")
        except PrinterUnavailable as error:
            return Diagnosis("bambu_store", {"said": str(refused(error))}, error)
        if status.state is PrinterState.FAILED:
            return Diagnosis("fault", {"server": f"Bambu Lab {self.serial}", "said": status.message})
        return works(f"Bambu Lab {self.serial}", status.state)

    def camera_picture(self) -> bytes | None:
        """Return None: its camera sends a stream of its own kind, which is not read."""
        return None

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context, self.fingerprint = pinned_context(self.host, self._mqtt_port, self.fingerprint)
        return self._context

    def _store(self) -> BambuStore:
        return BambuStore(self.host, self._ftp_port, self._code, self._trusted())

    def _connected(self) -> Client:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        if self._client is not None:
            return self._client
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"glocal-{uuid.uuid4().hex[:12]}")
        client.tls_set_context(self._trusted())
        client.username_pw_set("bblp", self._code)
        client.on_connect, client.on_message = self._on_connect, self._on_message
        client.connect_timeout = CONNECT_S
        try:
            client.connect(self.host, self._mqtt_port, keepalive=30)
        except (OSError, ValueError) as error:
            raise unreachable(self.host, error) from error
        client.loop_start()
        self._client = client
        with self._news:
            self._news.wait_for(lambda: self._signed_in or self._refused, CONNECT_S)
        if self._refused:
            self.close()
            raise PrinterAuthError("The printer does not accept the access code.", help=_CODE_HELP)
        if not self._signed_in:
            self.close()
            raise PrinterUnavailable(
                "The printer at {address} does not answer in time.", help=_CODE_HELP, address=self.host
            )
        return client

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        with self._news:
            if reason.is_failure:
                self._refused = str(reason)
            else:
                client.subscribe(f"device/{self.serial}/report")
                self._signed_in = True
            self._news.notify_all()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        """Take in a report; most carry only what has changed."""
        try:
            said = json.loads(message.payload)["print"]
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(said, dict) and "gcode_state" in {*said, *self._report}:
            with self._news:
                self._report.update(said)
                self._reports += 1
                self._news.notify_all()

    def _ask(self) -> dict[str, Any]:
        """Ask for everything and return it."""
        self._connected()
        before = self._reports
        self._say({"pushing": {"command": "pushall"}})
        with self._news:
            if not self._news.wait_for(lambda: self._reports > before, _ANSWER_S):
                raise PrinterUnavailable(
                    "The printer at {address} lets us in, but tells nothing of {serial}.",
                    help="Check the serial number.",
                    address=self.host,
                    serial=self.serial,
                )
            return dict(self._report)

    def _say(self, command: dict[str, dict[str, Any]]) -> None:
        client = self._connected()
        for body in command.values():
            body["sequence_id"] = str(time.monotonic_ns() % 10**9)
        sent = client.publish(f"device/{self.serial}/request", json.dumps(command), qos=1)
        try:
            sent.wait_for_publish(_ANSWER_S)
        except (RuntimeError, ValueError) as error:
            raise unreachable(self.host, error) from error
        if not sent.is_published():
            raise PrinterUnavailable(
                "The printer at {address} broke off the connection.", help="Try again.", address=self.host
            )

    def _steer(self, command: str, states: set[str], refused: str) -> None:
        if text(self._ask(), "gcode_state") not in states:
            raise PrinterUnavailable(refused, help="Look at the printer's state.")
        self._say({"print": {"command": command, "param": ""}})

    def _see_it_begin(self, file_name: str) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            report = self._ask()
            if _job_file(report) == file_name and text(report, "gcode_state") in {*_ACTIVE, "FINISH"}:
                return
            with self._news:
                self._news.wait(0.5)
        raise not_begun(file_name)


def _print_command(file_name: str) -> dict[str, dict[str, Any]]:
    return {
        "print": {
            "command": "project_file",
            "param": PLATE,
            "url": f"ftp:///{file_name}.3mf",
            "subtask_name": file_name,
            "file": f"{file_name}.3mf",
            "project_id": "0",
            "profile_id": "0",
            "task_id": "0",
            "subtask_id": "0",
            "bed_type": "auto",
            "bed_leveling": True,
            "flow_cali": False,
            "vibration_cali": False,
            "layer_inspect": False,
            "timelapse": False,
            "use_ams": False,
        }
    }


def _job_file(report: dict[str, Any]) -> str | None:
    stored = text(report, "gcode_file").rpartition("/")[2].removesuffix(".3mf")
    return text(report, "subtask_name") or stored or None


def _state_of(report: dict[str, Any]) -> tuple[PrinterState, str]:
    word = text(report, "gcode_state")
    state = _STATES.get(word, PrinterState.UNKNOWN)
    error = int(number(report, "print_error") or 0)
    if state is PrinterState.FAILED and error in {0, _CANCELLED_CODE}:
        return PrinterState.CANCELLED, "stopped before its end"
    if state is PrinterState.PRINTING and not report.get("mc_percent"):
        heaters = (("nozzle_target_temper", "nozzle_temper"), ("bed_target_temper", "bed_temper"))
        cold = any((number(report, want) or 0) - (number(report, have) or 0) > _HEATING_GAP_C for want, have in heaters)
        state = PrinterState.HEATING if cold else state
    faults = [(int(number(fault, "attr") or 0), int(number(fault, "code") or 0)) for fault in rows(report, "hms")]
    codes = [f"{place:08X}-{code:08X}" for place, code in faults]
    said = [*([f"error {error:08X}"] if error else []), *(f"notice {code}" for code in codes)]
    return state, "; ".join(said) or ("" if state is not PrinterState.UNKNOWN else word)
