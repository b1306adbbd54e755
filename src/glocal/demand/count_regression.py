"""How many will be asked for at other prices: a negative binomial regression with regional levels.

Sales of a variant in a region and period ~ NegBin(mean = r_rj exp(xᵀβ), 1/k = φ). The response β is shared by regions
and variants, found by iteratively reweighted least squares with a level for each region and variant taken out (the
within estimator; Hausman, Hall & Griliches, Econometrica 52, 1984); the levels are Gamma–Poisson as in
:mod:`glocal.demand.run_size`, with exposure Σ exp(xᵀβ) in the place of periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import JEFFREYS, Floats
from glocal.demand.errors import EventBroken, TooLittleData, UnknownQuestion
from glocal.demand.gamma_poisson import gamma_strength, sizes
from glocal.demand.panel import Panel
from glocal.demand.run_size import RunSize, expected_cost, quantile, unsold_notes
from glocal.values import Estimate

ROUNDS = 25
RIDGE = 1e-3
LARGEST_SCATTER = 10.0


@dataclass(frozen=True, slots=True)
class CountRegression:
    """What was learnt.

    Parameters
    ----------
    slopes, errors : (F,) float
        β and its standard errors.
    usual : (J, F) float
        Each variant's mean features: what is assumed where nothing else is said.
    sold, expected, exposure : (R, J) float
        n, what the network's taste would have sold, and Σ exp(xᵀβ) over the training periods.
    rate, unsure : (R, J) float
        What the network's taste would have a region of this size sell at exposure 1, and the relative variance of that.
    strength : (J,) float
        a of each variant.
    scatter : float
        φ of one region, variant and period.
    """

    regions: tuple[str, ...]
    variants: tuple[str, ...]
    features: tuple[str, ...]
    slopes: Floats
    errors: Floats
    usual: Floats
    sold: Floats
    expected: Floats
    exposure: Floats
    rate: Floats
    unsure: Floats
    strength: Floats
    scatter: float

    def demand(self, region: str, variant: str, at: Mapping[str, float], horizon: int) -> tuple[float, float]:
        """Return mean and 1/k of what will be asked for over ``horizon`` periods.

        Parameters
        ----------
        at : mapping
            Feature → its value then; a feature that is not named stays as usual.
        """
        unknown = sorted(set(at) - set(self.features))
        if unknown:
            raise EventBroken(f"The sales do not say {', '.join(unknown)}.", help=f"They say {_listed(self.features)}.")
        if region not in self.regions or variant not in self.variants:
            raise UnknownQuestion(f"Nothing was sold of {variant!r} in {region!r}.")
        if not all(np.isfinite(value) for value in at.values()) or not 1 <= horizon <= 10_000:
            raise EventBroken("A value is not a number, or the horizon is not 1 to 10,000 periods.")
        r, j = self.regions.index(region), self.variants.index(variant)
        if self.exposure[r, j] <= 0:
            raise UnknownQuestion(f"{variant!r} was never offered in {region!r}.")
        x = np.array([at.get(name, usual) for name, usual in zip(self.features, self.usual[j], strict=True)])
        a, n, e = self.strength[j], self.sold[r, j], self.expected[r, j]
        rate = self.rate[r, j] * (a + n) / (a + e)
        unsure = float(((x - self.usual[j]) ** 2 * self.errors**2).sum())  # of the slopes, to first order
        mean = rate * horizon * float(np.exp(np.clip(x @ self.slopes, -20.0, 20.0)))
        network = (a / (a + e)) ** 2  # of size and network; the rest is its own
        own = (1.0 + 1.0 / (a + n)) * (1.0 + network * self.unsure[r, j]) - 1.0
        return mean, own + self.scatter / horizon + unsure

    def run_size(
        self, region: str, variant: str, at: Mapping[str, float], *, cost_under: float, cost_over: float, horizon: int
    ) -> RunSize:
        """Return how many of a variant to make for a region when the features are as ``at`` says."""
        if not (cost_under > 0 and cost_over > 0 and np.isfinite(cost_under + cost_over)):
            raise EventBroken("The costs of one too few and one too many must be more than 0.")
        mean, spread = self.demand(region, variant, at, horizon)
        low, middle, high = (float(quantile(mean, spread, q)) for q in (0.1, 0.5, 0.9))
        quantity = float(quantile(mean, spread, cost_under / (cost_under + cost_over)))
        r, j = self.regions.index(region), self.variants.index(variant)
        told = ", ".join(f"{name} {value:g}" for name, value in at.items())
        source = f"{self.sold[r, j]:g} sold here, at {told}" if told else f"{self.sold[r, j]:g} sold here"
        cost = expected_cost(mean, spread, quantity, cost_under=cost_under, cost_over=cost_over)
        voice = float(self.expected[r, j] / (self.strength[j] + self.expected[r, j]))
        notes = unsold_notes(self.sold[r].sum() > 0, self.sold[:, j].sum() > 0)
        return RunSize(int(quantity), Estimate(middle, low, high, source), cost, voice, notes)


def fit_count_regression(panel: Panel) -> CountRegression:
    """Learn from sales with features.

    Raises
    ------
    TooLittleData
        Without features that move, or without sales.
    """
    regions, options = len(panel.regions), len(panel.options)
    rows, columns = np.nonzero(panel.offered)
    group = panel.region[rows] * options + columns
    y, x = panel.counts[rows, columns], panel.x[rows, columns]
    many = np.bincount(group, minlength=regions * options)
    if not panel.features or y.sum() <= 0:
        raise TooLittleData("The sales say nothing that could explain them.", help="Add columns x_…, such as a price.")
    centred = x - _by_group(x, group, np.ones(len(y)), len(many))[group]
    if (centred.std(axis=0) < 1e-9).any():
        raise TooLittleData("A feature never moves within a region: what it does cannot be told.")
    slopes, scatter = np.zeros(x.shape[1]), 0.0
    for _ in range(ROUNDS):
        tilt = np.exp(np.clip(x @ slopes, -20.0, 20.0))
        exposure = np.bincount(group, tilt, len(many))
        level = np.bincount(group, y, len(many)) / np.maximum(exposure, 1e-12)
        mean = np.maximum(level[group] * tilt, 1e-9)
        weight = mean / (1 + scatter * mean)
        within = x - _by_group(x, group, weight, len(many))[group]
        information = (within * weight[:, None]).T @ within + RIDGE * np.eye(x.shape[1])
        step = np.linalg.solve(information, within.T @ ((y - mean) / (1 + scatter * mean)))
        slopes = slopes + np.clip(step, -1.0, 1.0)
        scatter = _scatter(y, mean, len(y) - np.count_nonzero(many) - x.shape[1])
        if np.abs(step).max() < 1e-7:
            break
    shape = (regions, options)
    sold: Floats = np.asarray(np.bincount(group, y, len(many)), dtype=float).reshape(shape)
    exposed: Floats = np.asarray(exposure, dtype=float).reshape(shape)
    by_taste = sold.sum(axis=0) / np.maximum(exposed.sum(axis=0), 1e-12) * exposed
    of_region, usual = sold.sum(axis=1), by_taste.sum(axis=1)
    expected = by_taste * (of_region / np.maximum(usual, 1e-12))[:, None]
    size, size_unsure = sizes(of_region, usual)
    rate = size[:, None] * (sold.sum(axis=0) + JEFFREYS) / np.maximum(exposed.sum(axis=0), 1e-12)
    unsure = (1.0 + size_unsure)[:, None] * (1.0 + 1.0 / (sold.sum(axis=0) + JEFFREYS)) - 1.0
    strength = np.array([gamma_strength(sold[:, j], expected[:, j]) for j in range(options)])
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    usual_x = _by_group(x, columns, np.ones(len(y)), options)
    about = (panel.regions, panel.options, panel.features, slopes, errors, usual_x)
    return CountRegression(*about, sold, expected, exposed, rate, unsure, strength, scatter)


def _by_group(x: Floats, group: np.ndarray[tuple[int], np.dtype[np.intp]], weight: Floats, groups: int) -> Floats:
    """Return the weighted mean of each group's rows, (groups, F)."""
    total = np.maximum(np.bincount(group, weight, groups), 1e-12)
    sums = [np.bincount(group, weight * column, groups) for column in x.T]
    return np.asarray(np.stack(sums, axis=1) / total[:, None])


def _scatter(y: Floats, mean: Floats, freedom: int) -> float:
    """Return φ by moments: what (y − m)² has beyond m, against m²."""
    beyond = ((y - mean) ** 2 - mean * max(freedom, 1) / len(y)).sum()
    return float(np.clip(beyond / np.maximum((mean**2).sum(), 1e-12), 0.0, LARGEST_SCATTER))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
