"""A real OctoPrint 1.11 server; only the motor behind it is virtual."""

from __future__ import annotations

import time

import httpx
import pytest

from glocal.production.errors import AlreadyPrinted, PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState
from glocal.production.octoprint import OctoPrintPrinter
from glocal.production.watchdog import stalled
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.real

LONG = 60_000
"""Moves that take longer than what is done meanwhile, also while the server has little time for questions."""
AT_REST = {PrinterState.IDLE, PrinterState.FINISHED, PrinterState.CANCELLED, PrinterState.FAILED}


@pytest.fixture
def gcode(tmp_path):
    """Return a function that writes a print of some moves."""

    def write(moves, pause_s=0):
        path = tmp_path / f"moves-{moves}-{pause_s}.gcode"
        steps = "".join(f"G1 X{i % 100} Y{i % 50} E0.1 F1800\n" for i in range(moves))
        path.write_text(f"G90\nM83\nM104 S210\nM109 S210\n{steps}M104 S0\n")
        return path

    return write


def connected(server):
    """Return a printer that is waited for as long as it needs, also while it answers slowly."""
    return OctoPrintPrinter(server.url, server.api_key, client=httpx.Client(timeout=PATIENCE_S))


@pytest.fixture
def printer(octoprint):
    printer = connected(octoprint)
    yield printer
    printer.cancel()
    wait_for_state(printer, AT_REST)
    printer.close()


def wait_for_state(printer, states):
    return wait_for(printer.status, lambda status: status.state in states)


def test_a_file_is_stored_printed_and_remembered(printer, gcode):
    assert printer.was_printed("job-a.gcode") is None
    printer.upload("job-a.gcode", gcode(300))
    assert printer.was_printed("job-a.gcode").started is None
    assert printer.status().state in AT_REST
    printer.start("job-a.gcode")
    status = wait_for_state(printer, {PrinterState.FINISHED})
    assert (status.job_name, status.progress) == ("job-a.gcode", 1.0)
    record = printer.was_printed("job-a.gcode")
    assert (record.started, record.finished, record.success) == (True, True, True)
    assert record.print_s > 0
    with pytest.raises(AlreadyPrinted):
        printer.start("job-a.gcode")
    assert "1.11.8 answers and its printer is finished" in str(printer.diagnose())


def test_a_busy_printer_is_left_alone_and_a_cancelled_print_is_known(printer, gcode):
    printer.upload("job-long.gcode", gcode(LONG))
    printer.upload("job-next.gcode", gcode(10))
    printer.start("job-long.gcode")
    printer.start("job-long.gcode")  # the same again is no second print
    with pytest.raises(PrinterBusy, match=r"job-long\.gcode"):
        printer.start("job-next.gcode")
    with pytest.raises(PrinterBusy, match="cannot be replaced"):
        printer.upload("job-long.gcode", gcode(10))
    printer.pause()
    wait_for_state(printer, {PrinterState.PAUSED})
    printer.resume()
    wait_for_state(printer, {PrinterState.PRINTING, PrinterState.HEATING})
    printer.cancel()
    status = wait_for_state(printer, AT_REST)
    assert status.state is PrinterState.CANCELLED
    record = printer.was_printed("job-long.gcode")
    assert (record.finished, record.success) == (True, False)
    assert printer.was_printed("job-next.gcode").started is None


def test_nothing_printing_cannot_be_paused_and_unknown_files_not_started(printer):
    with pytest.raises(PrinterUnavailable, match="paused"):
        printer.pause()
    with pytest.raises(PrinterUnavailable, match="not on the printer"):
        printer.start("job-never-uploaded.gcode")


def test_a_wrong_key_is_told_apart_from_a_missing_server(octoprint):
    stranger = OctoPrintPrinter(octoprint.url, "wrong")
    with pytest.raises(PrinterAuthError):
        stranger.status()
    assert "key is wrong" in str(stranger.diagnose())
    nobody = OctoPrintPrinter("http://127.0.0.1:9", "any")
    assert nobody.status().state is PrinterState.UNREACHABLE
    with pytest.raises(PrinterUnavailable, match="cannot be reached"):
        nobody.was_printed("job.gcode")
    assert "switched on" in str(nobody.diagnose())


def test_a_server_that_is_killed_forgets_the_print_and_we_know_that_we_do_not_know(private_octoprint, gcode):
    server = private_octoprint()
    printer = connected(server)
    printer.upload("job-lost.gcode", gcode(LONG))
    printer.start("job-lost.gcode")
    assert printer.was_printed("job-lost.gcode").started is True
    server.kill()
    assert printer.status().state is PrinterState.UNREACHABLE
    server.restart()
    assert printer.status().state is PrinterState.IDLE
    record = printer.was_printed("job-lost.gcode")
    assert (record.started, record.finished, record.success) == (None, False, None)


def test_a_fault_of_the_machine_is_told_in_its_own_words_and_silence_is_noticed(private_octoprint, gcode):
    server = private_octoprint()
    printer = connected(server)
    printer.upload("job-silent.gcode", gcode(LONG))
    printer.start("job-silent.gcode")
    wait_for_state(printer, {PrinterState.PRINTING})  # while it heats, silence looks like a slow heater
    server.trigger("go_awol")  # the printer falls silent; the server goes on saying that it prints
    seen = []

    def look():
        seen.append((time.monotonic(), printer.status()))
        return stalled(seen, patience_s=1.5)

    wait_for(look, every_s=0.25)
    assert seen[-1][1].state is PrinterState.PRINTING
    server.restart()
    printer.upload("job-hot.gcode", gcode(LONG))
    printer.start("job-hot.gcode")
    # OctoPrint keeps no record of a print that failed before it began
    wait_for(lambda: (printer.status().nozzle_c or 0) > 50)
    server.trigger("trigger_fatal_error_marlin")
    status = wait_for_state(printer, {PrinterState.FAILED})
    assert "Thermal Runaway" in status.message
    assert "Thermal Runaway" in str(printer.diagnose())
    wait_for(lambda: printer.was_printed("job-hot.gcode").finished)  # written down by a thread of its own
    assert printer.was_printed("job-hot.gcode").success is False
