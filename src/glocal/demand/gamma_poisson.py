"""Rates of regions that differ: Gamma–Poisson, and how many customers a region has that has hardly sold anything.

A region sells N where one of the usual size would have sold B in the time that it was watched; its size v ~ Gamma(b, b)
over regions, so that given N it is Gamma(b + N, b + B). A region that sold nothing is as small as that says, and no
smaller: "nothing" in two weeks is hardly a word, in two years it is one.
"""

from __future__ import annotations

import numpy as np

from glocal.demand.dirichlet import Floats

STRENGTHS = np.geomspace(0.1, 1e4, 60)  # grid of a, and of b


def gamma_strength(sold: Floats, expected: Floats) -> float:
    """Return the posterior mean of a (on a log grid) of sold ~ NegBin(mean expected, size a)."""
    from scipy.special import gammaln

    some = expected > 0
    n, e, a = sold[some], expected[some], STRENGTHS[:, None]
    log_odds = gammaln(a + n) - gammaln(a) + a * np.log(a / (a + e)) + n * np.log(e / (a + e))
    total = log_odds.sum(axis=1)
    odds = np.exp(total - total.max())
    mean_log: float = odds @ np.log(STRENGTHS) / odds.sum()
    return float(np.exp(mean_log))


def sizes(sold: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """Return how large each region is against the usual one, and the relative variance of that, (R,) each.

    Parameters
    ----------
    sold : (R,) float
        N, of all variants together.
    usual : (R,) float
        B, above 0 where a region was watched at all.
    """
    strength = gamma_strength(sold, usual)
    return (strength + sold) / (strength + usual), 1.0 / (strength + sold)
