"""A trend that all regions share: a random walk of the utilities, filtered period by period.

g_t = g_{t−1} + N(0, q I) in the J−1 contrasts; a period's choices say g_t + N(0, I_t⁻¹ + s² I), where I_t is their
information and s² a shock that does not last (Durbin & Koopman, "Time Series Analysis by State Space Methods", 2012,
ch. 4). q and s² are the pair that makes the past likeliest. Whether the trend is used at all, a validation decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats

WALKS = (0.0, 1e-4, 4e-4, 1.6e-3, 6.4e-3, 2.5e-2)  # q per period
SHOCKS = (1e-4, 2.5e-3, 2e-2)  # s²


@dataclass(frozen=True, slots=True)
class Drift:
    """Where the shared taste has got to, against the average of the past.

    Parameters
    ----------
    level : (J-1,) float
        g of the last period.
    covariance : (J-1, J-1) float
    walk : float
        q, variance per period from here on.
    shock : float
        s².
    """

    level: Floats
    covariance: Floats
    walk: float
    shock: float = 0.0


def filter_drift(information: Floats, gradient: Floats, like: Drift | None = None) -> Drift:
    """Return the drift at the end.

    Parameters
    ----------
    information : (T, J-1, J-1) float
        Of each period's choices, at the regions' own utilities.
    gradient : (T, J-1) float
    like : Drift or None
        Take q and s² from here instead of finding them.
    """
    pairs = [(like.walk, like.shock)] if like else [(q, s) for q in WALKS for s in SHOCKS]
    trials = [_filtered(information, gradient, q, s) for q, s in pairs]
    best = max(trials, key=lambda trial: trial[0])
    return best[1]


def _filtered(information: Floats, gradient: Floats, walk: float, shock: float) -> tuple[float, Drift]:
    size = gradient.shape[1]
    unit = np.eye(size)
    level, covariance = np.zeros(size), 1e-3 * unit + walk * unit
    log_likelihood = 0.0
    for info, pull in zip(information, gradient, strict=True):
        covariance = covariance + walk * unit
        noise = np.linalg.inv(info + 1e-6 * unit)
        seen = noise @ pull
        spread = covariance + noise + shock * unit
        apart = seen - level
        solved = np.linalg.solve(spread, np.column_stack([apart, covariance]))
        _, log_det = np.linalg.slogdet(spread)
        log_likelihood -= 0.5 * float(apart @ solved[:, 0] + log_det)
        level = level + covariance @ solved[:, 0]
        covariance = covariance - covariance @ solved[:, 1:]
        covariance = (covariance + covariance.T) / 2
    return log_likelihood, Drift(level, covariance, walk, shock)
