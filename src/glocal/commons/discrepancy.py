"""How far to believe each node: by how its prints agree with what all others would foretell for them.

Each print of a node is foretold from the others' prints alone. A node's *surprise* is its mean log loss beyond what was
to be expected of honest chance, and its *doubt* how far that lies from the middle of all nodes, in units of their
scatter (median and median absolute deviation, which bad nodes cannot move until they are the majority). Doubt takes
two things from a node. First its loudness: who publishes much may count for more than a typical node only as far as
others bear it out. Then, from ``FREE`` up, its weight, by the square of how far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
FREE, POWER, FEWEST_PRINTS = 3.0, 2, 4
LOUD_UNTIL, TYPICAL_FROM = 0.0, 2.0


def doubts_about(nodes: Sequence[str], shared: Array, pull: Array, ok: Array) -> Mapping[str, float]:
    """Return per node how far its surprise lies beyond the middle of all, in scatters; 0 where it has too few prints.

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
    doubts = dict.fromkeys(nodes, 0.0)
    if surprise:
        values = np.array(list(surprise.values()))
        middle = float(np.median(values))
        scatter = max(1.4826 * float(np.median(np.abs(values - middle))), least)
        doubts |= {node: (value - middle) / scatter for node, value in surprise.items()}
    return doubts


def trust(doubt: float) -> float:
    """Return the weight of a print of a node, 0 to 1."""
    return 1.0 if doubt <= FREE else float((FREE / doubt) ** POWER)


def counts_for(doubt: float, typical: float, most: float) -> float:
    """Return for how many prints a node may count: ``most`` when others bear it out, else no more than ``typical``."""
    share = min(1.0, max(0.0, (TYPICAL_FROM - doubt) / (TYPICAL_FROM - LOUD_UNTIL)))
    least = min(typical, most)
    return least + (most - least) * share


def _surprise(log_odds: Array, ok: Array) -> float:
    """Return the mean log loss beyond its expectation; the odds are drawn a third to the middle, as they are unsure."""
    chance = 1 / (1 + np.exp(-np.clip(0.7 * log_odds, -20, 20)))
    loss = -np.where(ok > 0, np.log(chance), np.log1p(-chance))
    expected = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
    return float((loss - expected).mean())
