"""What a look at a printer means for the job that was started on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.shop.workflow.follow import JobView, judge
from glocal.shop.workflow.pace import Pace

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PACE = Pace(vanish_s=20, stall_s=600)
JOB = JobView("job-1.gcode", unknown=False, progress=0.5, progress_at=NOW, missing_since=None)
NO_HISTORY = PrintRecord("job-1.gcode", started=None, finished=False, success=None)


def printing(progress: float = 0.6, name: str = "job-1.gcode") -> PrinterStatus:
    return PrinterStatus(PrinterState.PRINTING, job_name=name, progress=progress)


def idle(state: PrinterState = PrinterState.IDLE) -> PrinterStatus:
    return PrinterStatus(state)


def test_a_print_that_goes_on_is_no_news() -> None:
    assert judge(JOB, printing(), None, NOW, PACE).news is None


def test_a_printer_that_does_not_answer_says_nothing_about_the_print() -> None:
    long_missing = replace(JOB, missing_since=NOW - timedelta(days=1))
    look = judge(long_missing, idle(PrinterState.UNREACHABLE), None, NOW, PACE)
    assert look.news is None
    assert look.missing_since is None  # the time starts again when it answers


def test_what_the_history_calls_finished_is_finished() -> None:
    record = PrintRecord("job-1.gcode", True, True, True, print_s=61.0)
    news = judge(JOB, idle(), record, NOW, PACE).news
    assert news is not None
    assert (news["kind"], news["phase"], news["print_s"]) == ("ended", "ok", 61.0)


@pytest.mark.parametrize(
    ("state", "phase"), [(PrinterState.FAILED, "machine_fault"), (PrinterState.CANCELLED, "cancelled")]
)
def test_a_print_that_stopped_early_did_not_succeed(state: PrinterState, phase: str) -> None:
    record = PrintRecord("job-1.gcode", True, True, False)
    news = judge(JOB, idle(state), record, NOW, PACE).news
    assert news is not None
    assert news["phase"] == phase


def test_a_print_that_vanished_is_asked_about_only_after_a_while() -> None:
    first = judge(JOB, idle(), NO_HISTORY, NOW, PACE)
    assert first.news is None
    assert first.missing_since == NOW
    missing = replace(JOB, missing_since=NOW)
    assert judge(missing, idle(), NO_HISTORY, NOW + timedelta(seconds=20), PACE).news is None
    news = judge(missing, idle(), NO_HISTORY, NOW + timedelta(seconds=21), PACE).news
    assert news is not None
    assert news["kind"] == "vanished"


def test_another_print_on_the_machine_does_not_count_as_ours() -> None:
    missing = replace(JOB, missing_since=NOW - timedelta(seconds=30))
    news = judge(missing, printing(name="other.gcode"), NO_HISTORY, NOW, PACE).news
    assert news is not None
    assert news["kind"] == "vanished"


def test_a_print_without_progress_is_asked_about() -> None:
    stalled = replace(JOB, progress_at=NOW - timedelta(seconds=601))
    news = judge(stalled, printing(progress=0.5), None, NOW, PACE).news
    assert news is not None
    assert news["kind"] == "stalled"
    assert judge(stalled, printing(progress=0.51), None, NOW, PACE).news is None


def test_a_stalled_print_stays_unknown_until_it_moves() -> None:
    stalled = replace(JOB, unknown=True, progress_at=NOW - timedelta(seconds=601))
    assert judge(stalled, printing(progress=0.5), None, NOW, PACE).news is None
    assert judge(stalled, printing(progress=0.51), None, NOW, PACE).news == {"kind": "printing"}


def test_an_unknown_print_that_shows_up_again_is_known_again() -> None:
    news = judge(replace(JOB, unknown=True), printing(), None, NOW, PACE).news
    assert news == {"kind": "printing"}


def test_the_maker_is_asked_once() -> None:
    unknown = replace(JOB, unknown=True, missing_since=NOW - timedelta(days=1))
    assert judge(unknown, idle(), NO_HISTORY, NOW, PACE).news is None


def test_a_fault_of_the_printer_ends_the_job() -> None:
    fault = PrinterStatus(PrinterState.FAILED, job_name="job-1.gcode", message="MAXTEMP triggered")
    news = judge(JOB, fault, NO_HISTORY, NOW, PACE).news
    assert news is not None
    assert "MAXTEMP" in news["words"]
    assert news["phase"] == "machine_fault"


def test_impatience_has_limits() -> None:
    with pytest.raises(ValueError, match="dead_s"):
        Pace(beat_s=5, dead_s=8)
    with pytest.raises(ValueError, match="poll_s"):
        Pace(poll_s=0)


def test_a_paused_print_is_no_stalled_one() -> None:
    paused = replace(printing(0.5), state=PrinterState.PAUSED)
    assert judge(JOB, paused, None, NOW + timedelta(days=1), PACE).news is None
