"""What a printer's camera sees: fetched by the shop, so that nobody learns the printer's address."""

from __future__ import annotations

import threading
import time

from glocal.errors import GlocalError
from glocal.shop.files.pictures import drawn_anew
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import MakerMachine, PrinterConnection
from glocal.shop.makers.printers import printer_of
from glocal.shop.orders.models import Order

_FRESH_S = 4.0  # however many look, the printer is asked once in this time
_LONGEST_PX = 960
_seen: dict[str, tuple[float, bytes | None]] = {}
_lock = threading.Lock()


def camera_picture(machine: MakerMachine) -> bytes | None:
    """Return the current picture of a machine's camera as JPEG; ``None`` when it shows nothing now."""
    connection = PrinterConnection.objects.filter(machine=machine, has_camera=True).first()
    return _picture(connection) if connection is not None else None


def camera_for(order: Order) -> MakerMachine | None:
    """Return the machine whose camera shows an order being printed, where its maker lets customers look."""
    job = (
        Job.objects.filter(pieces__order=order, state=JobState.PRINTING)
        .filter(machine__connection__has_camera=True, machine__connection__camera_for_customers=True)
        .select_related("machine")
        .first()
    )
    return job.machine if job else None


def may_show(order: Order) -> bool:
    """Return whether an order's page can hope for a picture."""
    shown = PrinterConnection.objects.filter(has_camera=True, camera_for_customers=True)
    return not order.is_final and order.machine_id is not None and shown.filter(machine_id=order.machine_id).exists()


def _picture(connection: PrinterConnection) -> bytes | None:
    key = str(connection.pk)
    with _lock:
        at, picture = _seen.get(key, (float("-inf"), None))
        if time.monotonic() - at < _FRESH_S:
            return picture
        _seen[key] = time.monotonic(), picture  # others are shown the last one meanwhile
    fresh = _fetched(connection)
    with _lock:
        _seen[key] = time.monotonic(), fresh
    return fresh


def _fetched(connection: PrinterConnection) -> bytes | None:
    try:
        with printer_of(connection) as printer:
            raw = printer.camera_picture()
        return drawn_anew(raw, longest_px=_LONGEST_PX) if raw else None
    except GlocalError:  # the camera is away, or what it sends is no picture
        return None
