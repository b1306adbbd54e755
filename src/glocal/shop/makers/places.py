"""Where a maker is, as far as others than the shop may know."""

from __future__ import annotations

from typing import Protocol

ROUGH_DIGITS = 2
"""Of degrees, in what customers see: about a kilometre. The address goes to whoever fetches a piece, nobody else."""


class Placed(Protocol):
    """Anything with a place on Earth, degrees."""

    latitude: float
    longitude: float


def rough_place(placed: Placed) -> tuple[float, float]:
    """Return latitude and longitude rounded to about a kilometre, which does not tell the house."""
    return round(placed.latitude, ROUGH_DIGITS), round(placed.longitude, ROUGH_DIGITS)
