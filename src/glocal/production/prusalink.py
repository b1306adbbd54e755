"""Drive a Prusa printer through PrusaLink's own interface (version 1), which its firmware serves by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from glocal.production.diagnosis import Diagnosis, refused, works
from glocal.production.errors import PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.production.printer_http import PrinterHttp
from glocal.production.said import number, part, text
from glocal.production.starting import has_begun, is_under_way, see_it_begin

_HEATING_GAP_C = 5.0
_START_S = 10.0  # the firmware opens the file from its stick first
_STATES = {
    "IDLE": PrinterState.IDLE,
    "READY": PrinterState.IDLE,
    "PRINTING": PrinterState.PRINTING,
    "PAUSED": PrinterState.PAUSED,
    "ATTENTION": PrinterState.PAUSED,
    "FINISHED": PrinterState.FINISHED,
    "STOPPED": PrinterState.CANCELLED,
    "ERROR": PrinterState.FAILED,
}
_ACTIVE = frozenset({"PRINTING", "PAUSED", "ATTENTION"})


class PrusaLinkPrinter:
    """A printer with PrusaLink (MK4, MK3.9, MINI, XL, CORE One; MK3 with a Raspberry Pi).

    Parameters
    ----------
    base_url : str
        For example ``http://192.168.1.30``.
    password : str
        As the printer shows it; sent by HTTP digest only, never in the clear.
    user : str
    storage : str
        Where files go: ``"usb"``, or ``"local"`` on a Raspberry Pi.
    client : httpx.Client, optional
        The caller's own client.
    sleep : callable
        How to wait between two looks.
    """

    def __init__(
        self,
        base_url: str,
        password: str,
        *,
        user: str = "maker",
        storage: str = "usb",
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = PrinterHttp("PrusaLink", base_url, client=client, auth=httpx.DigestAuth(user, password))
        self._storage = storage
        self._sleep = sleep

    def status(self) -> PrinterStatus:
        """Return what the printer says now; ``unreachable`` when it does not answer."""
        try:
            answer = self._http.json("GET", "/api/v1/status")
            job = self._job()
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, message=error.message)
        printer, running = part(answer, "printer"), part(answer, "job")
        state, message = _state_of(printer, running)
        progress = number(running, "progress")
        return PrinterStatus(
            state=state,
            job_name=_name(job),
            progress=1.0 if state is PrinterState.FINISHED else None if progress is None else progress / 100,
            print_s=number(running, "time_printing"),
            left_s=number(running, "time_remaining"),
            nozzle_c=number(printer, "temp_nozzle"),
            bed_c=number(printer, "temp_bed"),
            message=message,
        )

    def upload(self, file_name: str, gcode: Path) -> None:
        """Store a file on the printer's stick without starting it."""
        if not part(self._http.json("GET", "/api/version"), "capabilities").get("upload-by-put"):
            raise PrinterUnavailable(
                "This PrusaLink is too old to take files.", help="Update the printer's firmware, or print by hand."
            )
        # read in whole: the digest answer may make the client send it a second time
        answer = self._http.request(
            "PUT",
            self._path(file_name),
            content=gcode.read_bytes(),
            headers={"Overwrite": "?1", "Print-After-Upload": "?0", "Content-Type": "text/x.gcode"},
            expect=(404, 409, 507),
        )
        if answer.status_code == 409:
            raise PrinterBusy(
                "The printer is printing {file_name} right now, so the file cannot be replaced.",
                help="Wait until it is done.",
                file_name=file_name,
            )
        if answer.status_code in (404, 507):
            raise PrinterUnavailable(
                "The printer has no room for the file, or no USB stick.", help="Put a USB stick with free room into it."
            )

    def start(self, file_name: str) -> None:
        """Start a stored file.

        Does nothing when this very file is being printed already, refuses one that the printer shows as printed, and
        looks whether the print has really begun. PrusaLink keeps no history beyond its last job.

        Raises
        ------
        PrinterBusy
            Something else is being printed.
        AlreadyPrinted
            This file was printed to its end just before.
        """
        if is_under_way(self.was_printed(file_name), file_name):
            return
        answer = self._http.request("POST", self._path(file_name), expect=(409,))
        if answer.status_code == 409:
            raise PrinterBusy(
                "The printer is not ready to print.",
                help="Finish what it shows on its display, or choose another printer.",
                file_name=_name(self._job()),
            )
        see_it_begin(lambda: has_begun(self.was_printed(file_name)), file_name, within_s=_START_S, sleep=self._sleep)

    def pause(self) -> None:
        """Pause the print."""
        self._steer("PUT", "/pause", "Nothing is being printed that could be paused.")

    def resume(self) -> None:
        """Go on after a pause."""
        self._steer("PUT", "/resume", "Nothing is paused that could go on.")

    def cancel(self) -> None:
        """Stop the print for good; nothing happens when nothing is being printed."""
        job = self._job()
        if job is not None and text(job, "state") in _ACTIVE:
            self._http.request("DELETE", f"/api/v1/job/{job.get('id')}", expect=(404, 409))

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what the printer knows of a file name, ``None`` when it has no such file.

        Only the last job is remembered, and only until somebody confirms it on the display: a stored file that is not
        it has ``started=None``.
        """
        job = self._job()
        if job is not None and _name(job) == file_name:
            state = text(job, "state")
            ended = state not in _ACTIVE
            success = True if state == "FINISHED" else False if state in {"STOPPED", "ERROR"} else None
            return PrintRecord(file_name, True, ended and success is not None, success, number(job, "time_printing"))
        stored = self._http.request("GET", self._path(file_name), expect=(404,))
        return None if stored.status_code == 404 else PrintRecord(file_name, None, False, None)

    def diagnose(self) -> Diagnosis:
        """Say in plain words whether the connection works, and what would help if not."""
        try:
            version = self._http.json("GET", "/api/version")
            status = self.status()
        except PrinterAuthError:
            return Diagnosis("prusalink_key")
        except PrinterUnavailable as error:
            return refused(error)
        name = f"{text(version, 'text') or 'PrusaLink'} {text(version, 'server')}".strip()
        if status.state is PrinterState.UNREACHABLE:
            return Diagnosis("no_state", {"server": name, "said": status.message})
        if status.state is PrinterState.FAILED:
            return Diagnosis("fault", {"server": name, "said": status.message})
        return works(name, status.state)

    def camera_picture(self) -> bytes | None:
        """Return the camera's last picture, ``None`` without a camera."""
        answer = self._http.request("GET", "/api/v1/cameras/snap", expect=(404, 503))
        return answer.content if answer.status_code == 200 and answer.content else None

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _job(self) -> dict[str, Any] | None:
        answer = self._http.request("GET", "/api/v1/job", expect=(404,))
        return None if answer.status_code in (204, 404) or not answer.content else self._http.decode(answer)

    def _path(self, file_name: str) -> str:
        return f"/api/v1/files/{self._storage}/{quote(file_name, safe='')}"

    def _steer(self, method: str, what: str, refused: str) -> None:
        job = self._job()
        if job is None or (
            self._http.request(method, f"/api/v1/job/{job.get('id')}{what}", expect=(404, 409)).status_code >= 400
        ):
            raise PrinterUnavailable(refused, help="Look at the printer's state.")


def _name(job: dict[str, Any] | None) -> str | None:
    file = part(job, "file")
    return text(file, "display_name") or text(file, "name") or None


def _state_of(printer: dict[str, Any], job: dict[str, Any]) -> tuple[PrinterState, str]:
    said, status = text(printer, "state"), part(printer, "status_printer")
    message = "" if status.get("ok", True) else text(status, "message")
    state = _STATES.get(said, PrinterState.UNKNOWN)
    if said == "BUSY":  # heating, homing and moving around a job are called so, too
        state = PrinterState.HEATING if job else PrinterState.UNKNOWN
    if said == "ATTENTION":
        message = message or "It waits for somebody at its display."
    if state is PrinterState.PRINTING and not job.get("progress"):
        heaters = (("target_nozzle", "temp_nozzle"), ("target_bed", "temp_bed"))
        cold = any(
            (number(printer, want) or 0) - (number(printer, have) or 0) > _HEATING_GAP_C for want, have in heaters
        )
        state = PrinterState.HEATING if cold else state
    return state, message or ("" if state is not PrinterState.UNKNOWN else said)
