"""Laplace's approximation of a latent function seen through yes and no: where it is, how sure, and how likely all is.

Rasmussen & Williams, *Gaussian Processes for Machine Learning*, algorithms 3.1 and 3.2; steps that would go past the
mode are halved, as the whole step of Newton's method may swing about it for ever.
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


def laplace(covariance: Array, mean: Array, ok: Array, weights: Array, *, begin: Posterior | None = None) -> Posterior:
    """Return the posterior of latent values.

    Parameters
    ----------
    covariance : (n, n) array
        Prior.
    mean : (n,) array
        Prior.
    ok : (n,) array
        1 for yes, 0 for no; the link is logistic.
    weights : (n,) array
        For how many answers each counts, 0 or more.
    begin : Posterior, optional
        Of the same rows under other weights or another prior; the search for the mode starts there.
    """
    covariance = covariance.copy()
    covariance.flat[:: len(mean) + 1] += JITTER
    pull = begin.pull if begin else np.zeros(len(mean))
    latent = mean + covariance @ pull if begin else mean
    height = _height(latent, float((latent - mean) @ pull), ok, weights)
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(latent, -30, 30)))
        curvature = np.maximum(weights * chance * (1 - chance), 1e-9)
        root, factor = _factor(covariance, curvature)
        target = curvature * (latent - mean) + weights * (ok - chance)
        step = target - root * dpotrs(factor, root * (covariance @ target), lower=1)[0] - pull
        for _ in range(MOST_STEPS):  # a whole step may go past the mode and back for ever
            moved = mean + covariance @ (pull + step)
            tried = _height(moved, float((moved - mean) @ (pull + step)), ok, weights)
            if tried >= height - 1e-9 * abs(height):
                break
            step = step / 2
        done = float(np.abs(moved - latent).max()) < 1e-7
        latent, pull, height = moved, pull + step, tried
        if done:  # so near that the curvature is that of the mode
            return Posterior(latent, pull, root, factor)
    chance = 1 / (1 + np.exp(-np.clip(latent, -30, 30)))
    return Posterior(latent, pull, *_factor(covariance, np.maximum(weights * chance * (1 - chance), 1e-9)))


def log_evidence(posterior: Posterior, mean: Array, ok: Array, weights: Array) -> float:
    """Return how likely all answers are together, up to what does not depend on the prior."""
    bent = float((posterior.latent - mean) @ posterior.pull)
    return _height(posterior.latent, bent, ok, weights) - float(np.log(np.diag(posterior.factor)).sum())


def _height(latent: Array, bent: float, ok: Array, weights: Array) -> float:
    """Return the log posterior density up to a constant; ``bent`` is the squared length of the way from the mean."""
    return float(-(weights * np.logaddexp(0.0, -np.where(ok > 0, latent, -latent))).sum() - bent / 2)


def _factor(covariance: Array, curvature: Array) -> tuple[Array, Array]:
    root = np.sqrt(curvature)
    scaled = root[:, None] * covariance * root
    scaled.flat[:: len(root) + 1] += 1.0
    # LAPACK itself: for a handful of rows scipy's checks take longer than the work
    factor, failed = dpotrf(scaled.T, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("The prior covariance is not positive definite.")
    return root, factor
