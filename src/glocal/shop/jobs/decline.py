"""A maker cannot print a plate: they say why, and its orders look for another maker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.makers.models import Maker, MakerMachine, Spool
from glocal.shop.orders.models import Order, OrderEvent, OrderState
from glocal.shop.outcomes.models import DECLINED, UNFIT_MACHINE
from glocal.shop.workflow.conclude import Verdict, conclude_from_outside

BROKEN_FOR, NO_TIME_FOR = timedelta(days=7), timedelta(days=2)


class Reason(models.TextChoices):
    """Why a maker cannot print a plate."""

    MATERIAL = "material", "the material is not there"
    BROKEN = "broken", "the machine is broken"
    TIME = "time", "there is no time"
    PART = "part", "this part does not work on this machine"


@transaction.atomic
def decline_job(job_id: uuid.UUID, reason: Reason, note: str = "") -> Job:
    """Give a plate back before its print began; nobody asks this machine again for its orders.

    What the reason says about the machine is kept: the material is not loaded any more, the machine is busy.

    Raises
    ------
    NotNow
        When the print has begun, or the job is over.
    OrderInvalid
        When it is the part, and nothing is said of what is wrong with it.
    """
    job = Job.objects.select_for_update(of=("self",)).select_related("machine__maker").get(id=job_id)
    if job.state not in OPEN_STATES or job.intent_at is not None or job.started_at is not None:
        raise NotNow(
            "The job cannot be given back any more.", help="Say how its print came out instead.", state=job.state
        )
    note = note.strip()[:500]
    if reason is Reason.PART and not note:
        raise OrderInvalid("Say what does not work with this part.", help="A few words help the shop.", field="note")
    _keep(job, reason)
    words = f"{job.machine.maker.name} cannot print it: {note or reason.label}."
    conclude_from_outside(job, Verdict("never_started", words, defect=DECLINED, said_by="maker"))
    return job


def _keep(job: Job, reason: Reason) -> None:
    machine, spools = job.machine, Spool.objects.filter(machine=job.machine, material_id=job.material_id)
    if colour := job.colour:
        spools = spools.filter(colour__iexact=colour)
    effects: dict[Reason, Callable[[], object]] = {
        Reason.MATERIAL: spools.delete,
        Reason.BROKEN: lambda: _busy(machine, BROKEN_FOR),
        Reason.TIME: lambda: _busy(machine, NO_TIME_FOR),
    }
    if reason in effects:
        effects[reason]()


def _busy(machine: MakerMachine, span: timedelta) -> None:
    until = timezone.now() + span
    MakerMachine.objects.filter(id=machine.id).update(busy_until=max(machine.busy_until or until, until))


def free_again(machine: MakerMachine) -> MakerMachine:
    """Say that a machine works again, or that there is time again."""
    machine.busy_until = None
    machine.save(update_fields=["busy_until"])
    return machine


def declined_machines(order: Order) -> set[str]:
    """Return the slugs of the machines that gave this order back, or cannot make it, since a person let it go on."""
    jobs = Job.objects.filter(pieces__order=order, outcome__defect=DECLINED)
    unfit = OrderEvent.objects.filter(order=order, code="declined", data__has_key=UNFIT_MACHINE)
    asked_again = OrderEvent.objects.filter(order=order, code="maker_goes_on").order_by("-id").first()
    if asked_again is not None:
        jobs, unfit = jobs.filter(ended_at__gt=asked_again.at), unfit.filter(id__gt=asked_again.id)
    named = unfit.values_list(f"data__{UNFIT_MACHINE}", flat=True)
    return {*jobs.values_list("machine__slug", flat=True), *named}


def stuck_at(maker: Maker) -> QuerySet[Order]:
    """Return the orders that failed too often at a maker, who did not give them back since a person let them go on."""
    went_on = OrderEvent.objects.filter(
        order=OuterRef(OuterRef("pk")), code="maker_goes_on", at__gte=OuterRef("ended_at")
    )
    declined = Job.objects.filter(~Exists(went_on), pieces__order=OuterRef("pk"), machine__maker=maker)
    given_back = declined.filter(outcome__defect=DECLINED)
    waiting = Order.objects.filter(~Exists(given_back), state=OrderState.NEEDS_MAKER, machine__maker=maker)
    return waiting.exclude(pieces__jobs__state__in=OPEN_STATES).select_related("quote__product").distinct()
