"""Sales or choices as arrays: how often each option was chosen, by region and period, and what was offered how."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glocal.demand.dirichlet import Floats
from glocal.demand.errors import EventFileBroken, TooLittleData

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
MOST_DRAWN_FROM = 1e9


@dataclass(frozen=True, slots=True)
class Panel:
    """Choices from offered sets. Rows are region-periods, sorted by region and period.

    Parameters
    ----------
    regions, options, features, covariates : tuple of str
        Names along R, J, F and Q.
    region : (T,) int
        Region of each row.
    period : (T,) int
        Period of each row, in order of time.
    counts : (T, J) float
        Choices, 0 where an option was not offered.
    offered : (T, J) bool
    x : (T, J, F) float
        What varies with option and period: log price, on offer or not.
    z : (R, Q) float
        What is known of a region; standardised by :func:`standardised`.
    """

    regions: tuple[str, ...]
    options: tuple[str, ...]
    features: tuple[str, ...]
    covariates: tuple[str, ...]
    region: Ints
    period: Ints
    counts: Floats
    offered: Bools
    x: Floats
    z: Floats

    def __post_init__(self) -> None:
        rows, options = self.counts.shape
        if self.offered.shape != (rows, options) or self.x.shape != (rows, options, len(self.features)):
            raise ValueError("counts, offered and x do not have the same rows and options")
        if self.z.shape != (len(self.regions), len(self.covariates)):
            raise ValueError("z does not have one row per region")
        if rows and (np.diff(self.region) < 0).any():
            raise ValueError("rows are not sorted by region")
        if not (np.isfinite(self.counts).all() and np.isfinite(self.x).all() and np.isfinite(self.z).all()):
            raise EventFileBroken("A count, a feature or a covariate is missing or not a number.")
        if (self.counts < 0).any() or (self.counts[~self.offered] > 0).any():
            raise EventFileBroken("A count is negative, or something was chosen that was not offered.")

    def rows(self, keep: Bools) -> Panel:
        """Return the panel with some of its rows; regions keep their numbers."""
        return replace(
            self,
            region=self.region[keep],
            period=self.period[keep],
            counts=self.counts[keep],
            offered=self.offered[keep],
            x=self.x[keep],
        )

    def thinned(self, per_region: int, rng: np.random.Generator) -> Panel:
        """Return the panel with at most ``per_region`` choices in each region, drawn without replacement."""
        counts = np.floor(self.counts)
        if (counts != self.counts).any():  # parts of a choice are choices with that probability
            counts = np.floor(self.counts + rng.random(self.counts.shape))
        kept = np.zeros_like(self.counts)
        for r in range(len(self.regions)):
            rows = self.region == r
            kept[rows] = _drawn(counts[rows], per_region, rng)
        return replace(self, counts=kept)

    def starts(self) -> Ints:
        """Return where each region's rows begin, (R+1,)."""
        return np.searchsorted(self.region, np.arange(len(self.regions) + 1))

    def design(self) -> Floats:
        """Return the design of each row, (T, J, P): indicators of all options but the first, then the features.

        The first option's own utility is 0; Σ is estimated in full, so nothing depends on which option comes first.
        """
        rows, options = self.counts.shape
        indicators = np.broadcast_to(np.eye(options)[:, 1:], (rows, options, options - 1))
        return np.concatenate([indicators, self.x], axis=2)


def _drawn(counts: Floats, wanted: int, rng: np.random.Generator) -> Floats:
    """Return ``wanted`` of the choices, or all when there are fewer."""
    total = float(counts.sum())
    if total < MOST_DRAWN_FROM:
        few = min(wanted, int(total))
        drawn = rng.multivariate_hypergeometric(counts.astype(np.int64).ravel(), few, method="marginals")
    else:  # beyond what numpy draws without replacement; from so many it makes no difference
        drawn = np.minimum(rng.multinomial(wanted, (counts / total).ravel()), counts.ravel())
    return np.asarray(drawn.reshape(counts.shape), dtype=float)


def standardised(z: Floats) -> Floats:
    """Return region covariates with mean 0 and deviation 1; a constant one becomes 0."""
    spread = z.std(axis=0)
    return np.asarray((z - z.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def require_choices(panel: Panel) -> None:
    """Raise :class:`TooLittleData` when there is nothing to choose or nothing was chosen."""
    if len(panel.options) < 2:
        raise TooLittleData("There is only one option: nothing is chosen.", help="Offer at least two.")
    if panel.counts.sum() <= 0:
        raise TooLittleData("No choice was made in any region.")
