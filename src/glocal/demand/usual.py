"""How far utilities are apart before anybody has chosen: what nobody has chosen yet is possible, and no favourite.

The network's utilities of options, at the prices that are usual for each, are N(0, s²), whichever option comes first. A
few choices among many options cannot show whether some are liked more, so s² is learnt with them (the evidence
framework; MacKay, "Bayesian interpolation", Neural Computation 4, 1992); a belief about it that weighs as much as some
options stays. What varies with the offer, such as a price, may move utilities further than that: how far an option's
price lies from the others' says nothing about how it is liked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats
from glocal.demand.panel import Panel

USUAL_DEVIATION = 2.0  # s: the liked half of options is wanted about 15 times as often as the other
BELIEF_OPTIONS = 3.0  # that s weighs as much as this many options
FEATURE_REACH = 2.0  # a feature may move utilities this many times as far as options lie apart


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
    many = np.maximum(panel.offered.sum(axis=1), 1)[:, None, None]
    of_row = np.where(panel.offered[:, :, None], panel.x, 0.0).sum(axis=1, keepdims=True) / many
    apart = (shown * (panel.x - of_row) ** 2 / many).sum(axis=(0, 1)) / choices.sum()
    return Usual(
        np.hstack([np.eye(free), mean[1:] - mean[0]]),
        np.eye(free) - 1.0 / options,
        np.diag(np.concatenate([np.zeros(free), apart / (FEATURE_REACH * USUAL_DEVIATION) ** 2 + 1e-9])),
    )
