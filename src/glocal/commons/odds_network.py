"""One look at what the network has printed: a Gaussian process of the log odds under one shape.

It has effects for material, machine model and node, and a logistic link (Laplace's approximation; Rasmussen & Williams,
*Gaussian Processes for Machine Learning*, algorithms 3.1 and 3.2). Nodes that contradict all others count less.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glocal.commons.discrepancy import LISTENINGS, support_of, trust, voice
from glocal.commons.laplace import Answers, Array, Posterior, laplace
from glocal.commons.odds_data import Setting, Shape, Trial, answers_of, scale_of

NODE_CAP, FEWEST_NODES = 40.0, 4


@dataclass(frozen=True, slots=True)
class Foretold:
    """Mean and deviation of the log odds of each question, and how likely the own prints were before each was seen."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """Settings in standard deviations (n, settings), and numbers of their material, machine and node, (n,) each."""

    x: Array
    names: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


class Network:
    """What trials say under one shape; ``defended`` and ``capped`` as of ``odds.Experience``.

    Attributes
    ----------
    trust : mapping
        Per node the chance that it is honest.
    """

    def __init__(self, trials: Sequence[Trial], shape: Shape, *, defended: bool, capped: bool) -> None:
        self.shape = shape
        self.settings = [trial.setting for trial in trials]
        self.known: _Placed | None = None
        raw = np.array([setting.settings for setting in self.settings], dtype=np.float64)
        self.centre, self.spread = scale_of(raw)
        nodes = [setting.node for setting in self.settings]
        counts = Counter(nodes)
        cap = NODE_CAP if capped else float("inf")
        answers = answers_of(trials, shape.grades)
        covariance, start = self._covariance(self.settings, self.settings), np.zeros(len(trials))

        def seen(voices: Mapping[str, float], begin: Posterior | None = None) -> Posterior:
            weights = np.array([min(1.0, voices[node] / counts[node]) for node in nodes])
            return laplace(covariance, start, answers, weights, begin=begin)

        self.trust: Mapping[str, float] = dict.fromkeys(counts, 1.0)
        if defended and len(counts) >= FEWEST_NODES:
            typical = min(float(np.median(list(counts.values()))), cap)
            self.posterior = seen(dict.fromkeys(counts, typical))
            for _ in range(LISTENINGS):
                support = support_of(nodes, covariance, self.posterior, answers)
                self.trust = {node: trust(found) for node, found in support.items()}
                voices = {node: voice(found, typical, cap) for node, found in support.items()}
                self.posterior = seen(voices, self.posterior)
        else:
            self.posterior = seen(dict.fromkeys(counts, cap))

    def alone(self) -> Network:
        """Return what one would know on the same scales if nobody had shared anything."""
        nothing = copy(self)
        nothing.settings, nothing.known, nothing.posterior = [], None, Posterior.nothing()
        return nothing

    def foretell(self, questions: Sequence[Setting], own: Sequence[Trial]) -> Foretold:
        """Return what is foretold of questions by a node that has printed ``own`` itself."""
        asked = [*(trial.setting for trial in own), *questions]
        prior = self._covariance(asked, asked)
        mean, covariance = self.posterior.predict(self._covariance(asked, self.settings), prior)
        answers = answers_of(own, self.shape.grades)
        likely = _foretold(mean, covariance, [trial.ok for trial in own], answers)
        return Foretold(*_condition(mean, covariance, answers), likely)

    def _covariance(self, first: Sequence[Setting], second: Sequence[Setting]) -> Array:
        """Return the prior covariance of the log odds; (len(first), len(second))."""
        shape = self.shape
        one, other = self._placed(first), self._placed(second)
        distance = (one.x**2).sum(axis=1)[:, None] + (other.x**2).sum(axis=1)[None] - 2 * one.x @ other.x.T
        distance = np.maximum(distance, 0.0) / (2 * max(one.x.shape[1], 1))
        material, machine, node = (
            mine[:, None] == theirs[None, :] for mine, theirs in zip(one.names, other.names, strict=True)
        )
        covariance: Array = (
            shape.level
            + shape.material * material
            + shape.machine * machine
            + shape.settings_all * np.exp(-distance / shape.range_all**2)
            + shape.settings_material * material * np.exp(-distance / shape.range_material**2)
        )
        covariance[node] += shape.node + shape.settings_node * np.exp(-distance[node] / shape.range_node**2)
        return covariance

    def _placed(self, settings: Sequence[Setting]) -> _Placed:
        """Return where settings lie; of the network's own it is kept, as each question asks for it."""
        if settings is not self.settings:
            return self._place(settings)
        if self.known is None:
            self.known = self._place(settings)
        return self.known

    def _place(self, settings: Sequence[Setting]) -> _Placed:
        names = ([s.material for s in settings], [s.machine for s in settings], [s.node for s in settings])
        material, machine, node = (numbers_of(each) for each in names)
        return _Placed(self._scaled(settings), (material, machine, node))

    def _scaled(self, settings: Sequence[Setting]) -> Array:
        """Return the settings in standard deviations; what is not known lies in the middle."""
        raw = np.array([setting.settings for setting in settings], dtype=np.float64).reshape(
            len(settings), len(self.centre)
        )
        scaled: Array = np.nan_to_num((raw - self.centre) / self.spread)
        return scaled * np.sqrt(self.shape.relevance) if self.shape.relevance else scaled


