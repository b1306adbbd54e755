"""Average several ways of learning instead of choosing one: what held-back weeks prefer may be their own whim.

A geometric mean of choice models of one design is itself a choice model, with the mean of the utilities: averaging θ is
averaging forecasts (the logarithmic opinion pool; Genest & Zidek, "Combining probability distributions", Statistical
Science 1, 1986). Weights start where nothing is known and move towards what foretells the held-back weeks best, by as
much as is sure (:func:`glocal.demand.gain.kept_share`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glocal.demand.choice import ChoiceModel, probabilities
from glocal.demand.dirichlet import Floats
from glocal.demand.gain import kept_share
from glocal.demand.panel import Panel

LEAST_WEIGHT = 0.02  # less is not worth a fit


def averaged(models: Sequence[ChoiceModel], weights: Floats) -> ChoiceModel:
    """Return the geometric mean of models; how far they lie apart is part of its doubt.

    Parameters
    ----------
    weights : (K,) float
        Sum 1.
    """

    def mean(name: str) -> Floats:
        return np.asarray(sum(w * getattr(model, name) for w, model in zip(weights, models, strict=True)))

    theta = mean("theta")
    apart = np.array([model.theta - theta for model in models])
    between = np.einsum("k,krp,krq->rpq", weights, apart, apart)
    names = ("gamma", "gamma_covariance", "sigma")
    gamma, gamma_covariance, sigma = (mean(name) for name in names)
    rho, covariance = float(mean("rho")), mean("covariance")
    return ChoiceModel(gamma, gamma_covariance, sigma, rho, theta, covariance, mean("tightness"), between=between)


def pool_weights(models: Sequence[ChoiceModel], held: Panel, start: Floats) -> Floats:
    """Return the weights of an average, (K,), from how it foretells periods that no model has seen.

    Parameters
    ----------
    start : (K,) float
        Weights where the periods say nothing; sum 1.
    """
    from scipy.optimize import LinearConstraint, minimize

    design, total = held.design(), float(held.counts.sum())
    utility = np.stack([np.einsum("tjp,tp->tj", design, model.theta[held.region]) for model in models])

    def loss(weights: Floats) -> tuple[float, Floats]:
        p = shares(weights)
        left = (held.counts - held.counts.sum(axis=1, keepdims=True) * p) / total
        return -float((held.counts * np.log(np.maximum(p, 1e-300))).sum()) / total, -np.tensordot(utility, left, axes=2)

    def shares(weights: Floats) -> Floats:
        mixed = np.tensordot(weights, utility, axes=1)[:, :, None]
        return probabilities(mixed, held.offered, np.ones(1))

    sum_is_one = LinearConstraint(np.ones((1, len(start))), 1.0, 1.0)
    found = minimize(loss, start, jac=True, method="SLSQP", bounds=[(0.0, 1.0)] * len(start), constraints=[sum_is_one])
    best = np.clip(found.x, 0.0, 1.0)
    best /= best.sum()
    gain = gain_by_region_and_period(held, shares(best), shares(start))
    weights = start + kept_share(gain) * (best - start)
    weights[weights < LEAST_WEIGHT] = 0.0
    return np.asarray(weights / weights.sum())


def gain_by_region_and_period(held: Panel, ours: Floats, theirs: Floats) -> Floats:
    """Return how many nats one forecast (T, J) is better than another, by region and period, (R, H)."""
    log_odds = np.log(np.maximum(ours, 1e-300)) - np.log(np.maximum(theirs, 1e-300))
    periods, at = np.unique(held.period, return_inverse=True)
    gain = np.zeros((len(held.regions), len(periods)))
    np.add.at(gain, (held.region, at), (held.counts * log_odds).sum(axis=1))
    return gain
