"""What was refused, and what would help, in the reader's language.

An error carries its English words with the facts beside them (:class:`glocal.errors.GlocalError`). The words are
looked up as they stand, then the facts are filled in; what is not translated stays English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from glocal.errors import GlocalError, fill
from glocal.shop.parts.finding_words import findings_in_words
from glocal.shop.quotes.match_words import comma, nobody_in_words, reason_in_words
from glocal.shop.texts import in_language

BY_KIND: Mapping[str, str] = {
    "not_verified": gettext_noop("What a shop's log says could not be verified."),
    "bad_signature": gettext_noop("A signature in a shop's log is missing, by another key, or wrong."),
    "bad_encoding": gettext_noop("A part of a shop's log, or a key, is damaged or not of the form that it must have."),
    "bad_proof": gettext_noop("A part of a shop's log is not what its key has signed."),
    "part_missing": gettext_noop("A part of a shop's log is missing."),
    "record_withheld": gettext_noop("A record of a shop's log was left out."),
    "contradicted": gettext_noop("A shop has signed two histories that exclude each other."),
    "too_large": gettext_noop("A shop sent more than was agreed."),
    "manifest_unreadable": gettext_noop("What the design says of itself cannot be read."),
}
"""What is said of an error in bytes and proofs, whose exact words are for whoever looks into the files."""


def error_in_words(error: GlocalError | Mapping[str, Any]) -> dict[str, Any]:
    """Return an error as the JSON object that every edge sends, with message and help in the reader's language.

    Parameters
    ----------
    error : GlocalError or mapping
        The error, or what :meth:`glocal.errors.GlocalError.as_dict` kept of one.
    """
    told = dict(error.as_dict() if isinstance(error, GlocalError) else error)
    data = told.get("data", {})
    words, advice = told.pop("words", None) or (told["message"], told["help"])
    if data.get("findings"):
        found = findings_in_words(data["findings"])
        message, advice = (" ".join(dict.fromkeys(each[part] for each in found)) for part in ("message", "help"))
        return {**told, "message": message, "help": advice}
    if data.get("messages"):  # the design's own words, in the languages that its manifest has
        words = in_language(data["messages"], _reader())
    if told["code"] in BY_KIND and _reader() != "en":
        words = BY_KIND[told["code"]]
    facts = _called(data)
    if data.get("candidates"):
        facts["reasons"], facts["possible"] = nobody_in_words(data["candidates"], reason_in_words)
    return {**told, "message": _told(words, facts), "help": _told(advice, facts)}


def error_text(error: GlocalError | Mapping[str, Any]) -> str:
    """Return what is wrong and what would help as one text, for a form."""
    told = error_in_words(error)
    return f"{told['message']} {told['help']}".strip()


def _reader() -> str:
    return get_language() or "en"


def _told(words: str, facts: Mapping[str, Any]) -> str:
    return fill(_(words), facts, _fact) if words else ""


def _fact(value: Any) -> str:
    """Return a fact as the reader's language writes it; a name stays as it is."""
    if isinstance(value, list | tuple):
        return comma(_reader()).join(_fact(each) for each in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_decimal(value, locale=_reader().replace("-", "_"))
    return str(value)


def _called(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts with parameters under the names that the customer sees."""
    labels = {name: in_language(texts, _reader()) for name, texts in data.get("labels", {}).items()}

    def name_of(parameter: Any) -> Any:
        return labels.get(parameter) or parameter

    facts = dict(data)
    if "parameter" in facts:
        facts["parameter"] = name_of(facts["parameter"])
    if isinstance(facts.get("parameters"), list):
        facts["parameters"] = [name_of(each) for each in facts["parameters"]]
    return facts
