"""One more choice of one region, learnt in microseconds; Γ, Σ and ρ wait for the nightly refit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.choice import ChoiceModel, probabilities
from glocal.demand.dirichlet import Floats
from glocal.demand.foretell import posterior
from glocal.demand.panel import Bools


@dataclass(frozen=True, slots=True)
class RegionTaste:
    """A region's θ, how sure it is, and how many choices of the open period it has heard.

    Parameters
    ----------
    theta : (P,) float
    precision : (P, P) float
    heard : int
        Choices of the current period; 0 at the beginning of each.
    """

    theta: Floats
    precision: Floats
    heard: int = 0

    def shares(self, design: Floats, offered: Bools) -> Floats:
        """Return the shares of the options at the mode, (J,)."""
        return np.asarray(probabilities(design[None], offered[None], self.theta)[0])


def new_region(model: ChoiceModel, z: Floats) -> RegionTaste:
    """Return what is expected of a region that was never seen, from its covariates (Q,) alone."""
    return RegionTaste(model.prior_mean(z[None])[0], np.asarray(np.linalg.inv(model.prior_covariance(z))))


def known_region(model: ChoiceModel, z: Floats, region: int) -> RegionTaste:
    """Return what was learnt of a region of the fitted panel; z : (R, Q)."""
    theta, covariance = posterior(model, z)
    return RegionTaste(theta[region], np.asarray(np.linalg.inv(covariance[region])))


def hear(taste: RegionTaste, design: Floats, offered: Bools, chosen: int, *, rho: float) -> RegionTaste:
    """Return the taste after one more choice.

    The n-th choice of a period weighs f(n) − f(n−1) with f(n) = n / (1 + (n − 1) ρ).

    Parameters
    ----------
    design : (J, P) float
    offered : (J,) bool
    chosen : int
        Option.
    """
    n = taste.heard + 1
    weight = n / (1 + (n - 1) * rho) - (n - 1) / (1 + max(n - 2, 0) * rho)
    p = taste.shares(design, offered)
    mean = p @ design
    precision = taste.precision + weight * ((design * p[:, None]).T @ design - np.outer(mean, mean))
    move = np.linalg.solve(precision, weight * (design[chosen] - mean))
    return RegionTaste(taste.theta + move, precision, n)
