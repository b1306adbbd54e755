"""Learn from the trials themselves how alike prints are: the shape of the odds' covariance.

Maximises Laplace's approximation of the marginal likelihood (Rasmussen & Williams, equation 3.32) with a weak
log-normal prior around the shape that ships, one parameter after the other in shrinking steps. No question that is
asked later takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np

from glocal.commons.odds import Experience, Shape, Trial

MOST_ROWS, SWEEPS, FIRST_STEP, SHRINK = 800, 4, 0.7, 0.6


def learn_shape(trials: Sequence[Trial], *, rng: np.random.Generator, most_rows: int = MOST_ROWS) -> Shape:
    """Return the shape under which the trials are most likely.

    Parameters
    ----------
    trials : sequence of Trial
        At least ``odds.FEWEST``.
    rng : numpy Generator
        Chooses which trials are looked at when there are more than ``most_rows``.
    """
    chosen = sorted(rng.permutation(len(trials))[:most_rows])
    sample = [trials[place] for place in chosen]
    names = [field.name for field in fields(Shape)]
    start = np.log([getattr(Shape(), name) for name in names])

    def shape_at(place: np.ndarray) -> Shape:
        return Shape(**dict(zip(names, (float(value) for value in np.exp(place)), strict=True)))

    def cost(place: np.ndarray) -> float:
        likelihood = Experience(sample, shape_at(place), defended=False).log_evidence
        return -likelihood + 0.5 * float(((place - start) ** 2).sum())

    return shape_at(_descend(cost, start))


def _descend(cost: Callable[[np.ndarray], float], start: np.ndarray) -> np.ndarray:
    best, place, step = cost(start), start.copy(), FIRST_STEP
    for _ in range(SWEEPS):
        for parameter in range(len(place)):
            for move in (step, -step):
                tried = place.copy()
                tried[parameter] += move
                found = cost(tried)
                if found < best - 0.01:
                    best, place = found, tried
                    break
        step *= SHRINK
    return place
