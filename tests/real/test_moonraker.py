"""A real Moonraker server; the Klipper host behind it is a fake of ours and says so."""

from __future__ import annotations

import time

import httpx
import pytest

from glocal.production.errors import AlreadyPrinted, PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState
from glocal.production.moonraker import MoonrakerPrinter

pytestmark = pytest.mark.real

AT_REST = {PrinterState.IDLE, PrinterState.FINISHED, PrinterState.CANCELLED, PrinterState.FAILED}


@pytest.fixture
def gcode(tmp_path):
    """A file of 60 kB: one and a half seconds."""
    path = tmp_path / "moves.gcode"
    path.write_text("G90\n" + "G1 X10 Y10 E0.1 F1800 ; a line of print\n" * 1500)
    return path


def wait_for(printer, states, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while (status := printer.status()).state not in states:
        assert time.monotonic() < deadline, f"still {status}"
        time.sleep(0.05)
    return status


def wait_for_history(moonraker, file_name, timeout_s=20):
    """Moonraker looks at Klipper four times a second: one print that ends and another that begins meanwhile are one."""
    deadline = time.monotonic() + timeout_s
    headers = {"X-Api-Key": moonraker.api_key()}
    while True:
        jobs = httpx.get(f"{moonraker.url}/server/history/list", headers=headers).json()["result"]["jobs"]
        if any((job["filename"], job["status"]) == (file_name, "completed") for job in jobs):
            return
        assert time.monotonic() < deadline, f"not in {jobs}"
        time.sleep(0.05)


def test_a_print_from_upload_to_history_and_a_server_killed_in_the_middle(moonraker, gcode):
    printer = MoonrakerPrinter(moonraker.url, moonraker.api_key())
    assert "its printer is idle" in str(printer.diagnose())
    assert printer.was_printed("job-a.gcode") is None
    with pytest.raises(PrinterUnavailable, match="not on the printer"):
        printer.start("job-a.gcode")
    for name in ("job-a.gcode", "job-b.gcode"):
        printer.upload(name, gcode)
    assert printer.was_printed("job-a.gcode").started is None

    printer.start("job-a.gcode")
    printer.start("job-a.gcode")  # the same again is no second print
    with pytest.raises(PrinterBusy, match=r"job-a\.gcode"):
        printer.start("job-b.gcode")
    with pytest.raises(PrinterBusy, match="cannot be replaced"):
        printer.upload("job-a.gcode", gcode)
    printer.pause()
    wait_for(printer, {PrinterState.PAUSED})
    with pytest.raises(PrinterUnavailable, match="paused"):
        printer.pause()
    printer.resume()
    assert wait_for(printer, AT_REST).state is PrinterState.FINISHED
    with pytest.raises(AlreadyPrinted):
        printer.start("job-a.gcode")

    wait_for_history(moonraker, "job-a.gcode")
    printer.start("job-b.gcode")
    printer.cancel()
    assert wait_for(printer, AT_REST).state is PrinterState.CANCELLED
    assert printer.was_printed("job-b.gcode").success is False
    assert printer.was_printed("job-a.gcode").success is True  # no longer the printer's own state: from the history

    # Moonraker dies, Klipper prints on; afterwards the history says "interrupted", the printer's own state is right
    printer.upload("job-c.gcode", gcode)
    printer.start("job-c.gcode")
    moonraker.kill(moonraker.moonraker)
    assert printer.status().state is PrinterState.UNREACHABLE
    moonraker.start_moonraker()
    assert wait_for(printer, AT_REST).state is PrinterState.FINISHED
    assert printer.was_printed("job-c.gcode").success is True


def test_emergency_stop_a_dead_klipper_and_a_wrong_key_are_told_apart(moonraker, gcode):
    printer = MoonrakerPrinter(moonraker.url, moonraker.api_key())
    stranger = MoonrakerPrinter(moonraker.url, "wrong")
    with pytest.raises(PrinterAuthError):
        stranger.was_printed("job-a.gcode")
    assert "does not let us in" in str(stranger.diagnose())

    printer.upload("job-a.gcode", gcode)
    printer.start("job-a.gcode")
    httpx.post(moonraker.url + "/printer/emergency_stop", headers={"X-Api-Key": moonraker.api_key()}, timeout=10)
    status = wait_for(printer, {PrinterState.FAILED})
    assert "Shutdown" in status.message

    moonraker.kill(moonraker.klippy)
    assert "Klipper does not run" in wait_for(printer, {PrinterState.UNREACHABLE}).message
    assert "Klipper does not run" in str(printer.diagnose())
    assert MoonrakerPrinter("http://127.0.0.1:9").status().state is PrinterState.UNREACHABLE
