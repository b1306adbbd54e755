"""What the regions want, as far as they have said: preferences with honest intervals, defaults, updates.

Every answer says how much of it is the region's own voice and how much the network's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from glocal.demand.errors import EventBroken, UnknownQuestion
from glocal.demand.events import KIND_WEIGHTS, Kind
from glocal.demand.insight import Insight, insights
from glocal.demand.intervals import median_of, share_below
from glocal.demand.question import SEED, Key, Question
from glocal.values import Estimate

SURE_ENOUGH = 0.8  # P(better than the network's default) that makes a default regional
FEWEST_CHOICES = 5  # a continuous parameter's default is never regional from fewer choices


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
        voice = question.own_voice(region)
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

    def predict(
        self,
        region: str,
        product: str,
        parameter: str,
        offered: Sequence[str] = (),
        prices: Sequence[float] = (),
    ) -> tuple[Preference, ...]:
        """Return how a region would choose from a set that may never have been offered, at prices if given.

        Parameters
        ----------
        offered : sequence of str
            Empty for what is offered now.
        prices : sequence of float
            One per option; the shares answer to them as far as the data showed a response.

        Raises
        ------
        UnknownQuestion
            For an option that nobody has ever seen or wished for.
        TooLittleData
            With prices, where no response to them could be learnt.
        """
        question = self.question(product, parameter)
        wanted = tuple(offered) or question.offered
        unknown = [option for option in wanted if option not in question.options]
        if unknown:
            raise UnknownQuestion(
                f"Nobody has seen or asked for {', '.join(unknown)} yet.", help=f"Known: {', '.join(question.options)}."
            )
        index = [question.options.index(option) for option in wanted]
        draws = question.asked_draws(region, index, prices)
        means, (lows, highs) = draws.mean(axis=0), np.quantile(draws, [0.1, 0.9], axis=0)
        voice = question.own_voice(region)
        source = self.preferences(region, product, parameter)[0].share.source
        return tuple(
            Preference(option, Estimate(m, min(lo, m), max(hi, m), source), voice, option in question.offered)
            for option, m, lo, hi in zip(wanted, means.tolist(), lows.tolist(), highs.tolist(), strict=True)
        )

    def assortment(
        self, region: str, product: str, parameter: str, k: int, margins: Mapping[str, float] | None = None
    ) -> tuple[str, ...]:
        """Return the k options to offer: by what each is expected to bring (share × margin), wishes included.

        With equal margins this is the revenue-ordered set of the multinomial logit (Talluri & van Ryzin, 2004).
        """
        if k < 1:
            raise EventBroken(f"An assortment of {k} options was asked for, expected 1 or more.")
        found = self.preferences(region, product, parameter)
        worth = sorted(found, key=lambda p: (-p.share.value * (margins or {}).get(p.option, 1.0), p.option))
        return tuple(preference.option for preference in worth[:k])

    def explain(self, region: str) -> tuple[Insight, ...]:
        """Return where a region differs from the network, the surest first."""
        return insights(self.questions, region)

    def run_size(
        self,
        region: str,
        product: str,
        parameter: str,
        option: str,
        *,
        demand: Estimate,
        cost_under: float,
        cost_over: float,
    ) -> int:
        """Return how many of one option to make when ``demand`` pieces of the product will be asked for in all.

        The share's and the demand's doubts are drawn together; the quantity is the newsvendor's quantile.
        """
        if not (cost_under > 0 and cost_over > 0 and np.isfinite(cost_under + cost_over)):
            raise EventBroken("The costs of one too few and one too many must be more than 0.")
        question = self.question(product, parameter)
        if option not in question.options:
            raise UnknownQuestion(f"Nobody has seen or asked for {option!r} yet.")
        share = question.draws(region)[:, question.options.index(option)]
        rng = np.random.default_rng(SEED + 1)
        spread = max((demand.high - demand.low) / 2.563, 1e-9)  # 80 % of a normal distribution
        shape = max(demand.value, 1e-9) ** 2 / spread**2
        total = rng.gamma(shape, max(demand.value, 1e-9) / shape, size=len(share))
        return int(np.quantile(rng.poisson(total * share), cost_under / (cost_under + cost_over), method="higher"))

    def default(self, region: str, product: str, parameter: str) -> Default:
        """Return what to preselect in a region: its own favourite only when P(better) is at least 0.8."""
        question = self.question(product, parameter)
        if question.edges is not None:
            return _continuous_default(question, region)
        return _option_default(question, region)


def _option_default(question: Question, region: str) -> Default:
    offered = [question.options.index(option) for option in question.offered]
    network = max(offered, key=lambda j: (question.network_shares()[j], -j))
    draws = question.draws(region)
    means = draws.mean(axis=0)
    candidate = max(offered, key=lambda j: (means[j], -j))
    odds = 0.0 if candidate == network else float((draws[:, candidate] > draws[:, network]).mean())
    regional = odds >= SURE_ENOUGH
    return Default(
        question.options[candidate if regional else network],
        odds,
        regional,
        question.options[network],
        question.options[candidate],
        question.own_voice(region),
    )


def _continuous_default(question: Question, region: str) -> Default:
    """Return the median; better means: most people of the region are nearer to it than to the network's median."""
    assert question.edges is not None  # noqa: S101 - asked only of continuous parameters
    draws = question.draws(region)
    network = median_of(question.edges, question.network_shares())
    candidate = median_of(question.edges, draws.mean(axis=0))
    evidence = question.evidence(region)
    odds = 0.0
    if evidence.choices >= FEWEST_CHOICES and candidate != network:
        below = share_below(question.edges, draws, (candidate + network) / 2)
        odds = float(((below > 0.5) if candidate < network else (below < 0.5)).mean())
    regional = odds >= SURE_ENOUGH
    return Default(candidate if regional else network, odds, regional, network, candidate, question.own_voice(region))
