"""Which words of a question are looked up in a large index: the rare ones, as common ones decide nothing and cost most.

BM25 scores every record that holds any of the words; "the" alone is in most of them and weighs next to nothing. So the
rarest words are looked up first, and the others only as long as few records are scored for them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

TOKENS = "porter unicode61 remove_diacritics 2"
MOST_SCORED, COMMON_FROM = 20_000, 500  # records


def note_common(database: sqlite3.Connection) -> None:
    """Write down in how many records each common word stands, after ``records`` has been filled."""
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, records, row)")
    database.execute("DROP TABLE IF EXISTS common")
    database.execute("CREATE TABLE common (term TEXT PRIMARY KEY, records INTEGER) WITHOUT ROWID")
    database.execute("INSERT INTO common SELECT term, doc FROM temp.vocabulary WHERE doc >= ?", (COMMON_FROM,))


def expression_of(database: sqlite3.Connection, words: Iterable[str]) -> str:
    """Return the words worth looking up as an FTS5 expression; empty without words. The rarest word is always there."""
    sorted_words = sorted(words)
    frequency = _frequencies(database, sorted_words)
    chosen: list[str] = []
    scored = 0
    for word in sorted(sorted_words, key=lambda word: (frequency[word], word)):
        scored += frequency[word]
        if chosen and scored > MOST_SCORED:
            break
        chosen.append(word)
    return " OR ".join(f'"{word}"' for word in sorted(chosen))


def document_frequencies(database: sqlite3.Connection, terms: Iterable[str]) -> dict[str, int]:
    """Return in how many records each term, as the index writes words, stands."""
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, records, row)")
    known = dict(database.execute("SELECT term, records FROM common"))
    found = {}
    for term in terms:
        row = None if term in known else database.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (term,))
        (count,) = (known[term],) if row is None else (row.fetchone() or (0,))
        found[term] = int(count)
    return found


def _frequencies(database: sqlite3.Connection, words: list[str]) -> dict[str, int]:
    """Return in how many records each word stands, 0 where it is not common."""
    found = dict.fromkeys(words, 0)
    common = dict(database.execute("SELECT term, records FROM common"))
    if not common:
        return found
    database.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5(word, tokenize = '{TOKENS}')")
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab(temp, asked, instance)")
    database.execute("DELETE FROM temp.asked")
    database.executemany("INSERT INTO temp.asked (rowid, word) VALUES (?, ?)", enumerate(words, 1))
    for place, term in database.execute("SELECT doc, term FROM temp.stems").fetchall():
        found[words[place - 1]] = max(found[words[place - 1]], common.get(term, 0))
    return found
