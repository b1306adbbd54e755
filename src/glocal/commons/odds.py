"""The odds that a print succeeds here: what the network has seen, corrected by what this shop has seen.

A Gaussian process over the settings with effects for material, machine model and node, and a logistic link (Laplace's
approximation; Rasmussen & Williams, *Gaussian Processes for Machine Learning*, algorithms 3.1 and 3.2). The network's
trials give a prior for this node's questions; the node's own trials then move it. Where nobody has tried anything alike
the interval is wide.

Against poisoning: no node counts for more than ``NODE_CAP`` trials, however many it publishes, nor fills the table so
that others find no room; and each node is believed as far as the others' prints foretell its own
(:mod:`glocal.commons.discrepancy`). And a shop's own prints judge: the network's odds are mixed with those
from own prints alone, each by how well it foretold the shop's own prints one after the other (Bayesian model averaging
by prequential likelihood, Dawid 1984).
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
from glocal.commons.errors import NothingKnown
from glocal.commons.laplace import Array, Posterior, laplace
from glocal.values import Estimate

FEWEST, MOST, NODE_CAP = 20, 1500, 40.0
MOST_OWN, FEWEST_NODES, NETWORK_BELIEF = 60, 4, 0.9
NORMAL_80 = 1.2815515655446004  # 0.9 quantile of the standard normal


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked about, or was tried.

    Parameters
    ----------
    settings : tuple of float
        Process settings and part features, on scales where equal steps matter equally (logarithms of power, speed…).
    material, machine, node : str
        Material type, machine model, and whose print it is.
    """

    settings: tuple[float, ...]
    material: str
    machine: str
    node: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One print that was started and came out well or not; a print that never started is no trial."""

    setting: Setting
    ok: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How alike two prints are: variances of the log odds, and ranges in standard deviations of the settings.

    ``relevance`` says how much each setting counts; all count alike when it is empty.
    """

    range_all: float = 0.8
    range_material: float = 0.6
    range_node: float = 0.6
    settings_all: float = 1.5
    settings_material: float = 1.5
    settings_node: float = 1.0
    material: float = 0.5
    machine: float = 0.3
    node: float = 1.0
    level: float = 1.0
    relevance: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """Settings in standard deviations (n, settings), and numbers of their material, machine and node, (n,) each."""

    x: Array
    names: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


class Experience:
    """What the network's trials say, ready to be asked.

    Parameters
    ----------
    trials : sequence of Trial
        From other nodes, each node's oldest first; ``MOST`` count, of each node its newest.
    shape : Shape
        How alike prints are.
    defended : bool
        Whether nodes that contradict all others count less.
    capped : bool
        Whether no node counts for more than ``NODE_CAP`` trials.
    """

    def __init__(
        self, trials: Sequence[Trial], shape: Shape | None = None, *, defended: bool = True, capped: bool = True
    ) -> None:
        if len(trials) < FEWEST:
            raise NothingKnown(
                f"Only {len(trials)} prints are known; odds are told from {FEWEST} up.",
                help="Follow more shops, or try it and publish what came out.",
                known=len(trials),
            )
        self.shape = shape or Shape()
        kept = room_for_all(trials, MOST)
        self.settings = [trial.setting for trial in kept]
        self.known: _Placed | None = None
        raw = np.array([setting.settings for setting in self.settings], dtype=np.float64)
        self.centre, self.spread = scale_of(raw)
        nodes = [setting.node for setting in self.settings]
        counts = Counter(nodes)
        cap = NODE_CAP if capped else float("inf")
        ok = np.array([trial.ok for trial in kept], dtype=np.float64)
        covariance, start = self._covariance(self.settings, self.settings), np.zeros(len(kept))

        def seen(voices: Mapping[str, float], begin: Posterior | None = None) -> Posterior:
            weights = np.array([min(1.0, voices[node] / counts[node]) for node in nodes])
            return laplace(covariance, start, ok, weights, begin=begin)

        self.trust: Mapping[str, float] = dict.fromkeys(counts, 1.0)
        if defended and len(counts) >= FEWEST_NODES:
            typical = min(float(np.median(list(counts.values()))), cap)
            self.posterior = seen(dict.fromkeys(counts, typical))
            for _ in range(LISTENINGS):
                support = support_of(nodes, covariance, self.posterior, ok)
                self.trust = {node: trust(found) for node, found in support.items()}
                voices = {node: voice(found, typical, cap) for node, found in support.items()}
                self.posterior = seen(voices, self.posterior)
        else:
            self.posterior = seen(dict.fromkeys(counts, cap))

    def alone(self) -> Experience:
        """Return what one would know on the same scales if nobody had shared anything."""
        nothing = copy(self)
        nothing.settings, nothing.known, nothing.posterior = [], None, Posterior.nothing()
        return nothing

    def odds(self, questions: Sequence[Setting], own: Sequence[Trial] = ()) -> list[Estimate]:
        """Return the chance of success of each question, with its 80 % interval.

        Parameters
        ----------
        questions : sequence of Setting
            Of one node.
        own : sequence of Trial
            That node's own trials, beside those that the experience was made from.
        """
        own = list(own)[-MOST_OWN:]
        asked = [*(trial.setting for trial in own), *questions]
        prior = self._covariance(asked, asked)
        mean, covariance = self.posterior.predict(self._covariance(asked, self.settings), prior)
        ok = np.array([trial.ok for trial in own], dtype=np.float64)
        network = _condition(mean, covariance, ok)
        nodes = len({setting.node for setting in self.settings})
        source = f"{len(self.settings)} prints of {nodes} shops and {len(own)} of this one"
        if not len(ok):
            return [_estimate(m, d, source) for m, d in zip(*network, strict=True)]
        alone = _condition(np.zeros(len(asked)), prior, ok)
        share = _share(_foretold(mean, covariance, ok), _foretold(np.zeros(len(asked)), prior, ok))
        pairs = zip(zip(*network, strict=True), zip(*alone, strict=True), strict=True)
        return [_mixed(_estimate(*n, source), _estimate(*a, source), share) for n, a in pairs]

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


