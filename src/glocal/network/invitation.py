"""What to ask a maker whose record does not say enough: a directory entry is an invitation to ask, never a match."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from glocal.network.model import Need, Reason

_QUESTION = {
    "machines_unknown": "Which 3D printers do you have: bed, height and nozzle of each?",
    "material_unknown": "Which materials are loaded, and which are in stock?",
    "place_unknown": "Where are you, and may a customer fetch the part?",
    "delivery_unknown": "Do you send parts, and how far?",
    "hours_unknown": "When is somebody there?",
    "time_unknown": "How long would it print on your machine?",
    "price_unknown": "What does an hour on your machine cost?",
    "heat_unknown": "What temperature does your material stand?",
}


def questions(unclear: Iterable[Reason]) -> tuple[str, ...]:
    """Return the questions whose answers would settle what is not known."""
    return _questions(tuple(reason.code for reason in unclear))


@cache
def _questions(codes: tuple[str, ...]) -> tuple[str, ...]:
    if "machines_unknown" in codes:  # of machines that nobody named, nothing else can be known either
        codes = ("machines_unknown", "material_unknown", "price_unknown", *codes)
    return tuple(dict.fromkeys(_QUESTION[code] for code in codes if code in _QUESTION))


def invitation(need: Need, by: datetime | None, asked: Iterable[str]) -> str:
    """Return a letter to a maker of whom little is known: what is to be made, and what one would like to know.

    Parameters
    ----------
    need : Need
    by : datetime or None
        When it is wanted.
    asked : iterable of str
        The questions.
    """
    pieces = "a part" if need.quantity == 1 else f"{need.quantity} pieces of a part"
    size = " × ".join(f"{side:.0f}" for side in need.extent_mm)
    wanted = f", wanted by {by:%Y-%m-%d}" if by else ""
    lines = [f"Could you print {pieces} of {size} mm in {need.material_id.upper()}{wanted}?", *asked]
    return "\n".join(lines)
