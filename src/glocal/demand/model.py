"""What the regions want, as far as they have said: preferences with honest intervals, defaults, updates.

Every answer says how much of it is the region's own voice and how much the network's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from glocal.demand.dirichlet import Floats, Hierarchy
from glocal.demand.errors import UnknownQuestion
from glocal.demand.events import KIND_WEIGHTS, Kind
from glocal.values import Estimate

DRAWS = 2000
SEED = 20240917  # answers are reproducible: the same model gives the same digits
SURE_ENOUGH = 0.8  # P(better than the network's default) that makes a default regional
FEWEST_CHOICES = 5  # a continuous parameter's default is never regional from fewer choices

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Preference:
    """How many of a region's people want an option.

    Parameters
    ----------
    option : str
    share : Estimate
        0 to 1, with its 80 % interval.
    own_voice : float
        0 to 1: how much of the answer the region itself has said.
    offered : bool
        False for what was only wished for.
    """

    option: str
    share: Estimate
    own_voice: float
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Default:
    """What to preselect.

    ``option`` is the region's own only when ``regional``; ``odds_better`` is the probability that more people of the
    region want the regional candidate than the network's default ``network_option``.
    """

    option: str | float
    odds_better: float
    regional: bool
    network_option: str | float
    candidate: str | float
    own_voice: float


@dataclass(frozen=True, slots=True)
class RegionEvidence:
    """What one region has said: effective choices by option, and how many fell into the week that is still open."""

    counts: Floats
    choices: float = 0.0
    week: str = ""
    week_choices: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """One parameter of one product.

    Parameters
    ----------
    options : tuple of str
        All that were offered or wished for; for a continuous parameter, the intervals between ``edges``.
    offered : tuple of str
        Those that are offered (the set seen last).
    edges : (J+1,) float or None
        Borders of a continuous parameter's intervals.
    hierarchy : Hierarchy
    regions : mapping of str to RegionEvidence
    rho : float
        Over-dispersion within one region and week.
    notes : tuple of str
        What a reader of the answers should know.
    """

    options: tuple[str, ...]
    offered: tuple[str, ...]
    edges: Floats | None
    hierarchy: Hierarchy
    regions: Mapping[str, RegionEvidence]
    rho: float
    notes: tuple[str, ...] = ()

    def evidence(self, region: str) -> RegionEvidence:
        """Return what a region has said; nothing for one that was never seen."""
        return self.regions.get(region) or RegionEvidence(np.zeros(len(self.options)))

    def draws(self, region: str) -> Floats:
        """Return draws of the region's shares, (DRAWS, J)."""
        return self.hierarchy.draw(self.evidence(region).counts, DRAWS, np.random.default_rng(SEED))


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was learnt, by (product, parameter)."""

    questions: Mapping[Key, Question]
    kind_weights: Mapping[Kind, float] = field(default_factory=lambda: KIND_WEIGHTS)

    def question(self, product: str, parameter: str) -> Question:
        """Return one question, or raise :class:`UnknownQuestion`."""
        found = self.questions.get((product, parameter))
        if found is None:
            raise UnknownQuestion(
                f"Nobody has chosen {parameter!r} of {product!r} yet.",
                help="The design's own default is all there is to go by.",
                product=product,
                parameter=parameter,
            )
        return found

    def preferences(self, region: str, product: str, parameter: str) -> tuple[Preference, ...]:
        """Return what a region wants, the most wanted first; for a continuous parameter by interval, in order."""
        question = self.question(product, parameter)
        draws = question.draws(region)
        means, (lows, highs) = draws.mean(axis=0), np.quantile(draws, [0.1, 0.9], axis=0)
        evidence = question.evidence(region)
        voice = question.hierarchy.own_voice(float(evidence.counts.sum()))
        everywhere = sum(found.choices for found in question.regions.values())
        source = f"{evidence.choices:g} choices here, {everywhere - evidence.choices:g} elsewhere"
        found = [
            Preference(
                option,
                Estimate(mean, min(low, mean), max(high, mean), source),
                voice,
                question.edges is not None or option in question.offered,
            )
            for option, mean, low, high in zip(
                question.options, means.tolist(), lows.tolist(), highs.tolist(), strict=True
            )
        ]
        if question.edges is None:
            found.sort(key=lambda preference: (-preference.share.value, preference.option))
        return tuple(found)

    def default(self, region: str, product: str, parameter: str) -> Default:
        """Return what to preselect in a region: its own favourite only when P(better) is at least 0.8."""
        question = self.question(product, parameter)
        if question.edges is not None:
            return _continuous_default(question, region)
        return _option_default(question, region)


def _option_default(question: Question, region: str) -> Default:
    offered = [question.options.index(option) for option in question.offered]
    network = max(offered, key=lambda j: (question.hierarchy.network_shares()[j], -j))
    draws = question.draws(region)
    means = draws.mean(axis=0)
    candidate = max(offered, key=lambda j: (means[j], -j))
    odds = 0.0 if candidate == network else float((draws[:, candidate] > draws[:, network]).mean())
    regional = odds >= SURE_ENOUGH
    evidence = question.evidence(region)
    return Default(
        question.options[candidate if regional else network],
        odds,
        regional,
        question.options[network],
        question.options[candidate],
        question.hierarchy.own_voice(float(evidence.counts.sum())),
    )


def _continuous_default(question: Question, region: str) -> Default:
    """Return the median; better means: most people of the region are nearer to it than to the network's median."""
    assert question.edges is not None  # noqa: S101 - asked only of continuous parameters
    draws = question.draws(region)
    network = median_of(question.edges, question.hierarchy.network_shares())
    candidate = median_of(question.edges, draws.mean(axis=0))
    evidence = question.evidence(region)
    odds = 0.0
    if evidence.choices >= FEWEST_CHOICES and candidate != network:
        below = share_below(question.edges, draws, (candidate + network) / 2)
        odds = float(((below > 0.5) if candidate < network else (below < 0.5)).mean())
    regional = odds >= SURE_ENOUGH
    voice = question.hierarchy.own_voice(float(evidence.counts.sum()))
    return Default(candidate if regional else network, odds, regional, network, candidate, voice)


def share_below(edges: Floats, shares: Floats, value: float) -> Floats:
    """Return the share of people below ``value``, spread evenly within each interval.

    Parameters
    ----------
    edges : (J+1,) float
    shares : (…, J) float
    """
    widths = np.diff(edges)
    parts = np.clip((value - edges[:-1]) / widths, 0.0, 1.0)
    return np.asarray(shares @ parts)


def median_of(edges: Floats, shares: Floats) -> float:
    """Return the median of a distribution that is even within each interval."""
    cumulative = np.concatenate([[0.0], np.cumsum(shares)])
    return float(np.interp(0.5 * cumulative[-1], cumulative, edges))


def interval_of(edges: Floats, value: float) -> int:
    """Return the interval that holds ``value``; values beyond the ends belong to the end intervals."""
    return int(np.clip(np.searchsorted(edges, value, side="right") - 1, 0, len(edges) - 2))
