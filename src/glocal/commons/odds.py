"""The odds that a print succeeds here: what the network has seen, corrected by what this shop has seen.

The network's trials give a prior for this node's questions (:mod:`glocal.commons.odds_network`); the node's own trials
then move it. Where nobody has tried anything alike the interval is wide. Where it is known how well prints came out,
two networks speak, one that heeds these grades and one that hears only good or bad: grades teach more, but may mislead
where a shop's prints are unlike all others.

Against poisoning: no node counts for more than ``NODE_CAP`` trials, however many it publishes, nor fills the table so
that others find no room; and each node is believed as far as the others' prints foretell its own
(:mod:`glocal.commons.discrepancy`). And a shop's own prints judge: the networks' odds are mixed with those
from own prints alone, each by how well it foretold the shop's own prints one after the other (Bayesian model averaging
by prequential likelihood, Dawid 1984). What they say against the networks beyond bad luck counts more than what they
say for them: a shop that is the opposite of all others soon trusts itself alone, and those like others lose little
(``benchmarks/contrary.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np

from glocal.commons.errors import NothingKnown
from glocal.commons.laplace import Array
from glocal.commons.odds_data import Setting, Shape, Trial, room_for_all
from glocal.commons.odds_network import NODE_CAP, Foretold, Network, chance_of, logistic
from glocal.design.counted import counted
from glocal.values import Estimate

FEWEST, MOST = 20, 1500
MOST_OWN, NETWORK_BELIEF, GRADED_BELIEF = 60, 0.9, 0.3  # the graded network's is a part of all networks'
LEARNING_RATE = 0.5  # of what own prints say about who foretells them; below 1 as no model is true (Grünwald 2012)
AGAINST_ALL, LUCK = 4.0, 1.0  # the same of what they say against all networks beyond so many nats of bad luck
NORMAL_80 = 1.2815515655446004  # 0.9 quantile of the standard normal


class Experience:
    """What the network's trials say, ready to be asked.

    Parameters
    ----------
    trials : sequence of Trial
        From other nodes, each node's oldest first; ``MOST`` count, of each node its newest.
    shape : Shape
        How alike prints are.
    defended : bool
        Whether nodes that contradict all others count less.
    capped : bool
        Whether no node counts for more than ``NODE_CAP`` trials.
    """

    def __init__(
        self, trials: Sequence[Trial], shape: Shape | None = None, *, defended: bool = True, capped: bool = True
    ) -> None:
        if len(trials) < FEWEST:
            few = f"Only {counted(len(trials), 'print is', 'prints are')} known" if trials else "No print is known yet"
            raise NothingKnown(
                f"{few}; odds are told from {FEWEST} prints up.",
                help="Follow more shops, or try it and publish what came out.",
                known=len(trials),
            )
        shape, kept = shape or Shape(), room_for_all(trials, MOST)
        shapes = [shape, shape.graded] if shape.graded else [shape]
        self.networks = [Network(kept, each, defended=defended, capped=capped) for each in shapes]

    @property
    def trust(self) -> Mapping[str, float]:
        """Per node the chance that it is honest, from whether its prints came out well."""
        return self.networks[0].trust

    @property
    def scale(self) -> tuple[Array, Array]:
        """Mean and spread of each setting."""
        return self.networks[0].centre, self.networks[0].spread

    def alone(self) -> Experience:
        """Return what one would know on the same scales if nobody had shared anything."""
        nothing = copy(self)
        nothing.networks = [self.networks[0].alone()]
        return nothing

    def odds(self, questions: Sequence[Setting], own: Sequence[Trial] = ()) -> list[Estimate]:
        """Return the chance of success of each question, with its 80 % interval.

        Parameters
        ----------
        questions : sequence of Setting
            Of one node.
        own : sequence of Trial
            That node's own trials, beside those that the experience was made from.
        """
        own = list(own)[-MOST_OWN:]
        found = [network.foretell(questions, own) for network in self.networks]
        beliefs = [NETWORK_BELIEF] if len(found) == 1 else [NETWORK_BELIEF - GRADED_BELIEF, GRADED_BELIEF]
        if own:
            found.append(self.networks[0].alone().foretell(questions, own))
            beliefs.append(1 - NETWORK_BELIEF)
        likely = [each.log_likelihood for each in found]
        if own:
            networks = float(np.log(np.average(np.exp(np.array(likely[:-1]) - max(likely)), weights=beliefs[:-1])))
            likely[-1] += (AGAINST_ALL / LEARNING_RATE - 1) * max(likely[-1] - max(likely) - networks - LUCK, 0.0)
        shares = _shares(beliefs, likely)
        settings = self.networks[0].settings
        nodes = len({setting.node for setting in settings})
        source = told_by(len(settings), nodes, len(own))
        ends = sum((share * _ends(each) for share, each in zip(shares, found, strict=True)), np.zeros((3, 1)))
        return [Estimate(value, low, high, source) for low, value, high in ends.T.tolist()]


def told_by(prints: int, shops: int, own: int) -> str:
    """Return in words whose prints odds rest on.

    Examples
    --------
    >>> told_by(25, 5, 1)
    '25 prints of 5 shops and 1 of this one'
    >>> told_by(0, 0, 24)
    '24 prints of this shop alone'
    """
    if not prints:
        return f"{counted(own, 'print', 'prints')} of this shop alone"
    theirs = f"{counted(prints, 'print', 'prints')} of {counted(shops, 'shop', 'shops')}"
    return f"{theirs} and {own} of this one" if own else theirs


def _shares(beliefs: Sequence[float], log_likelihoods: Sequence[float]) -> Array:
    """Return how much each counts, from how far it was believed before and how well it foretold own prints."""
    logarithms = np.log(beliefs) + LEARNING_RATE * np.array(log_likelihoods)
    shares: Array = np.exp(logarithms - logarithms.max())
    shares /= shares.sum()
    return shares


def _ends(told: Foretold) -> Array:
    """Return low ends, chances averaged over the uncertain log odds, and high ends, of each 80 %; (3, questions)."""
    pairs = list(zip(told.means, told.deviations, strict=True))
    value = np.array([chance_of(mean, deviation**2) for mean, deviation in pairs])
    low, high = (
        np.array([logistic(mean + side * NORMAL_80 * deviation) for mean, deviation in pairs]) for side in (-1, 1)
    )
    return np.array([np.minimum(low, value), value, np.maximum(high, value)])


__all__ = ["FEWEST", "MOST", "NODE_CAP", "Experience", "Setting", "Shape", "Trial", "room_for_all", "told_by"]
