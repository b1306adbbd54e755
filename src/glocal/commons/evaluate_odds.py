"""Judge the odds on a table of prints: hold whole shops out, give each a few own prints, ask about the others."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glocal.commons.errors import NothingKnown, RecordRefused
from glocal.commons.odds import Experience, Setting, Trial
from glocal.commons.schema import SYMPTOMS
from glocal.commons.shapes import FEWEST_LEARNT, fair_shape

NEEDED = ("node", "ok")
OUTCOMES: Mapping[str, bool] = {
    **dict.fromkeys(("1", "true", "yes", "ok", "success", "completed", "complete"), True),
    **dict.fromkeys(("0", "false", "no", "failed", "failure", "part_fault", "error"), False),
}
DEFECTS = frozenset(SYMPTOMS) - {"other", "choice"}
FOLDS, FEWEST_LEFT = 5, 3


@dataclass(frozen=True, slots=True)
class Judged:
    """How good the odds were, with ``own`` own prints: mean over shops of log loss and of whether the first pick held.

    ``alone`` is what own prints without the network gave, on the same questions.
    """

    own: int
    shops: int
    log_loss: float
    pick: float
    alone_log_loss: float
    alone_pick: float


def read_table(text: str) -> tuple[list[Trial], Counter[str]]:
    """Return the prints of a CSV table, and how often each word in ``ok`` stands that makes no trial.

    A print that never started or was cancelled is none; of a word that is unknown, nobody can say. A defect that the
    protocol names, such as stringing, is a print that did not come out well.

    Columns ``node`` (whose print) and ``ok``; ``material`` and ``machine`` where known, and ``grade``, how well prints
    came out, on any scale on which more is better; every other column whose cells are numbers is a setting.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = list(rows[0]) if rows else []
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise RecordRefused(f"The table lacks the column {missing[0]!r}.", help="It needs node and ok.")
    others = [name for name in columns if name not in {*NEEDED, "material", "machine", "grade"} and name]
    numeric = [name for name in others if any(math.isfinite(_number(row[name])) for row in rows)]
    trials: list[Trial] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        word = (row["ok"] or "").strip().casefold()
        ok = False if word in DEFECTS else OUTCOMES.get(word)
        if ok is None:
            left_out[word] += 1
        else:
            settings = tuple(_number(row[name]) for name in numeric)
            kind, machine = (row.get(name) or "" for name in ("material", "machine"))
            grade = _number(row.get("grade"))
            setting = Setting(settings, kind, machine, row["node"])
            trials.append(Trial(setting, ok, grade if math.isfinite(grade) else None))
    return trials, left_out


def judge(trials: Sequence[Trial], own: int, *, rng: np.random.Generator, draws: int = 4) -> Judged:
    """Return how good the odds are for shops that are held out whole, a fifth at a time."""
    shops: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        shops[trial.setting.node].append(trial)
    asked = sorted(shop for shop, prints in shops.items() if len(prints) >= own + FEWEST_LEFT)
    if len(asked) < 2:
        raise NothingKnown(f"Fewer than two shops have {own + FEWEST_LEFT} prints.", help="Give a larger table.")
    order = [asked[place] for place in rng.permutation(len(asked))]
    scores = []
    for fold in range(min(FOLDS, len(order))):
        held = set(order[fold::FOLDS])
        others = [trial for trial in trials if trial.setting.node not in held]
        shape = fair_shape(others) if len(others) >= FEWEST_LEARNT else None
        experience = Experience(others, shape)
        for shop in sorted(held):
            drawn = [_score(experience, shops[shop], rng.permutation(len(shops[shop])), own) for _ in range(draws)]
            scores.append(np.mean(drawn, axis=0))
    loss, pick, alone_loss, alone_pick = (float(value) for value in np.mean(scores, axis=0))
    return Judged(own, len(asked), loss, pick, alone_loss, alone_pick)


def _score(experience: Experience, prints: Sequence[Trial], order: np.ndarray, own: int) -> tuple[float, ...]:
    mine, rest = [prints[place] for place in order[:own]], [prints[place] for place in order[own:]]
    ok = np.array([trial.ok for trial in rest])
    asked = [trial.setting for trial in rest]
    network = np.array([odds.value for odds in experience.odds(asked, mine)])
    alone = np.array([odds.value for odds in experience.alone().odds(asked, mine)])
    return (*_judged(network, ok), *_judged(alone, ok))


def _judged(chance: np.ndarray, ok: np.ndarray) -> tuple[float, float]:
    safe = np.clip(chance, 0.01, 0.99)
    return float(-np.log(np.where(ok, safe, 1 - safe)).mean()), float(ok[chance.argmax()])


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return math.nan
