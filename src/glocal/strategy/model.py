"""The words of strategy: assumptions, scenarios and their uncertain profit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glocal.strategy.errors import AssumptionBroken
from glocal.values import Estimate

Floats = NDArray[np.float64]
Z_90 = 1.2815515655446004  # 90 % point of the normal distribution: the ends of an 80 % interval


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to go.

    Parameters
    ----------
    name : str
    profit_mean, profit_low, profit_high : float
        Minor units; the ends bound 80 %.
    data : dict
        What sets the scenario apart, JSON-serialisable.
    """

    name: str
    profit_mean: float
    profit_low: float
    profit_high: float
    data: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the scenario as JSON."""
        profit = {"mean": self.profit_mean, "low": self.profit_low, "high": self.profit_high}
        return {"name": self.name, "profit": profit, **self.data}


def draw(estimate: Estimate, standard_normal: Floats) -> Floats:
    """Return values of an estimate as a two-piece normal distribution, never below 0.

    Parameters
    ----------
    standard_normal : (n,) float
    """
    up, down = (estimate.high - estimate.value) / Z_90, (estimate.value - estimate.low) / Z_90
    spread = np.where(standard_normal > 0, up, down)
    return np.maximum(estimate.value + spread * standard_normal, 0.0)


def check_not_negative(name: str, estimate: Estimate) -> None:
    """Raise :class:`AssumptionBroken` when an estimate reaches below 0 or is not a number."""
    if not (estimate.low >= 0 and estimate.high < float("inf")):
        raise AssumptionBroken(
            "{name} is {low} to {high}, expected 0 or more.", name=name, low=estimate.low, high=estimate.high
        )
