"""The maker's page: what waits for a person's eyes or hands. Opened by the maker's own link."""

from __future__ import annotations

import uuid
from typing import Any, get_args

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import OrderInvalid
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.actions import Answer, go_on, maker_answer
from glocal.shop.jobs.decline import stuck_at
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.jobs.queries import access_job
from glocal.shop.makers.actions import confirm_cleared
from glocal.shop.makers.console import earnings, lies_ready_at
from glocal.shop.makers.links import access_machine, access_maker, actor_of
from glocal.shop.makers.models import PlateState
from glocal.shop.makers.printers import is_driven, is_paused
from glocal.shop.orders.hand_over import hand_over
from glocal.shop.orders.models import Piece
from glocal.shop.orders.queries import access_order
from glocal.shop.outcomes.judge import waits_for_judgement
from glocal.shop.outcomes.models import DECLINED
from glocal.web.desk_words import job_in_words, plate_in_words
from glocal.web.guard import open_to
from glocal.web.page import page
from glocal.web.plate_cards import plate_cards, reasons

RECENT = 10


@open_to("link")
@require_safe
@never_cache
def maker_page(request: HttpRequest, link: str) -> HttpResponse:
    """Show the maker's machines, the jobs that need an answer, the queue, and what is over."""
    maker, now, language = access_maker(link), timezone.now(), get_language() or "en"
    jobs = Job.objects.filter(machine__maker=maker).select_related("machine__connection", "outcome")
    machines = list(maker.machines.all())
    waiting = list(jobs.filter(state__in=OPEN_STATES).prefetch_related("machine__spools"))
    unseen = waits_for_judgement([machine.id for machine in machines])
    over = list(jobs.exclude(state__in=OPEN_STATES).order_by("-id")[:RECENT])
    pieces = Prefetch("pieces", queryset=Piece.objects.select_related("order__quote__product"))
    prefetch_related_objects([*waiting, *unseen, *over], pieces)  # of all three at once
    rows = _by_due(waiting, link)
    context: dict[str, Any] = {
        "maker": maker,
        "link": link,
        "machines": [
            {"machine": machine, "plate": plate_in_words(machine.plate_state)}
            for machine in machines
            if machine.is_active
        ],
        "asking": [row for row in rows if row["asks"]],
        "stuck": [{"order": order, "title": order.text("title", language)} for order in stuck_at(maker)],
        "unseen": [{**_job(job), "outcome": reverse("maker-job-outcome", args=[link, job.id])} for job in unseen],
        "waiting": [row for row in rows if not row["asks"]],
        "over": [_over(job) for job in over],
        "CLEAR": PlateState.CLEAR,
        "now": now,
        "reasons": reasons(),
        "earned": earnings(maker, now),
        "ready": [
            {"order": each.order, "address": each.address, "title": each.order.text("title", language)}
            for each in lies_ready_at(maker)
        ],
    }
    return page(request, "maker.html", context)


def _by_due(jobs: list[Job], link: str) -> list[dict[str, Any]]:
    """Return the open plates, what was promised first at the top."""
    cards = plate_cards(jobs)
    rows = [
        {**_job(job), "steer": _steer(job, link), "paused": is_paused(job.machine), "card": cards[job.id]}
        for job in jobs
    ]
    return sorted(rows, key=lambda row: (row["card"]["due"] is None, row["card"]["due"] or row["job"].created_at))


def _job(job: Job) -> dict[str, Any]:
    pieces = list(job.pieces.all())
    by_hand, language = not is_driven(job.machine), get_language() or "en"
    return {
        "job": job,
        "titles": ", ".join(sorted({piece.order.text("title", language) for piece in pieces})),
        "count": len(pieces),
        "by_hand": by_hand,
        "asks": by_hand or job.state == JobState.UNKNOWN,
        "failed": job.state == JobState.FAILED,
        "help": _help_address(job),
    }


def _over(job: Job) -> dict[str, Any]:
    """Return a plate that is over; one that was given back did not fail."""
    given_back = getattr(job, "outcome", None) is not None and job.outcome.defect == DECLINED
    if given_back:
        return {**_job(job), "state": _("You gave it back"), "failed": False}
    return {**_job(job), "state": job_in_words(job.state)}


def _steer(job: Job, link: str) -> str:
    """Return where a running print is steered, or nothing where the system cannot."""
    can = job.state == JobState.PRINTING and is_driven(job.machine)
    return reverse("maker-job-steer", args=[link, job.id]) if can else ""


def _help_address(job: Job) -> str:
    """Return where the network answers about this job: its machine, its material, and what went wrong."""
    from glocal.commons.taxonomy import name_of

    asked = {"machine": job.machine.profile_id, "material": job.material_id}
    outcome = getattr(job, "outcome", None)
    if outcome is not None and outcome.defect:
        asked["q"] = name_of(outcome.defect, (get_language() or "en").partition("-")[0])
    elif job.state == JobState.FAILED:
        asked["q"] = _("the print failed")
    return f"{reverse('know-how')}?{urlencode(asked)}"


@open_to("link")
@require_POST
def answer(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Take the maker's word about a job."""
    job = access_job(job_id, actor=actor_of(access_maker(link)))
    said = request.POST.get("answer", "")
    for known in get_args(Answer):
        if said == known:
            maker_answer(job.id, known, note=request.POST.get("note", ""))
            messages.success(request, _("Noted. It takes a moment until it shows here."))
            return redirect(reverse("maker", args=[link]))
    raise OrderInvalid("“{answer}” is not an answer.", help="Use the buttons of the page.", answer=said[:80])


@open_to("link")
@require_POST
def try_again(request: HttpRequest, link: str, order_id: uuid.UUID) -> HttpResponse:
    """Let an order go on that waits for the maker's decision."""
    go_on(access_order(order_id, actor=actor_of(access_maker(link)), action="work"))
    return redirect(reverse("maker", args=[link]))


@open_to("link")
@require_POST
def handed_over(request: HttpRequest, link: str, order_id: uuid.UUID) -> HttpResponse:
    """Take the maker's word that the customer has what was ready."""
    hand_over(access_order(order_id, actor=actor_of(access_maker(link)), action="work"))
    return redirect(reverse("maker", args=[link]))


@open_to("link")
@require_POST
def plate_cleared(request: HttpRequest, link: str, machine: str) -> HttpResponse:
    """Take the maker's word that a plate is empty."""
    confirm_cleared(access_machine(machine, actor=actor_of(access_maker(link))))
    return redirect(reverse("maker", args=[link]))


@open_to("link")
@require_safe
def gcode(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Send a job's G-code to a maker who prints by hand."""
    job = access_job(job_id, actor=actor_of(access_maker(link)))
    response = HttpResponse(shop_files().read(job.gcode_file), content_type="text/x.gcode")
    response.headers["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    return response
