"""How much more alike choices of one region and period are than independent ones."""

from __future__ import annotations

import numpy as np

from glocal.demand.dirichlet import Floats

# Even prior on log ρ: half of it below 0.01, none above 0.5. Moments (Pearson) would do with many choices a period;
# with one or two they say nothing, and the average keeps what is plausible.
GRID = np.geomspace(2e-4, 0.5, 40)


def fit_rho(counts: Floats, p: Floats) -> float:
    """Return the posterior mean of ρ of a Dirichlet-multinomial with known means.

    Parameters
    ----------
    counts : (T, J) float
    p : (T, J) float
        Probabilities of each row; 0 for what was not offered.
    """
    from scipy.special import gammaln

    several = counts.sum(axis=1) > 1
    counts, p = counts[several], p[several]
    totals = counts.sum(axis=1)
    evidence = np.empty(len(GRID))
    some = counts > 0
    for index, rho in enumerate(GRID):
        strength = 1.0 / rho - 1.0
        alpha = np.maximum(strength * p, 1e-12)
        per_option = np.where(some, gammaln(counts + alpha) - gammaln(alpha), 0.0).sum(axis=1)
        evidence[index] = (gammaln(strength) - gammaln(totals + strength) + per_option).sum()
    odds = np.exp(evidence - evidence.max())
    return float(odds @ GRID / odds.sum())
