"""How far a maker can be trusted: by what came out, shrunk towards all makers while there is little, and vouched for.

A plate comes out right if it is started, the machine carries it through, and the part is good. Each phase has odds of
its own (a beta distribution whose prior is the network's record), so that a maker who never starts is not mistaken for
one whose parts warp. Nothing that a maker says of themselves counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from glocal.network.errors import NeedBroken
from glocal.values import Estimate

EVEN = 0.5 ** (1 / 3)
"""Odds of each of the three phases of which nothing is known: all three together are as even as a coin."""
PRIOR_PLATES = 8.0  # the network's record counts for as many plates of a maker's own
Z_80 = 1.2815515655446004
PROVEN_PLATES = 8  # right ones: from here on no limit
FIRST_PLATES = 1
VOUCHED_PLATES = 2  # more at once for each neighbour who vouches
MOST_VOUCHES = 3
WORTH_A_VOUCH = 0.6  # lower end of the odds of who vouches


@dataclass(frozen=True, slots=True)
class Record:
    """What came out of a maker's plates.

    Parameters
    ----------
    ok, part_fault, machine_fault, never_started : int
        Plates by how far they came; what a customer cancelled is not counted.
    """

    ok: int = 0
    part_fault: int = 0
    machine_fault: int = 0
    never_started: int = 0

    def __post_init__(self) -> None:
        if min(self.ok, self.part_fault, self.machine_fault, self.never_started) < 0:
            raise NeedBroken("A record counts plates, and none of its numbers is negative.")

    @property
    def plates(self) -> int:
        """All plates."""
        return self.ok + self.part_fault + self.machine_fault + self.never_started

    def phases(self) -> tuple[tuple[int, int], ...]:
        """Return (passed, failed) of each phase: started, carried through, good."""
        started = self.ok + self.part_fault + self.machine_fault
        return (
            (started, self.never_started),
            (self.ok + self.part_fault, self.machine_fault),
            (self.ok, self.part_fault),
        )


def success_odds(own: Record, others: Record) -> Estimate | None:
    """Return the chance that one plate of a maker comes out right, or None when nobody has printed anything.

    Parameters
    ----------
    own : Record
        The maker's.
    others : Record
        All other makers' together: what one expects of somebody unknown.
    """
    if own.plates + others.plates == 0:
        return None
    value, spread = 1.0, 0.0
    for (passed, failed), (all_passed, all_failed) in zip(own.phases(), others.phases(), strict=True):
        # of others too, two plates of even odds are assumed beforehand: nobody is certain
        expected = (all_passed + 2.0 * EVEN) / (all_passed + all_failed + 2)
        weight = PRIOR_PLATES if all_passed + all_failed else 2.0
        good, bad = passed + weight * expected, failed + weight * (1 - expected)
        mean = good / (good + bad)
        value *= mean
        spread += (1 - mean) / (mean * (good + bad + 1))  # variance of a beta over its mean squared
    reach = exp(Z_80 * sqrt(spread))
    words = f"{own.ok} of {own.plates} plates of this maker, and {others.ok} of {others.plates} of the others"
    return Estimate(value, value / reach, min(1.0, value * reach), words)


def plates_at_once(own: Record, vouched: Sequence[Estimate | None]) -> int | None:
    """Return how many plates a maker on probation may have open at once; None when they have proven themselves.

    Each two plates that came out right allow one more. Who vouches must have good odds of their own.

    Parameters
    ----------
    vouched : sequence of Estimate or None
        The odds of each maker who vouches; None for one without a record, whose word does not count.
    """
    if own.ok >= PROVEN_PLATES and own.ok >= WORTH_A_VOUCH * own.plates:
        return None
    words = sum(1 for odds in vouched if odds is not None and odds.low >= WORTH_A_VOUCH)
    failed = own.plates - own.ok
    return max(FIRST_PLATES, FIRST_PLATES + own.ok // 2 + VOUCHED_PLATES * min(words, MOST_VOUCHES) - failed)
