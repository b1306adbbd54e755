"""One more choice of one region, learnt in microseconds; Γ, Σ and ρ wait for the nightly refit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.choice import ChoiceModel
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
    heard : float
        Choices of the open period; 0 at the beginning of each.
    period : str
        Its name.
    """

    theta: Floats
    precision: Floats
    heard: float = 0.0
    period: str = ""

    def shares(self, design: Floats, offered: Bools) -> Floats:
        """Return the shares of the options at the mode, (J,)."""
        utility = design @ self.theta
        if not offered.all():
            utility[~offered] = -np.inf
        odds = np.exp(utility - utility.max())
        return np.asarray(odds / odds.sum())


def new_region(model: ChoiceModel, z: Floats) -> RegionTaste:
    """Return what is expected of a region that was never seen, from its covariates (Q,) alone."""
    return RegionTaste(model.prior_mean(z[None])[0], np.asarray(np.linalg.inv(model.prior_covariance(z))))


def known_region(model: ChoiceModel, z: Floats, region: int) -> RegionTaste:
    """Return what was learnt of a region of the fitted panel; z : (R, Q)."""
    theta, covariance = posterior(model, z)
    return RegionTaste(theta[region], np.asarray(np.linalg.inv(covariance[region])))


def hear(
    taste: RegionTaste, design: Floats, offered: Bools, chosen: int, *, rho: float, choices: float = 1.0
) -> RegionTaste:
    """Return the taste after one more choice, or after ``choices`` alike.

    The n-th choice of a period weighs f(n) − f(n−1) with f(n) = n / (1 + (n − 1) ρ).

    Parameters
    ----------
    design : (J, P) float
    offered : (J,) bool
    chosen : int
        Option.
    """
    from scipy.linalg.lapack import dposv as posv  # by Cholesky, without the checks that would take longer than it

    before, n = taste.heard, taste.heard + choices
    weight = n / (1 + max(n - 1, 0) * rho) - before / (1 + max(before - 1, 0) * rho)
    p = taste.shares(design, offered)
    centred = design - p @ design
    precision = taste.precision + (centred.T * (weight * p)) @ centred
    _, move, failed = posv(precision, weight * centred[chosen])
    assert failed == 0, "a precision to which something was added is positive definite"  # noqa: S101
    return RegionTaste(taste.theta + move, precision, n, taste.period)
