"""A job is started at most once; what nobody knows is asked; every end leads somewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from glocal.production.errors import PrinterAuthError, PrinterBusy, PrinterUnavailable
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord
from glocal.shop.commons.batches import due_at, due_jobs, share_due
from glocal.shop.errors import NotNow
from glocal.shop.jobs.actions import go_on, maker_answer
from glocal.shop.makers.actions import confirm_cleared
from glocal.shop.models import CommonsEntry, EnvelopePoint, Job, JobOutcome, LearntFactors, MakerMachine, Order
from glocal.shop.orders.actions import cancel_order
from glocal.shop.workflow import job_steps, learn, prepare
from glocal.shop.workflow.conclude import MOST_PRINTS, Verdict, conclude
from glocal.shop.workflow.pace import Pace
from glocal.shop.workflow.watcher import look, take_lease
from glocal.values import new_id
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry

AWAY = PrinterUnavailable("OctoPrint cannot be reached.", help="Is it switched on?")


def order_of(job: Job) -> Order:
    return Order.objects.get(pieces__jobs=job)


def go(job: Job) -> Job:
    """Run the steps up to the start."""
    if job_steps.make_ready(str(job.id)) == job_steps.START:
        job_steps.start_once(str(job.id))
    job.refresh_from_db()
    return job


def messages(job: Job) -> list[dict[str, object]]:
    """Return what was sent to the job's workflow."""
    import json

    with connection.cursor() as cursor:
        table = "dbos.notifications" if connection.vendor == "postgresql" else "notifications"
        query = f"SELECT message FROM {table} WHERE destination_uuid = %s ORDER BY created_at_epoch_ms"  # noqa: S608
        cursor.execute(query, [f"job:{job.id}:{job.run}"])
        return [json.loads(message) for (message,) in cursor.fetchall()]


def test_a_free_printer_is_started_once(shop: ShopUnderTest, job: Job) -> None:
    job = go(job)
    assert job.state == "printing"
    assert shop.printer.uploaded == shop.printer.started == [f"job-{job.id}.gcode"]
    assert order_of(job).state == "printing"


def test_a_step_that_runs_again_does_not_start_again(shop: ShopUnderTest, job: Job) -> None:
    go(job)
    assert job_steps.start_once(str(job.id)) == job_steps.FOLLOW
    assert len(shop.printer.started) == 1


def test_an_intent_without_a_trace_is_asked_about_and_never_started(shop: ShopUnderTest, job: Job) -> None:
    Job.objects.filter(id=job.id).update(intent_at=timezone.now(), state="starting")
    assert job_steps.start_once(str(job.id)) == job_steps.FOLLOW
    job.refresh_from_db()
    assert (job.state, order_of(job).state) == ("unknown", "needs_maker")
    assert shop.printer.started == []


def test_an_intent_whose_print_runs_is_followed(shop: ShopUnderTest, job: Job) -> None:
    Job.objects.filter(id=job.id).update(intent_at=timezone.now(), state="starting")
    shop.printer.record = PrintRecord(job.file_name, True, False, None)
    assert job_steps.start_once(str(job.id)) == job_steps.FOLLOW
    assert Job.objects.get().state == "printing"


def test_an_intent_whose_print_is_in_the_history_is_done(shop: ShopUnderTest, job: Job) -> None:
    Job.objects.filter(id=job.id).update(intent_at=timezone.now(), state="starting")
    shop.printer.record = PrintRecord(job.file_name, True, True, True, print_s=60.0)
    assert job_steps.start_once(str(job.id)) == job_steps.END
    assert order_of(job).state == "printed"


def test_a_printer_that_is_away_after_the_intent_is_asked_later(shop: ShopUnderTest, job: Job) -> None:
    Job.objects.filter(id=job.id).update(intent_at=timezone.now(), state="starting")
    shop.printer.failures["was_printed"] = AWAY
    assert job_steps.make_ready(str(job.id)) == job_steps.WAIT
    assert Job.objects.get().intent_at is not None


def test_the_database_knows_no_start_without_an_intent(job: Job) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(id=job.id).update(started_at=timezone.now())


