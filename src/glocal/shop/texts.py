"""Texts that are there in several languages."""

from __future__ import annotations

from collections.abc import Mapping


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in the language, else in its base language, else in English, else any; empty when there is none."""
    for tag in (language, language.split("-", maxsplit=1)[0], "en"):
        if texts.get(tag):
            return texts[tag]
    return next(iter(texts.values()), "")
