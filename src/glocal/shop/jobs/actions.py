"""What makers say about jobs."""

from __future__ import annotations

import uuid
from typing import Literal

from django.db import transaction
from django.utils import timezone

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.actions import heard_from
from glocal.shop.makers.printers import is_driven
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.orders.path import hand_over_preparation
from glocal.shop.outcomes.models import Phase
from glocal.shop.workflow.handover import send
from glocal.shop.workflow.names import print_id

Answer = Literal["started", "printed_ok", "not_printed", "failed"]
WORDS = {
    "printed_ok": "The maker says that it is printed and good.",
    "not_printed": "The maker says that nothing was printed.",
    "failed": "The maker says that the print failed.",
    "started": "The maker started it.",
}


@transaction.atomic
def maker_answer(
    job_id: uuid.UUID | str,
    answer: Answer,
    *,
    fault: Literal["machine_fault", "part_fault"] = "machine_fault",
    defect: str = "",
    note: str = "",
    print_s: float | None = None,
    mass_g: float | None = None,
    deviation_mm: float | None = None,
    photo_file: str = "",
) -> Job:
    """Answer what became of a job that nobody else can know of, or that is printed by hand.

    Parameters
    ----------
    answer : str
        ``printed_ok``; ``not_printed`` (nothing is on the plate: the pieces get a new job); ``failed`` (it is on the
        plate but no good: the pieces get a new job); ``started`` (only for a machine that is driven by hand).
    fault : str
        What failed, with ``failed``.
    print_s, mass_g, deviation_mm : float, optional
        What was measured; nothing is learnt from what was not.
    photo_file : str
        Hash of a photo in the file store.
    """
    if answer not in WORDS:
        raise OrderInvalid(
            "“{answer}” is not an answer.",
            help="Choose one of: {allowed}.",
            answer=str(answer)[:80],
            allowed=list(WORDS),
        )
    job = Job.objects.select_for_update(of=("self",)).select_related("machine").get(id=job_id)
    by_hand = not is_driven(job.machine)
    if job.state not in OPEN_STATES or not (by_hand or job.state == JobState.UNKNOWN):
        raise NotNow(
            "The printer itself says what becomes of this job.",
            help="Cancel the order to stop the print.",
            state=job.state,
        )
    if answer == "started" and not by_hand:
        raise NotNow("This machine is started by the system, not by hand.", help="Say what lies on the plate.")
    heard_from(job.machine.maker_id)
    phases = {"printed_ok": Phase.OK, "not_printed": Phase.NEVER_STARTED, "failed": Phase(fault), "started": ""}
    message = {
        "kind": "maker",
        "answer": answer,
        "phase": str(phases[answer]),
        "words": f"{WORDS[answer]} {note}".strip(),
        "defect": defect,
        "print_s": print_s,
        "mass_g": mass_g,
        "deviation_mm": deviation_mm,
        "photo_file": photo_file,
    }
    if by_hand and answer in {"printed_ok", "failed"} and job.started_at is None:
        job.intent_at = job.started_at = timezone.now()
        job.save(update_fields=["intent_at", "started_at"])
    send(print_id(job.id, job.run), message, key=f"maker:{job.id}:{answer}:{job.state_at.timestamp()}")
    return job


@transaction.atomic
def go_on(order: Order) -> Order:
    """Let an order that waits for its maker's decision try its path again (after repeated failures)."""
    order = Order.objects.select_for_update().get(id=order.id)
    open_jobs = Job.objects.filter(pieces__order=order, state__in=OPEN_STATES)
    if order.state != OrderState.NEEDS_MAKER or open_jobs.exists():
        raise NotNow("The order does not wait for its maker.", help="Answer for its job instead.", state=order.state)
    order.generation += 1
    order.tries = 0
    tell(order, "maker_goes_on", "The maker tries it again.", state=OrderState.PLACED)
    hand_over_preparation(order)
    return order