@pytest.mark.parametrize(
    "failure", [AWAY, PrinterAuthError("OctoPrint does not let us in.", help="Copy the key again.")]
)
@pytest.mark.parametrize("call", ["status", "upload"])
def test_a_printer_that_does_not_answer_leaves_the_order_as_it_is(
    shop: ShopUnderTest, job: Job, call: str, failure: PrinterUnavailable
) -> None:
    shop.printer.failures[call] = failure
    assert job_steps.make_ready(str(job.id)) == job_steps.WAIT
    job.refresh_from_db()
    assert (job.state, order_of(job).state) == ("waiting_printer", "queued")
    assert failure.message in order_of(job).events.last().message

    events = order_of(job).events.count()
    job_steps.make_ready(str(job.id))
    assert order_of(job).events.count() == events  # the same news is told once

    shop.printer.failures.clear()
    assert go(job).state == "printing"


def test_a_printer_without_a_machine_is_waited_for(shop: ShopUnderTest, job: Job) -> None:
    shop.printer.status_now = PrinterStatus(PrinterState.UNREACHABLE, message="its printer is switched off")
    assert job_steps.make_ready(str(job.id)) == job_steps.WAIT
    assert "switched off" in order_of(job).events.last().message


def test_a_busy_printer_is_waited_for(shop: ShopUnderTest, job: Job) -> None:
    shop.printer.status_now = PrinterStatus(PrinterState.PRINTING, job_name="other.gcode")
    assert job_steps.make_ready(str(job.id)) == job_steps.WAIT
    assert Job.objects.get().state == "waiting_printer"


def test_a_printer_that_became_busy_at_the_last_moment_withdraws_the_intent(shop: ShopUnderTest, job: Job) -> None:
    shop.printer.failures["start"] = PrinterBusy("It prints other.gcode.")
    job = go(job)
    assert (job.state, job.intent_at) == ("waiting_printer", None)
    shop.printer.failures.clear()
    assert go(job).state == "printing"


def test_a_start_without_an_answer_is_asked_about(shop: ShopUnderTest, job: Job) -> None:
    shop.printer.failures["start"] = PrinterUnavailable("OctoPrint broke off the connection.")
    job = go(job)
    assert job.state == "unknown"
    assert "broke off" in order_of(job).events.last().message


def test_a_plate_that_is_not_clear_is_waited_for(shop: ShopUnderTest, job: Job) -> None:
    MakerMachine.objects.update(auto_clear=False, plate_state="occupied")
    assert job_steps.make_ready(str(job.id)) == job_steps.WAIT
    assert Job.objects.get().state == "waiting_plate"
    confirm_cleared(shop.machine)
    assert messages(job) == [{"kind": "cleared"}]
    assert go(job).state == "printing"


@pytest.mark.parametrize(("auto_clear", "left"), [(True, "clear"), (False, "occupied")])
def test_a_print_leaves_something_on_the_plate(shop: ShopUnderTest, job: Job, auto_clear: bool, left: str) -> None:
    MakerMachine.objects.update(auto_clear=auto_clear)
    conclude(go(job), Verdict("ok", "The printer finished it."))
    assert MakerMachine.objects.get().plate_state == left


def test_the_first_verdict_counts(job: Job) -> None:
    conclude(go(job), Verdict("ok", "The printer finished it."))
    conclude(job, Verdict("machine_fault", "Too late."))
    assert JobOutcome.objects.get().phase == "ok"


def test_a_failed_print_gets_a_new_job_under_a_new_name(shop: ShopUnderTest, job: Job) -> None:
    conclude(go(job), Verdict("machine_fault", "The printer stopped it."))
    order = order_of(job)
    assert (order.state, order.generation) == ("failed_retry", 2)
    order = carry(order)
    assert order.state == "queued"
    names = {each.file_name for each in Job.objects.all()}
    assert len(names) == 2
    assert {piece.id for piece in Job.objects.last().pieces.all()} == {piece.id for piece in order.pieces.all()}


def test_after_repeated_failures_the_maker_decides(shop: ShopUnderTest, job: Job) -> None:
    order = order_of(job)
    for _ in range(MOST_PRINTS):
        shop.printer.record = None
        shop.printer.status_now = PrinterStatus(PrinterState.IDLE)
        conclude(go(Job.objects.filter(state="queued").get()), Verdict("part_fault", "It came loose."))
        order = carry(order)
    assert order.state == "needs_maker"
    assert carry(go_on(order)).state == "queued"


@pytest.mark.parametrize(
    ("answer", "state", "phase"),
    [
        ("printed_ok", "printed", "ok"),
        ("not_printed", "failed", "never_started"),
        ("failed", "failed", "machine_fault"),
    ],
)
def test_the_maker_answers_for_an_unknown_job(job: Job, answer: str, state: str, phase: str) -> None:
    Job.objects.filter(id=job.id).update(intent_at=timezone.now(), state="starting")
    job_steps.start_once(str(job.id))
    maker_answer(job.id, answer)  # type: ignore[arg-type]
    (news,) = messages(job)
    assert job_steps.hear(str(job.id), news) == job_steps.END
    assert (Job.objects.get().state, JobOutcome.objects.get().phase) == (state, phase)
    assert JobOutcome.objects.get().said_by == "maker"


