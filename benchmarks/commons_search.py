"""Whether a hundred questions, written before there was anything to find, find what solves them.

Beside our own answers lie the slicer's explanations of its settings, in the same language of printing. The questions
and the answers have one author, so this flatters; questions of others are the better test.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks import Figure, at_least
from glocal.commons.knowledge import Known
from glocal.commons.minilm import encoder
from glocal.commons.records import content_id, problem_record
from glocal.commons.search import SearchIndex
from glocal.commons.starter import slug_of, starter_problems

HERE = Path(__file__).parent
BAR = 0.75


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
        return [at_least(name, hits(index), BAR, peer="words alone (BM25)", peer_value=hits(words))]


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
