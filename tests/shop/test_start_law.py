"""Law: whatever dies and whatever the printer answers, a job is started at most once."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glocal.production.errors import PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.shop.models import Job
from glocal.shop.workflow import job_steps
from tests.shop.conftest import FakePrinter, ShopUnderTest


class Death(BaseException):
    """The worker's process is gone."""


class FaultyPrinter(FakePrinter):
    """A printer whose next start goes as ``fate`` says."""

    fate = "starts"

    def start(self, file_name: str) -> None:
        if self.fate == "dies before":
            raise Death
        if self.fate == "is busy":
            raise PrinterBusy("It prints something else.")
        if self.fate == "breaks off before":
            raise PrinterUnavailable("The connection broke off.")
        super().start(file_name)
        if self.fate == "forgets":  # the server is killed in the print and knows nothing after
            self.record, self.status_now = PrintRecord(file_name, None, False, None), PrinterStatus(PrinterState.IDLE)
        if self.fate == "dies after":
            raise Death
        if self.fate == "breaks off after":
            raise PrinterUnavailable("The connection broke off.")


FATES = ("starts", "dies before", "dies after", "is busy", "breaks off before", "breaks off after", "forgets")
STEPS = ("ready", "start", "away", "back")


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(FATES)), min_size=1, max_size=12))
def test_a_job_is_started_at_most_once(
    shop: ShopUnderTest, job: Job, monkeypatch: pytest.MonkeyPatch, moves: list[tuple[str, str]]
) -> None:
    printer = FaultyPrinter()
    monkeypatch.setattr(job_steps, "printer_of", lambda _: nullcontext(printer))
    with transaction.atomic():
        for step, fate in moves:
            printer.fate = fate
            if step == "away":
                printer.failures = {"status": PrinterUnavailable("It is away.")}
            elif step == "back":
                printer.failures = {}
            else:
                act = job_steps.make_ready if step == "ready" else job_steps.start_once
                with suppress(Death):
                    act(str(job.id))
            assert len(printer.started) <= 1
            assert not printer.started or Job.objects.get(id=job.id).intent_at is not None
        transaction.set_rollback(True)
