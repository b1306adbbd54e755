"""Hold forecasts against what happened: would the simulation have known?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from glocal.strategy.compare import REPLICATIONS, SEED, Way, compare
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.world import World

FIGURES = ("sold", "done", "revenue", "printed_g", "wait_h", "on_time", "profit")


@dataclass(frozen=True, slots=True)
class Hindsight:
    """One figure: the forecast's mean and 80 % interval, and what came."""

    figure: str
    mean: float
    low: float
    high: float
    actual: float

    @property
    def inside(self) -> bool:
        """Whether what came lies in the interval."""
        return self.low <= self.actual <= self.high

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON."""
        forecast = {"mean": self.mean, "low": self.low, "high": self.high}
        return {"figure": self.figure, "forecast": forecast, "actual": self.actual, "inside": self.inside}


def back_test(
    world: World, actual: Mapping[str, float], *, replications: int = REPLICATIONS, seed: int = SEED
) -> tuple[Hindsight, ...]:
    """Compare a world as it was known at the beginning of a span with what the span brought.

    Parameters
    ----------
    world : World
        Built only from what was known before; its ``days`` are those of the span.
    actual : mapping of str to float
        Any of :data:`FIGURES`, summed or averaged over the span as in :class:`glocal.strategy.ledger.Year`.
    """
    if unknown := sorted(set(actual) - set(FIGURES)):
        raise AssumptionBroken(f"{', '.join(unknown)} is not simulated.", help=f"Known are {', '.join(FIGURES)}.")
    forecast = compare({"forecast": Way(world)}, replications=replications, seed=seed)[0]
    rows = []
    for figure in (name for name in FIGURES if name in actual):
        values = forecast.figure(figure)
        low, high = np.quantile(values, [0.1, 0.9])
        rows.append(Hindsight(figure, float(values.mean()), float(low), float(high), float(actual[figure])))
    return tuple(rows)
