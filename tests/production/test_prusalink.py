"""PrusaLink over real HTTP with digest sign-in; what answers is a fake of ours and says so."""

import pytest

from glocal.production.errors import AlreadyPrinted, PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState
from glocal.production.prusalink import PrusaLinkPrinter
from tests.production.fake_prusalink import PASSWORD, FakePrusaLink


@pytest.fixture
def server():
    fake = FakePrusaLink()
    yield fake
    fake.shutdown()
    fake.server_close()


@pytest.fixture
def printer(server):
    adapter = PrusaLinkPrinter(server.url, PASSWORD, sleep=lambda seconds: None)
    yield adapter
    adapter.close()


@pytest.fixture
def gcode(tmp_path):
    path = tmp_path / "plate.gcode"
    path.write_text("G90\nG1 X10\n")
    return path


def test_a_print_from_upload_to_its_end(server, printer, gcode):
    assert str(printer.diagnose()) == "PrusaLink (a fake) 1 answers and its printer is idle."
    assert printer.was_printed("job-a.gcode") is None
    with pytest.raises(PrinterUnavailable, match="not on the printer"):
        printer.start("job-a.gcode")
    for name in ("job-a.gcode", "job-b.gcode"):
        printer.upload(name, gcode)
    assert server.files["job-a.gcode"] == gcode.read_bytes()
    assert printer.was_printed("job-a.gcode").started is None  # stored, and nobody knows more

    printer.start("job-a.gcode")
    printer.start("job-a.gcode")  # the same again is no second print
    assert server.jobs == 1
    with pytest.raises(PrinterBusy):
        printer.start("job-b.gcode")
    status = printer.status()
    assert (status.state, status.job_name, status.progress) == (PrinterState.PRINTING, "job-a.gcode", 0.25)
    while printer.status().state is PrinterState.PRINTING:
        pass
    assert printer.was_printed("job-a.gcode").success is True
    with pytest.raises(AlreadyPrinted):
        printer.start("job-a.gcode")


def test_pause_resume_cancel(server, printer, gcode):
    server.steps = False
    with pytest.raises(PrinterUnavailable, match="could be paused"):
        printer.pause()
    printer.upload("job-a.gcode", gcode)
    printer.start("job-a.gcode")
    printer.pause()
    assert printer.status().state is PrinterState.PAUSED
    printer.resume()
    assert printer.status().state is PrinterState.PRINTING
    printer.cancel()
    assert printer.status().state is PrinterState.CANCELLED
    record = printer.was_printed("job-a.gcode")
    assert (record.finished, record.success) == (True, False)
    printer.cancel()  # nothing is printed: nothing happens


def test_a_wrong_password_and_a_printer_that_is_off_are_told_apart(server, gcode):
    wrong = PrusaLinkPrinter(server.url, "guess")
    with pytest.raises(PrinterAuthError):
        wrong.upload("job-a.gcode", gcode)
    assert "user or password is wrong" in str(wrong.diagnose())
    off = PrusaLinkPrinter("http://127.0.0.1:9", PASSWORD)
    assert off.status().state is PrinterState.UNREACHABLE
    assert "switched on" in str(off.diagnose())


@pytest.mark.parametrize(
    ("said", "job", "state"),
    [
        ("ATTENTION", {"progress": 10}, PrinterState.PAUSED),
        ("BUSY", {"progress": 0}, PrinterState.HEATING),
        ("BUSY", None, PrinterState.UNKNOWN),
        ("ERROR", None, PrinterState.FAILED),
        ("READY", None, PrinterState.IDLE),
    ],
)
def test_its_words_become_ours(server, printer, said, job, state):
    server.steps, server.state = False, said
    server.job = job and {"id": 1, "file": {"display_name": "x.gcode"}, **job}
    assert printer.status().state is state
