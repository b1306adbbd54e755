"""Find who had the same trouble: full-text search over problems, answers, recipes and designs, in SQLite's FTS5.

The index is a cache that can be thrown away; it holds only what the verified logs hold now, so what was erased there is
gone here after the next :meth:`SearchIndex.refill`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glocal.commons.knowledge import Known

SEARCHED_KINDS = ("problem", "answer", "recipe", "design")
_WORD = re.compile(r"\w+")

# Words with which people describe a defect, beside its name; each stands for the others in a search.
SYMPTOM_WORDS: Mapping[str, tuple[str, ...]] = {
    "adhesion": ("adhesion", "stick", "sticks", "sticking", "detached", "loose", "haftet", "haftung", "adhérence",
                 "adhesión"),
    "bridging": ("bridge", "bridges", "bridging", "brücke", "pont", "puente"),
    "clog": ("clog", "clogged", "jam", "jammed", "blocked", "verstopft", "bouchée", "atasco"),
    "crack": ("crack", "cracks", "broken", "brittle", "riss", "spröde", "fissure", "grieta"),
    "dimension": ("dimension", "size", "tight", "undersized", "oversized", "maß", "passt", "cote", "medida"),
    "elephant_foot": ("elephant", "foot", "flared", "elefantenfuß", "pied", "pata"),
    "layer_separation": ("delaminate", "delamination", "separate", "split", "splitting", "schichten", "décollement"),
    "layer_shift": ("shift", "shifted", "offset", "versatz", "décalage", "desplazamiento"),
    "over_extrusion": ("overextrusion", "excess", "bulging", "überextrusion", "surextrusion", "sobreextrusión"),
    "overhang": ("overhang", "overhangs", "droop", "drooping", "sagging", "überhang", "surplomb", "voladizo"),
    "spaghetti": ("spaghetti", "tangle", "nest", "air", "knäuel", "enredo"),
    "stringing": ("string", "strings", "stringing", "hairs", "ooze", "oozing", "fäden", "fils", "hilos"),
    "supports": ("support", "supports", "stütze", "stützen", "soportes"),
    "surface": ("surface", "rough", "scar", "zits", "oberfläche", "surface", "superficie"),
    "under_extrusion": ("underextrusion", "gaps", "thin", "missing", "unterextrusion", "lücken", "subextrusión"),
    "warping": ("warp", "warping", "warped", "lift", "lifts", "lifting", "curl", "curls", "corners", "verzug", "ecken",
                "gauchissement", "coins", "esquinas"),
    "wobble": ("wobble", "ringing", "ghosting", "ripples", "wellen", "ondulation", "ondas"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that fits a question.

    Parameters
    ----------
    reference : str
        Who said it and where.
    record : mapping
        The record.
    score : float
        BM25, larger is better; comparable within one search only.
    """

    reference: str
    record: Mapping[str, Any]
    score: float


class SearchIndex:
    """A full-text index in a file.

    Parameters
    ----------
    path : Path
        Made when it is not there; may be removed at any time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def refill(self, known: Iterable[Known]) -> int:
        """Replace what the index holds by ``known``; return how many records can be found."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            (entry.reference, json.dumps(entry.record, ensure_ascii=False), *searchable(entry.record))
            for entry in known
            if entry.record["kind"] in SEARCHED_KINDS
        ]
        with closing(sqlite3.connect(self.path, timeout=20)) as database, database:
            database.execute("PRAGMA secure_delete = ON")
            database.execute("DROP TABLE IF EXISTS records")
            database.execute(
                "CREATE VIRTUAL TABLE records USING fts5("
                "reference UNINDEXED, record UNINDEXED, title, symptom, body, "
                "tokenize = 'unicode61 remove_diacritics 2')"
            )
            database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        return len(rows)

    def search(self, question: str, *, limit: int = 10) -> list[Hit]:
        """Return what fits best, the best first; nothing when no word of the question occurs.

        A word that describes a symptom also finds the symptom's other words.
        """
        expression = " OR ".join(f'"{word}"' for word in sorted(expand(question)))
        if not expression or not self.path.exists():
            return []
        with closing(sqlite3.connect(self.path, timeout=20)) as database:
            rows = database.execute(
                "SELECT reference, record, -bm25(records, 1, 1, 3, 2, 1) AS score FROM records "
                "WHERE records MATCH ? ORDER BY score DESC, reference LIMIT ?",
                (expression, limit),
            ).fetchall()
        return [Hit(reference, json.loads(record), score) for reference, record, score in rows]


def searchable(record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return title, symptom and body of a record as text."""
    title = record.get("title", "")
    titles = " ".join(title.values()) if isinstance(title, Mapping) else str(title)
    symptom = str(record.get("symptom", ""))
    body = [str(record.get("text", "")), *_words_in(record.get("context", {})), *_words_in(record.get("material", {}))]
    return titles, symptom.replace("_", " "), " ".join(body)


def expand(question: str) -> set[str]:
    """Return the words of a question, and for words that describe a symptom its name and its other words."""
    words = {word.casefold() for word in _WORD.findall(question)[:50]}
    for symptom, described in SYMPTOM_WORDS.items():
        if words & {symptom, *described}:
            words |= {*described, *symptom.split("_")}
    return words


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for element in value.values():
            yield from _words_in(element)
    elif isinstance(value, str):
        yield value
