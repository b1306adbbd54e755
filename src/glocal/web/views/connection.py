"""Connect a machine's printer (tried before it is kept), see through its camera, and steer its print."""

from __future__ import annotations

import uuid
from typing import Any, get_args

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glocal.shop.error_words import error_text
from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.jobs.queries import access_job
from glocal.shop.jobs.steer import Steering, steer
from glocal.shop.makers.camera import camera_picture
from glocal.shop.makers.connect import Access, Trial, keep_connection, try_connection
from glocal.shop.makers.links import access_machine
from glocal.shop.makers.models import MakerMachine, PrinterConnection, PrinterKind
from glocal.web.printer_words import diagnosis_in_words
from glocal.web.seat import Seat

KINDS = (
    (PrinterKind.HAND, gettext_lazy("By hand: download the file, print it, say how it went")),
    (PrinterKind.OCTOPRINT, "OctoPrint"),
    (PrinterKind.MOONRAKER, "Klipper (Moonraker: Mainsail, Fluidd)"),
    (PrinterKind.PRUSALINK, "Prusa (PrusaLink)"),
    (PrinterKind.BAMBU, gettext_lazy("Bambu Lab (LAN only, Developer Mode)")),
)
NEEDS = {
    PrinterKind.HAND: (),
    PrinterKind.OCTOPRINT: ("url", "secret"),
    PrinterKind.MOONRAKER: ("url",),
    PrinterKind.PRUSALINK: ("url", "secret"),
    PrinterKind.BAMBU: ("url", "serial", "secret"),
}


def kind_in_words(kind: str) -> str:
    """Return how a machine is driven, in the reader's language."""
    return str(dict(KINDS)[PrinterKind(kind)])


class ConnectionForm(forms.Form):
    """How a printer is reached."""

    kind = forms.ChoiceField(label=gettext_lazy("How is it driven?"), choices=KINDS)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as http://192.168.1.20 or http://octopi.local"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Key, password or access code"),
        max_length=200,
        required=False,
        strip=True,
        help_text=gettext_lazy(
            "Stored encrypted and never shown again. Leave it empty to keep the one that is stored."
        ),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )
    user = forms.CharField(
        label=gettext_lazy("User (PrusaLink, if it is not “maker”)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    serial = forms.CharField(
        label=gettext_lazy("Serial number (Bambu Lab)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    camera_for_customers = forms.BooleanField(
        label=gettext_lazy("Customers may see the camera’s picture while their piece is printed"), required=False
    )

    def __init__(self, *arguments: Any, has_secret: bool = False, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.has_secret = has_secret

    def clean(self) -> dict[str, Any]:
        """Ask for what this kind of server needs."""
        typed = super().clean() or {}
        for name in NEEDS.get(typed.get("kind", ""), ()):
            if not typed.get(name) and not (name == "secret" and self.has_secret):
                self.add_error(name, _("This kind of printer needs it."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def connection_page(request: HttpRequest, seat: Seat, machine: str) -> HttpResponse:
    """Show how a machine is driven; try what is typed, and keep it when it works."""
    row = access_machine(machine, actor=seat.actor)
    known = PrinterConnection.objects.filter(machine=row).first()
    form = ConnectionForm(
        request.POST or None, initial=_initial(known), has_secret=known is not None and bool(known.secret_sealed)
    )
    trial: Trial | None = None
    if request.method == "POST" and form.is_valid():
        access = _access(form.cleaned_data)
        trial = try_connection(row, access, is_trusted=seat.actor.owner)
        if trial.works or (trial.may_keep and "anyway" in request.POST):
            answer = _keep(request, seat, row, access, trial)
            if answer is not None:
                return answer
    context = {
        "machine": row,
        "known": known,
        "kind": kind_in_words(known.kind) if known is not None else "",
        "form": form,
        "trial": trial,
        "diagnosis": diagnosis_in_words(trial.diagnosis) if trial else "",
        "camera": seat.url("machine-camera", row.slug) if known is not None and known.has_camera else "",
    }
    status = 422 if request.method == "POST" else 200
    return seat.page(request, "machine_connection.html", context, status=status)


def _keep(request: HttpRequest, seat: Seat, row: MakerMachine, access: Access, trial: Trial) -> HttpResponse | None:
    try:
        keep_connection(row, access, trial, is_trusted=seat.actor.owner)
    except NotNow as refusal:
        messages.error(request, error_text(refusal))
        return None
    messages.success(request, f"{_('Kept.')} {diagnosis_in_words(trial.diagnosis)}")
    return redirect(seat.url("machine-connection", row.slug))


def _initial(known: PrinterConnection | None) -> dict[str, Any]:
    if known is None:
        return {"kind": PrinterKind.HAND}
    return {name: getattr(known, name) for name in ("kind", "url", "user", "serial", "camera_for_customers")}


def _access(typed: dict[str, Any]) -> Access:
    return Access(
        kind=PrinterKind(typed["kind"]),
        url=typed["url"].rstrip("/"),
        user=typed["user"],
        serial=typed["serial"],
        secret=typed["secret"],
        camera_for_customers=typed["camera_for_customers"],
    )


@require_safe
def camera(request: HttpRequest, seat: Seat, machine: str) -> HttpResponse:
    """Send what the machine's camera sees now."""
    return picture_answer(camera_picture(access_machine(machine, actor=seat.actor, action="see")))


def picture_answer(picture: bytes | None) -> HttpResponse:
    """Return a picture that nobody keeps, or an empty answer while there is none."""
    if picture is None:
        return HttpResponse(status=204)
    return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@require_POST
def steer_job(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Pause a print, let it go on, or stop it."""
    job = access_job(job_id, actor=seat.actor, action="answer")
    said = request.POST.get("what", "")
    for known in get_args(Steering):
        if said == known:
            steer(job.id, known)
            return redirect(seat.home)
    raise OrderInvalid("“{said}” is not something to do.", help="Use the buttons of the page.", said=said[:80])
