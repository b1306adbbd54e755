"""A plate as its maker sees it: due time, material to load, picture of the layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.desk.queries import due
from glocal.shop.jobs.decline import Reason
from glocal.shop.jobs.models import Job
from glocal.shop.makers.console import extents_of, layout_of
from glocal.shop.measures import measure
from glocal.web.desk_words import job_in_words


def plate_cards(jobs: Iterable[Job]) -> dict[Any, dict[str, Any]]:
    """Return what the card of each plate shows, by job; machines with spools and pieces with orders are loaded."""
    jobs = list(jobs)
    extents = extents_of(jobs)
    return {job.id: _card(job, extents) for job in jobs}


def _card(job: Job, extents: Mapping[str, list[float]]) -> dict[str, Any]:
    loaded, colour = job.machine.spools.all(), job.colour
    wanted = (job.material_id, colour.casefold())
    layout = layout_of(job, extents)
    return {
        "due": due(job),
        "state_words": job_in_words(job.state),
        "material": f"{job.material_id.upper()} {colour}".strip(),
        "is_loaded": any((each.material_id, each.colour.casefold() if colour else "") == wanted for each in loaded),
        "layout": layout,
        "view": "" if layout is None else f"-2 -2 {layout.bed_x_mm + 4:g} {layout.bed_y_mm + 4:g}",
        "boxes": [] if layout is None else [_box(layout.bed_y_mm, each) for each in layout.lying],
        "mass": measure(job.estimate_g, "g", get_language() or "en", digits=0),
        "may_decline": job.intent_at is None and job.started_at is None,
    }


def _box(bed_y_mm: float, lying: Any) -> dict[str, str]:
    """Return a piece in the picture's own coordinates, where y goes down; the bed's front is at the bottom."""
    y = bed_y_mm - lying.y_mm - lying.depth_mm
    numbers = {"x": lying.x_mm, "y": y, "width": lying.width_mm, "height": lying.depth_mm}
    middle = {"middle_x": lying.x_mm + lying.width_mm / 2, "middle_y": y + lying.depth_mm / 2}
    written = {name: f"{number:.2f}" for name, number in {**numbers, **middle}.items()}
    return {**written, "size": f"{max(4.0, min(lying.width_mm, lying.depth_mm) / 2):.1f}", "number": str(lying.number)}


def reasons() -> list[tuple[str, str]]:
    """Return why a plate can be given back, in the reader's language."""
    return [
        (Reason.MATERIAL.value, _("the material is not there")),
        (Reason.BROKEN.value, _("the machine is broken")),
        (Reason.TIME.value, _("I have no time")),
        (Reason.PART.value, _("this part does not work on this machine")),
    ]
