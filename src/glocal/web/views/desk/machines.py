"""The owner's list of machines: whose they are, how they are driven, what they do now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import MakerMachine, PrinterKind
from glocal.shop.makers.printers import is_paused
from glocal.web.guard import owner_only
from glocal.web.order_words import printer_in_words
from glocal.web.page import desk_page
from glocal.web.views.connection import kind_in_words


@owner_only
@require_safe
def machines_page(request: HttpRequest) -> HttpResponse:
    """Show all machines of all makers."""
    machines = MakerMachine.objects.filter(is_active=True).select_related("maker", "connection")
    printing = {job.machine_id: job for job in Job.objects.filter(state=JobState.PRINTING)}
    rows = [_row(machine, printing.get(machine.id)) for machine in machines.order_by("maker__name", "slug")]
    return desk_page(request, "machines.html", {"rows": rows})


def _row(machine: MakerMachine, job: Job | None) -> dict[str, Any]:
    connection = getattr(machine, "connection", None)
    driven = connection is not None and connection.kind != PrinterKind.HAND
    state = str(connection.last_status.get("state", "")) if connection is not None and driven else ""
    return {
        "machine": machine,
        "kind": kind_in_words(connection.kind if connection is not None else PrinterKind.HAND),
        "state": printer_in_words(state),
        "bad": state == "unreachable",
        "paused": is_paused(machine),
        "steer": reverse("desk-job-steer", args=[job.id]) if job is not None and driven else "",
        "layers": reverse("desk-job-layers", args=[job.id]) if job is not None else "",
        "connection": reverse("desk-machine-connection", args=[machine.slug]),
    }
