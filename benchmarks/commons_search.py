"""Whether a hundred questions, written before there was anything to find, find what solves them.

Beside our own answers lie the slicer's explanations of its settings, in the same language of printing. The questions
and the answers have one author, so this flatters; questions of others are the better test.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import Figure, at_least, at_most
from glocal.commons.knowledge import Known
from glocal.commons.minilm import WIDTH, encoder
from glocal.commons.record_names import content_id
from glocal.commons.records import problem_record
from glocal.commons.search import SearchIndex
from glocal.commons.starter import slug_of, starter_problems

HERE = Path(__file__).parent
BAR = 0.75
ITEMS = 100_000


def figures() -> list[Figure]:
    """Return hit@10 by words and meaning, beside words alone."""
    known = [*starter_problems(), *explanations()]
    questions = json.loads((HERE / "commons_questions.json").read_text())["questions"]
    relevant = json.loads((HERE / "commons_judgements.json").read_text())["relevant"]
    slugs = {entry.record["id"]: slug_of(entry) for entry in known}
    with tempfile.TemporaryDirectory() as directory:
        index = SearchIndex(Path(directory) / "search.sqlite", encoder())
        index.refill(known)
        words = SearchIndex(index.path)

        def hits(searched: SearchIndex) -> float:
            found = 0
            for question in questions:
                names = {slugs.get(hit.record["id"]) for hit in searched.search(question["question"], limit=10)}
                found += bool(names & set(relevant[question["id"]]))
            return found / len(questions)

        name = f"hit@10 of {len(questions)} questions among {len(known)} records, by {index.method}"
        found = at_least(name, hits(index), BAR, peer="words alone (BM25)", peer_value=hits(words))
    return [found, speed()]


def speed() -> Figure:
    """Time searches in a process that has one thread of linear algebra, as the shop's server has."""
    command = [sys.executable, "-c", "from benchmarks.commons_search import measured_ms; print(measured_ms())"]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=alone, cwd=HERE.parent)
    return at_most(f"search among {ITEMS} items, 95th percentile, CPU ms", float(done.stdout), 150)


def measured_ms() -> float:
    """Time whole searches, question read for its meaning included, among 100,000 problems made of others' sentences.

    Reading so many passages for their meaning takes an hour; their vectors are random, which costs a search as much.
    """
    sentences = [part for entry in explanations() for part in re.split(r"(?<=\.) ", str(entry.record["text"]))]
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, max(len(sentences), 1), (ITEMS, 3))
    known = []
    for number, row in enumerate(chosen.tolist()):
        text = f"{' '.join(sentences[index] for index in row)} {number}"[:1500]
        record = problem_record(id=content_id({"item": number}), symptom="other", text=text, context={})
        known.append(Known("others", "others", 1, number, {**record, "epoch": 1, "month": "2026-11"}))
    questions = [entry["question"] for entry in json.loads((HERE / "commons_questions.json").read_text())["questions"]]
    with tempfile.TemporaryDirectory() as directory:
        index = SearchIndex(Path(directory) / "search.sqlite", Made())
        index.refill(known)
        index.encoder = encoder()
        index.search(questions[0])
        spent = []
        for question in questions:
            begin = time.process_time()
            index.search(question)
            spent.append((time.process_time() - begin) * 1e3)
    return float(np.quantile(spent, 0.95))


class Made:
    """Random vectors of length 1 in the place of a reading of each passage."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(1)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one vector per text."""
        vectors = self.rng.standard_normal((len(texts), WIDTH)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def explanations() -> list[Known]:
    """Return what the installed slicer says about each of its settings, as problems that nobody asked about."""
    told = "".join(
        subprocess.run(["prusa-slicer", option], capture_output=True, text=True, check=False).stdout
        for option in ("--help-fff", "--help-sla")
    )
    found = []
    for number, (name, body) in enumerate(re.findall(r"^ --([\w-]+)[^\n]*\n((?: {12,}[^\n]*\n)+)", told, re.MULTILINE)):
        text = re.sub(r"\s+", " ", body).strip()[:1500]
        if len(text) >= 40:
            identity = content_id({"explanation": number})
            record = problem_record(id=identity, symptom="other", text=text, context={}, title=name.replace("-", " "))
            found.append(Known("slicer", "slicer", 1, number, {**record, "epoch": 1, "month": "2026-11"}))
    return found
