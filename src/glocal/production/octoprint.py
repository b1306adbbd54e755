"""Drive a printer through OctoPrint's REST interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from glocal.production.diagnosis import Diagnosis, refused, works
from glocal.production.errors import PrinterAuthError, PrinterBusy, PrinterUnavailable, is_printing
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.production.printer_http import PrinterHttp
from glocal.production.said import number, part, text
from glocal.production.starting import has_begun, is_under_way, see_it_begin

_HEATING_GAP_C = 5.0
_START_S = 5.0  # a start that OctoPrint accepted shows in its job within this time
_REST_S = 60.0  # a long move and a park, at the most


class OctoPrintPrinter:
    """A printer behind OctoPrint 1.8 or newer.

    Parameters
    ----------
    base_url : str
        For example ``http://octopi.local``.
    api_key : str
        An application key.
    client : httpx.Client, optional
        The caller's own client.
    sleep : callable
        How to wait between two looks.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = PrinterHttp("OctoPrint", base_url, headers={"X-Api-Key": api_key}, client=client)
        self._sleep = sleep

    def status(self) -> PrinterStatus:
        """Return what the printer says now; ``unreachable`` when server or printer do not answer."""
        try:
            job = self._http.json("GET", "/api/job")
            printer = self._http.request("GET", "/api/printer?exclude=sd", expect=(409,))
            if printer.status_code == 409:  # no printer at the end of the line
                return self._offline(text(job, "state"))
            return self._connected(job, self._http.decode(printer))
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, message=error.message)

    def upload(self, file_name: str, gcode: Path) -> None:
        """Store a file on the server without starting it."""
        with gcode.open("rb") as content:
            answer = self._http.request(
                "POST", "/api/files/local", files={"file": (file_name, content, "text/plain")}, expect=(409, 415)
            )
        if answer.status_code == 409:
            raise PrinterBusy(
                "The printer is printing {file_name} right now, so the file cannot be replaced.",
                help="Wait until it is done.",
                file_name=file_name,
            )
        if answer.status_code == 415:
            raise PrinterUnavailable(
                "{server} does not take {file_name} as a print file.",
                help="G-code files end in .gcode.",
                server="OctoPrint",
                file_name=file_name,
            )
        stored = text(self._http.decode(answer), "files", "local", "name")
        if stored != file_name:
            raise PrinterUnavailable(
                "{server} stored {file_name} under another name, {stored}.",
                help="Use letters, digits, dots and dashes in file names.",
                server="OctoPrint",
                file_name=file_name,
                stored=stored,
            )

    def start(self, file_name: str) -> None:
        """Start a stored file.

        Does nothing when this very file is being printed already, refuses one that OctoPrint's history holds as
        printed, and looks whether the print has really begun.

        Raises
        ------
        PrinterBusy
            Something else is being printed.
        AlreadyPrinted
            This file was printed to its end before.
        """
        if is_under_way(self.was_printed(file_name), file_name):
            return
        self._refuse_if_busy()
        answer = self._http.request(
            "POST", _file_path(file_name), json={"command": "select", "print": True}, expect=(409,)
        )
        if answer.status_code == 409:
            self._refuse_if_busy()
            raise PrinterUnavailable(
                "{server} cannot start a print: its printer is not connected.",
                help="Connect the printer in {server}.",
                server="OctoPrint",
            )
        see_it_begin(lambda: has_begun(self.was_printed(file_name)), file_name, within_s=_START_S, sleep=self._sleep)

    def pause(self) -> None:
        """Pause the print."""
        self._job_command({"command": "pause", "action": "pause"}, "Nothing is being printed that could be paused.")

    def resume(self) -> None:
        """Go on after a pause.

        OctoPrint loses a resume that comes while it still waits for the printer to come to rest, so that is waited
        for first.
        """
        waited_s = 0.0
        while text(self._http.json("GET", "/api/job"), "state") == "Pausing":
            if waited_s >= _REST_S:
                raise PrinterUnavailable(
                    "The printer has not come to rest {rest_s} seconds after it was asked to pause.",
                    help="Look at the printer.",
                    rest_s=_REST_S,
                )
            self._sleep(0.1)
            waited_s += 0.1
        self._job_command({"command": "pause", "action": "resume"}, "Nothing is paused that could go on.")

    def cancel(self) -> None:
        """Stop the print for good; nothing happens when nothing is being printed."""
        self._http.request("POST", "/api/job", json={"command": "cancel"}, expect=(409,))

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what OctoPrint knows of a file name, ``None`` when it has no such file.

        A file without history has ``started=None``: OctoPrint forgets a print during which its server was killed, so
        "never started" and "lost" look the same.
        """
        job = self._http.json("GET", "/api/job")
        if _is_active(job) and _job_file(job) == file_name:
            return PrintRecord(file_name, True, False, None, number(job, "progress", "printTime"))
        answer = self._http.request("GET", _file_path(file_name), expect=(404,))
        if answer.status_code == 404:
            return None
        last = part(self._http.decode(answer), "prints", "last")
        if not last:
            return PrintRecord(file_name, None, False, None)
        success = last.get("success")
        known = isinstance(success, bool)
        return PrintRecord(file_name, True, known, success if known else None, number(last, "printTime"))

    def diagnose(self) -> Diagnosis:
        """Say in plain words whether the connection works, and what would help if not."""
        try:
            version = self._http.json("GET", "/api/version")
            if "OctoPrint" not in text(version, "text"):
                return Diagnosis("not_octoprint", {"address": self._http.base_url})
            status = self.status()
        except PrinterAuthError:
            return Diagnosis("octoprint_key")
        except PrinterUnavailable as error:
            return refused(error)
        server = text(version, "text")
        if status.state is PrinterState.UNREACHABLE:
            return Diagnosis("no_printer", {"server": server})
        if status.state is PrinterState.FAILED:
            return Diagnosis("fault", {"server": server, "said": status.message})
        return works(server, status.state)

    def camera_picture(self) -> bytes | None:
        """Return the camera's current picture as the server offers it, ``None`` without a camera."""
        webcam = part(self._http.json("GET", "/api/settings"), "webcam")
        address = text(webcam, "snapshotUrl") if webcam.get("webcamEnabled") else ""
        if address.startswith("/"):
            return self._http.request("GET", address).content
        return None  # an absolute address is one inside the printer's computer, not reachable from here

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _job_command(self, command: dict[str, str], refused: str) -> None:
        if self._http.request("POST", "/api/job", json=command, expect=(409,)).status_code == 409:
            raise PrinterUnavailable(refused, help="Look at the printer's state.")

    def _refuse_if_busy(self) -> None:
        job = self._http.json("GET", "/api/job")
        if _is_active(job):
            raise is_printing(_job_file(job))

    def _offline(self, state: str) -> PrinterStatus:
        if "error" in state.lower():
            reason = text(self._http.json("GET", "/api/printer/error", expect=(404, 409)), "error")
            return PrinterStatus(PrinterState.FAILED, message=reason or state)
        return PrinterStatus(PrinterState.UNREACHABLE, message=f"OctoPrint answers, its printer does not: {state}")

    def _connected(self, job: dict[str, Any], printer: dict[str, Any]) -> PrinterStatus:
        flags = part(printer, "state", "flags")
        tool, bed = part(printer, "temperature", "tool0"), part(printer, "temperature", "bed")
        state, message = self._state(job, flags, (tool, bed))
        completion = number(job, "progress", "completion")
        return PrinterStatus(
            state=state,
            job_name=_job_file(job),
            progress=None if completion is None else min(1.0, completion / 100),
            print_s=number(job, "progress", "printTime"),
            left_s=number(job, "progress", "printTimeLeft"),
            nozzle_c=number(tool, "actual"),
            bed_c=number(bed, "actual"),
            message=message,
        )

    def _state(
        self, job: dict[str, Any], flags: dict[str, Any], heaters: tuple[dict[str, Any], ...]
    ) -> tuple[PrinterState, str]:
        if flags.get("error") or flags.get("closedOrError"):
            return PrinterState.FAILED, text(job, "state")
        if flags.get("paused") or flags.get("pausing"):
            return PrinterState.PAUSED, ""
        if flags.get("cancelling"):
            return PrinterState.PRINTING, "is being cancelled"
        if _is_active(job):
            cold = any((number(h, "target") or 0) - (number(h, "actual") or 999) > _HEATING_GAP_C for h in heaters)
            early = (number(job, "progress", "completion") or 0) < 1
            return (PrinterState.HEATING if cold and early else PrinterState.PRINTING), ""
        if not flags.get("operational"):
            return PrinterState.UNKNOWN, text(job, "state")
        return self._after_a_print(job)

    def _after_a_print(self, job: dict[str, Any]) -> tuple[PrinterState, str]:
        """Tell idle from finished and cancelled: OctoPrint keeps the last file selected and says idle."""
        name = _job_file(job)
        record = self.was_printed(name) if name else None
        if record is None or not record.finished:
            return PrinterState.IDLE, ""
        return (PrinterState.FINISHED, "") if record.success else (PrinterState.CANCELLED, "stopped before its end")


def _is_active(job: dict[str, Any]) -> bool:
    """Say whether the printer works on a job, from OctoPrint's own word for its state."""
    return text(job, "state").startswith(("Starting", "Printing", "Paus", "Resuming", "Cancelling", "Finishing"))


def _job_file(job: dict[str, Any]) -> str | None:
    file = part(job, "job", "file")
    if file.get("origin") not in (None, "local"):
        return None
    return text(file, "path") or text(file, "name") or None


def _file_path(file_name: str) -> str:
    return f"/api/files/local/{quote(file_name, safe='')}"
