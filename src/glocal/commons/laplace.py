"""Laplace's approximation of a latent function seen through classes: where it is, how sure, and how likely all is.

Rasmussen & Williams, *Gaussian Processes for Machine Learning*, algorithms 3.1 and 3.2; steps that would go past the
mode are halved, as the whole step of Newton's method may swing about it for ever. An answer says between which borders
the latent value, with logistic noise, lay (McCullagh, *Regression models for ordinal data*, 1980; with a Gaussian
process Chu & Ghahramani 2005): yes is above 0, no below. No answer pulls with more than 1, however odd it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf, dpotrs

Array = npt.NDArray[np.float64]
MOST_STEPS, JITTER = 30, 1e-6


@dataclass(frozen=True, slots=True)
class Answers:
    """Between which borders each latent value with its noise was seen; (n,) each, ``low < high``, may be infinite."""

    low: Array
    high: Array

    @classmethod
    def yes_no(cls, ok: Array) -> Answers:
        """Return answers that are 1 for yes, 0 for no."""
        return cls(np.where(ok > 0, 0.0, -np.inf), np.where(ok > 0, np.inf, 0.0))

    def __getitem__(self, rows: slice | npt.NDArray[np.int64]) -> Answers:
        return Answers(self.low[rows], self.high[rows])

    def __len__(self) -> int:
        return len(self.low)

    def sides(self, latent: Array) -> tuple[Array, Array]:
        """Return the chances to lie below the upper border, and below the lower one."""
        return logistic(self.high - latent), logistic(self.low - latent)

    def slope(self, latent: Array) -> Array:
        """Return the derivative of each log likelihood, between -1 and 1."""
        below, under = self.sides(latent)
        found: Array = below + under - 1
        return found

    def curvature(self, latent: Array) -> Array:
        """Return the negative second derivative of each log likelihood, 0 or more."""
        below, under = self.sides(latent)
        found: Array = below * (1 - below) + under * (1 - under)
        return found

    def bend(self, latent: Array) -> tuple[Array, Array]:
        """Return the derivatives of the curvature by the upper border, and by the lower one."""
        below, under = (side * (1 - side) * (1 - 2 * side) for side in self.sides(latent))
        return below, under

    def by_borders(self, latent: Array) -> tuple[Array, Array]:
        """Return the derivatives of each log likelihood by its upper border, and by its lower one."""
        high, low, gap = self.high - latent, self.low - latent, -np.expm1(self.low - self.high)
        by_high = np.exp(np.logaddexp(0.0, low) - np.logaddexp(0.0, high)) / gap
        by_low = -np.exp(np.logaddexp(0.0, -high) - np.logaddexp(0.0, -low)) / gap
        return by_high, by_low

    def log(self, latent: Array) -> Array:
        """Return the logarithm of each likelihood, without cancellation where it is small."""
        above, below = -np.logaddexp(0.0, self.low - latent), -np.logaddexp(0.0, latent - self.high)
        found: Array = above + below + np.log(-np.expm1(self.low - self.high))
        return found


def logistic(x: Array) -> Array:
    """Return 1 / (1 + e⁻ˣ)."""
    found: Array = 1 / (1 + np.exp(-np.clip(x, -40, 40)))
    return found


@dataclass(frozen=True, slots=True)
class Posterior:
    """Laplace's approximation around the mode: ``latent``, ``pull``, ``root_curvature`` (n,), Cholesky factor (n, n).

    ``pull`` are the weights of the rows: the mean anywhere is the prior one + covariance @ pull.
    """

    latent: Array
    pull: Array
    root_curvature: Array
    factor: Array

    @classmethod
    def nothing(cls) -> Posterior:
        """Return what one knows who has seen nothing."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros((0, 0)))

    def explained(self, across: Array) -> Array:
        """Return what of the prior covariance the rows take away is the square of; (n, places)."""
        found: Array = solve_triangular(self.factor, self.root_curvature[:, None] * across.T, lower=True)
        return found

    def predict(self, across: Array, prior: Array) -> tuple[Array, Array]:
        """Return the change of the mean, and the covariance left, at other places."""
        explained = self.explained(across)
        return across @ self.pull, prior - explained.T @ explained


def laplace(
    covariance: Array, mean: Array, answers: Answers, weights: Array, *, begin: Posterior | None = None
) -> Posterior:
    """Return the posterior of latent values.

    Parameters
    ----------
    covariance : (n, n) array
        Prior.
    mean : (n,) array
        Prior.
    answers : Answers
        The n that were seen.
    weights : (n,) array
        For how many answers each counts, 0 or more.
    begin : Posterior, optional
        Of the same rows under other weights or another prior; the search for the mode starts there.
    """
    covariance = covariance.copy()
    covariance.flat[:: len(mean) + 1] += JITTER
    pull = begin.pull if begin else np.zeros(len(mean))
    latent = mean + covariance @ pull if begin else mean
    height = _height(latent, float((latent - mean) @ pull), answers, weights)
    for _ in range(MOST_STEPS):
        curvature = np.maximum(weights * answers.curvature(latent), 1e-9)
        root, factor = _factor(covariance, curvature)
        target = curvature * (latent - mean) + weights * answers.slope(latent)
        step = target - root * dpotrs(factor, root * (covariance @ target), lower=1)[0] - pull
        for _ in range(MOST_STEPS):  # a whole step may go past the mode and back for ever
            moved = mean + covariance @ (pull + step)
            tried = _height(moved, float((moved - mean) @ (pull + step)), answers, weights)
            if tried >= height - 1e-9 * abs(height):
                break
            step = step / 2
        done = float(np.abs(moved - latent).max()) < 1e-7
        latent, pull, height = moved, pull + step, tried
        if done:  # so near that the curvature is that of the mode
            return Posterior(latent, pull, root, factor)
    return Posterior(latent, pull, *_factor(covariance, np.maximum(weights * answers.curvature(latent), 1e-9)))


def log_evidence(posterior: Posterior, mean: Array, answers: Answers, weights: Array) -> float:
    """Return how likely all answers are together, up to what does not depend on the prior."""
    bent = float((posterior.latent - mean) @ posterior.pull)
    return _height(posterior.latent, bent, answers, weights) - float(np.log(np.diag(posterior.factor)).sum())


def _height(latent: Array, bent: float, answers: Answers, weights: Array) -> float:
    """Return the log posterior density up to a constant; ``bent`` is the squared length of the way from the mean."""
    return float((weights * answers.log(latent)).sum() - bent / 2)


def _factor(covariance: Array, curvature: Array) -> tuple[Array, Array]:
    root = np.sqrt(curvature)
    scaled = root[:, None] * covariance * root
    scaled.flat[:: len(root) + 1] += 1.0
    # LAPACK itself: for a handful of rows scipy's checks take longer than the work
    factor, failed = dpotrf(scaled.T, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("The prior covariance is not positive definite.")
    return root, factor