def numbers_of(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a number for each name, the same for the same ones within this run of Python."""
    return np.array([hash(name) for name in names], dtype=np.int64)


def same(names: Sequence[str]) -> Array:
    """Return 1 where two names are the same, else 0; (len(names), len(names))."""
    numbers = numbers_of(names)
    equal: Array = (numbers[:, None] == numbers[None, :]).astype(np.float64)
    return equal


def chance_of(mean: float, variance: float) -> float:
    """Return the chance averaged over the uncertain log odds (MacKay's approximation)."""
    return logistic(mean / math.sqrt(1 + math.pi * variance / 8))


def logistic(x: float) -> float:
    """Return 1 / (1 + e⁻ˣ)."""
    return 1 / (1 + math.exp(-min(max(x, -40.0), 40.0)))


def _condition(mean: Array, covariance: Array, answers: Answers) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation of the log odds of what comes after the first ``len(answers)``, which are known."""
    count = len(answers)
    if count:
        seen = laplace(covariance[:count, :count], mean[:count], answers, np.ones(count))
        shift, covariance = seen.predict(covariance[count:, :count], covariance[count:, count:])
        mean = mean[count:] + shift
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return tuple(mean.tolist()), tuple(deviation.tolist())


def _foretold(mean: Array, covariance: Array, ok: Sequence[bool], answers: Answers) -> float:
    """Return the log likelihood that own prints came out well or not, each foretold from those before it.

    Each is taken in by itself and not weighed again as later ones come (assumed-density filtering, Minka 2001): within
    a hundredth a print of what all before it together foretell, with work that grows as the square of their number
    for each instead of its cube.
    """
    count, total = len(ok), 0.0
    mean, covariance = mean[:count].copy(), covariance[:count, :count].copy()
    borders = zip(answers.low.tolist(), answers.high.tolist(), strict=True)
    for place, (good, between) in enumerate(zip(ok, borders, strict=True)):
        m, variance = float(mean[place]), float(covariance[place, place])
        chance = chance_of(m, variance)
        total += math.log(max(chance if good else 1 - chance, 1e-6))
        below, under = _sides(_mode(m, variance, between), between)
        curvature = below * (1 - below) + under * (1 - under)
        across = covariance[place].copy()
        mean += across * (below + under - 1)
        covariance -= np.outer(across, across * (curvature / (1 + curvature * variance)))
    return total


def _mode(mean: float, variance: float, between: tuple[float, float]) -> float:
    """Return the likeliest log odds of one print that was seen between two borders: the root of a falling function."""
    low, high = mean - variance, mean + variance
    for _ in range(40):
        middle = (low + high) / 2
        below, under = _sides(middle, between)
        if middle < mean + variance * (below + under - 1):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _sides(latent: float, between: tuple[float, float]) -> tuple[float, float]:
    return logistic(between[1] - latent), logistic(between[0] - latent)
