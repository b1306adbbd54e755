"""Shops that are the opposite of all others: what they lose to themselves alone, and what those like others gain.

The truth is known: in a simulated network each shop has its habits, and what helps one helps the others. A newcomer
asks about its next prints, once as it is and once with all its outcomes turned round, so that what helps others hurts.
Three prints cannot tell that a shop is alone in this; ten can. How much own prints count against all others was chosen
on other worlds than these (seeds 300 to 304).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks import Figure, at_most
from benchmarks.poison import VENDORS, loss_of, trial
from glocal.commons.odds import Experience, Trial
from glocal.commons.shapes import fair_shape

SHOPS, PRINTS, WORLDS, NEWCOMERS, ASKED = 30, 12, 4, 8, 60
BARS = {3: None, 6: 0.05, 10: 0.05, 20: 0.02}  # own prints -> log loss above own prints alone, for the opposite


def figures() -> list[Figure]:
    """Return log loss above own prints alone, for newcomers that are like others and for their opposites."""
    lost: dict[tuple[bool, int], list[float]] = {}
    for seed in range(WORLDS):
        for like, own, above in world(seed):
            lost.setdefault((like, own), []).append(above)
    found = []
    for own, bar in BARS.items():
        name = f"opposite of all others, {own} own prints: log loss above own alone"
        value, peer = float(np.mean(lost[False, own])), float(np.mean(lost[True, own]))
        figure = at_most(name, value, bar) if bar is not None else Figure(name, value)
        found.append(replace(figure, peer="like the others", peer_value=peer))
    return found


def world(seed: int) -> list[tuple[bool, int, float]]:
    """Return whether each newcomer is like the others, its number of own prints, and its log loss above own alone."""
    rng = np.random.default_rng(1000 + seed)
    slope, vendor = rng.normal(0, 1.2, 4), dict(zip(VENDORS, rng.normal(0, 0.8, len(VENDORS)), strict=True))

    def prints(each: np.random.Generator, node: str, count: int) -> list[Trial]:
        habit, taste = each.normal(0, 0.8), each.normal(0, 1, 4)
        made = [trial(each, node, habit, taste, slope=slope, vendor=vendor) for _ in range(count)]
        return [replace(print_, grade=None) for print_ in made]

    others = [print_ for n, each in enumerate(rng.spawn(SHOPS)) for print_ in prints(each, f"shop{n}", PRINTS)]
    experience = Experience(others, fair_shape(others))
    found = []
    for each in rng.spawn(NEWCOMERS):
        mine = prints(each, "newcomer", max(BARS) + ASKED)
        for like in (True, False):
            told = mine if like else [replace(print_, ok=not print_.ok) for print_ in mine]
            rest = told[max(BARS) :]
            asked, ok = [print_.setting for print_ in rest], np.array([print_.ok for print_ in rest])
            for own in BARS:
                losses = [
                    loss_of([odds.value for odds in judge.odds(asked, told[:own])], ok)
                    for judge in (experience, experience.alone())
                ]
                found.append((like, own, losses[0] - losses[1]))
    return found
