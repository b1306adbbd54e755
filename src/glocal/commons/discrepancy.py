"""How far to believe each node: by how its prints agree with what all others would foretell for them.

Each print of a node is foretold from the others' prints alone. A node's *surprise* is its mean log loss beyond what was
to be expected of honest chance. Among honest nodes surprises scatter; one that lies far beyond the scatter of the
middle half (median and median absolute deviation, which bad nodes cannot move until they are the majority) counts
less, by the square of how far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
FREE, POWER, FEWEST_PRINTS = 3.0, 2, 4


def trust_in_nodes(nodes: Sequence[str], shared: Array, pull: Array, ok: Array) -> Mapping[str, float]:
    """Return a weight from 0 to 1 per node.

    Parameters
    ----------
    nodes : sequence of str
        Whose print each row is.
    shared : (n, n) array
        Prior covariance of the log odds without what only one node's prints share.
    pull : (n,) array
        Posterior weights of the rows; the mean log odds anywhere are covariance @ pull.
    ok : (n,) array
        1 where the print came out well.
    """
    names = np.array(nodes, dtype=object)
    surprise, least = {}, 0.02
    for node in dict.fromkeys(nodes):
        own = names == node
        if own.sum() >= FEWEST_PRINTS:
            surprise[node] = _surprise(shared[np.ix_(own, ~own)] @ pull[~own], ok[own])
    if not surprise:
        return dict.fromkeys(nodes, 1.0)
    values = np.array(list(surprise.values()))
    middle = float(np.median(values))
    scatter = max(1.4826 * float(np.median(np.abs(values - middle))), least)
    weights = dict.fromkeys(nodes, 1.0)
    for node, value in surprise.items():
        far = (value - middle) / scatter
        weights[node] = 1.0 if far <= FREE else float((FREE / far) ** POWER)
    return weights


def _surprise(log_odds: Array, ok: Array) -> float:
    """Return the mean log loss beyond its expectation; the odds are drawn a third to the middle, as they are unsure."""
    chance = 1 / (1 + np.exp(-np.clip(0.7 * log_odds, -20, 20)))
    loss = -np.where(ok > 0, np.log(chance), np.log1p(-chance))
    expected = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
    return float((loss - expected).mean())