def test_nobody_answers_for_a_printer_that_knows(job: Job) -> None:
    with pytest.raises(NotNow):
        maker_answer(go(job).id, "printed_ok")


def test_a_machine_without_a_connection_is_driven_by_hand(shop: ShopUnderTest) -> None:
    carry(shop.order())
    job = Job.objects.get()
    assert job_steps.make_ready(str(job.id)) == job_steps.FOLLOW
    assert "by hand" in order_of(job).events.last().message
    maker_answer(job.id, "started")
    job_steps.hear(str(job.id), messages(job)[0])
    assert order_of(job).state == "printing"
    maker_answer(job.id, "printed_ok", print_s=3600.0, mass_g=5.1)
    assert job_steps.hear(str(job.id), messages(job)[1]) == job_steps.END
    assert order_of(job).state == "printed"


def test_plates_that_are_printed_by_hand_wait_for_no_other(shop: ShopUnderTest) -> None:
    """Their maker prints them in any order, and says of each how it went."""
    with connection.cursor() as cursor:
        prefix = "dbos." if connection.vendor == "postgresql" else ""
        for _ in range(2):
            carry(shop.order())
        cursor.execute(f"SELECT queue_partition_key FROM {prefix}workflow_status WHERE name = 'job.print'")  # noqa: S608
        assert len(set(cursor.fetchall())) == 2


def test_a_cancelled_order_stops_its_print(shop: ShopUnderTest, job: Job) -> None:
    cancel_order(order_of(go(job)))
    assert messages(job) == [{"kind": "cancel"}]
    shop.printer.failures["cancel"] = AWAY
    assert job_steps.hear(str(job.id), {"kind": "cancel"}) == job_steps.FOLLOW
    assert order_of(job).state == "printing"  # it still prints, as far as anybody knows
    shop.printer.failures.clear()
    assert job_steps.hear(str(job.id), None) == job_steps.END
    assert (order_of(job).state, shop.printer.cancelled) == ("cancelled", 1)


def test_an_order_that_is_cancelled_before_its_print_ends_its_job(shop: ShopUnderTest, job: Job) -> None:
    order = cancel_order(order_of(job))
    assert (order.state, Job.objects.get().state, JobOutcome.objects.get().phase) == (
        "cancelled",
        "cancelled",
        "cancelled",
    )
    assert messages(job) == [{"kind": "over"}]  # its workflow listens, and the next plate waits for it
    assert job_steps.make_ready(str(job.id)) == job_steps.END
    assert shop.printer.started == []


def test_a_step_that_was_overtaken_opens_nothing_again(shop: ShopUnderTest, job: Job) -> None:
    stale = go(job)
    conclude(Job.objects.get(), Verdict("ok", "The printer finished it."))
    job_steps.ask_maker(stale, "I slept and know nothing.")
    job_steps.mark_printing(stale)
    assert (Job.objects.get().state, order_of(job).state) == ("printed", "printed")


def test_an_outcome_is_shared_on_a_later_midnight_that_tells_nothing_of_its_hour(shop: ShopUnderTest, job: Job) -> None:
    week = timedelta(days=7)
    conclude(go(job), Verdict("ok", "The printer finished it.", print_s=660.0))
    order = carry(order_of(job), learn.learn, learn.share)
    assert order.state == "done"
    assert order.events.filter(code="shared_later").exists()
    assert not CommonsEntry.objects.exists()
    ended = Job.objects.get().ended_at
    due = due_at(Job.objects.get(), week)
    assert ended < due <= ended + week
    assert (due.hour, due.minute, due.second) == (0, 0, 0)
    assert learn.share_correction(str(job.id)) == ""
    assert share_due(shop.shop, due - timedelta(seconds=1), week) == 0
    assert share_due(shop.shop, due, week) == 1
    assert share_due(shop.shop, due + week, week) == 0
    assert CommonsEntry.objects.count() == 1


def test_prints_of_one_minute_are_not_shared_together_nor_in_their_order(job: Job) -> None:
    now = datetime(2026, 11, 26, 10, tzinfo=UTC)
    jobs = [Job(id=new_id(), ended_at=now + timedelta(seconds=number)) for number in range(60)]
    midnights = {due_at(each, timedelta(days=7)) for each in jobs}
    assert len(midnights) > 3
    shuffled = due_jobs(jobs, now + timedelta(days=8), timedelta(days=7))
    assert set(shuffled) == set(jobs)
    assert shuffled != jobs