def room_for_all(trials: Sequence[Trial], most: int) -> list[Trial]:
    """Return at most ``most`` trials in their order: who publishes less than an equal share keeps all of it.

    Of each other node the newest stay. A node that publishes thousands takes no place from others.
    """
    if len(trials) <= most:
        return list(trials)
    counts = Counter(trial.setting.node for trial in trials)
    left, share = most, 0
    for place, count in enumerate(sorted(counts.values())):
        share = left // (len(counts) - place)
        if count > share:
            break
        left -= count
    kept: list[Trial] = []
    taken: Counter[str] = Counter()
    for trial in reversed(trials):
        taken[trial.setting.node] += 1
        if taken[trial.setting.node] <= max(share, 1):
            kept.append(trial)
    return kept[:most][::-1]


def same(names: Sequence[str]) -> Array:
    """Return 1 where two names are the same, else 0; (len(names), len(names))."""
    numbers = numbers_of(names)
    equal: Array = (numbers[:, None] == numbers[None, :]).astype(np.float64)
    return equal


def numbers_of(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a number for each name, the same for the same ones within this run of Python."""
    return np.array([hash(name) for name in names], dtype=np.int64)


def scale_of(raw: Array) -> tuple[Array, Array]:
    """Return mean and spread of each column over what is known; 0 and 1 where nothing is."""
    known = np.isfinite(raw)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, raw, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, raw - centre, 0.0) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > 1e-9, spread, 1.0)


def _condition(mean: Array, covariance: Array, ok: Array) -> tuple[list[float], list[float]]:
    """Return mean and deviation of the log odds of what comes after the first ``len(ok)``, which are known."""
    count = len(ok)
    if count:
        seen = laplace(covariance[:count, :count], mean[:count], ok, np.ones(count))
        shift, covariance = seen.predict(covariance[count:, :count], covariance[count:, count:])
        mean = mean[count:] + shift
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return [float(m) for m in mean], [float(d) for d in deviation]


def _foretold(mean: Array, covariance: Array, ok: Array) -> float:
    """Return the log likelihood of own prints, each foretold from those before it.

    Each is taken in by itself and not weighed again as later ones come (assumed-density filtering, Minka 2001): within
    a hundredth a print of what all before it together foretell, with work that grows as the square of their number
    for each instead of its cube.
    """
    count, total = len(ok), 0.0
    mean, covariance = mean[:count].copy(), covariance[:count, :count].copy()
    for place, good in enumerate(ok.tolist()):
        m, variance = float(mean[place]), float(covariance[place, place])
        chance = _chance(m, variance)
        total += math.log(max(chance if good else 1 - chance, 1e-6))
        expected = _logistic(_mode(m, variance, good))
        curvature = expected * (1 - expected)
        across = covariance[place].copy()
        mean += across * (good - expected)
        covariance -= np.outer(across, across * (curvature / (1 + curvature * variance)))
    return total


def _mode(mean: float, variance: float, good: float) -> float:
    """Return the likeliest log odds of one print that came out well (1) or not (0): the root of a falling function."""
    low, high = mean - variance, mean + variance
    for _ in range(40):
        middle = (low + high) / 2
        if middle < mean + variance * (good - _logistic(middle)):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _share(network: float, alone: float) -> float:
    """Return how much the network counts beside own prints, from how well each foretold them."""
    against = np.exp(np.clip(alone - network, -50, 50)) * (1 - NETWORK_BELIEF) / NETWORK_BELIEF
    return float(1 / (1 + against))


def _mixed(network: Estimate, alone: Estimate, share: float) -> Estimate:
    value, low, high = (
        share * getattr(network, part) + (1 - share) * getattr(alone, part) for part in ("value", "low", "high")
    )
    return Estimate(value, low, high, network.source)


def _estimate(mean: float, deviation: float, source: str) -> Estimate:
    """Return the chance averaged over the uncertain log odds (MacKay's approximation), and the ends of the 80 %."""
    value = _chance(mean, deviation**2)
    low, high = _logistic(mean - NORMAL_80 * deviation), _logistic(mean + NORMAL_80 * deviation)
    return Estimate(value, min(low, value), max(high, value), source)


def _chance(mean: float, variance: float) -> float:
    return _logistic(mean / math.sqrt(1 + math.pi * variance / 8))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
