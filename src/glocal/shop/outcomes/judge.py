"""What the maker sees when they take a piece off the plate: good, or which defect, measured and photographed."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Literal

from django.db import transaction
from django.utils import timezone

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.files.pictures import drawn_anew
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.actions import maker_answer
from glocal.shop.jobs.events import orders_of
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.outcomes.models import EnvelopePoint, JobOutcome, Phase, SaidBy
from glocal.shop.workflow.conclude import Verdict, print_again
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import ORDERS_QUEUE, SHARE, share_id

PART_DEFECTS = (
    *("warping", "adhesion", "stringing", "layer_shift", "layer_separation", "under_extrusion", "over_extrusion"),
    *(
        "surface",
        "spaghetti",
        "dimension",
        "fit",
        "overhang",
        "bridging",
        "elephant_foot",
        "crack",
        "supports",
        "other",
    ),
)
MACHINE_FAULTS = ("clog", "heating", "interrupted", "wear")
_MOST = {"deviation_mm": 100.0, "print_s": 30 * 86_400.0, "mass_g": 50_000.0}
_OPEN_ORDERS = (OrderState.PRINTING, OrderState.PRINTED, OrderState.LEARNING, OrderState.DONE)
Word = Literal["good", "not_printed", "failed"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on a piece; ``None`` where nobody did.

    Parameters
    ----------
    deviation_mm : float, optional
        The largest distance between a measure of the design and the piece, 0 to 100 mm.
    print_s : float, optional
        How long the print took.
    mass_g : float, optional
        What everything printed weighs.
    """

    deviation_mm: float | None = None
    print_s: float | None = None
    mass_g: float | None = None

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            value = getattr(self, name)
            if value is not None and not 0 <= value <= most:
                raise OrderInvalid(
                    "{name} is {value}, expected 0 to {most}.",
                    help="Measure once more.",
                    name=name,
                    value=value,
                    most=most,
                )


@dataclass(frozen=True, slots=True)
class Judgement:
    """A maker's word about a print.

    Parameters
    ----------
    defect : str
        With ``failed``, and only then: one of :data:`PART_DEFECTS` or :data:`MACHINE_FAULTS`.
    """

    word: Word
    defect: str = ""
    measured: Measured = Measured()
    note: str = ""

    def __post_init__(self) -> None:
        if (self.word == "failed") != (self.defect in {*PART_DEFECTS, *MACHINE_FAULTS}):
            raise OrderInvalid("“{defect}” is no defect.", help="Choose one of the pictures.", defect=self.defect[:80])

    @property
    def fault(self) -> Literal["machine_fault", "part_fault"]:
        """Whose fault it is, where it is one."""
        return "machine_fault" if self.defect in MACHINE_FAULTS else "part_fault"


_ANSWERS: dict[Word, Literal["printed_ok", "not_printed", "failed"]] = {
    "good": "printed_ok",
    "not_printed": "not_printed",
    "failed": "failed",
}


def judge_print(job_id: uuid.UUID | str, judged: Judgement, *, photo: bytes | None = None) -> Job:
    """Take the maker's judgement of a job: one that waits for it, or one whose printer called it finished.

    Raises
    ------
    NotNow
        While the printer is still at it, and when the pieces are being printed again already.
    NoPicture
        When the photo cannot be read.
    """
    photo_file = shop_files().put(drawn_anew(photo)) if photo else ""
    job = Job.objects.get(id=job_id)
    if job.state not in OPEN_STATES:
        return _judge_again(job, judged, photo_file)
    return maker_answer(
        job_id,
        _ANSWERS[judged.word],
        fault=judged.fault,
        defect=judged.defect,
        note=judged.note,
        photo_file=photo_file,
        **asdict(judged.measured),
    )


@transaction.atomic
def _judge_again(job: Job, judged: Judgement, photo_file: str) -> Job:
    """Take a person's judgement of what the printer called finished."""
    job = Job.objects.select_for_update(of=("self",)).select_related("machine__maker").get(id=job.id)
    outcome = JobOutcome.objects.select_for_update().filter(job=job).first()
    if outcome is None or job.state != JobState.PRINTED:
        raise NotNow("This job was not printed to its end.", help="Its pieces are in another job by now.")
    for name, value in asdict(judged.measured).items():
        if value is not None:
            setattr(outcome, name, value)
    outcome.photo_file = photo_file or outcome.photo_file
    outcome.note = f"{outcome.note} {judged.note}".strip()
    outcome.said_by = SaidBy.MAKER
    if judged.word != "good":
        outcome.phase = Phase.NEVER_STARTED if judged.word == "not_printed" else Phase(judged.fault)
        outcome.defect = judged.defect
    outcome.save()
    if judged.word != "good":
        _not_good_after_all(job, outcome)
    correct_what_was_shared(job)
    return job


def correct_what_was_shared(job: Job) -> None:
    """Let what was shared of a job be said anew, where it was, as late after now as any outcome after its print."""
    if job.shared.exists():
        job.said_at = timezone.now()
        job.save(update_fields=["said_at"])
        enqueue(SHARE, ORDERS_QUEUE, share_id(job.id, job.said_at.isoformat()), str(job.id))


def _not_good_after_all(job: Job, outcome: JobOutcome) -> None:
    job.state = JobState.FAILED
    job.save(update_fields=["state"])
    EnvelopePoint.objects.filter(job=job).update(phase=outcome.phase)
    verdict = Verdict(
        "part_fault", "The maker looked at it and it is not good.", defect=outcome.defect, said_by="maker"
    )
    data = {"job": str(job.id), "phase": outcome.phase, "said_by": "maker"}
    for order in orders_of(job):
        # who has it says themselves whether it is good enough; the shop makes it again when they ask
        if order.state in _OPEN_ORDERS and not order.cancel_asked and order.handed_over_at is None:
            print_again(order, job, verdict, data)


def waits_for_judgement(machine_ids: list[uuid.UUID], *, most: int = 20) -> list[Job]:
    """Return finished jobs that nobody has looked at, the newest first: their printers called them good."""
    done = Job.objects.filter(machine_id__in=machine_ids, state=JobState.PRINTED, outcome__said_by=SaidBy.PRINTER)
    return list(done.select_related("machine__connection", "outcome").order_by("-id")[:most])


def photo_of(job: Job) -> bytes | None:
    """Return the photo that the maker took of what was printed."""
    outcome = JobOutcome.objects.filter(job=job).exclude(photo_file="").first()
    return shop_files().read(outcome.photo_file) if outcome else None


def judged_order(job: Job) -> Order | None:
    """Return the order of a job's first piece, for its title."""
    piece = job.pieces.select_related("order__quote__product", "order__quote__part").first()
    return piece.order if piece else None
