"""The end of a job: its outcome, the plate, its orders, and what comes next, in one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from glocal.shop.effects.once import once
from glocal.shop.jobs.events import orders_of
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import MakerMachine, PlateState, Spool
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.orders.path import hand_over_preparation
from glocal.shop.outcomes.models import DECLINED, JobOutcome, Phase, SaidBy
from glocal.shop.workflow.handover import enqueue, send
from glocal.shop.workflow.names import LEARN, ORDERS_QUEUE, learn_id, print_id

if TYPE_CHECKING:
    from glocal.production.model import PrintRecord

MOST_PRINTS = 3  # after so many failed prints a person decides
PhaseName = Literal["never_started", "cancelled", "machine_fault", "part_fault", "ok"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of a job, who says so, and in which words.

    Parameters
    ----------
    phase : str
        As in :class:`glocal.production.model.Outcome`.
    """

    phase: PhaseName
    words: str
    defect: str = ""
    print_s: float | None = None
    mass_g: float | None = None
    deviation_mm: float | None = None
    photo_file: str = ""
    said_by: Literal["printer", "maker"] = "printer"

    @classmethod
    def of_record(cls, record: PrintRecord) -> Verdict:
        """Return what the printer's own history says about a finished print."""
        if record.success:
            return cls("ok", "The printer finished it.", print_s=record.print_s)
        return cls("machine_fault", "The printer stopped it before its end.", print_s=record.print_s)


END_STATE = {"ok": JobState.PRINTED, "cancelled": JobState.CANCELLED}


def conclude(job: Job, verdict: Verdict) -> None:
    """Bring a job to its end, once: whoever says so first."""

    def effect() -> dict[str, object]:
        locked = Job.objects.select_for_update(of=("self",)).select_related("machine__maker").get(id=job.id)
        locked.state = END_STATE.get(verdict.phase, JobState.FAILED)
        locked.state_at = locked.ended_at = timezone.now()
        locked.note = verdict.words
        locked.progress = 1.0 if verdict.phase == "ok" else locked.progress
        locked.left_s = None
        locked.save()
        JobOutcome.objects.create(
            job=locked,
            phase=Phase(verdict.phase),
            defect=verdict.defect,
            print_s=verdict.print_s,
            mass_g=verdict.mass_g,
            deviation_mm=verdict.deviation_mm,
            photo_file=verdict.photo_file,
            note=verdict.words,
            said_by=SaidBy(verdict.said_by),
        )
        _mark_plate(locked, verdict)
        _take_from_spool(locked, verdict)
        for order in orders_of(locked):
            _carry_on(order, locked, verdict)
        return asdict(verdict)

    once(f"job:{job.id}:end", effect)
    job.refresh_from_db()


def conclude_from_outside(job: Job, verdict: Verdict) -> None:
    """End a job that its own workflow does not end, with the current transaction.

    The workflow is told: it may listen for minutes, and whatever waits for the same printer waits with it.
    """
    conclude(job, verdict)
    send(print_id(job.id, job.run), {"kind": "over"}, key=f"over:{job.id}:{job.run}")


def _mark_plate(job: Job, verdict: Verdict) -> None:
    """Note that something lies on the plate, unless nothing was printed or the machine clears it by itself."""
    if verdict.phase == "never_started" or job.machine.auto_clear or job.started_at is None:
        return
    MakerMachine.objects.filter(id=job.machine_id).update(plate_state=PlateState.OCCUPIED)


def _take_from_spool(job: Job, verdict: Verdict) -> None:
    """Count down what is left on the spool: by what was weighed, else by what the slicer said of the printed share."""
    if verdict.phase == "never_started" or job.started_at is None:
        return
    share = 1.0 if verdict.phase == "ok" else job.progress or 0.0
    used_g = verdict.mass_g if verdict.mass_g is not None else job.estimate_g * share
    counted = Spool.objects.filter(machine_id=job.machine_id, material_id=job.material_id, remaining_g__isnull=False)
    if colour := job.colour:
        counted = counted.filter(colour__iexact=colour)
    spool = counted.select_for_update().order_by("-remaining_g").first()
    if spool is not None:
        spool.remaining_g = max(0.0, (spool.remaining_g or 0.0) - used_g)
        spool.save(update_fields=["remaining_g"])


def _carry_on(order: Order, job: Job, verdict: Verdict) -> None:
    """Say what the end of a job means for one of its orders, and hand over what comes next."""
    data = {"job": str(job.id), "phase": verdict.phase, "said_by": verdict.said_by}
    if order.is_final:
        return
    if verdict.phase == "ok":
        if order.pieces.exclude(jobs__state=JobState.PRINTED).exists():
            tell(order, "plate_printed", f"{verdict.words} Other plates of the order are still to come.", data=data)
            return
        if order.cancel_asked and job.pieces.exclude(order=order).exists():
            words = "It was cancelled; its plate was printed for the others on it."
            tell(order, "cancelled", words, state=OrderState.CANCELLED, data=data)
            return
        tell(order, "printed", verdict.words, state=OrderState.PRINTED, data=data)
        enqueue(LEARN, ORDERS_QUEUE, learn_id(order.id, order.generation), str(order.id), order.generation)
    elif order.cancel_asked:
        tell(order, "cancelled", verdict.words, state=OrderState.CANCELLED, data=data)
    else:
        print_again(order, job, verdict, data)


def print_again(order: Order, job: Job, verdict: Verdict, data: dict[str, str]) -> None:
    """Start an order's path anew for the pieces that came out wrong, or let a person decide after many failures."""
    order.generation += 1
    failed = Job.objects.filter(pieces__order=order, outcome__phase__in=_REAL_FAILURES)
    if failed.distinct().count() >= MOST_PRINTS:
        words = f"{verdict.words} It has failed {MOST_PRINTS} times; {job.machine.maker.name} decides how it goes on."
        tell(order, "needs_maker", words, state=OrderState.NEEDS_MAKER, data=data)
        return
    if verdict.defect == DECLINED:
        words = f"{verdict.words} Another maker is looked for."
        tell(order, "declined", words, state=OrderState.FAILED_RETRY, data=data)
        hand_over_preparation(order)
        return
    tell(order, "print_again", f"{verdict.words} It will be printed again.", state=OrderState.FAILED_RETRY, data=data)
    hand_over_preparation(order)


_REAL_FAILURES = (Phase.MACHINE_FAULT, Phase.PART_FAULT, Phase.CANCELLED)
