"""Learn from the trials themselves how alike prints are: the shape of the odds' covariance.

Maximises Laplace's approximation of the marginal likelihood (Rasmussen & Williams, equation 3.32; its gradient by
algorithm 5.1) with a weak log-normal prior around the shape that ships, by L-BFGS. No question that is asked later
takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize

from glocal.commons.laplace import JITTER, Answers, Array, Posterior, laplace, log_evidence
from glocal.commons.odds_data import Grades, Shape, Trial, answers_of, scale_of
from glocal.commons.odds_network import same

MOST_ROWS, STEPS, FARTHEST = 800, 30, 4.0
NAMES = tuple(field.name for field in fields(Shape) if field.type == "float")
_RANGES = ("all", "material", "node")


def learn_shape(trials: Sequence[Trial], *, rng: np.random.Generator, most_rows: int = MOST_ROWS) -> Shape:
    """Return the shape under which the trials are most likely; where grades are known, with one that heeds them.

    Parameters
    ----------
    trials : sequence of Trial
        At least ``odds.FEWEST``.
    rng : numpy Generator
        Chooses which trials are looked at when there are more than ``most_rows``.
    """
    chosen = [trials[place] for place in sorted(rng.permutation(len(trials))[:most_rows])]
    shape, grades = _likeliest(Likelihood(chosen)), Grades.of(chosen)
    return replace(shape, graded=_likeliest(Likelihood(chosen, grades))) if grades else shape


def _likeliest(likelihood: Likelihood) -> Shape:
    start = likelihood.start
    steepest = 2 * float(np.abs(likelihood.cost(start)[1]).max())  # else the first step goes to the farthest corner

    def cost(place: Array) -> tuple[float, Array]:
        value, slope = likelihood.cost(place)
        return value / steepest, slope / steepest

    found = minimize(
        cost,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(place - FARTHEST, place + FARTHEST) for place in start],
        options={"maxiter": STEPS},
    )
    return likelihood.shape_at(found.x)


class Likelihood:
    """How likely trials are under a shape, and how that changes with it; in classes of grades where these are given."""

    def __init__(self, trials: Sequence[Trial], grades: Grades | None = None) -> None:
        settings = [trial.setting for trial in trials]
        raw = np.array([setting.settings for setting in settings], dtype=np.float64)
        centre, spread = scale_of(raw)
        self.x = np.nan_to_num((raw - centre) / spread)
        self.material = same([setting.material for setting in settings])
        self.machine = same([setting.machine for setting in settings])
        self.node = same([setting.node for setting in settings])
        self.trials, self.grades = trials, grades
        self.seen: Posterior | None = None  # under the shape before, which is near
        plain = Shape()
        steps = np.diff([*grades.bad_at, 0.0, *grades.good_at]) if grades else np.zeros(0)
        self.start = np.log([*(getattr(plain, name) for name in NAMES), *np.ones(self.x.shape[1]), *steps])

    def shape_at(self, place: Array) -> Shape:
        """Return the shape at logarithms of its figures, of the relevances, and of the steps between classes."""
        values = [float(value) for value in np.exp(place)]
        steps = len(NAMES) + self.x.shape[1]
        grades = self.grades and _apart(self.grades, values[steps:])
        figures: dict[str, Any] = dict(zip(NAMES, values, strict=False))
        return Shape(**figures, relevance=tuple(values[len(NAMES) : steps]), grades=grades)

    def cost(self, place: Array) -> tuple[float, Array]:
        """Return the negative log posterior of a shape, up to a constant, and its gradient."""
        shape = self.shape_at(place)
        parts, distance = self._parts(shape)
        covariance = sum(parts.values(), np.zeros_like(distance))
        answers = answers_of(self.trials, shape.grades)
        mean, once = np.zeros(len(answers)), np.ones(len(answers))
        posterior = self.seen = laplace(covariance, mean, answers, once, begin=self.seen)
        likely = log_evidence(posterior, mean, answers, once)
        by_covariance, by_high, by_low = _slopes(covariance + JITTER * np.eye(len(mean)), posterior, answers)
        gradient = np.concatenate(
            [
                self._by_figure(shape, parts, distance, by_covariance),
                self._by_relevance(shape, parts, by_covariance),
                _by_step(shape.grades, answers, by_high, by_low) if shape.grades else [],
            ]
        )
        away = place - self.start
        return -likely + 0.5 * float(away @ away), away - gradient

    def _parts(self, shape: Shape) -> tuple[dict[str, Array], Array]:
        """Return the parts of the covariance by the figure that scales each, and the distances of the settings."""
        x = self.x * np.sqrt(shape.relevance)
        squares = (x**2).sum(axis=1)
        distance = np.maximum(squares[:, None] + squares[None] - 2 * x @ x.T, 0.0) / (2 * max(x.shape[1], 1))
        return {
            "level": np.full_like(distance, shape.level),
            "material": shape.material * self.material,
            "machine": shape.machine * self.machine,
            "node": shape.node * self.node,
            "settings_all": shape.settings_all * np.exp(-distance / shape.range_all**2),
            "settings_material": shape.settings_material * self.material * np.exp(-distance / shape.range_material**2),
            "settings_node": shape.settings_node * self.node * np.exp(-distance / shape.range_node**2),
        }, distance

    def _by_figure(self, shape: Shape, parts: dict[str, Array], distance: Array, by_covariance: Array) -> list[float]:
        """Return the derivatives by the logarithms of variances and ranges, in the order of ``NAMES``."""
        found = {name: float((by_covariance * part).sum()) for name, part in parts.items()}
        for name in _RANGES:
            pull = float((by_covariance * parts[f"settings_{name}"] * distance).sum())
            found[f"range_{name}"] = 2 * pull / getattr(shape, f"range_{name}") ** 2
        return [found[name] for name in NAMES]

    def _by_relevance(self, shape: Shape, parts: dict[str, Array], by_covariance: Array) -> Array:
        near = sum(parts[f"settings_{name}"] / getattr(shape, f"range_{name}") ** 2 for name in _RANGES)
        pull = by_covariance * near
        squares = 2 * (pull.sum(axis=1) @ self.x**2) - 2 * (self.x * (pull @ self.x)).sum(axis=0)
        found: Array = -np.array(shape.relevance) * squares / (2 * self.x.shape[1])
        return found


def _slopes(covariance: Array, posterior: Posterior, answers: Answers) -> tuple[Array, Array, Array]:
    """Return the derivatives of the log evidence by each element of the covariance, and by each row's two borders."""
    inverse, _ = dpotri(posterior.factor, lower=1)  # of which LAPACK fills the lower half
    inverse += np.tril(inverse, -1).T
    precision = posterior.root_curvature[:, None] * inverse * posterior.root_curvature
    left = np.diag(covariance) - (covariance * (precision @ covariance)).sum(axis=0)
    bend_high, bend_low = answers.bend(posterior.latent)
    by_mode = 0.5 * left * (bend_high + bend_low)
    through = by_mode - precision @ (covariance @ by_mode)
    moved = np.outer(through, answers.slope(posterior.latent))
    by_covariance: Array = 0.5 * (np.outer(posterior.pull, posterior.pull) - precision + moved + moved.T)
    below, under = (side * (1 - side) for side in answers.sides(posterior.latent))
    by_high, by_low = answers.by_borders(posterior.latent)
    back = covariance @ through
    return by_covariance, by_high - 0.5 * left * bend_high + back * below, by_low - 0.5 * left * bend_low + back * under


def _by_step(grades: Grades, answers: Answers, by_high: Array, by_low: Array) -> Array:
    """Return the derivatives by the logarithms of the steps between classes; 0 stays where it is."""
    at = np.array([*grades.bad_at, 0.0, *grades.good_at])
    by_border = np.array([by_high[answers.high == border].sum() + by_low[answers.low == border].sum() for border in at])
    zero = len(grades.bad_at)
    lower, upper = -np.cumsum(by_border[:zero]), np.cumsum(by_border[:zero:-1])[::-1]
    found: Array = np.append(lower, upper) * np.diff(at)
    return found


def _apart(grades: Grades, steps: Sequence[float]) -> Grades:
    """Return the same classes with other steps of the log odds between them, from the worst to the best."""
    zero = len(grades.bad_at)
    bad = -np.cumsum(steps[:zero][::-1])[::-1]
    return replace(grades, bad_at=tuple(bad.tolist()), good_at=tuple(np.cumsum(steps[zero:]).tolist()))
