"""Connect a printer: it is tried before anything is kept, and what was found is told in plain words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from glocal.errors import GlocalError
from glocal.production.diagnosis import Diagnosis, refused
from glocal.production.errors import PrinterAuthError, PrinterUnavailable
from glocal.shop.errors import NotNow
from glocal.shop.jobs.models import OPEN_STATES, Job, JobState
from glocal.shop.makers.models import MakerMachine, PrinterConnection, PrinterKind
from glocal.shop.makers.printers import printer_of
from glocal.shop.makers.secrets import seal
from glocal.shop.rate_limit import Buckets

if TYPE_CHECKING:
    from glocal.production.model import Printer

_tries = Buckets(size=8, per_s=0.2)
_AT_PRINTER = OPEN_STATES - {JobState.QUEUED}


@dataclass(frozen=True, slots=True)
class Access:
    """How a printer is to be reached, as somebody typed it.

    Parameters
    ----------
    secret : str
        Key, password or access code; empty to keep the one that is stored.
    """

    kind: PrinterKind
    url: str = ""
    user: str = ""
    serial: str = ""
    secret: str = ""
    camera_for_customers: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What a try of a connection found.

    Parameters
    ----------
    works : bool
        Whether the printer itself answered.
    may_keep : bool
        Whether it can be kept although it does not: a printer that is switched off, not one that locks us out.
    """

    works: bool
    may_keep: bool
    diagnosis: Diagnosis
    has_camera: bool = False
    fingerprint: str = ""


def connection_for(machine: MakerMachine, access: Access, *, is_trusted: bool) -> PrinterConnection:
    """Return the connection that these words make, not stored; a stored secret goes only to where it went before."""
    known = PrinterConnection.objects.filter(machine=machine).first()
    same = known is not None and (known.kind, known.url) == (access.kind, access.url)
    stored = known.secret_sealed if known is not None and same else ""
    return PrinterConnection(
        machine=machine,
        kind=access.kind,
        url=access.url,
        user=access.user,
        serial=access.serial,
        secret_sealed=seal(access.secret) if access.secret else stored,
        is_trusted=is_trusted or (same and known is not None and known.is_trusted),
        camera_for_customers=access.camera_for_customers,
    )


def try_connection(machine: MakerMachine, access: Access, *, is_trusted: bool) -> Trial:
    """Try a connection and say what was found; nothing is stored and nothing moves."""
    if access.kind is PrinterKind.HAND:
        return Trial(works=True, may_keep=True, diagnosis=Diagnosis("by_hand"))
    _tries.take(str(machine.maker_id), time.monotonic())
    connection = connection_for(machine, access, is_trusted=is_trusted)
    try:
        with printer_of(connection) as printer:
            trial = _look(printer)
    except PrinterUnavailable as error:
        return Trial(works=False, may_keep=False, diagnosis=refused(error))
    return Trial(trial.works, trial.may_keep, trial.diagnosis, trial.has_camera, connection.fingerprint)


def _look(printer: Printer) -> Trial:
    from glocal.production.model import PrinterState

    diagnosis = printer.diagnose()
    try:
        state = printer.status().state
    except PrinterAuthError:
        return Trial(works=False, may_keep=False, diagnosis=diagnosis)
    except GlocalError:
        return Trial(works=False, may_keep=True, diagnosis=diagnosis)
    if state is PrinterState.UNREACHABLE:
        return Trial(works=False, may_keep=True, diagnosis=diagnosis)
    return Trial(works=True, may_keep=True, diagnosis=diagnosis, has_camera=_sees(printer))


def _sees(printer: Printer) -> bool:
    try:
        return bool(printer.camera_picture())
    except GlocalError:
        return False


@transaction.atomic
def keep_connection(machine: MakerMachine, access: Access, trial: Trial, *, is_trusted: bool) -> PrinterConnection:
    """Keep a connection that was tried.

    Raises
    ------
    NotNow
        While the machine's printer works on a job of ours: nobody would hear of its end.
    """
    if Job.objects.filter(machine=machine, state__in=_AT_PRINTER).exists():
        raise NotNow("The machine is at work on a job.", help="Change its connection when the job is over.")
    fresh = connection_for(machine, access, is_trusted=is_trusted)
    fields = ("kind", "url", "user", "serial", "secret_sealed", "is_trusted", "camera_for_customers")
    connection, _ = PrinterConnection.objects.update_or_create(
        machine=machine,
        defaults={
            **{name: getattr(fresh, name) for name in fields},
            "has_camera": trial.has_camera,
            "fingerprint": trial.fingerprint,
            "last_status": {},
        },
    )
    return connection
