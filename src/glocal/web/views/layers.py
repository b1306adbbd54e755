"""What will be printed, layer by layer, with what each kind of path takes."""

from __future__ import annotations

import gzip
import uuid
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.production.gcode import GcodeSummary, read_gcode_bytes
from glocal.production.gcode_preview import layer_paths, pack_paths
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.models import Job
from glocal.shop.jobs.queries import access_job
from glocal.shop.outcomes.judge import judged_order
from glocal.web.part_words import reason_in_words
from glocal.web.seat import Seat

GZIP_LEVEL = 1


@lru_cache(maxsize=6)
def _packed(gcode_file: str) -> bytes:
    return gzip.compress(pack_paths(layer_paths(shop_files().read(gcode_file))), GZIP_LEVEL, mtime=0)


@lru_cache(maxsize=32)
def _summary(gcode_file: str) -> GcodeSummary:
    return read_gcode_bytes(shop_files().read(gcode_file))


@require_safe
def layers_page(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Show a job's print: a table of what it takes, and its layers to leaf through."""
    job = access_job(job_id, actor=seat.actor, action="see")
    summary = _summary(job.gcode_file)
    order = judged_order(job)
    rows = sorted(summary.features.items(), key=lambda item: -item[1].time_s)
    context: dict[str, Any] = {
        "job": job,
        "title": order.text("title", get_language() or "en") if order else "",
        "summary": summary,
        "filament_m": summary.filament_mm / 1000,
        "reasons": [reason_in_words(reason) for reason in job.plate[0].get("reasons", [])] if job.plate else [],
        "src": seat.url("job-lines", job.id),
        "threemf": seat.url("job-3mf", job.id),
        "rows": [
            {
                "name": path_in_words(name),
                "time_s": use.time_s,
                "length_m": use.length_mm / 1000,
                "filament_m": use.filament_mm / 1000,
            }
            for name, use in rows
            if use.time_s >= 1
        ],
        "texts": _texts(summary),
    }
    return seat.page(request, "layers.html", context)


@require_safe
def lines(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Send the lines of a job's print; a job's file never changes, so a browser may keep them."""
    job = access_job(job_id, actor=seat.actor, action="see")
    body, headers = _packed(job.gcode_file), {"Cache-Control": "private, max-age=86400", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(body), content_type="application/octet-stream", headers=headers)
    return HttpResponse(body, content_type="application/octet-stream", headers={**headers, "Content-Encoding": "gzip"})


@require_safe
def threemf(request: HttpRequest, seat: Seat, job_id: uuid.UUID) -> HttpResponse:
    """Send a job's plate as 3MF."""
    job: Job = access_job(job_id, actor=seat.actor, action="see")
    name = job.file_name.replace(".gcode", ".3mf")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(shop_files().read(job.threemf_file), content_type="model/3mf", headers=headers)


def path_in_words(name: str) -> str:
    """Return the slicer's name of a kind of path in the reader's language."""
    words = {
        "Perimeter": _("inner walls"),
        "External perimeter": _("outer walls"),
        "Overhang perimeter": _("walls over air"),
        "Internal infill": _("infill"),
        "Solid infill": _("solid infill"),
        "Top solid infill": _("top surface"),
        "Ironing": _("ironing"),
        "Bridge infill": _("bridges"),
        "Gap fill": _("gap fill"),
        "Skirt": _("skirt"),
        "Skirt/Brim": _("skirt and brim"),
        "Support material": _("support"),
        "Support material interface": _("support’s surface"),
        "Wipe tower": _("wipe tower"),
        "Custom": _("start and end"),
        "Travel": _("way without printing"),
        "Retraction": _("filament back and forth"),
        "Unlabelled": _("printed"),
    }
    return words.get(name, name)


def _texts(summary: GcodeSummary) -> dict[str, Any]:
    """Return what the component says."""
    return {
        "layer": _("Layer {n} of {all}, {z} mm"),
        "first": _("First layer"),
        "back": _("One layer down"),
        "forth": _("One layer up"),
        "last": _("Last layer"),
        "alone": _("Only this layer"),
        "above": _("From above"),
        "side": _("From the side"),
        "failed": _("The layers cannot be shown here."),
        "picture": _("The print, layer by layer. The arrow keys turn it, plus and minus bring it closer."),
        "slider": _("Layer"),
        "kinds": {name: path_in_words(name) for name in summary.features},
    }
