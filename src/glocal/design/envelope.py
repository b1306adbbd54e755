"""The validity envelope of a design: which values have been printed and turned out well.

Leaving it is allowed; whoever does is told that nobody has tried it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glocal.design.model import DesignTemplate, ParameterValue


@dataclass(frozen=True, slots=True)
class Span:
    """Between which values of one parameter good prints lie, in its own unit, and how many there are."""

    low: float
    high: float
    prints: int

    def __post_init__(self) -> None:
        if self.prints < 1 or not self.low <= self.high:
            raise ValueError(f"a span from {self.low} to {self.high} of {self.prints} prints is none")


def envelope(template: DesignTemplate, printed: Iterable[Mapping[str, ParameterValue]]) -> dict[str, Span]:
    """Return the span of each number that customers set freely, from the values of prints that came out well.

    Parameters
    ----------
    printed : iterable of mappings
        The values of each good print. Parameters that the design has no more are passed over, and so are lists of
        options: an option is offered because it works.
    """
    names = [p.name for p in template.parameters if isinstance(p.initial, float) and not p.options]
    spans: dict[str, Span] = {}
    for values in printed:
        for name in names:
            value = values.get(name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            known = spans.get(name, Span(value, value, 1))
            prints = known.prints + (name in spans)
            spans[name] = Span(min(known.low, value), max(known.high, value), prints)
    return spans


def joined(spans: Mapping[str, Span], others: Mapping[str, Span]) -> dict[str, Span]:
    """Return what two accounts of different prints of one design say together."""
    found = dict(spans)
    for name, other in others.items():
        own = found.get(name)
        found[name] = (
            Span(min(own.low, other.low), max(own.high, other.high), own.prints + other.prints) if own else other
        )
    return found
