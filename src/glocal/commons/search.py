"""Find who had the same trouble: by words (SQLite's FTS5, BM25) and by meaning (MiniLM), fused by rank.

Reciprocal rank fusion: Cormack, Clarke & Büttcher (2009). Words that describe a class of failure also find the class's
other words. The index is a cache that can be thrown away; it holds only what the verified logs hold now, so what was
erased there is gone here, with its vector, after the next :meth:`SearchIndex.refill`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from glocal.commons.cases import Answered, Case, cases_of
from glocal.commons.knowledge import Known
from glocal.commons.minilm import WIDTH, Encoder
from glocal.commons.record_names import reference_to
from glocal.commons.relevance import NO_EVIDENCE, Evidence, words_held
from glocal.commons.search_words import TOKENS, expression_of, note_common
from glocal.commons.starter.read import ready_vectors
from glocal.commons.taxonomy import CLASSES, called
from glocal.values import sha256_hex

SEARCHED_KINDS = ("problem", "answer", "recipe", "design")
SCALE = 127.0
_WORD = re.compile(r"\w+")
_BLOCK, _DEPTH, _DAMPING, _AT_ONCE = 8192, 100, 10.0, 256
_TABLES = f"""
DROP TABLE IF EXISTS records; DROP TABLE IF EXISTS cases;
CREATE VIRTUAL TABLE records USING fts5(
    title, symptom, problem, answer, tokenize = "{TOKENS}");
CREATE TABLE cases (place INTEGER PRIMARY KEY, reference TEXT, content TEXT, first TEXT, second TEXT);
"""
_VECTORS = "CREATE TABLE IF NOT EXISTS vectors (passage TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that fits a question.

    Parameters
    ----------
    reference : str
        Who said it and where.
    record : mapping
        The problem, recipe or design; an answer whose problem is not known.
    answers : sequence of mapping
        Of a problem, best first: reference, text, confirmed, denied, lang.
    score : float
        Fused rank, larger is better; comparable within one search only.
    root_vkey : str
        Whose record it is.
    evidence : Evidence
        What speaks for its answering the question at all.
    """

    reference: str
    record: Mapping[str, Any]
    score: float
    answers: Sequence[Mapping[str, Any]] = field(default=())
    root_vkey: str = ""
    evidence: Evidence = NO_EVIDENCE


