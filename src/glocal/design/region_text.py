"""Which of a text's languages a region reads: BCP 47 lookup with CLDR's parents, and an honest word when none fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global


@dataclass(frozen=True, slots=True)
class ChosenText:
    """A text in one language; ``wanted`` says whether the region reads that language."""

    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    wanted: bool


def choose_text(texts: Mapping[str, str], languages: Sequence[str]) -> ChosenText | None:
    """Return the text in the first language that has it; else English, else any, marked as not wanted.

    A language is looked up as it is, then as its parents (``pt_AO`` → ``pt_PT`` → ``pt``); Chinese in traditional
    characters never falls back on simplified ones, as CLDR says.
    """
    by_tag = {tag.replace("-", "_").lower(): tag for tag, text in texts.items() if text.strip()}
    for language in languages:
        for tag in lookup_chain(language):
            if tag.lower() in by_tag:
                return _chosen(texts, by_tag[tag.lower()], wanted=True)
    if not by_tag:
        return None
    return _chosen(texts, by_tag.get("en") or by_tag[min(by_tag)], wanted=False)


def lookup_chain(language: str) -> Iterator[str]:
    """Yield a language and its parents, nearest first."""
    parents: Mapping[str, str] = get_global("parent_exceptions")
    tag = language.replace("-", "_")
    while tag and tag != "root":
        yield tag
        tag = parents.get(tag) or ("" if _has_other_script(tag) else tag.rpartition("_")[0])


def _has_other_script(tag: str) -> bool:
    """Say whether a tag is a language in a script that is not its usual one: its parent is the root (LDML)."""
    language, _, script = tag.partition("_")
    likely: Mapping[str, str] = get_global("likely_subtags")
    return len(script) == 4 and script.isalpha() and script not in likely.get(language, script).split("_")


def direction_of_language(language: str) -> Literal["ltr", "rtl"]:
    """Return in which direction a language is written; left to right where CLDR does not know it."""
    try:
        return "rtl" if Locale.parse(language.replace("-", "_")).text_direction == "rtl" else "ltr"
    except (ValueError, UnknownLocaleError):
        return "ltr"


def _chosen(texts: Mapping[str, str], tag: str, *, wanted: bool) -> ChosenText:
    return ChosenText(texts[tag], tag, direction_of_language(tag), wanted)
