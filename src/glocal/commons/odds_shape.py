"""Learn from the trials themselves how alike prints are: the shape of the odds' covariance.

Maximises Laplace's approximation of the marginal likelihood (Rasmussen & Williams, equation 3.32; its gradient by
algorithm 5.1) with a weak log-normal prior around the shape that ships, by L-BFGS. No question that is asked later
takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize

from glocal.commons.laplace import JITTER, Array, Posterior, laplace, log_evidence
from glocal.commons.odds import Shape, Trial, same, scale_of

MOST_ROWS, STEPS, FARTHEST = 800, 30, 4.0
NAMES = tuple(field.name for field in fields(Shape) if field.name != "relevance")
_RANGES = ("all", "material", "node")


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
    likelihood = Likelihood([trials[place] for place in chosen])
    start = likelihood.start
    found = minimize(
        likelihood.cost,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(place - FARTHEST, place + FARTHEST) for place in start],
        options={"maxiter": STEPS},
    )
    return likelihood.shape_at(found.x)


class Likelihood:
    """How likely trials are under a shape, and how that changes with it."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        settings = [trial.setting for trial in trials]
        raw = np.array([setting.settings for setting in settings], dtype=np.float64)
        centre, spread = scale_of(raw)
        self.x = np.nan_to_num((raw - centre) / spread)
        self.material = same([setting.material for setting in settings])
        self.machine = same([setting.machine for setting in settings])
        self.node = same([setting.node for setting in settings])
        self.ok = np.array([trial.ok for trial in trials], dtype=np.float64)
        self.seen: Posterior | None = None  # under the shape before, which is near
        plain = Shape()
        self.start = np.log([*(getattr(plain, name) for name in NAMES), *np.ones(self.x.shape[1])])

    def shape_at(self, place: Array) -> Shape:
        """Return the shape at logarithms of its figures."""
        values = [float(value) for value in np.exp(place)]
        return Shape(**dict(zip(NAMES, values, strict=False)), relevance=tuple(values[len(NAMES) :]))

    def cost(self, place: Array) -> tuple[float, Array]:
        """Return the negative log posterior of a shape, up to a constant, and its gradient."""
        shape = self.shape_at(place)
        parts, distance = self._parts(shape)
        covariance = sum(parts.values(), np.zeros_like(distance))
        mean, once = np.zeros(len(self.ok)), np.ones(len(self.ok))
        posterior = self.seen = laplace(covariance, mean, self.ok, once, begin=self.seen)
        likely = log_evidence(posterior, mean, self.ok, once)
        by_covariance = _by_covariance(covariance + JITTER * np.eye(len(mean)), posterior, self.ok)
        gradient = np.append(
            self._by_figure(shape, parts, distance, by_covariance), self._by_relevance(shape, parts, by_covariance)
        )
        away = place - self.start
        return -likely + 0.5 * float(away @ away), away - gradient

    def _parts(self, shape: Shape) -> tuple[dict[str, Array], Array]:
        """Return the parts of the covariance by the figure that scales each, and the distances of the settings."""
        x = self.x * np.sqrt(shape.relevance)
        squares = (x**2).sum(axis=1)
        distance = np.maximum(squares[:, None] + squares[None] - 2 * x @ x.T, 0.0) / (2 * x.shape[1])
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


def _by_covariance(covariance: Array, posterior: Posterior, ok: Array) -> Array:
    """Return the derivative of the log evidence by each element of the covariance."""
    chance = 1 / (1 + np.exp(-np.clip(posterior.latent, -30, 30)))
    inverse, _ = dpotri(posterior.factor, lower=1)  # of which LAPACK fills the lower half
    inverse += np.tril(inverse, -1).T
    precision = posterior.root_curvature[:, None] * inverse * posterior.root_curvature
    left = np.diag(covariance) - (covariance * (precision @ covariance)).sum(axis=0)
    by_mode = -0.5 * left * chance * (1 - chance) * (1 - 2 * chance)
    through = by_mode - precision @ (covariance @ by_mode)
    moved = np.outer(through, ok - chance)
    found: Array = 0.5 * (np.outer(posterior.pull, posterior.pull) - precision + moved + moved.T)
    return found
