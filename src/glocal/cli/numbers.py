"""Numbers that are typed: finite, and in a range."""

from __future__ import annotations

import math
from typing import Any

import click


class Number(click.FloatRange):
    """A number in a range; unlike click's own it takes no ``nan``, which lies in every range.

    ``inf`` is taken only where there may be no end (``endless``).
    """

    name = "number"

    def __init__(
        self, min: float | None = None, max: float | None = None, *, endless: bool = False, **open_ends: bool
    ) -> None:
        super().__init__(min, max, **open_ends)
        self.endless = endless

    def _describe_range(self) -> str:  # click's would say x<=None of a number without ends
        return "" if self.min is None and self.max is None else super()._describe_range()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that was typed."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number) or (math.isinf(number) and not self.endless):
            self.fail(f"{value!r} is no number that one can count with", param, ctx)
        return number
