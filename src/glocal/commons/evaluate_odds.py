"""Judge the odds on a table of prints: hold whole shops out, give each a few own prints, ask about the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glocal.commons.errors import NothingKnown
from glocal.commons.odds import FEWEST, Experience, Trial
from glocal.commons.shapes import FEWEST_LEARNT, fair_shape

FOLDS, FEWEST_LEFT = 5, 3
MOST_SHOPS, MOST_ASKED = 100, 100  # of a very large table some are asked, of a shop's many prints some


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


def judge(trials: Sequence[Trial], own: int, *, rng: np.random.Generator, draws: int = 4) -> Judged:
    """Return how good the odds are for shops that are held out whole, a fifth at a time."""
    shops: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        shops[trial.setting.node].append(trial)
    asked = sorted(shop for shop, prints in shops.items() if len(prints) >= own + FEWEST_LEFT)
    if len(asked) < 2:
        raise NothingKnown(
            f"With {own} own prints a shop needs {own + FEWEST_LEFT}, and {_so_many(len(asked), len(shops))}.",
            help="Shops are judged by what the others teach: two at least must have so many. Ask with fewer (-k).",
        )
    order = [asked[place] for place in rng.permutation(len(asked))[:MOST_SHOPS]]
    scores = []
    for fold in range(min(FOLDS, len(order))):
        held = set(order[fold::FOLDS])
        others = [trial for trial in trials if trial.setting.node not in held]
        if len(others) < FEWEST:
            raise NothingKnown(
                f"Without the shops that are asked, {len(others)} prints are left to learn from.",
                help=f"Give a larger table: odds are told from {FEWEST} prints of other shops up.",
            )
        shape = fair_shape(others) if len(others) >= FEWEST_LEARNT else None
        experience = Experience(others, shape)
        for shop in sorted(held):
            drawn = [_score(experience, shops[shop], rng.permutation(len(shops[shop])), own) for _ in range(draws)]
            scores.append(np.mean(drawn, axis=0))
    loss, pick, alone_loss, alone_pick = (float(value) for value in np.mean(scores, axis=0))
    return Judged(own, len(order), loss, pick, alone_loss, alone_pick)


def _score(experience: Experience, prints: Sequence[Trial], order: np.ndarray, own: int) -> tuple[float, ...]:
    mine, rest = [prints[place] for place in order[:own]], [prints[place] for place in order[own:][:MOST_ASKED]]
    ok = np.array([trial.ok for trial in rest])
    asked = [trial.setting for trial in rest]
    network = np.array([odds.value for odds in experience.odds(asked, mine)])
    alone = np.array([odds.value for odds in experience.alone().odds(asked, mine)])
    return (*_judged(network, ok), *_judged(alone, ok))


def _judged(chance: np.ndarray, ok: np.ndarray) -> tuple[float, float]:
    safe = np.clip(chance, 0.01, 0.99)
    return float(-np.log(np.where(ok, safe, 1 - safe)).mean()), float(ok[chance.argmax()])


def _so_many(enough: int, shops: int) -> str:
    if shops == 1:
        return "all of its prints are of one shop"
    return f"{'only one' if enough else 'none'} of {shops} shops has"
