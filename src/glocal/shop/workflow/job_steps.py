"""One job at its printer: is it ready, send the file, start it at most once, listen, and come to an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.events import tell_job
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import PlateState
from glocal.shop.makers.printers import is_driven, printer_of
from glocal.shop.orders.models import OrderState
from glocal.shop.workflow.conclude import Verdict, conclude

if TYPE_CHECKING:
    from glocal.production.model import Printer

# answers of the steps
START = "start"  # the printer is free and its plate is clear
WAIT = "wait"  # ask again later, or when news come
FOLLOW = "follow"  # it runs, or nobody knows: listen
END = "end"

BEFORE_PRINT = OPEN_STATES - {JobState.PRINTING, JobState.UNKNOWN}


def make_ready(job_id: str) -> str:
    """Say whether a job can be started now; if not, say in the timeline what it waits for."""
    job = _job(job_id)
    if job.state not in OPEN_STATES:
        return END
    if _cancel_asked(job) and job.intent_at is None:
        conclude(job, Verdict("cancelled", "The order was cancelled before its print started."))
        return END
    if not is_driven(job.machine):
        if job.state != JobState.PRINTING:
            words = f"{job.machine.maker.name} prints it by hand on {job.machine.name}."
            _say(job, "by_hand", words, JobState.QUEUED)
        return FOLLOW
    if job.intent_at is not None:
        return _look_after_intent(job)
    if job.machine.plate_state != PlateState.CLEAR and not job.machine.auto_clear:
        words = f"The plate of {job.machine.name} has to be cleared first."
        _say(job, "waiting_plate", words, JobState.WAITING_PLATE)
        return WAIT
    return _ask_printer(job)


def _ask_printer(job: Job) -> str:
    from glocal.production.model import PrinterState

    try:
        with printer_of(job.machine.connection) as printer:
            status = printer.status()
            if status.state is PrinterState.UNREACHABLE:
                reason = status.message or "it does not answer"
                _say(job, "printer_away", f"{job.machine.name} cannot be used now: {reason}", JobState.WAITING_PRINTER)
                return WAIT
            if status.state not in {PrinterState.IDLE, PrinterState.FINISHED, PrinterState.CANCELLED}:
                doing = status.message or status.state.value
                _say(job, "printer_busy", f"{job.machine.name} is not free: {doing}.", JobState.WAITING_PRINTER)
                return WAIT
            printer.upload(job.file_name, shop_files().path(job.gcode_file))
    except GlocalError as failure:
        words = f"{job.machine.name} cannot be used now: {failure.message} {failure.help}"
        _say(job, "printer_away", words.strip(), JobState.WAITING_PRINTER)
        return WAIT
    return START


def start_once(job_id: str) -> str:
    """Start a job's print, at most once whatever happens to this process.

    The intent is recorded and committed before the printer hears of it. Only who recorded it may start; who finds it
    recorded (a worker died here) looks at the printer instead. Nothing is ever started blind.
    """
    job = _job(job_id)
    if job.state not in OPEN_STATES:
        return END
    if job.intent_at is not None:
        return _look_after_intent(job)
    try:
        with printer_of(job.machine.connection) as printer:
            record = printer.was_printed(job.file_name)
            if record is not None and record.started:  # somebody started our file by hand
                _claim_intent(job)
                return _look_after_intent(_job(job_id))
            if not _claim_intent(job):
                return _look_after_intent(_job(job_id))
            return _start(job, printer)
    except GlocalError:  # away; when the intent is recorded by now, the next look goes by it
        return WAIT


def _claim_intent(job: Job) -> bool:
    """Record the intent to start; return False when it was recorded before, by whomever."""
    claimed = Job.objects.filter(id=job.id, intent_at__isnull=True, state__in=OPEN_STATES).update(
        intent_at=timezone.now(), state=JobState.STARTING, state_at=timezone.now()
    )
    job.refresh_from_db()
    return claimed == 1


def _start(job: Job, printer: Printer) -> str:
    from glocal.production.errors import PrinterBusy

    try:
        printer.start(job.file_name)
    except PrinterBusy as busy:  # a definite answer: nothing was started, the intent is withdrawn
        words = f"{job.machine.name} is not free: {busy.message}"
        tell_job(job, "printer_busy", words, state=JobState.WAITING_PRINTER, change=_withdraw_intent)
        return WAIT
    except GlocalError as failure:
        ask_maker(job, f"{job.machine.name} was told to start, but what came of it is not known: {failure.message}")
        return FOLLOW
    mark_printing(job)
    return FOLLOW


def mark_printing(job: Job) -> None:
    """Note that the printer prints this job."""

    def change(locked: Job) -> None:
        locked.started_at = locked.started_at or locked.intent_at or timezone.now()
        locked.intent_at = locked.intent_at or locked.started_at
        locked.progress_at = timezone.now()

    words = f"{job.machine.name} is printing it."
    tell_job(job, "printing", words, state=JobState.PRINTING, order_state=OrderState.PRINTING, change=change)


def _withdraw_intent(locked: Job) -> None:
    locked.intent_at = None


def _look_after_intent(job: Job) -> str:
    """Find out what became of a start that may or may not have reached the printer."""
    from glocal.production.model import PrinterState

    if job.state not in BEFORE_PRINT:
        return FOLLOW if job.state in OPEN_STATES else END
    try:
        with printer_of(job.machine.connection) as printer:
            record, status = printer.was_printed(job.file_name), printer.status()
    except GlocalError:
        return WAIT  # the printer is away: look again later, the intent stays
    if status.state is PrinterState.UNREACHABLE:
        return WAIT
    if record is not None and record.started and not record.finished:
        mark_printing(job)
        return FOLLOW
    if record is not None and record.finished:
        mark_printing(job)
        conclude(job, Verdict.of_record(record))
        return END
    ask_maker(
        job,
        f"The connection to {job.machine.name} was lost at the moment of its start, and its history does not say "
        "whether the print began.",
    )
    return FOLLOW


def ask_maker(job: Job, reason: str) -> None:
    """Stop guessing: nobody knows what happened, so a person has to look at the machine."""
    if job.state == JobState.UNKNOWN:
        return
    words = f"{reason} {job.machine.maker.name} is asked to look at the plate."
    tell_job(job, "unknown", words, state=JobState.UNKNOWN, order_state=OrderState.NEEDS_MAKER)


def hear(job_id: str, news: Mapping[str, Any] | None) -> str:
    """Take in one piece of news about a job that was started, or the silence after a long wait."""
    job = _job(job_id)
    if job.state not in OPEN_STATES:
        return END
    if _cancel_asked(job) and job.state in {JobState.PRINTING, JobState.UNKNOWN, JobState.QUEUED}:
        return _stop(job)
    kind = (news or {}).get("kind")
    if kind == "maker" and news is not None:
        return _hear_maker(job, news)
    if kind == "printing" and job.state == JobState.UNKNOWN:
        mark_printing(job)
    elif kind == "ended" and news is not None:
        if job.started_at is None:
            mark_printing(job)
        conclude(job, Verdict(news["phase"], news["words"], print_s=news.get("print_s")))
        return END
    elif kind in {"vanished", "stalled"} and news is not None:
        ask_maker(job, news["words"])
    return FOLLOW


def _hear_maker(job: Job, news: Mapping[str, Any]) -> str:
    if news["answer"] == "started":
        if job.state != JobState.PRINTING:
            mark_printing(job)
        return FOLLOW
    conclude(
        job,
        Verdict(
            news["phase"],
            news["words"],
            defect=news.get("defect", ""),
            print_s=news.get("print_s"),
            mass_g=news.get("mass_g"),
            deviation_mm=news.get("deviation_mm"),
            photo_file=news.get("photo_file", ""),
            said_by="maker",
        ),
    )
    return END


def _stop(job: Job) -> str:
    """Stop a print because its customer cancelled; try again while the printer does not answer."""
    if job.state == JobState.PRINTING and is_driven(job.machine):
        try:
            with printer_of(job.machine.connection) as printer:
                record = printer.was_printed(job.file_name)
                if record is not None and record.finished:
                    conclude(job, Verdict.of_record(record))
                    return END
                if record is not None and record.started:
                    printer.cancel()
        except GlocalError as failure:
            _say(job, "cancel_waits", f"The print will be stopped when {job.machine.name} answers: {failure.message}")
            return FOLLOW
    conclude(job, Verdict("cancelled", "The print was stopped because the order was cancelled."))
    return END


def _job(job_id: str) -> Job:
    return Job.objects.select_related("machine__maker", "machine__connection").get(id=job_id)


def _cancel_asked(job: Job) -> bool:
    """Return whether every order on the plate was cancelled: a plate is not stopped for one of several."""
    orders = job.pieces.values_list("order__cancel_asked", flat=True)
    return all(orders)


def _say(job: Job, code: str, words: str, state: JobState | None = None) -> None:
    """Tell the timeline, unless it was the last thing told of this job."""
    if (state is None or job.state == state) and job.note == words:
        return
    tell_job(job, code, words, state=state)
