"""What makers do with their machines."""

from __future__ import annotations

import uuid

from django.db import transaction

from glocal.shop.errors import OrderInvalid
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import Maker, MakerMachine, PlateState, PrinterConnection, PrinterKind
from glocal.shop.makers.secrets import seal
from glocal.shop.workflow.handover import send
from glocal.shop.workflow.names import print_id


@transaction.atomic
def connect_printer(machine: MakerMachine, kind: PrinterKind, *, url: str = "", secret: str = "") -> PrinterConnection:
    """Say how a machine is driven; the secret is stored encrypted."""
    connection, _ = PrinterConnection.objects.update_or_create(
        machine=machine, defaults={"kind": kind, "url": url, "secret_sealed": seal(secret) if secret else ""}
    )
    return connection


def set_maker_active(maker: Maker, *, active: bool) -> Maker:
    """Let a maker get plates again, or no new ones: what is in their queue stays, what they offer others does not."""
    from glocal.shop.commons.capacity import take_back_all

    maker.is_active = active
    maker.save(update_fields=["is_active"])
    if not active:
        take_back_all(maker)
    return maker


def heard_from(maker_id: uuid.UUID) -> None:
    """Note that a maker answered: if they had fallen silent, they get work again."""
    Maker.objects.filter(id=maker_id, silent_since__isnull=False).update(silent_since=None)


@transaction.atomic
def vouch(maker: Maker, by: Maker) -> None:
    """Let a maker vouch for a new one: it counts for as much as their own prints came out well."""
    if maker.id == by.id:
        raise OrderInvalid("Nobody can vouch for themselves.", help="Ask a neighbour who prints for this shop.")
    maker.vouched_by.add(by)


@transaction.atomic
def confirm_cleared(machine: MakerMachine) -> MakerMachine:
    """Say that a machine's plate is clear: the next job may start."""
    heard_from(machine.maker_id)
    machine = MakerMachine.objects.select_for_update().get(id=machine.id)
    machine.plate_state = PlateState.CLEAR
    machine.save(update_fields=["plate_state"])
    for job in Job.objects.filter(machine=machine, state=JobState.WAITING_PLATE):
        send(print_id(job.id, job.run), {"kind": "cleared"}, key=f"cleared:{job.id}:{job.state_at.timestamp()}")
    return machine
