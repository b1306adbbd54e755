"""Numbers as the slicer's settings write them: one for each extruder, or a percentage of something else."""

from __future__ import annotations


def first_number(text: str) -> float:
    """Return the first of the slicer's comma-separated numbers; a percentage is the number before its sign.

    Raises
    ------
    ValueError
        When it is none.
    """
    return float(text.split(",", maxsplit=1)[0].strip().rstrip("% "))


def is_share(text: str) -> bool:
    """Say whether a setting is a percentage."""
    return text.split(",", maxsplit=1)[0].strip().endswith("%")


def number_or_share(text: str, whole: float) -> float:
    """Return a number, or a percentage of ``whole``."""
    value = first_number(text)
    return value * whole / 100 if is_share(text) else value
