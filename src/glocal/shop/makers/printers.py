"""Reach the printer of a machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from glocal.shop.makers.models import MakerMachine, PrinterConnection, PrinterKind
from glocal.shop.makers.secrets import unseal

if TYPE_CHECKING:
    from glocal.production.model import Printer


def is_driven(machine: MakerMachine) -> bool:
    """Return whether the system itself can start prints on a machine; else its maker does, by hand."""
    connection = PrinterConnection.objects.filter(machine=machine).first()
    return connection is not None and connection.kind != PrinterKind.HAND


@contextmanager
def printer_of(connection: PrinterConnection) -> Iterator[Printer]:
    """Open the connection to a machine's printer server, and close it after."""
    from glocal.production.octoprint import OctoPrintPrinter

    if connection.kind != PrinterKind.OCTOPRINT:
        raise ValueError(f"a machine driven {connection.get_kind_display()} has no server")
    printer = OctoPrintPrinter(connection.url, unseal(connection.secret_sealed))
    try:
        yield printer
    finally:
        printer.close()
