"""Reach the printer of a machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db.models import Q

from glocal.shop.makers.addresses import host_of, refuse_own_doors
from glocal.shop.makers.models import MakerMachine, PrinterConnection, PrinterKind
from glocal.shop.makers.secrets import unseal

if TYPE_CHECKING:
    from glocal.production.model import Printer

PRUSALINK_USER = "maker"  # unless the printer was told another


def is_driven(machine: MakerMachine) -> bool:
    """Return whether the system itself can start prints on a machine; else its maker does, by hand."""
    connection: PrinterConnection | None = getattr(machine, "connection", None)
    return connection is not None and connection.kind != PrinterKind.HAND


def driven(machine: str) -> Q:
    """Return what :func:`is_driven` asks as a condition of the database; ``machine`` is the field that leads there."""
    kind = f"{machine}__connection__kind"
    return Q(**{f"{kind}__isnull": False}) & ~Q(**{kind: PrinterKind.HAND})


def is_paused(machine: MakerMachine) -> bool:
    """Return whether a driven machine pauses in its print, as it said when it was last asked."""
    return is_driven(machine) and machine.connection.last_status.get("state") == "paused"


@contextmanager
def printer_of(connection: PrinterConnection) -> Iterator[Printer]:
    """Open the connection to a machine's printer server, and close it after."""
    secret = unseal(connection.secret_sealed) if connection.secret_sealed else ""
    refuse_own_doors(connection.url, is_trusted=connection.is_trusted)
    printer = _adapter(connection, secret)
    try:
        yield printer
        connection.fingerprint = getattr(printer, "fingerprint", connection.fingerprint)
    finally:
        printer.close()


def _adapter(connection: PrinterConnection, secret: str) -> Printer:
    kind, url = PrinterKind(connection.kind), connection.url
    if kind is PrinterKind.OCTOPRINT:
        from glocal.production.octoprint import OctoPrintPrinter

        return OctoPrintPrinter(url, secret)
    if kind is PrinterKind.MOONRAKER:
        from glocal.production.moonraker import MoonrakerPrinter

        return MoonrakerPrinter(url, secret)
    if kind is PrinterKind.PRUSALINK:
        from glocal.production.prusalink import PrusaLinkPrinter

        return PrusaLinkPrinter(url, secret, user=connection.user or PRUSALINK_USER)
    if kind is PrinterKind.BAMBU:
        from glocal.production.bambu import BambuPrinter

        return BambuPrinter(host_of(url), connection.serial, secret, fingerprint=connection.fingerprint)
    raise ValueError(f"a machine driven {connection.get_kind_display()} has no server")
