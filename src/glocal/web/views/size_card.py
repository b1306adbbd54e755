"""The size card: a page that is printed at its true size and measures what shall fit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from glocal.design.region_places import paper_size
from glocal.web.guard import open_to
from glocal.web.page import page, shop_or_none

RULER_MM = 150
EIGHTHS = 48  # of an inch
DIAMETERS_MM = (4, 5, 6, 8, 10, 12, 16, 20, 25)
GAP_MM = 3
CARD_MM = (85.6, 53.98)  # ISO/IEC 7810 ID-1: every bank card


@open_to("everybody")
@require_safe
def size_card(request: HttpRequest) -> HttpResponse:
    """Show rulers, circles and the outline of a bank card, to check that the printer kept the size."""
    shop = shop_or_none()
    x_mm, circles = 0.0, []
    for diameter in DIAMETERS_MM:
        circles.append({"d": diameter, "r": diameter / 2, "x": x_mm + diameter / 2})
        x_mm += diameter + GAP_MM
    context = {
        "ticks": [{"x": mm, **_tick(mm, 10)} for mm in range(RULER_MM + 1)],
        "inches": [{"x": round(eighth * 25.4 / 8, 3), **_tick(eighth, 8)} for eighth in range(EIGHTHS + 1)],
        "circles": circles,
        "card": CARD_MM,
        "paper": paper_size(shop.region[:2]) if shop else "A4",
    }
    return page(request, "size_card.html", context)


def _tick(index: int, per_label: int) -> dict[str, object]:
    whole = index % per_label == 0
    return {"y": 8 if whole else 4, "label": index // per_label if whole else ""}