class SearchIndex:
    """A search index in a file.

    Parameters
    ----------
    path : Path
        Made when it is not there; may be removed at any time.
    encoder : Encoder or None
        Without it search goes by words alone.
    """

    def __init__(self, path: Path, encoder: Encoder | None = None) -> None:
        self.path, self.encoder = path, encoder
        self._places: npt.NDArray[np.int64] | None = None
        self._filled = 0
        self._matrix = np.empty((0, WIDTH), dtype=np.int8)

    @property
    def method(self) -> str:
        """What a search goes by, in words."""
        return "words and meaning" if self.encoder else "words"

    def refill(self, known: Iterable[Known], *, most_new: int | None = None) -> int:
        """Replace what the index holds by ``known``; return how many records can be found.

        Parameters
        ----------
        most_new : int, optional
            How many passages are read for their meaning at most; others are found by words until a later refill.
        """
        everything = [entry for entry in known if entry.record["kind"] in {*SEARCHED_KINDS, "outcome"}]
        cases = cases_of(everything)
        passages = [passages_of(case) for case in cases]
        texts = {sha256_hex(passage.encode()): passage for each in passages for passage in each}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as database:
            database.execute("PRAGMA secure_delete = ON")
            database.execute(_VECTORS)
            self._encode(database, texts, most_new)
            with _whole(database):
                self._write(database, cases, passages)
                self._forget_others(database, texts)
        self._places = None
        return sum(entry.record["kind"] in SEARCHED_KINDS for entry in everything)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=20, isolation_level=None)

    def _write(self, database: sqlite3.Connection, cases: Sequence[Case], passages: Sequence[tuple[str, ...]]) -> None:
        for statement in filter(str.strip, _TABLES.split(";")):
            database.execute(statement)
        for place, (case, read) in enumerate(zip(cases, passages, strict=True)):
            keys = [sha256_hex(passage.encode()) for passage in read]
            row = (place, case.reference, json.dumps(_content(case), ensure_ascii=False), keys[0], keys[-1])
            database.execute("INSERT INTO cases VALUES (?, ?, ?, ?, ?)", row)
            database.execute("INSERT INTO records (rowid, title, symptom, problem, answer) VALUES (?, ?, ?, ?, ?)",
                             (place, *searchable(case)))  # fmt: skip
        note_common(database)
        (fills,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {fills % (2**31 - 1) + 1}")

    def _forget_others(self, database: sqlite3.Connection, texts: Mapping[str, str]) -> None:
        stored = {key for (key,) in database.execute("SELECT passage FROM vectors")}
        database.executemany("DELETE FROM vectors WHERE passage = ?", [(key,) for key in stored - texts.keys()])

    def _encode(self, database: sqlite3.Connection, texts: Mapping[str, str], most_new: int | None) -> None:
        if self.encoder is None:
            return
        stored = {key for (key,) in database.execute("SELECT passage FROM vectors")}
        ready = [(key, vector) for key, vector in ready_vectors().items() if key in texts and key not in stored]
        with _whole(database):
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", ready)
        stored.update(key for key, _ in ready)
        missing = [key for key in texts if key not in stored][:most_new]
        for start in range(0, len(missing), _AT_ONCE):
            keys = missing[start : start + _AT_ONCE]
            vectors = quantised(self.encoder.encode([texts[key] for key in keys]))
            rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
            with _whole(database):
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def search(self, question: str, *, limit: int = 10, material: str = "") -> list[Hit]:
        """Return what fits best, the best first; nothing when neither a word nor the meaning of it occurs.

        A material beside the question moves what is about it forward; whether something answers is judged without it.
        """
        if not self.path.exists():
            return []
        with closing(self._open()) as database:
            database.execute("BEGIN")  # whoever fills it anew waits: places are of one filling
            (filled,) = database.execute("PRAGMA user_version").fetchone()
            if not filled:  # somebody is filling it for the first time, or was interrupted
                return []
            scores: dict[int, float] = {}
            alike = self._alike(database, question)
            words = f"{question} {material}".strip()
            rankings = (
                (1.0, self._by_words(database, _words(words))),
                (0.5, self._by_words(database, expand(question))),
                (1.0, self._nearest(self._alike(database, words) if material else alike)),
            )
            for weight, ranking in rankings:
                for rank, place in enumerate(ranking):
                    scores[place] = scores.get(place, 0.0) + weight / (_DAMPING + rank + 1)
            best = sorted(scores, key=lambda place: (-scores[place], place))[:limit]
            evidence = self._evidence(database, question, best, alike)
            return [self._hit(database, place, scores[place], evidence[place]) for place in best]

    def _by_words(self, database: sqlite3.Connection, words: set[str]) -> list[int]:
        if not words:
            return []
        rows = database.execute(
            "SELECT rowid FROM records WHERE records MATCH ? ORDER BY bm25(records, 3, 2, 1.5, 1), rowid LIMIT ?",
            (expression_of(database, words), _DEPTH),
        )
        return [place for (place,) in rows]

    def _alike(self, database: sqlite3.Connection, question: str) -> npt.NDArray[np.float32]:
        """Return the cosine of each passage to the question; of none where nothing is read for its meaning."""
        nothing = np.empty(0, dtype=np.float32)
        if self.encoder is None or not question.strip():
            return nothing
        (fills,) = database.execute("PRAGMA user_version").fetchone()
        if self._places is None or fills != self._filled:  # this process or another has filled the file anew
            self._filled = fills
            self._load(database)
        if not len(self._matrix):
            return nothing
        asked = self.encoder.encode([question])[0] / SCALE
        return np.concatenate([
            self._matrix[start : start + _BLOCK].astype(np.float32) @ asked
            for start in range(0, len(self._matrix), _BLOCK)
        ])  # fmt: skip

    def _nearest(self, alike: npt.NDArray[np.float32]) -> list[int]:
        if self._places is None or not len(alike):
            return []
        most = min(2 * _DEPTH, len(alike))
        best = np.argpartition(-alike, most - 1)[:most]
        near = best[np.argsort(-alike[best], kind="stable")]
        return list(dict.fromkeys(int(self._places[row]) for row in near if alike[row] > 0.25))[:_DEPTH]

    def _evidence(
        self, database: sqlite3.Connection, question: str, places: Sequence[int], alike: npt.NDArray[np.float32]
    ) -> dict[int, Evidence]:
        """Return what speaks for the records at some places of the index."""
        texts, of_the_class = {}, set()
        named = called(question)
        for place in places:
            parts = database.execute("SELECT * FROM records WHERE rowid = ?", (place,)).fetchone()
            symptom = parts[1].replace(" ", "_")
            texts[place] = " ".join([*parts, *(CLASSES[symptom].words if symptom in CLASSES else ())])
            if named and symptom == named:
                of_the_class.add(place)
        (records,) = database.execute("SELECT max(place) + 1 FROM cases").fetchone()  # places are numbered from 0
        held = words_held(database, _words(question), texts, records or 0)
        foreign = self.encoder.foreign(question) if self.encoder else 0.0
        found = {}
        for place in places:
            rows = alike[self._places == place] if self._places is not None and len(alike) else ()
            near = max(0.0, float(max(rows))) if len(rows) else None
            found[place] = Evidence(*held[place], alike=1.0 if place in of_the_class else near, foreign=foreign)
        return found

    def _load(self, database: sqlite3.Connection) -> None:
        rows = database.execute(
            "SELECT place, vector FROM cases JOIN vectors ON passage = first "
            "UNION ALL SELECT place, vector FROM cases JOIN vectors ON passage = second WHERE second != first"
        ).fetchall()
        self._places = np.array([place for place, _ in rows], dtype=np.int64)
        joined = b"".join(vector for _, vector in rows)
        self._matrix = np.frombuffer(joined, dtype=np.int8).reshape(-1, WIDTH)

    def _hit(self, database: sqlite3.Connection, place: int, score: float, evidence: Evidence) -> Hit:
        row = database.execute("SELECT reference, content FROM cases WHERE place = ?", (place,)).fetchone()
        content = json.loads(row[1])
        return Hit(row[0], content["record"], score, content["answers"], content["shop"], evidence)


@contextmanager
def _whole(database: sqlite3.Connection) -> Iterator[None]:
    """Let others see all that is written meanwhile, or nothing of it; tables that come and go included."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.in_transaction:  # a full disk has ended it already
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def quantised(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """Return vectors of length 1 in steps of 1/127."""
    return np.round(vectors * SCALE).astype(np.int8)


def passages_of(case: Case) -> tuple[str, ...]:
    """Return what is read for its meaning: the problem as people meet it, and the best answer."""
    title, symptom, problem, answer = searchable(case)
    english = case.title("en") or title
    first = ". ".join(filter(None, (english, problem or symptom)))
    return (first, f"{english}. {answer}"[:1000]) if answer else (first,)


def searchable(case: Case) -> tuple[str, str, str, str]:
    """Return title, class, problem and answers of a case as text."""
    record = case.record
    title = record.get("title", "")
    titles = " ".join(title.values()) if isinstance(title, Mapping) else str(title)
    symptom = str(record.get("symptom", ""))
    body = [str(record.get("text", "")), *_words_in(record.get("context", {})), *_words_in(record.get("material", {}))]
    if record["kind"] == "recipe":
        body.append(str(record["machine"]))
    answers = " ".join(answer.text for answer in case.answers)
    return titles, symptom.replace("_", " "), " ".join(filter(None, body)), answers


def expand(question: str) -> set[str]:
    """Return the words of a question, and for words that describe a class its name and its other words."""
    words, named = _words(question), called(question)
    for symptom, described in CLASSES.items():
        if symptom == named or (symptom not in {"other", "choice"} and words & {symptom, *described.words}):
            words |= {*described.words, *symptom.split("_")}
    return words


def _words(question: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(question)[:60]}


def _content(case: Case) -> dict[str, Any]:
    answers = [_answer(answer) for answer in case.answers]
    return {"shop": case.known.root_vkey, "record": dict(case.record), "answers": answers}


def _answer(answer: Answered) -> dict[str, Any]:
    return {
        "reference": answer.known.reference,
        "id": answer.known.record["id"],
        "names": reference_to(answer.known.root_vkey, answer.known.record["id"]),
        "text": answer.text,
        "lang": answer.known.record.get("lang", "en"),
        "confirmed": answer.confirmed,
        "denied": answer.denied,
    }


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for element in value.values():
            yield from _words_in(element)
    elif isinstance(value, str):
        yield value
