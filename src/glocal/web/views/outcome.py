"""What came out of a job: good in one click, or the picture of what went wrong, with whatever was measured."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from glocal.errors import BadInput
from glocal.shop.commons.tried import candidates, say_tried
from glocal.shop.error_words import error_text
from glocal.shop.files.pictures import MOST_BYTES, NoPicture
from glocal.shop.jobs.models import Job
from glocal.shop.jobs.queries import access_job
from glocal.shop.outcomes.judge import (
    MACHINE_FAULTS,
    PART_DEFECTS,
    Judgement,
    Measured,
    Word,
    judge_print,
    judged_order,
    photo_of,
)
from glocal.shop.outcomes.models import JobOutcome
from glocal.web.failure_words import failure
from glocal.web.number_field import number_field
from glocal.web.seat import Seat
from glocal.web.views.connection import picture_answer

ONLY_TRIED, MOST_WORDS = "tried", 200


class OutcomeForm(forms.Form):
    """What was measured, all of it optional."""

    deviation_mm = number_field(gettext_lazy("Largest deviation from the design, mm"), 0, 100, step="0.01")
    print_min = number_field(gettext_lazy("It took, minutes"), 0, 43_200)
    mass_g = number_field(gettext_lazy("It weighs, g"), 0, 50_000, step="0.1")
    photo = forms.FileField(
        label=gettext_lazy("A photo"),
        required=False,
        help_text=gettext_lazy("Only the pixels are kept: no place, no time."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )
    note = forms.CharField(label=gettext_lazy("A note"), required=False, max_length=500)

    def measured(self) -> Measured:
        """Return what was typed in the shop's own units."""
        typed = self.cleaned_data
        minutes = typed["print_min"]
        return Measured(typed["deviation_mm"], None if minutes is None else minutes * 60, typed["mass_g"])

    def photo_bytes(self) -> bytes | None:
        """Return the photo as it came, unless it is far too large."""
        sent: UploadedFile[bytes] | None = self.cleaned_data["photo"]
        if sent is None:
            return None
        if (sent.size or 0) > MOST_BYTES:
            raise NoPicture(
                "The picture is larger than {most} MB.", help="Send a smaller one.", most=MOST_BYTES // 1_000_000
            )
        return bytes(sent.read())


@require_http_methods(["GET", "HEAD", "POST"])
def outcome_page(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Ask what came out, and take the answer."""
    job = access_job(job_id, actor=seat.actor, action="answer")
    form = OutcomeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            say_tried(job.id, request.POST.getlist("tried"))
            if request.POST.get("word") != ONLY_TRIED:
                word, defect = _said(request)
                judged = Judgement(word, defect, form.measured(), form.cleaned_data["note"])
                judge_print(job.id, judged, photo=form.photo_bytes())
        except BadInput as refusal:
            form.add_error(None, error_text(refusal))
        else:
            messages.success(request, _("Thank you: the shop learns from it."))
            return redirect(seat.home)
    status = 422 if request.method == "POST" else 200
    words = request.GET.get("look", "")[:MOST_WORDS].strip()
    context = {**_context(seat, job, form), "look": words, "answers": candidates(job, words, get_language() or "en")}
    return seat.page(request, "outcome.html", context, status=status)


def _said(request: HttpRequest) -> tuple[Word, str]:
    word, defect = request.POST.get("word", ""), request.POST.get("defect", "")
    if word == "good":
        return "good", ""
    return ("not_printed", "") if word == "not_printed" else ("failed", defect)


def _context(seat: Seat, job: Job, form: OutcomeForm) -> dict[str, Any]:
    language = get_language() or "en"
    order = judged_order(job)
    outcome = JobOutcome.objects.filter(job=job).first()
    return {
        "job": job,
        "title": order.text("title", language) if order else "",
        "form": form,
        "outcome": outcome,
        "said": failure(outcome.defect, language) if outcome and outcome.defect else None,
        "photo": seat.url("job-photo", job.id) if outcome and outcome.photo_file else "",
        "part_defects": [failure(name, language) for name in PART_DEFECTS],
        "machine_faults": [failure(name, language) for name in MACHINE_FAULTS],
    }


@require_safe
def photo(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Send the photo of what was printed."""
    return picture_answer(photo_of(access_job(job_id, actor=seat.actor, action="see")))
