"""Bambu LAN over a real broker and a real FTPS server, both in TLS; the printer behind them is a fake of ours."""

import hashlib
import ssl
import zipfile

import pytest

from glocal.production.bambu import BambuPrinter
from glocal.production.errors import AlreadyPrinted, PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState
from tests.production.fake_bambu import CODE, SERIAL, FakeBambu


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    fake = FakeBambu(tmp_path_factory.mktemp("bambu"))
    yield fake
    fake.close()


def connect(server, code=CODE, serial=SERIAL, **options):
    ports = {"mqtt_port": server.mqtt_port, "ftp_port": server.ftp_port}
    return BambuPrinter("127.0.0.1", serial, code, **{**ports, **options})


@pytest.fixture
def printer(server):
    server.report.update(gcode_state="IDLE", subtask_name="", mc_percent=0, print_error=0)
    server.steps = True
    adapter = connect(server)
    yield adapter
    adapter.close()


@pytest.fixture
def gcode(tmp_path):
    path = tmp_path / "plate.gcode"
    path.write_text("G90\nG1 X10\n")
    return path


def test_a_print_from_upload_to_its_end(server, printer, gcode):
    assert "is idle" in str(printer.diagnose())
    assert printer.was_printed("job-a.gcode") is None
    for name in ("job-a.gcode", "job-b.gcode"):
        printer.upload(name, gcode)
    with zipfile.ZipFile(server.files / "job-a.gcode.3mf") as stored:
        assert stored.read("Metadata/plate_1.gcode") == gcode.read_bytes()
    assert printer.was_printed("job-a.gcode").started is None

    server.steps = False
    printer.start("job-a.gcode")
    printer.start("job-a.gcode")  # the same again is no second print
    assert [command["command"] for command in server.commands] == ["project_file"]
    with pytest.raises(PrinterBusy, match=r"job-a\.gcode"):
        printer.start("job-b.gcode")
    with pytest.raises(PrinterBusy, match="cannot be replaced"):
        printer.upload("job-a.gcode", gcode)
    printer.pause()
    assert printer.status().state is PrinterState.PAUSED
    printer.resume()
    server.steps = True
    while (status := printer.status()).state is PrinterState.PRINTING:
        assert status.job_name == "job-a.gcode"
    assert status.state is PrinterState.FINISHED
    assert printer.was_printed("job-a.gcode").success is True
    with pytest.raises(AlreadyPrinted):
        printer.start("job-a.gcode")


def test_a_cancelled_print_is_no_fault(server, printer, gcode):
    server.steps = False
    printer.upload("job-c.gcode", gcode)
    printer.start("job-c.gcode")
    printer.cancel()
    assert printer.status().state is PrinterState.CANCELLED
    server.report["print_error"] = 0x03008007
    assert printer.status().state is PrinterState.FAILED


def test_the_wrong_code_another_certificate_and_a_wrong_serial_are_told_apart(server, printer):
    wrong = connect(server, code="guess")
    assert "not with this access code" in str(wrong.diagnose())
    with pytest.raises(PrinterAuthError):
        wrong.status()
    expected = hashlib.sha256(
        ssl.PEM_cert_to_DER_cert(server.pem.read_text().partition("-----END PRIVATE KEY-----\n")[2])
    )
    printer.status()
    assert printer.fingerprint == expected.hexdigest()
    other = connect(server, fingerprint="0" * 64)
    assert "its certificate is another" in str(other.diagnose())  # before the access code is sent
    off = connect(server, mqtt_port=9)
    assert off.status().state is PrinterState.UNREACHABLE
    assert "switched on" in str(off.diagnose())


def test_a_file_that_is_not_there_is_not_started(printer):
    with pytest.raises(PrinterUnavailable, match="not on the printer"):
        printer.start("job-z.gcode")