def test_an_order_is_evaluated_and_shared_once(shop: ShopUnderTest, job: Job, settings: Any) -> None:
    settings.PACE = {"share_within_s": 1}
    conclude(go(job), Verdict("ok", "The printer finished it.", print_s=660.0))
    order = order_of(job)
    for _ in range(2):
        order = carry(order, learn.learn, learn.share)
    assert order.state == "done"
    assert LearntFactors.objects.get().jobs_seen == 1
    assert EnvelopePoint.objects.get().phase == "ok"
    record = CommonsEntry.objects.get().record
    assert "Ann" not in str(record)
    assert str(order.id) not in str(record)
    assert str(job.id) not in str(record)


def test_an_owner_who_does_not_share_shares_nothing(shop: ShopUnderTest, job: Job) -> None:
    shop.shop.shares_outcomes = False
    shop.shop.save()
    conclude(go(job), Verdict("ok", "The printer finished it."))
    assert carry(order_of(job), learn.learn, learn.share).state == "done"
    assert not CommonsEntry.objects.exists()


def test_a_simulated_clock_teaches_nothing(shop: ShopUnderTest, job: Job) -> None:
    MakerMachine.objects.update(clock_factor=None)
    conclude(go(job), Verdict("ok", "The printer finished it.", print_s=0.4))
    carry(order_of(job), learn.learn)
    assert not LearntFactors.objects.exists()


def test_one_worker_watches_a_printer(job: Job) -> None:
    connection_row, now, pace = job.machine.connection, timezone.now(), Pace(lease_s=10)
    assert take_lease(connection_row, "a", now, pace)
    assert not take_lease(connection_row, "b", now, pace)
    assert take_lease(connection_row, "a", now, pace)
    assert take_lease(connection_row, "b", now + timedelta(seconds=11), pace)


def test_the_watch_notes_progress_and_sends_the_end_once(shop: ShopUnderTest, job: Job) -> None:
    job = go(job)
    row, now, pace = job.machine.connection, timezone.now(), Pace()
    shop.printer.status_now = PrinterStatus(PrinterState.PRINTING, job_name=job.file_name, progress=0.25, left_s=90)
    look(row, job, now, pace)
    job.refresh_from_db()
    assert (job.progress, job.left_s, messages(job)) == (0.25, 90, [])

    shop.printer.status_now = PrinterStatus(PrinterState.FINISHED)
    shop.printer.record = PrintRecord(job.file_name, True, True, True, print_s=61.0)
    look(row, job, now, pace)
    look(row, job, now, pace)
    (news,) = messages(job)
    assert (news["kind"], news["phase"], news["print_s"]) == ("ended", "ok", 61.0)


def test_a_long_silence_is_told_once_and_changes_nothing(shop: ShopUnderTest, job: Job) -> None:
    job = go(job)
    row, pace = job.machine.connection, Pace(silent_s=60)
    look(row, job, timezone.now(), pace)
    shop.printer.failures["status"] = AWAY
    later = timezone.now() + timedelta(seconds=90)
    for seconds in range(3):
        row.refresh_from_db()
        look(row, job, later + timedelta(seconds=seconds), pace)
    told = [event.message for event in order_of(job).events.filter(code="printer_silent")]
    assert len(told) == 1
    assert (Job.objects.get().state, order_of(job).state) == ("printing", "printing")


def test_a_printers_secret_is_not_in_the_database(job: Job) -> None:
    from glocal.shop.makers.secrets import unseal

    row = job.machine.connection
    assert "key" not in row.secret_sealed
    assert unseal(row.secret_sealed) == "key"


def test_the_gcode_in_the_store_is_labelled(job: Job) -> None:
    from glocal.shop.files.store import shop_files

    assert f"job-{job.id}".encode() in shop_files().read(job.gcode_file)


def test_every_piece_carries_its_identity(job: Job) -> None:
    from io import BytesIO
    from zipfile import ZipFile

    from glocal.shop.files.store import shop_files

    with ZipFile(BytesIO(shop_files().read(job.threemf_file))) as package:
        model = package.read("3D/3dmodel.model").decode().lower()
    assert str(job.pieces.get().id) in model


def test_preparing_again_leaves_printed_pieces_alone(job: Job) -> None:
    conclude(go(job), Verdict("ok", "The printer finished it."))
    assert prepare.pieces_to_print(order_of(job)) == []
