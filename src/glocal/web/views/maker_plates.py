"""What a maker does with a plate besides printing it: give it back, print its labels, say that a machine is free."""

from __future__ import annotations

import io
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import OrderInvalid
from glocal.shop.jobs.decline import Reason, decline_job, free_again
from glocal.shop.jobs.queries import access_job
from glocal.shop.makers.links import access_machine, access_maker, actor_of
from glocal.web.guard import open_to
from glocal.web.page import page


@open_to("link")
@require_POST
def decline(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Give a plate back: its orders look for another maker."""
    job = access_job(job_id, actor=actor_of(access_maker(link)), action="answer")
    reason = request.POST.get("reason", "")
    if reason not in Reason.values:
        raise OrderInvalid("Say why it cannot be printed.", help="Choose a reason from the list.", field="reason")
    decline_job(job.id, Reason(reason), request.POST.get("note", ""))
    messages.success(request, _("Thank you. Another maker is looked for."))
    return redirect(reverse("maker", args=[link]))


@open_to("link")
@require_POST
def machine_free(request: HttpRequest, link: str, machine: str) -> HttpResponse:
    """Take the maker's word that a machine works again."""
    free_again(access_machine(machine, actor=actor_of(access_maker(link))))
    return redirect(reverse("maker", args=[link]))


@open_to("link")
@require_safe
@never_cache
def labels(request: HttpRequest, link: str, job_id: uuid.UUID) -> HttpResponse:
    """Show a label for every piece of a plate, to print and cut: its number as a code that a phone reads."""
    maker = access_maker(link)
    job = access_job(job_id, actor=actor_of(maker))
    language = get_language() or "en"
    rows = []
    for number, piece in enumerate(
        job.pieces.select_related("order__quote__product").order_by("order_id", "number"), 1
    ):
        address = request.build_absolute_uri(reverse("passport", args=[piece.id]))
        rows.append({
            "number": number,
            "piece": piece,
            "title": piece.order.text("title", language),
            "of": piece.order.quantity,
            "qr": _qr_svg(address),
            "address": address,
        })  # fmt: skip
    return page(request, "labels.html", {"maker": maker, "link": link, "job": job, "rows": rows})


def _qr_svg(text: str) -> str:
    """Return a QR code as an SVG element; the text in it is ours alone."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", scale=1, border=4, xmldecl=False, svgns=True, nl=False, omitsize=True
    )
    return drawn.getvalue().decode()
