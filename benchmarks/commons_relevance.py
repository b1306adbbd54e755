"""Whether what nothing here answers is left unanswered, and what something answers is answered.

The weights of :mod:`glocal.commons.relevance` are those of :func:`weights` on the first half of
``commons_relevance.json``; the second half, and the hundred questions that were there before, judge them. Both halves
have one author, who also wrote the nonsense; the hundred questions were written before there was anything to find.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import Figure, at_least
from glocal.commons.minilm import encoder
from glocal.commons.relevance import RELEVANT, Evidence
from glocal.commons.search import Hit, SearchIndex
from glocal.commons.starter import slug_of, starter_problems

HERE = Path(__file__).parent
SHOWN, PENALTY, ROUNDS = 5, 0.03, 8
PRECISION, RECALL = 0.9, 0.85


def figures() -> list[Figure]:
    """Return precision and recall, by words and meaning and by words alone, on questions that chose nothing."""
    halves = json.loads((HERE / "commons_relevance.json").read_text())
    questions = json.loads((HERE / "commons_questions.json").read_text())["questions"]
    solved = json.loads((HERE / "commons_judgements.json").read_text())["relevant"]
    older = [{**each, "solved_by": solved[each["id"]]} for each in questions]
    judged = halves["judged_on"]
    found = []
    with tempfile.TemporaryDirectory() as directory:
        for index in indexes(Path(directory)):
            for name, asked in (("paraphrases in 4 languages", judged["asked"]), ("older questions", older)):
                found += _figures(index, name, asked, judged["nonsense"])
    return found


def _figures(
    index: SearchIndex, name: str, asked: Sequence[Mapping[str, Any]], nonsense: Sequence[str]
) -> list[Figure]:
    slugs = slugs_here()
    shown = [shown_of(index, each["question"]) for each in asked]
    answered = sum(map(bool, shown))
    wrong = sum(bool(shown_of(index, question)) for question in nonsense)
    right = sum(
        bool({slugs.get(hit.record["id"]) for hit in hits} & set(each["solved_by"]))
        for hits, each in zip(shown, asked, strict=True)
    )
    of = f"{len(asked)} {name} beside {len(nonsense)} questions without an answer, by {index.method}"
    return [
        at_least(f"{of}: answered ones that have an answer", answered / (answered + wrong), PRECISION),
        at_least(f"{of}: ones with an answer that are answered", answered / len(asked), RECALL),
        Figure(f"{of}: a right answer among the {SHOWN} shown", right / len(asked)),
    ]


def indexes(directory: Path) -> list[SearchIndex]:
    """Return an index of what came with the software, read for its meaning and not."""
    full = SearchIndex(directory / "search.sqlite", encoder())
    full.refill(starter_problems())
    return [full, SearchIndex(full.path)]


def slugs_here() -> dict[str, str | None]:
    """Return the short name of each record that came with the software, by its id."""
    return {entry.record["id"]: slug_of(entry) for entry in starter_problems()}


def shown_of(index: SearchIndex, question: str) -> list[Hit]:
    """Return what a shop is shown of what a search finds."""
    return [hit for hit in index.search(question, limit=4 * SHOWN) if hit.evidence.chance() >= RELEVANT][:SHOWN]


def weights(index: SearchIndex) -> np.ndarray:
    """Return weights chosen on the first half: a logistic regression with a small penalty on the best hit of each.

    Of a question with an answer that is the best of its right answers, of another one its best hit; which it is depends
    on the weights, so both are looked for in turns.
    """
    from scipy.optimize import minimize

    half = json.loads((HERE / "commons_relevance.json").read_text())["chosen_on"]
    slugs = slugs_here()
    right, wrong = [], []
    for each in half["asked"]:
        hits = index.search(each["question"], limit=4 * SHOWN)
        rows = [columns(hit.evidence) for hit in hits if slugs.get(hit.record["id"]) in each["solved_by"]]
        right += [np.array(rows)] if rows else []
    for question in half["nonsense"]:
        rows = [columns(hit.evidence) for hit in index.search(question, limit=4 * SHOWN)]
        wrong += [np.array(rows)] if rows else []
    chosen = np.ones(right[0].shape[1])
    sign = np.r_[np.ones(len(right)), -np.ones(len(wrong))]
    for _ in range(ROUNDS):
        best = np.array([rows[(rows @ chosen).argmax()] for rows in [*right, *wrong]])

        def loss(w: np.ndarray, best: np.ndarray = best) -> float:
            return float(np.logaddexp(0, -sign * (best @ w)).sum() + PENALTY * (w[1:] ** 2).sum())

        chosen = np.asarray(minimize(loss, chosen).x)
    return chosen


def columns(evidence: Evidence) -> list[float]:
    """Return what the weights are for."""
    if evidence.alike is None:
        return [1.0, evidence.words, evidence.share]
    return [1.0, evidence.alike, evidence.words, evidence.foreign * evidence.words]
