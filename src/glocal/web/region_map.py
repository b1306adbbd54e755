"""A small map of regions without anybody's tiles: dots where people have spoken, zoomed to where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glocal.web.world_places import place_of

WIDTH, HEIGHT = 720.0, 300.0
LARGEST_DOT, SMALLEST_DOT = 16.0, 5.0
MARGIN_DEG = 8.0
GRID_DEG = 10


def region_name(code: str, language: str) -> str:
    """Return a country's name in ``language`` (CLDR), a subdivision's as ISO 3166-2 has it, or the code itself."""
    from babel import Locale

    country = Locale.parse(language, sep="-").territories.get(code.split("-", maxsplit=1)[0], "")
    if "-" not in code:
        return country or code
    import pycountry

    subdivisions: Any = pycountry.subdivisions
    part = subdivisions.get(code=code)
    return f"{part.name}, {country}" if part and country else code


def region_map(said: Mapping[str, float], here: str, language: str) -> dict[str, Any]:
    """Return box, grid and dots (equirectangular; a dot's area grows with what its region has said)."""
    known = [(code, place, choices) for code, choices in said.items() if (place := place_of(code)) is not None]
    if not known:
        return {"box": f"0 0 {WIDTH:g} {HEIGHT:g}", "grid": "", "dots": []}
    south, north = (pick(place[0] for _, place, _ in known) for pick in (min, max))
    west, east = (pick(place[1] for _, place, _ in known) for pick in (min, max))
    scale = min(WIDTH / (east - west + 4 * MARGIN_DEG), HEIGHT / (north - south + 2 * MARGIN_DEG))
    left, top = (west + east - WIDTH / scale) / 2, (south + north + HEIGHT / scale) / 2
    most = max(choices for _, _, choices in known)
    dots = []
    for code, (latitude, longitude), choices in known:
        x, y = (longitude - left) * scale, (top - latitude) * scale
        radius = max(SMALLEST_DOT, LARGEST_DOT * (choices / most) ** 0.5)
        name = region_name(code, language)
        label_x = round(x + radius + 6)
        dots.append(
            {"name": name, "x": round(x), "y": round(y), "r": round(radius), "label_x": label_x, "here": code == here}
        )
    return {"box": f"0 0 {WIDTH:g} {HEIGHT:g}", "grid": _grid(left, top, scale), "dots": dots}


def _grid(left: float, top: float, scale: float) -> str:
    """Return each full ten degrees as lines."""
    right, bottom = left + WIDTH / scale, top - HEIGHT / scale
    meridians = range(-180, 181, GRID_DEG)
    lines = [f"M{(deg - left) * scale:.1f} 0V{HEIGHT:g}" for deg in meridians if left < deg < right]
    lines += [f"M0 {(top - deg) * scale:.1f}H{WIDTH:g}" for deg in range(-90, 91, GRID_DEG) if bottom < deg < top]
    return "".join(lines)
