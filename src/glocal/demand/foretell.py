"""Foretell shares with honest intervals: the region's uncertainty, the network's, and the scatter of the period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.choice import ChoiceModel, lifted, probabilities, with_constant
from glocal.demand.dirichlet import Floats
from glocal.demand.panel import Panel

DRAWS = 60
SEED = 19970907


@dataclass(frozen=True, slots=True)
class Foretold:
    """Mean shares of each row and how sure they are.

    Parameters
    ----------
    mean : (T, J) float
    variance : (T, J) float
        Of the probability itself, without the scatter of choices.
    rho : float
    """

    mean: Floats
    variance: Floats
    rho: float

    def interval(self, choices: Floats, mass: float) -> tuple[Floats, Floats]:
        """Return the ends within which the observed share of ``choices`` choices falls with probability ``mass``.

        A beta distribution with the predictive mean and variance (uncertainty of p, over-dispersion and counting).

        Parameters
        ----------
        choices : (T,) float
        mass : float
            For example 0.8.
        """
        from scipy.stats import beta

        n = np.maximum(choices, 1.0)[:, None]
        p = np.clip(self.mean, 1e-12, 1 - 1e-12)
        counting = p * (1 - p) * (1 + (n - 1) * self.rho) / n
        variance = np.minimum(self.variance + counting, 0.999 * p * (1 - p))
        strength = p * (1 - p) / variance - 1.0
        tail = (1.0 - mass) / 2
        a, b = p * strength, (1 - p) * strength
        half = 0.5 / n  # shares come in steps of 1/n: the continuity correction
        low, high = np.asarray(beta.ppf(tail, a, b)), np.asarray(beta.ppf(1 - tail, a, b))
        return np.maximum(low - half, 0.0), np.minimum(high + half, 1.0)


def posterior(model: ChoiceModel, z: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance of each region's θ with the uncertainty of Γ in it, (R, P) and (R, P, P).

    To first order: a region's mode follows its prior mean by V P, so Γ's covariance is carried through V P (z' ⊗ I).
    """
    prior = np.linalg.inv(model.sigma)
    size = len(prior)
    constant = with_constant(z)
    block = model.gamma_covariance.reshape(constant.shape[1], size, constant.shape[1], size)
    of_mean = np.einsum("rq,qpso,rs->rpo", constant, block, constant)
    follow = model.covariance @ (model.tightness[:, None, None] * prior)
    apart = 0.0 if model.between is None else model.between
    return model.theta, model.covariance + follow @ of_mean @ np.swapaxes(follow, 1, 2) + apart


def foretell(model: ChoiceModel, panel: Panel, *, draws: int = DRAWS) -> Foretold:
    """Return what a model expects of a panel whose regions are those it was fitted on."""
    mean, covariance = posterior(model, panel.z)
    shared = np.zeros((mean.shape[1], 1))
    if model.drift is not None:
        ahead = max(1, len(np.unique(panel.period)))
        wander = model.drift.covariance + model.drift.walk * ahead / 2 * np.eye(len(model.drift.level))
        shared = np.zeros((mean.shape[1], len(wander)))
        shared[: len(wander)] = np.linalg.cholesky(wander + 1e-12 * np.eye(len(wander)))
        mean = mean + lifted(model.drift.level, mean.shape[1])
    factor = np.linalg.cholesky(covariance + 1e-10 * np.eye(mean.shape[1]))
    rng = np.random.default_rng(SEED)
    design = panel.design()
    total, squares = np.zeros(panel.counts.shape), np.zeros(panel.counts.shape)
    for _ in range(draws // 2):
        noise = rng.standard_normal(mean.shape)
        apart = np.matmul(factor, noise[:, :, None])[:, :, 0] + shared @ rng.standard_normal(shared.shape[1])
        for theta in (mean + apart, mean - apart):  # antithetic: the first moment is exact to first order
            p = probabilities(design, panel.offered, theta[panel.region])
            total += p
            squares += p * p
    count = 2 * (draws // 2)
    average = total / count
    return Foretold(average, np.maximum(squares / count - average**2, 0.0), model.rho)
