"""A real Moonraker server; the Klipper host behind it is a fake of ours and says so."""

from __future__ import annotations

import httpx
import pytest

from glocal.production.errors import AlreadyPrinted, PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState
from glocal.production.moonraker import MoonrakerPrinter
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.real

AT_REST = {PrinterState.IDLE, PrinterState.FINISHED, PrinterState.CANCELLED, PrinterState.FAILED}


@pytest.fixture
def gcode(tmp_path):
    """A file of 60 kB: one and a half seconds."""
    path = tmp_path / "moves.gcode"
    path.write_text("G90\n" + "G1 X10 Y10 E0.1 F1800 ; a line of print\n" * 1500)
    return path


def wait_for_state(printer, states):
    return wait_for(printer.status, lambda status: status.state in states)


def wait_for_history(moonraker, file_name):
    """Moonraker looks at Klipper four times a second: one print that ends and another that begins meanwhile are one."""
    headers = {"X-Api-Key": moonraker.api_key()}
    wait_for(
        lambda: httpx.get(f"{moonraker.url}/server/history/list", headers=headers).json()["result"]["jobs"],
        lambda jobs: (file_name, "completed") in {(job["filename"], job["status"]) for job in jobs},
    )


def test_a_print_from_upload_to_history_and_a_server_killed_in_the_middle(moonraker, gcode):
    printer = MoonrakerPrinter(moonraker.url, moonraker.api_key())
    assert "its printer is idle" in str(printer.diagnose())
    assert printer.was_printed("job-a.gcode") is None
    with pytest.raises(PrinterUnavailable, match="not on the printer"):
        printer.start("job-a.gcode")
    for name in ("job-a.gcode", "job-b.gcode"):
        printer.upload(name, gcode)
    assert printer.was_printed("job-a.gcode").started is None

    with moonraker.held():
        printer.start("job-a.gcode")
        printer.start("job-a.gcode")  # the same again is no second print
        with pytest.raises(PrinterBusy, match=r"job-a\.gcode"):
            printer.start("job-b.gcode")
        with pytest.raises(PrinterBusy, match="cannot be replaced"):
            printer.upload("job-a.gcode", gcode)
        printer.pause()
        wait_for_state(printer, {PrinterState.PAUSED})
        with pytest.raises(PrinterUnavailable, match="paused"):
            printer.pause()
        printer.resume()
    assert wait_for_state(printer, AT_REST).state is PrinterState.FINISHED
    with pytest.raises(AlreadyPrinted):
        printer.start("job-a.gcode")

    wait_for_history(moonraker, "job-a.gcode")
    with moonraker.held():
        printer.start("job-b.gcode")
        printer.cancel()
    assert wait_for_state(printer, AT_REST).state is PrinterState.CANCELLED
    assert printer.was_printed("job-b.gcode").success is False
    assert printer.was_printed("job-a.gcode").success is True  # no longer the printer's own state: from the history

    # Moonraker dies, Klipper prints on; afterwards the history says "interrupted", the printer's own state is right
    printer.upload("job-c.gcode", gcode)
    with moonraker.held():
        printer.start("job-c.gcode")
        moonraker.kill(moonraker.moonraker)
    assert printer.status().state is PrinterState.UNREACHABLE
    moonraker.start_moonraker()
    assert wait_for_state(printer, AT_REST).state is PrinterState.FINISHED
    assert printer.was_printed("job-c.gcode").success is True


def test_emergency_stop_a_dead_klipper_and_a_wrong_key_are_told_apart(moonraker, gcode):
    printer = MoonrakerPrinter(moonraker.url, moonraker.api_key())
    stranger = MoonrakerPrinter(moonraker.url, "wrong")
    with pytest.raises(PrinterAuthError):
        stranger.was_printed("job-a.gcode")
    assert "does not let us in" in str(stranger.diagnose())

    printer.upload("job-a.gcode", gcode)
    with moonraker.held():
        printer.start("job-a.gcode")
        stop = moonraker.url + "/printer/emergency_stop"
        httpx.post(stop, headers={"X-Api-Key": moonraker.api_key()}, timeout=PATIENCE_S)
    status = wait_for_state(printer, {PrinterState.FAILED})
    assert "Shutdown" in status.message

    moonraker.kill(moonraker.klippy)
    assert "Klipper does not run" in wait_for_state(printer, {PrinterState.UNREACHABLE}).message
    assert "Klipper does not run" in str(printer.diagnose())
    assert MoonrakerPrinter("http://127.0.0.1:9").status().state is PrinterState.UNREACHABLE
