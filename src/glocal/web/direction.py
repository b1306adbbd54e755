"""Names within sentences of another direction."""

from __future__ import annotations

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def isolated(text: object) -> str:
    """Return somebody's own words so that they keep their direction and the sentence around them keeps its own.

    Where HTML may stand, ``<bdi>`` does the same. Source: Unicode Standard Annex #9, 2.4.
    """
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
