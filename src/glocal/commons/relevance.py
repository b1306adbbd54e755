"""How likely a record that was found answers a question at all: nearest is not near.

A logistic regression on two kinds of evidence: how alike the meanings are, and how many rare words of the question the
record holds. The model of meaning reads English; the less of a question is English to it, the more its words say.
Weights and threshold were chosen on questions of ``benchmarks/commons_relevance.json`` (first half), where half of what
is asked has no answer here; how often they are right is measured on others (``python -m benchmarks commons``).
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glocal.commons.search_words import TOKENS, document_frequencies

RELEVANT, PERHAPS = 0.5, 0.15  # from this chance on a record is told as an answer, or asked for whether it is meant
MOST_WORDS = 4.0
_BASE, _MEANING, _WORDS, _FOREIGN_WORDS = -5.26, 8.84, 2.18, 3.16
_BASE_BLIND, _WORDS_BLIND, _SHARE_BLIND = -3.51, 2.36, 4.11  # where nothing is read for its meaning


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one record.

    Parameters
    ----------
    words : float
        Words of the question that it holds, a word that no record holds counting 1, one that all hold 0; to 4.
    share : float
        The same in parts of all words of the question and one more; 0 to 1.
    alike : float or None
        Cosine between the meanings of question and record, 0 to 1; None where either was not read for it.
    foreign : float
        Part of the question's letters in words that the model of meaning does not know; 0 to 1.
    """

    words: float
    share: float
    alike: float | None = None
    foreign: float = 0.0

    def chance(self) -> float:
        """Return how likely the record answers the question."""
        if self.alike is None:
            log_odds = _BASE_BLIND + _WORDS_BLIND * self.words + _SHARE_BLIND * self.share
        else:
            log_odds = _BASE + _MEANING * self.alike + (_WORDS + _FOREIGN_WORDS * self.foreign) * self.words
        return 1 / (1 + math.exp(-log_odds))


NO_EVIDENCE = Evidence(0.0, 0.0)


def words_held(
    database: sqlite3.Connection, question: Iterable[str], texts: Mapping[int, str], records: int
) -> dict[int, tuple[float, float]]:
    """Return words and share of :class:`Evidence` for each text.

    Parameters
    ----------
    database : sqlite3.Connection
        The index, which says how common words are.
    question : iterable of str
        Its words.
    texts : mapping of int to str
        Number of a record, 0 or more, to all its words.
    records : int
        How many the index holds.
    """
    database.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.near USING fts5(text, tokenize = '{TOKENS}')")
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.near_terms USING fts5vocab(temp, near, instance)")
    database.execute("DELETE FROM temp.near")
    rows = [(-1, " ".join(sorted(question))), *texts.items()]
    database.executemany("INSERT INTO temp.near (rowid, text) VALUES (?, ?)", rows)
    terms: dict[int, set[str]] = {place: set() for place, _ in rows}
    for place, term in database.execute("SELECT doc, term FROM temp.near_terms"):
        terms[place].add(term)
    common = document_frequencies(database, terms[-1])
    most = math.log(2 * (records + 1))
    rare = {term: max(math.log((records + 1) / (common[term] + 0.5)), 0.0) / most for term in terms[-1]}
    held = {place: sum(rare[term] for term in terms[-1] & terms[place]) for place in texts}
    return {place: (min(words, MOST_WORDS), words / (sum(rare.values()) + 1)) for place, words in held.items()}
