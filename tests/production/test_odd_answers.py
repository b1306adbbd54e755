"""Whatever answers at a printer's address: a state or one of our errors, never a stumble.

A right answer of each server, in which one value after the other is of a shape that no server has.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from glocal.errors import GlocalError
from glocal.production.bambu import _job_file, _state_of
from glocal.production.model import PrinterState
from glocal.production.moonraker import MoonrakerPrinter
from glocal.production.octoprint import OctoPrintPrinter
from glocal.production.prusalink import PrusaLinkPrinter

NAME = "a.gcode"
HEATER = {"actual": 20.0, "target": 210.0, "temperature": 20.0}
STATS = {"state": "printing", "filename": NAME, "print_duration": 0, "message": ""}
OCTOPRINT = {
    "/api/job": {
        "state": "Operational",
        "job": {"file": {"name": NAME, "origin": "local"}},
        "progress": {"completion": 0.0, "printTime": 1, "printTimeLeft": 2},
    },
    "/api/printer": {
        "state": {"flags": {"operational": True}},
        "temperature": {"tool0": HEATER, "bed": HEATER},
    },
    f"/api/files/local/{NAME}": {"prints": {"last": {"success": True, "printTime": 3.0}}},
    "/api/files/local": {"files": {"local": {"name": NAME}}},
    "/api/version": {"text": "OctoPrint 1.11"},
    "/api/settings": {"webcam": {"webcamEnabled": True, "snapshotUrl": "/snap"}},
}
MOONRAKER = {
    "/printer/objects/query": {
        "result": {
            "status": {
                "print_stats": STATS,
                "webhooks": {"state": "ready", "state_message": ""},
                "virtual_sdcard": {"progress": 0.1},
                "extruder": HEATER,
                "heater_bed": HEATER,
            }
        }
    },
    "/server/history/list": {"result": {"jobs": [{"filename": NAME, "status": "completed", "print_duration": 9.0}]}},
    "/server/files/upload": {"item": {"path": NAME}},
    "/server/info": {"result": {"klippy_connected": True, "moonraker_version": "v0.9"}},
    "/server/webcams/list": {"result": {"webcams": [{"enabled": True, "snapshot_url": "/snap"}]}},
}
PRUSALINK = {
    "/api/v1/status": {
        "printer": {"state": "PRINTING", "temp_nozzle": 20.0, "target_nozzle": 210.0, "temp_bed": 20.0,
                    "status_printer": {"ok": False, "message": "x"}},
        "job": {"progress": 0.0, "time_printing": 1, "time_remaining": 2},
    },
    "/api/v1/job": {"id": 7, "state": "PRINTING", "time_printing": 1, "file": {"name": NAME, "display_name": NAME}},
    "/api/version": {"text": "PrusaLink", "server": "0.8", "capabilities": {"upload-by-put": True}},
}  # fmt: skip
BAMBU = {
    "gcode_state": "RUNNING", "print_error": 0, "mc_percent": 0, "nozzle_temper": 20.0, "nozzle_target_temper": 210.0,
    "subtask_name": "a", "gcode_file": "/x/a.gcode.3mf", "hms": [{"attr": 1, "code": 2}],
}  # fmt: skip
ODD: tuple[Any, ...] = (None, 7, "7", [7], {"7": 7})
SERVERS = ((OctoPrintPrinter, OCTOPRINT), (MoonrakerPrinter, MOONRAKER), (PrusaLinkPrinter, PRUSALINK))


def places(said: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value."""
    for key, value in said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ():
        yield (key,)
        yield from ((key, *way) for way in places(value))


def oddities(said: Any) -> Iterator[Any]:
    """Yield what is said with one value odd, for each value and oddity."""
    for way in places(said):
        for odd in ODD:
            changed = copy.deepcopy(said)
            inner = changed
            for key in way[:-1]:
                inner = inner[key]
            inner[way[-1]] = odd
            yield changed


@pytest.mark.parametrize(("kind", "answers"), SERVERS)
def test_a_server_that_says_anything_is_understood_or_refused(
    kind: Callable[..., Any], answers: dict[str, Any], tmp_path: Any
) -> None:
    now = {"said": answers}
    file = tmp_path / NAME
    file.write_text("G90\n")

    def answer(request: httpx.Request) -> httpx.Response:
        body = now["said"].get(request.url.path)
        return httpx.Response(404 if body is None else 200, json=body)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    printer = kind("http://printer", "key", client=client, sleep=lambda _: None)
    assert printer.status().state is not PrinterState.UNREACHABLE
    for now["said"] in oddities(answers):
        assert printer.status().state in PrinterState
        for act in (printer.diagnose, printer.pause, printer.cancel, printer.camera_picture):
            with suppress(GlocalError):
                act()
        with suppress(GlocalError):
            printer.start(NAME)
        with suppress(GlocalError):
            printer.upload(NAME, file)


def test_a_report_of_any_shape_is_a_state() -> None:
    assert _state_of(BAMBU)[0] is PrinterState.HEATING
    for said in oddities(BAMBU):
        assert _state_of(said)[0] in PrinterState
        assert _job_file(said) != ""
