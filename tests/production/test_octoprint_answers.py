"""What OctoPrint may answer and a test server cannot be made to; the real one is in ``tests/real``."""

from __future__ import annotations

import httpx
import pytest

from glocal.production.errors import PrinterAuthError, PrinterUnavailable
from glocal.production.model import PrinterState
from glocal.production.octoprint import OctoPrintPrinter

FLAGS = {"operational": True, "printing": False, "paused": False, "error": False, "closedOrError": False}


def printer(routes):
    """Return a printer whose server answers by path; a value is (status, JSON or text) or an exception."""

    def answer(request):
        reply = routes.get((request.method, request.url.path), (404, {}))
        if isinstance(reply, Exception):
            raise reply
        status, body = reply
        return httpx.Response(status, **({"text": body} if isinstance(body, str) else {"json": body}))

    client = httpx.Client(transport=httpx.MockTransport(answer))
    return OctoPrintPrinter("http://printer", "key", client=client, sleep=lambda seconds: None)


def job(state, name="job-1.gcode", **progress):
    return 200, {"state": state, "job": {"file": {"name": name, "origin": "local"}}, "progress": progress}


def machine(flags=(), tool=None):
    return 200, {"state": {"flags": FLAGS | dict.fromkeys(flags, True)}, "temperature": {"tool0": tool or {}}}


@pytest.mark.parametrize(
    ("job_answer", "printer_answer", "state"),
    [
        (job("Operational", None), machine(), PrinterState.IDLE),
        (job("Printing", completion=40), machine(["printing"]), PrinterState.PRINTING),
        (job("Printing", completion=0), machine(["printing"], {"actual": 25, "target": 210}), PrinterState.HEATING),
        (job("Printing", completion=0), machine(["printing"], {"actual": 208, "target": 210}), PrinterState.PRINTING),
        (job("Paused", completion=40), machine(["paused"]), PrinterState.PAUSED),
        (job("Cancelling", completion=40), machine(["cancelling"]), PrinterState.PRINTING),  # not over yet
        (job("Error: Fan"), machine(["error"]), PrinterState.FAILED),
        (job("Opening serial connection"), (409, {}), PrinterState.UNREACHABLE),
        (job("Offline after error"), (409, {}), PrinterState.FAILED),
        (job("Transferring file to SD"), (200, {"state": {"flags": {}}}), PrinterState.UNKNOWN),
    ],
)
def test_every_state_is_mapped(job_answer, printer_answer, state):
    routes = {("GET", "/api/job"): job_answer, ("GET", "/api/printer"): printer_answer}
    assert printer(routes).status().state is state


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((500, "oops"), "answered 500"),
        ((200, "<html>a router's page</html>"), "is not OctoPrint"),
        (httpx.ReadTimeout("slow"), "in time"),
        (httpx.RemoteProtocolError("cut"), "broke off"),
    ],
)
def test_what_cannot_be_trusted_is_unavailable(reply, words):
    with pytest.raises(PrinterUnavailable, match=words):
        printer({("GET", "/api/job"): reply}).was_printed("job-1.gcode")


@pytest.mark.parametrize("status", [401, 403])
def test_not_let_in_is_an_error_of_its_own(status):
    with pytest.raises(PrinterAuthError, match="does not let us in"):
        printer({("GET", "/api/job"): (status, {})}).status()


def test_a_start_that_is_accepted_and_not_carried_out_is_noticed():
    routes = {
        ("GET", "/api/job"): job("Operational", None),
        ("GET", "/api/files/local/job-1.gcode"): (200, {"name": "job-1.gcode"}),
        ("POST", "/api/files/local/job-1.gcode"): (200, {}),
    }
    with pytest.raises(PrinterUnavailable, match="accepted the start"):
        printer(routes).start("job-1.gcode")


def test_a_file_that_the_server_renamed_is_not_ours(tmp_path):
    (tmp_path / "a.gcode").write_text("G90\n")
    routes = {("POST", "/api/files/local"): (201, {"files": {"local": {"name": "job_1.gcode"}}})}
    with pytest.raises(PrinterUnavailable, match=r"job_1\.gcode"):
        printer(routes).upload("job 1.gcode", tmp_path / "a.gcode")


def test_another_server_at_the_address_is_told_in_plain_words():
    assert "is not OctoPrint" in str(printer({("GET", "/api/version"): (200, {"text": "Duet"})}).diagnose())
    answers = {
        ("GET", "/api/version"): (200, {"text": "OctoPrint 1.11.8"}),
        ("GET", "/api/job"): job("Offline"),
        ("GET", "/api/printer"): (409, {}),
    }
    assert "no printer is connected" in str(printer(answers).diagnose())
