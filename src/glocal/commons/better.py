"""Whether the network surely knows better how to print this part here: only what helps a print to hold is changed.

A brim or supports may be added; what the customer was shown and what the price rests on (layers, infill) stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from glocal.commons.ask import Context, odds_of
from glocal.commons.knowledge import Known
from glocal.commons.shapes import Shapes
from glocal.values import Estimate

FEWEST_ALIKE = 10  # prints of this material on this machine; fewer, and the odds rest on others
LEAST_GAIN = 0.05
MOST_BRIM_MM = 20.0


@dataclass(frozen=True, slots=True)
class Better:
    """Settings that surely do better here.

    Parameters
    ----------
    supports, brim_mm
        The settings themselves.
    added : str
        What is added to the shop's own, in words.
    odds, instead : Estimate
        Chance that the part comes out well with them, and with the shop's own.
    prints, shops : int
        What stands behind it: prints of this material on this machine, and shops in all.
    """

    supports: bool
    brim_mm: float
    added: str
    odds: Estimate
    instead: Estimate
    prints: int
    shops: int

    def words(self) -> str:
        """Return what a maker reads, and why."""
        return (
            f"With {self.added}, as the network advises: {_percent(self.odds)} come out well, "
            f"{_percent(self.instead)} with your own settings. {self.prints} prints on such a machine, "
            f"{self.shops} shops."
        )


def better_settings(
    context: Context, known: Iterable[Known], *, own: str = "", shapes: Shapes | None = None
) -> Better | None:
    """Return what to add to the context's settings, or None where nothing surely helps.

    It surely helps when even the low end of its odds lies above what one's own settings are expected to do, by five in
    a hundred at least, and prints of this material on this machine say so.
    """
    known = list(known)
    supports, brim_mm = bool(context.settings.get("supports")), float(context.settings.get("brim_mm", 0.0))
    others = [
        {**context.settings, "supports": more_supports, "brim_mm": more_brim}
        for more_supports, more_brim in sorted(_tried(known, context))
        if more_supports >= supports and more_brim >= brim_mm and (more_supports, more_brim) != (supports, brim_mm)
    ]
    if not others:
        return None
    asked = [dict(context.settings), *others]
    (instead, *odds), unsure, basis = odds_of(asked, context, known, own=own, shapes=shapes)
    if instead is None or unsure or basis.alike < FEWEST_ALIKE:
        return None
    pairs = [(chance, settings) for chance, settings in zip(odds, others, strict=True) if chance is not None]
    best, settings = max(pairs, key=lambda pair: pair[0].value)
    if best.low <= instead.value or best.value < instead.value + LEAST_GAIN:
        return None
    added = [
        *(["supports"] if settings["supports"] != supports else []),
        *([f"a brim of {settings['brim_mm']:g} mm"] if settings["brim_mm"] != brim_mm else []),
    ]
    words = " and ".join(added)
    return Better(settings["supports"], settings["brim_mm"], words, best, instead, basis.alike, basis.shops)


def _tried(known: Iterable[Known], context: Context) -> set[tuple[bool, float]]:
    """Return what somebody has printed this material with."""
    found: set[tuple[bool, float]] = set()
    for entry in known:
        record: Mapping[str, Any] = entry.record
        if record["kind"] != "outcome" or str(record["material"]["type"]).casefold() != context.material.casefold():
            continue
        brim = record["settings"].get("brim_mm", 0.0)
        if isinstance(brim, int | float) and 0 <= brim <= MOST_BRIM_MM:
            found.add((record["settings"].get("supports") is True, float(brim)))
    return found


def _percent(odds: Estimate) -> str:
    return f"{odds.value:.0%} ({odds.low:.0%} to {odds.high:.0%})"
