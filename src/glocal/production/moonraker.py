"""Drive a printer with Klipper firmware through Moonraker's HTTP interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from glocal.production.diagnosis import CHECK_ADDRESS, Diagnosis, refused, works
from glocal.production.errors import PrinterAuthError, PrinterBusy, PrinterUnavailable, is_printing
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.production.printer_http import PrinterHttp
from glocal.production.said import number, part, rows, text
from glocal.production.starting import is_under_way, see_it_begin

_OBJECTS = "print_stats&virtual_sdcard&webhooks&extruder&heater_bed"
_HEATING_GAP_C = 5.0
_START_S = 5.0
_HISTORY = 200  # how many past jobs are looked through
_STATES = {
    "standby": PrinterState.IDLE,
    "printing": PrinterState.PRINTING,
    "paused": PrinterState.PAUSED,
    "complete": PrinterState.FINISHED,
    "cancelled": PrinterState.CANCELLED,
    "error": PrinterState.FAILED,
}
_ENDED_BADLY = frozenset({"cancelled", "error", "klippy_shutdown", "klippy_disconnect"})


class MoonrakerPrinter:
    """A printer behind Moonraker 0.8 or newer.

    Parameters
    ----------
    base_url : str
        For example ``http://voron.local:7125``.
    api_key : str
        Empty where Moonraker trusts our network.
    client : httpx.Client, optional
        The caller's own client.
    sleep : callable
        How to wait between two looks.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        *,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"X-Api-Key": api_key} if api_key else {}
        self._http = PrinterHttp("Moonraker", base_url, headers=headers, client=client)
        self._sleep = sleep

    def status(self) -> PrinterStatus:
        """Return what the printer says now; ``unreachable`` when Moonraker or Klipper do not answer."""
        try:
            objects = self._objects()
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, message=error.message)
        stats, tool, bed = part(objects, "print_stats"), part(objects, "extruder"), part(objects, "heater_bed")
        state, message = _state_of(stats, part(objects, "webhooks"), (tool, bed))
        running = state in {PrinterState.PRINTING, PrinterState.HEATING, PrinterState.PAUSED}
        progress = number(objects, "virtual_sdcard", "progress") if running else None
        return PrinterStatus(
            state=state,
            job_name=text(stats, "filename") or None,
            progress=1.0 if state is PrinterState.FINISHED else progress,
            print_s=number(stats, "print_duration"),
            nozzle_c=number(tool, "temperature"),
            bed_c=number(bed, "temperature"),
            message=message,
        )

    def upload(self, file_name: str, gcode: Path) -> None:
        """Store a file on the server without starting it."""
        with gcode.open("rb") as content:
            answer = self._http.request(
                "POST",
                "/server/files/upload",
                files={"file": (file_name, content, "text/plain")},
                data={"root": "gcodes"},
                expect=(403,),
            )
        if answer.status_code == 403:
            if "loaded" not in answer.text and "in use" not in answer.text:
                raise PrinterAuthError(
                    "{server} does not let us store files.", help="Check the key and its rights.", server="Moonraker"
                )
            raise PrinterBusy(
                "The printer is printing {file_name} right now, so the file cannot be replaced.",
                help="Wait until it is done.",
                file_name=file_name,
            )
        said = self._http.decode(answer)
        stored = text(said, "item", "path") or text(said, "result", "item", "path")
        if stored != file_name:
            raise PrinterUnavailable(
                "{server} stored {file_name} under another name, {stored}.",
                help="Use letters, digits, dots and dashes in file names.",
                server="Moonraker",
                file_name=file_name,
                stored=stored,
            )

    def start(self, file_name: str) -> None:
        """Start a stored file.

        Does nothing when this very file is being printed already, refuses one that the history holds as printed, and
        looks whether the print has really begun.

        Raises
        ------
        PrinterBusy
            Something else is being printed.
        AlreadyPrinted
            This file was printed to its end before.
        """
        is_under_way(self.was_printed(file_name), file_name)  # by the history, which may not know that a print was lost
        stats = self._print_stats()
        if _is_active(stats):
            if stats.get("filename") == file_name:
                return
            raise is_printing(text(stats, "filename") or None)
        self._http.request("POST", "/printer/print/start?" + urlencode({"filename": file_name}))
        see_it_begin(lambda: self._begun(file_name), file_name, within_s=_START_S, sleep=self._sleep)

    def pause(self) -> None:
        """Pause the print."""
        self._require({"printing"}, "Nothing is being printed that could be paused.")
        self._http.request("POST", "/printer/print/pause")

    def resume(self) -> None:
        """Go on after a pause."""
        self._require({"paused"}, "Nothing is paused that could go on.")
        self._http.request("POST", "/printer/print/resume")

    def cancel(self) -> None:
        """Stop the print for good; nothing happens when nothing is being printed."""
        if _is_active(self._print_stats()):
            self._http.request("POST", "/printer/print/cancel")

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what Klipper and Moonraker know of a file name, ``None`` when they have never heard of it.

        Klipper's own state comes first: when Moonraker is killed the print goes on, while its history calls it
        interrupted. A job that is neither running nor known to have ended has ``finished=False, success=None``; a
        file without history has ``started=None``, for the history can be switched off.
        """
        stats = self._print_stats()
        state = text(stats, "state")
        if stats.get("filename") == file_name and state in _STATES and state != "standby":
            ended = not _is_active(stats)
            success = state == "complete" if ended else None
            return PrintRecord(file_name, True, ended, success, number(stats, "print_duration"))
        job = next((job for job in self._history() if job.get("filename") == file_name), None)
        if job is not None:
            done, bad = text(job, "status") == "completed", text(job, "status") in _ENDED_BADLY
            success = done if done or bad else None
            return PrintRecord(file_name, True, done or bad, success, number(job, "print_duration"))
        stored = self._http.request(
            "GET", "/server/files/metadata?" + urlencode({"filename": file_name}), expect=(400, 404)
        )
        return PrintRecord(file_name, None, False, None) if stored.status_code < 400 else None

    def diagnose(self) -> Diagnosis:
        """Say in plain words whether the connection works, and what would help if not."""
        try:
            info = self._result("GET", "/server/info")
        except PrinterAuthError:
            return Diagnosis("moonraker_key")
        except PrinterUnavailable as error:
            return refused(error)
        version = f"Moonraker {info.get('moonraker_version', '')}".strip()
        if not info.get("klippy_connected"):
            return Diagnosis("no_klipper", {"server": version})
        status = self.status()
        if status.state is PrinterState.FAILED:
            return Diagnosis("fault", {"server": version, "said": status.message})
        if status.state is PrinterState.UNREACHABLE:
            return Diagnosis("no_state", {"server": version, "said": status.message})
        return works(version, status.state)

    def camera_picture(self) -> bytes | None:
        """Return the first camera's current picture, ``None`` without a camera that is reachable through Moonraker."""
        cameras = rows(self._result("GET", "/server/webcams/list"), "webcams")
        address = next((text(camera, "snapshot_url") for camera in cameras if camera.get("enabled", True)), "")
        return self._http.request("GET", address).content if address.startswith("/") else None

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _result(self, method: str, path: str) -> dict[str, Any]:
        answer = self._http.request(method, path, expect=(503,))
        if answer.status_code == 503:
            raise PrinterUnavailable(
                "Moonraker at {address} answers, but Klipper does not run.",
                help="Start the printer's Klipper service, or look at its log.",
                address=self._http.base_url,
            )
        body = self._http.decode(answer)
        result = body.get("result", body)
        if not isinstance(result, dict):
            raise PrinterUnavailable(
                "What answers at {address} is not {server}.",
                help=CHECK_ADDRESS,
                address=self._http.base_url,
                server="Moonraker",
            )
        return result

    def _objects(self) -> dict[str, Any]:
        return part(self._result("GET", f"/printer/objects/query?{_OBJECTS}"), "status")

    def _print_stats(self) -> dict[str, Any]:
        return part(self._objects(), "print_stats")

    def _history(self) -> list[dict[str, Any]]:
        answer = self._http.request("GET", f"/server/history/list?order=desc&limit={_HISTORY}", expect=(404,))
        if answer.status_code == 404:  # switched off
            return []
        body = self._http.decode(answer)
        return rows(body.get("result", body), "jobs")

    def _require(self, states: set[str], refused: str) -> None:
        if text(self._print_stats(), "state") not in states:
            raise PrinterUnavailable(refused, help="Look at the printer's state.")

    def _begun(self, file_name: str) -> bool:
        stats = self._print_stats()
        return bool(stats.get("filename") == file_name and stats.get("state") != "standby")


def _is_active(stats: dict[str, Any]) -> bool:
    return text(stats, "state") in {"printing", "paused"}


def _state_of(
    stats: dict[str, Any], webhooks: dict[str, Any], heaters: tuple[dict[str, Any], ...]
) -> tuple[PrinterState, str]:
    """Map Klipper's two states to ours: after an emergency stop ``print_stats`` still says "printing"."""
    klipper = text(webhooks, "state") if webhooks else "ready"
    reason = (text(webhooks, "state_message") or klipper).strip()
    if klipper in {"shutdown", "error"}:
        return PrinterState.FAILED, reason
    if klipper != "ready":
        return PrinterState.UNREACHABLE, reason
    state = _STATES.get(text(stats, "state"), PrinterState.UNKNOWN)
    if state is PrinterState.PRINTING and not stats.get("print_duration"):
        cold = any((number(h, "target") or 0) - (number(h, "temperature") or 0) > _HEATING_GAP_C for h in heaters)
        state = PrinterState.HEATING if cold else state
    return state, text(stats, "message")
