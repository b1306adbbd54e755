"""What odds are made from: prints that were tried and how they came out, and how alike two prints are."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glocal.commons.laplace import Answers, Array

CLASSES, FEWEST_GRADED = 4, 40
GRADED_SPREAD = 2.0  # how much farther the log odds of prints lie apart than those of a logistic distribution


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
    """One print that was started and came out well or not; a print that never started is no trial.

    ``grade`` says how well, on any scale on which more is better, where it is known. It orders good prints among
    themselves and bad ones among themselves, and never makes a good print of a bad one.
    """

    setting: Setting
    ok: bool
    grade: float | None = None


@dataclass(frozen=True, slots=True)
class Grades:
    """Into which classes grades part good prints and bad ones, and at which log odds these meet.

    Parameters
    ----------
    bad, good : tuple of float
        Rising borders of the grades among bad prints, and among good ones.
    bad_at, good_at : tuple of float
        The log odds at these borders, rising; below 0, and above.
    """

    bad: tuple[float, ...]
    good: tuple[float, ...]
    bad_at: tuple[float, ...]
    good_at: tuple[float, ...]

    def between(self, trial: Trial) -> tuple[float, float]:
        """Return between which log odds a print was seen: without a grade, those of all good or all bad ones."""
        at = (0.0, *self.good_at, math.inf) if trial.ok else (-math.inf, *self.bad_at, 0.0)
        if trial.grade is None or not math.isfinite(trial.grade):
            return at[0], at[-1]
        place = bisect_right(self.good if trial.ok else self.bad, trial.grade)
        return at[place], at[place + 1]

    @classmethod
    def of(cls, trials: Sequence[Trial]) -> Grades | None:
        """Return ``CLASSES`` classes of equally many good prints, and of bad; None where too few have a grade."""
        found = [trial for trial in trials if trial.grade is not None and math.isfinite(trial.grade)]
        if len(found) < FEWEST_GRADED:
            return None
        bad, good = (
            np.array([trial.grade for trial in found if trial.ok is ok], dtype=np.float64) for ok in (False, True)
        )
        low, high = _borders(bad), _borders(good)
        if not low and not high:
            return None
        zero = _log_odds(len(bad), len(found))
        at = [GRADED_SPREAD * (_log_odds(int((bad < border).sum()), len(found)) - zero) for border in low]
        up = [GRADED_SPREAD * (_log_odds(len(bad) + int((good < border).sum()), len(found)) - zero) for border in high]
        return cls(low, high, tuple(at), tuple(up))


@dataclass(frozen=True, slots=True)
class Shape:
    """How alike two prints are: variances of the log odds, and ranges in standard deviations of the settings.

    ``relevance`` says how much each setting counts; all count alike when it is empty. ``grades`` says what grades tell,
    ``graded`` is the shape for those who look at them; without both, whether prints came out well is all that counts.
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
    grades: Grades | None = None
    graded: Shape | None = None


def answers_of(trials: Sequence[Trial], grades: Grades | None) -> Answers:
    """Return how prints came out: well or not, or in which class of grades."""
    if grades is None:
        return Answers.yes_no(np.array([trial.ok for trial in trials], dtype=np.float64))
    borders = np.array([grades.between(trial) for trial in trials], dtype=np.float64).reshape(len(trials), 2)
    return Answers(borders[:, 0], borders[:, 1])


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


def scale_of(raw: Array) -> tuple[Array, Array]:
    """Return mean and spread of each column over what is known; 0 and 1 where nothing is."""
    known = np.isfinite(raw)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, raw, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, raw - centre, 0.0) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > 1e-9, spread, 1.0)


def _borders(grades: Array) -> tuple[float, ...]:
    """Return the borders between classes of about equally many grades; fewer where many grades are the same."""
    if not len(grades):
        return ()
    parts = np.quantile(grades, np.arange(1, CLASSES) / CLASSES, method="higher")
    return tuple(float(border) for border in np.unique(parts) if border > grades.min())


def _log_odds(count: int, of: int) -> float:
    return math.log((count + 0.5) / (of - count + 0.5))
