"""What makers do with their machines."""

from __future__ import annotations

from django.db import transaction

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
    """Let a maker get plates again, or no new ones; what is in their queue stays."""
    maker.is_active = active
    maker.save(update_fields=["is_active"])
    return maker


@transaction.atomic
def confirm_cleared(machine: MakerMachine) -> MakerMachine:
    """Say that a machine's plate is clear: the next job may start."""
    machine = MakerMachine.objects.select_for_update().get(id=machine.id)
    machine.plate_state = PlateState.CLEAR
    machine.save(update_fields=["plate_state"])
    for job in Job.objects.filter(machine=machine, state=JobState.WAITING_PLATE):
        send(print_id(job.id, job.run), {"kind": "cleared"}, key=f"cleared:{job.id}:{job.state_at.timestamp()}")
    return machine
