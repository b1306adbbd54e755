"""How far to believe each node: by how much better all others foretell its prints than somebody who knows nothing.

Each node's prints are foretold without them: they are taken out of the posterior (the *cavity* of expectation
propagation, Minka 2001; here of Laplace's approximation), the node's own habits left free. The logarithm of how much
likelier its prints are so than under the prior alone, a Bayes factor, is the node's *support*. Honest shops have it
above 0, as their prints follow the same laws; who contradicts all others, however consistently with itself, falls
below. A node that lies only where the others cannot tell is not found, and cannot do much harm to their answers.

Support gives a node its *trust*, the chance that it is honest, and its *voice*, for how many prints it may count: who
publishes more than others is as loud as a typical node until others bear it out. As bad nodes support each other, all
begin with one typical voice, and are judged again by those who are believed then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from glocal.commons.laplace import Answers, Array, Posterior, laplace, log_evidence

HONEST = 0.95  # before anything is seen of a node
LISTENINGS = 2
QUIET_UNTIL, LOUD_FROM = -1.0, 1.0  # support


def support_of(nodes: Sequence[str], covariance: Array, posterior: Posterior, answers: Answers) -> Mapping[str, float]:
    """Return per node the logarithm of how much better the others foretell its prints than the prior does.

    Parameters
    ----------
    nodes : sequence of str
        Whose print each row is.
    covariance : (n, n) array
        Prior covariance of the log odds; the prior mean is 0.
    posterior : Posterior
        After all rows.
    answers : Answers
        How the prints came out.
    """
    names = np.array(nodes, dtype=object)
    explained = posterior.explained(covariance)
    found = {}
    for node in dict.fromkeys(nodes):
        own = np.flatnonzero(names == node)
        prior = covariance[np.ix_(own, own)]
        after = prior - explained[:, own].T @ explained[:, own]
        without = _without(after, posterior.root_curvature[own])
        mean = posterior.latent[own] - without @ posterior.pull[own]
        found[node] = _likelihood(mean, without, answers[own]) - _likelihood(np.zeros(len(own)), prior, answers[own])
    return found


def trust(support: float) -> float:
    """Return the chance that a node is honest, 0 to 1."""
    return float(1 / (1 + np.exp(-np.clip(support, -50, 50)) * (1 - HONEST) / HONEST))


def voice(support: float, typical: float, most: float) -> float:
    """Return for how many prints a node may count: ``most`` when others bear it out, else ``typical`` or less."""
    share = min(1.0, max(0.0, (support - QUIET_UNTIL) / (LOUD_FROM - QUIET_UNTIL)))
    return trust(support) * (typical + (most - typical) * share)


def _without(after: Array, root_curvature: Array) -> Array:
    """Return the covariance of rows before what they themselves have told: (after⁻¹ - curvature)⁻¹."""
    told = after * root_curvature
    left = np.eye(len(after)) * (1 + 1e-9) - root_curvature[:, None] * told
    without: Array = after + told @ np.linalg.solve(left, told.T)
    return (without + without.T) / 2


def _likelihood(mean: Array, covariance: Array, answers: Answers) -> float:
    ones = np.ones(len(answers))
    return log_evidence(laplace(covariance, mean, answers, ones), mean, answers, ones)
