"""A printer without a server: the maker takes the file, prints it, and says what happened.

The state lives in a directory, one file per job, so it survives everything.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, Literal

from glocal.production.diagnosis import Diagnosis
from glocal.production.errors import AlreadyPrinted, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord

Mark = Literal["printing", "finished", "cancelled", "failed"]


class HandPrinter:
    """A printer that a person runs by hand.

    Parameters
    ----------
    job_dir : Path
        Holds the files to print and ``state.json``; made when it is not there.
    """

    def __init__(self, job_dir: Path) -> None:
        self._dir = job_dir
        job_dir.mkdir(parents=True, exist_ok=True)

    def status(self) -> PrinterStatus:
        """Return what the maker marked last."""
        state = self._read()
        name = state.get("current")
        if not isinstance(name, str):
            return PrinterStatus(PrinterState.IDLE)
        mark = state["jobs"][name]["mark"]
        asked = "waiting for the maker to print the file and mark it" if mark == "printing" else ""
        return PrinterStatus(PrinterState(mark), job_name=name, message=asked)

    def upload(self, file_name: str, gcode: Path) -> None:
        """Put a file where the maker downloads it."""
        shutil.copyfile(gcode, self.file(file_name))

    def file(self, file_name: str) -> Path:
        """Return where a file lies for the maker."""
        if Path(file_name).name != file_name or file_name == "state.json":
            raise PrinterUnavailable(
                "“{file_name}” cannot be a file's name.",
                help="Use letters, digits, dots and dashes in file names.",
                file_name=file_name,
            )
        return self._dir / file_name

    def start(self, file_name: str) -> None:
        """Ask the maker to print a file."""
        record = self.was_printed(file_name)
        if record is None:
            raise PrinterUnavailable(
                "{file_name} has not been handed over.", help="Upload it first.", file_name=file_name
            )
        if record.started and not record.finished:
            return
        if record.success:
            raise AlreadyPrinted(
                "The maker has printed {file_name} already.",
                help="Make a new job to print it again.",
                file_name=file_name,
            )
        current = self.status()
        if current.state in (PrinterState.PRINTING, PrinterState.PAUSED):
            raise PrinterBusy(
                "The maker is printing {file_name}.", help="Wait until it is marked done.", file_name=current.job_name
            )
        self._mark(file_name, "printing")

    def mark(self, file_name: str, mark: Mark, *, print_s: float | None = None) -> None:
        """Write down what the maker says happened with a file."""
        if self.was_printed(file_name) is None:
            raise PrinterUnavailable(
                "{file_name} has not been handed over.", help="Upload it first.", file_name=file_name
            )
        self._mark(file_name, mark, print_s)

    def pause(self) -> None:
        """Cannot be done from here."""
        raise PrinterUnavailable("This printer is run by hand.", help="Pause it on its own display.")

    def resume(self) -> None:
        """Cannot be done from here."""
        raise PrinterUnavailable("This printer is run by hand.", help="Go on at its own display.")

    def cancel(self) -> None:
        """Withdraw the job; the maker sees that it is no longer wanted."""
        current = self.status()
        if current.job_name is not None and current.state is PrinterState.PRINTING:
            self._mark(current.job_name, "cancelled")

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what the maker marked for a file; ``None`` when it was never handed over."""
        job = self._read()["jobs"].get(file_name)
        if job is None:
            known = self.file(file_name).is_file()
            return PrintRecord(file_name, started=False, finished=False, success=None) if known else None
        mark = job["mark"]
        success = None if mark == "printing" else mark == "finished"
        return PrintRecord(file_name, True, mark != "printing", success, job.get("print_s"))

    def diagnose(self) -> Diagnosis:
        """Say how this printer is used."""
        return Diagnosis("by_hand")

    def camera_picture(self) -> bytes | None:
        """Return None: whoever prints by hand sees it with their own eyes."""
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _mark(self, file_name: str, mark: Mark, print_s: float | None = None) -> None:
        state = self._read()
        state["jobs"][file_name] = {"mark": mark, "print_s": print_s}
        state["current"] = file_name
        fresh = self._dir / "state.json.new"
        with fresh.open("w") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._dir / "state.json")

    def _read(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self._dir / "state.json").read_text())
        except FileNotFoundError:
            return {"jobs": {}}
        return state
