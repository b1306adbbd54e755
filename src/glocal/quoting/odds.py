"""How likely one attempt fails: a stated prior that own prints move, level by level and never by a jump.

The chance on a machine with a material lies around the machine's, that around the shop's, that around what was
believed before. Each level is a beta distribution; its mean is the next level's prior with a limited weight, so that
two prints on a new machine say little and two hundred speak for themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from glocal.quoting.errors import BadTerms
from glocal.values import Estimate

Z_80 = 1.2815515655446004
LEAST_WEIGHT, MOST_WEIGHT = 4.0, 60.0
"""In prints: what a prior weighs at least, however vague, and at most, however sure its author was."""
LEVEL_WEIGHT = 20.0
"""In prints: how firmly a machine is expected to be like its shop, and a material like its machine."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried at one level, the wider levels first.

    Parameters
    ----------
    where : str
        In words, for example ``"on this machine"``.
    failed, prints : int
        ``0 <= failed <= prints``; a level's prints are among those of the level before.
    """

    where: str
    failed: int
    prints: int

    def __post_init__(self) -> None:
        if not 0 <= self.failed <= self.prints:
            raise BadTerms(
                f"{self.failed} of {self.prints} prints {self.where} failed.",
                help="Count them again.",
                where=self.where,
            )


def failure_odds(prior: Estimate, levels: Sequence[Tried]) -> Estimate:
    """Return the chance that the next attempt fails, with its 80 % interval.

    Parameters
    ----------
    prior : Estimate
        What was believed before any of these prints; its interval says how firmly.
    levels : sequence of Tried
        From the widest to the narrowest. A print counts once: at the narrowest level that it belongs to, the wider
        ones know it through the counts of theirs without it.
    """
    from scipy.special import betaincinv

    if not 0 < prior.value < 1:
        return prior
    mean, weight = prior.value, weight_of(prior)
    for place, level in enumerate(levels):
        inner = levels[place + 1] if place + 1 < len(levels) else Tried("", 0, 0)
        failed, prints = level.failed - inner.failed, level.prints - inner.prints
        mean = (mean * weight + failed) / (weight + prints)
        weight += prints
        if place + 1 < len(levels):
            weight = min(weight, LEVEL_WEIGHT)
    ends = (float(betaincinv(mean * weight, (1 - mean) * weight, share)) for share in (0.1, 0.9))
    low, high = (min(max(end, 0.0), 1 - 1e-9) for end in ends)
    seen = ", ".join(
        f"{level.failed} of {level.prints} prints {level.where} failed" for level in levels if level.prints
    )
    source = f"{seen}; before: {prior.source}" if seen else prior.source
    return Estimate(mean, min(low, mean), max(high, mean), source)


def weight_of(prior: Estimate) -> float:
    """Return how many prints a prior weighs, from the width of its interval."""
    spread = (prior.high - prior.low) / (2 * Z_80)
    if spread <= 0:
        return MOST_WEIGHT
    return min(MOST_WEIGHT, max(LEAST_WEIGHT, prior.value * (1 - prior.value) / math.pow(spread, 2) - 1))
