"""Take what a printer's server said apart: it may be of any shape, for anything may answer at the address."""

from __future__ import annotations

import math
from typing import Any


def part(said: Any, *names: str) -> dict[str, Any]:
    """Return the object that lies behind ``names``, empty where there is none."""
    found = _behind(said, names)
    return found if isinstance(found, dict) else {}


def rows(said: Any, *names: str) -> list[dict[str, Any]]:
    """Return the objects of the list that lies behind ``names``, empty where there is none."""
    found = _behind(said, names)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def text(said: Any, *names: str) -> str:
    """Return the text that lies behind ``names``, empty where there is none."""
    found = _behind(said, names)
    return found if isinstance(found, str) else ""


def number(said: Any, *names: str) -> float | None:
    """Return the finite number that lies behind ``names``, ``None`` where there is none."""
    found = _behind(said, names)
    plain = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if plain and math.isfinite(found) else None


def _behind(said: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said
