"""The paper sheet: a part drawn at true size, so that its size can be tried where it shall go before it is ordered."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.design.region_places import paper_size
from glocal.design.silhouette import VIEWS, Silhouette, silhouette
from glocal.shop.parts.queries import get_part, load_part
from glocal.shop.products.models import Product
from glocal.web.guard import open_to
from glocal.web.page import page, shop_or_none

TILE_MM = (176.0, 230.0)
"""What fits on A4 and on US Letter with margins and words; a larger view goes over several sheets."""
CHECK_MM = 100
MOST_TILES = 40


@open_to("everybody")
@require_safe
def sheet(request: HttpRequest, part_hash: str) -> HttpResponse:
    """Show a part from three sides in real millimetres, with a ruler that proves the printer kept the size."""
    row = get_part(part_hash)
    mesh = load_part(row).mesh
    shop = shop_or_none()
    product = Product.objects.filter(slug=row.template_id).first() if row.template_id else None
    names = {"top": _("From above"), "front": _("From the front"), "side": _("From the right")}
    drawn = [_drawing(silhouette(mesh, view), names[view]) for view in VIEWS]
    context = {
        "title": product.text("title", get_language() or "en") if product else row.title,
        "drawings": drawn,
        "too_large": any(drawing["tiles"] is None for drawing in drawn),
        "ticks": [{"x": mm, "y": 6 if mm % 10 == 0 else 3} for mm in range(CHECK_MM + 1)],
        "paper": paper_size(shop.region[:2]) if shop else "A4",
    }
    return page(request, "sheet.html", context)


def _drawing(seen: Silhouette, name: str) -> dict[str, Any]:
    across, down = (max(1, math.ceil(size / tile)) for size, tile in zip(_size(seen), TILE_MM, strict=True))
    tiles = None
    if across * down <= MOST_TILES:
        tiles = [_tile(seen, column, row) for row in range(down) for column in range(across)]
    return {
        "name": name,
        "size": f"{seen.width_mm:.1f} × {seen.height_mm:.1f} mm",
        "outline": _path(seen.outline),
        "detail": _path(seen.detail),
        "tiles": tiles,
        "sheets": across * down,
    }


def _size(seen: Silhouette) -> tuple[float, float]:
    return seen.width_mm + 1.0, seen.height_mm + 1.0  # a line's width on each side


def _tile(seen: Silhouette, column: int, row: int) -> dict[str, Any]:
    """Return one sheet's window on the drawing: its corner and size in mm, and its name such as B2."""
    width, height = _size(seen)
    x, y = column * TILE_MM[0], row * TILE_MM[1]
    w, h = min(TILE_MM[0], width - x), min(TILE_MM[1], height - y)
    return {"name": f"{chr(65 + column)}{row + 1}", "x": x - 0.5, "y": y - 0.5, "w": round(w, 3), "h": round(h, 3)}


def _path(rings: tuple[npt.NDArray[np.float64], ...]) -> str:
    return " ".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring) + "Z" for ring in rings)
