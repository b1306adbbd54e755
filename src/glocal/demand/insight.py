"""Where a region differs from the network, in numbers that a sentence can be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glocal.demand.intervals import shares_beyond
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.demand.dirichlet import Floats
    from glocal.demand.question import Key, Question


@dataclass(frozen=True, slots=True)
class Beyond:
    """How many of a region's people want a number larger, or smaller, than a value.

    Parameters
    ----------
    value : float
    more : bool
        Whether ``share`` is of those who want more.
    share, network_share, odds_differs, own_voice
        As in :class:`Insight`.
    """

    product: str
    parameter: str
    value: float
    more: bool
    share: Estimate
    network_share: float
    odds_differs: float
    own_voice: float

    @property
    def apart(self) -> float:
        """How far the region's share lies from the network's."""
        return abs(self.share.value - self.network_share)


_NOBODY = ""  # a region that has said nothing


@dataclass(frozen=True, slots=True)
class Insight:
    """Where a region differs from the network.

    Parameters
    ----------
    odds_differs : float
        Probability that the region's share lies on the side of the network's that ``share`` shows, had both sides
        been equally likely before the region spoke.
    own_voice : float
        0 to 1: how much of the answer the region itself has said.
    offered : bool
        False for what was only wished for.
    past_share : float or None
        Where the region moves and others do not, its share of the option over all of its past; else None.
    """

    product: str
    parameter: str
    option: str
    share: Estimate
    network_share: float
    odds_differs: float
    own_voice: float
    offered: bool
    past_share: float | None = None

    @property
    def apart(self) -> float:
        """How far the region's share lies from the network's."""
        return abs(self.share.value - self.network_share)


def insights(questions: Mapping[Key, Question], region: str) -> tuple[Insight, ...]:
    """Return where a region differs, the surest first; nothing while no other region has chosen to differ from."""
    found = [
        insight
        for (product, parameter), question in questions.items()
        if question.edges is None and region in question.regions and len(question.regions) > 1
        for insight in _of_question(product, parameter, question, region)
    ]
    return tuple(sorted(found, key=lambda i: (-i.odds_differs, -i.apart)))


def beyond(question: Question, key: Key, region: str, value: float) -> Beyond | None:
    """Return on which side of a value a region differs from the network; None where one of them has said nothing."""
    if question.edges is None or region not in question.regions or len(question.regions) < 2:
        return None
    sides = [np.stack(shares_beyond(question.edges, draws, value), axis=-1) for draws in _three(question, region)]
    draws, before, network = sides
    shares = draws.mean(axis=0)
    odds = _odds_of_side(draws, before, network[0], shares > network[0])
    side = int(np.argmax(np.abs(shares - network[0])))
    low, high = np.quantile(draws[:, side], [0.1, 0.9]).tolist()
    share = float(shares[side])
    estimate = Estimate(share, min(low, share), max(high, share), "the region's and the network's choices")
    about = (float(network[0, side]), float(odds[side]), question.own_voice(region))
    return Beyond(*key, value, side == 1, estimate, *about)


def _three(question: Question, region: str) -> tuple[Floats, Floats, Floats]:
    return question.draws(region), question.draws(_NOBODY), question.network_shares()[None]


def _of_question(product: str, parameter: str, question: Question, region: str) -> list[Insight]:
    network, draws, before = question.network_shares(), question.draws(region), question.draws(_NOBODY)
    shares = draws.mean(axis=0)
    odds = _odds_of_side(draws, before, network, shares > network)
    lows, highs = np.quantile(draws, [0.1, 0.9], axis=0)
    lows, highs = np.minimum(lows, shares), np.maximum(highs, shares)  # the mean of a very skewed share lies outside
    voice = question.own_voice(region)
    trend = question.change.local.get(region)
    return [
        Insight(
            product,
            parameter,
            option,
            Estimate(float(shares[j]), float(lows[j]), float(highs[j]), "the region's and the network's choices"),
            float(network[j]),
            float(odds[j]),
            voice,
            option in question.offered,
            trend.past if trend is not None and trend.option == j else None,
        )
        for j, option in enumerate(question.options)
    ]


def _odds_of_side(draws: Floats, before: Floats, network: Floats, above: Floats) -> Floats:
    """Return the probability of a side of the network's shares by the Bayes factor alone, (J,).

    Shares of regions that stray far are skewed: most lie below their mean. A region that has said nothing would
    "surely" differ, were the skew not divided out.
    """

    def odds(shares: Floats) -> Floats:
        side = np.where(above, shares > network, shares < network).sum(axis=0)
        return np.asarray((side + 0.5) / (len(shares) - side + 0.5))

    factor = odds(draws) / odds(before)
    return np.asarray(factor / (1 + factor))
