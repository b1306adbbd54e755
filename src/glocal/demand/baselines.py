"""What a model of regions must beat: everybody alike, and everybody alone."""

from __future__ import annotations

import numpy as np

from glocal.demand.choice import pooled, score, shortened
from glocal.demand.choice import probabilities as row_probabilities
from glocal.demand.foretell import Foretold
from glocal.demand.overdispersion import fit_rho
from glocal.demand.panel import Panel

LOCAL_VARIANCE = 1.0  # a region alone still knows that utilities are seldom beyond ±2
NEWTON_ROUNDS = 40


def foretell_global(train: Panel, test: Panel) -> Foretold:
    """Foretell with one θ for all regions."""
    design = train.design()
    theta = pooled(train, design)
    rho = fit_rho(train.counts, row_probabilities(design, train.offered, theta))
    p = row_probabilities(test.design(), test.offered, theta)
    return Foretold(p, np.zeros_like(p), rho)


def foretell_local(train: Panel, test: Panel) -> Foretold:
    """Foretell each region from its own choices alone (a ridge keeps what it never saw finite)."""
    design, future = train.design(), test.design()
    starts, later = train.starts(), test.starts()
    mean, fitted = np.zeros(test.counts.shape), np.zeros(train.counts.shape)
    ridge = np.eye(design.shape[2]) / LOCAL_VARIANCE
    for r in range(len(train.regions)):
        rows, ahead = slice(starts[r], starts[r + 1]), slice(later[r], later[r + 1])
        theta = np.zeros(design.shape[2])
        for _ in range(NEWTON_ROUNDS):
            p = row_probabilities(design[rows], train.offered[rows], theta)
            information, gradient = score(design[rows], train.counts[rows], p, np.ones(len(p)))
            step = np.linalg.solve(information + ridge, gradient - ridge @ theta)
            theta = theta + shortened(np.asarray(step))
            if np.abs(step).max() < 1e-6:
                break
        fitted[rows] = row_probabilities(design[rows], train.offered[rows], theta)
        mean[ahead] = row_probabilities(future[ahead], test.offered[ahead], theta)
    return Foretold(mean, np.zeros_like(mean), fit_rho(train.counts, fitted))
