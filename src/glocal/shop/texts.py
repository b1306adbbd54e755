"""Texts that are there in several languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in the language, else in its base language, else in English, else any; empty when there is none."""
    for tag in (language, language.split("-", maxsplit=1)[0], "en"):
        if texts.get(tag):
            return texts[tag]
    return next(iter(texts.values()), "")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return a text as it is compared in a search: without accents, marks and stretches, large or small alike."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_ALIKE.get(letter, letter) for letter in plain if unicodedata.category(letter) not in MARKS)


MARKS = frozenset({"Mn", "Cf"})  # accents, vowel signs of Arabic, marks of direction
_ALIKE = {"\u0640": "", "ى": "ي", "ة": "ه", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'"}
"""Letters that normalisation keeps apart and people type as one; the first is Arabic's stretch."""
