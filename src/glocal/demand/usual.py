"""How far utilities are apart before anybody has chosen: what nobody has chosen yet is possible, and no favourite.

The network's utilities of options, at the prices that are usual for each, are N(0, s²), whichever option comes first. A
few choices among many options cannot show whether some are liked more, so s² is learnt with them (the evidence
framework; MacKay, "Bayesian interpolation", Neural Computation 4, 1992); a belief about it that weighs as much as some
options stays. What varies with the offer, such as a price, may move utilities as far where it differs: how far an
option's usual price lies from the others' says nothing about how it is liked, and nothing about what a price does. In
one period all prices look usual, though, so that they count as far as there are periods to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats
from glocal.demand.panel import Panel

USUAL_DEVIATION = 2.0  # s: the liked half of options is wanted about 15 times as often as the other
BELIEF_OPTIONS = 3.0  # that s weighs as much as this many options
UNSEEN_PERIODS = 3.0
FEATURE_REACH = 1.0


@dataclass(frozen=True, slots=True)
class Usual:
    """The prior of the network's θ.

    Parameters
    ----------
    contrast : (J-1, P) float
        What takes θ to the utilities of all options but the first, against the first, at the usual features.
    alike : (J-1, J-1) float
        Precision of these utilities where each option's is N(0, 1).
    features : (P, P) float
        Precision of the responses to features.
    """

    contrast: Floats
    alike: Floats
    features: Floats

    def precision(self, variance: float) -> Floats:
        """Return the precision of θ, (P, P), where options' utilities have this variance s²."""
        return np.asarray(self.contrast.T @ self.alike @ self.contrast / variance + self.features)

    def variance(self, theta: Floats, covariance: Floats, before: float) -> float:
        """Return s² given the network's θ, (P,), and its covariance, (P, P), found with ``before``.

        Only as many options tell as the choices have said something about.
        """
        utility = self.contrast @ theta
        unsaid = float((self.alike * (self.contrast @ covariance @ self.contrast.T)).sum()) / before
        said = max(len(self.alike) - unsaid, 0.0)
        squares = float(utility @ self.alike @ utility)
        return (squares + BELIEF_OPTIONS * USUAL_DEVIATION**2) / (said + BELIEF_OPTIONS)


def usual_of(panel: Panel) -> Usual:
    """Return what is usual for a panel's options and features, whatever units the features have."""
    options, free = len(panel.options), len(panel.options) - 1
    choices = panel.counts.sum(axis=1)[:, None, None]
    shown = choices * panel.offered[:, :, None]
    mean = (shown * panel.x).sum(axis=0) / np.maximum(shown.sum(axis=0), 1e-300)
    periods = len(np.unique(panel.period[panel.counts.sum(axis=1) > 0]))
    known = periods / (periods + UNSEEN_PERIODS)  # of how far an option's usual features are from the average
    many = np.maximum(panel.offered.sum(axis=1), 1)[:, None, None]
    of_row = np.where(panel.offered[:, :, None], panel.x, 0.0).sum(axis=1, keepdims=True) / many
    within = np.where(panel.offered[:, :, None], (panel.x - of_row) ** 2, 0.0).sum(axis=1) / many[:, 0]
    where_apart = (within > 0) * choices[:, 0]  # a deal is rare: what it does counts where there is one
    seen = where_apart.sum(axis=0)
    apart = np.where(seen > 0, (where_apart * within).sum(axis=0) / np.maximum(seen, 1e-300), 1.0)
    return Usual(
        np.hstack([np.eye(free), (mean[1:] - mean[0]) * known]),
        np.eye(free) - 1.0 / options,
        np.diag(np.concatenate([np.zeros(free), apart / USUAL_DEVIATION**2])),
    )
