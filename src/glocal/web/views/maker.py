"""The maker's page: what waits for a person's eyes or hands. Opened by the maker's own link."""

from __future__ import annotations

import uuid
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import NotFound, OrderInvalid
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.actions import Answer, go_on, maker_answer
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.actions import confirm_cleared
from glocal.shop.makers.links import access_maker
from glocal.shop.makers.models import MakerMachine, PlateState
from glocal.shop.makers.printers import is_driven
from glocal.shop.orders.models import Order, OrderState
from glocal.web.page import page

RECENT = 10


def access_job(link: str, job_id: uuid.UUID) -> Job:
    """Return a job of the maker who holds the link."""
    job = Job.objects.select_related("machine").filter(id=job_id, machine__maker=access_maker(link)).first()
    if job is None:
        raise NotFound("There is no such job.", help="Go back to the list.")
    return job


@require_safe
@never_cache
def maker_page(request: HttpRequest, link: str) -> HttpResponse:
    """Show the maker's machines, the jobs that need an answer, the queue, and what is over."""
    maker = access_maker(link)
    jobs = Job.objects.filter(machine__maker=maker).select_related("machine")
    jobs = jobs.prefetch_related("pieces__order__quote__product")
    rows = [_job(job) for job in jobs.filter(state__in=OPEN_STATES)]
    stuck = Order.objects.filter(state=OrderState.NEEDS_MAKER, machine__maker=maker)
    context: dict[str, Any] = {
        "maker": maker,
        "link": link,
        "machines": maker.machines.filter(is_active=True),
        "asking": [row for row in rows if row["asks"]],
        "stuck": stuck.exclude(pieces__jobs__state__in=OPEN_STATES).select_related("quote__product").distinct(),
        "waiting": [row for row in rows if not row["asks"]],
        "over": [_job(job) for job in jobs.exclude(state__in=OPEN_STATES).order_by("-id")[:RECENT]],
        "CLEAR": PlateState.CLEAR,
    }
    return page(request, "maker.html", context)


def _job(job: Job) -> dict[str, Any]:
    pieces = list(job.pieces.all())
    by_hand = not is_driven(job.machine)
    return {
        "job": job,
        "titles": ", ".join(sorted({piece.order.quote.product.text("title", "en") for piece in pieces})),
        "count": len(pieces),
        "by_hand": by_hand,
        "asks": by_hand or job.state == JobState.UNKNOWN,
    }


@require_POST
def answer(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Take the maker's word about a job."""
    job = access_job(link, job_id)
    said = request.POST.get("answer", "")
    for known in get_args(Answer):
        if said == known:
            maker_answer(job.id, known, note=request.POST.get("note", ""))
            return redirect(reverse("maker", args=[link]))
    raise OrderInvalid(f"“{said}” is not an answer.", help="Use the buttons of the page.")


@require_POST
def try_again(request: HttpRequest, link: str, order_id: uuid.UUID) -> HttpResponse:
    """Let an order go on that waits for the maker's decision."""
    order = Order.objects.filter(id=order_id, machine__maker=access_maker(link)).first()
    if order is None:
        raise NotFound("There is no such order.", help="Go back to the list.")
    go_on(order)
    return redirect(reverse("maker", args=[link]))


@require_POST
def plate_cleared(request: HttpRequest, link: str, machine: str) -> HttpResponse:
    """Take the maker's word that a plate is empty."""
    found = MakerMachine.objects.filter(slug=machine, maker=access_maker(link)).first()
    if found is None:
        raise NotFound("There is no such machine.", help="Go back to the list.")
    confirm_cleared(found)
    return redirect(reverse("maker", args=[link]))


@require_safe
def gcode(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Send a job's G-code to a maker who prints by hand."""
    job = access_job(link, job_id)
    response = HttpResponse(shop_files().read(job.gcode_file), content_type="text/x.gcode")
    response.headers["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    return response
