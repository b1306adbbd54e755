"""Fields under the standard's names, and one text where the standard wants one: what others write instead is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from glocal.commons.okh_check import OKH1, OKH2, Deviation, plain_name, text_in

# what people write for a field of the standard; heeded only where the field itself is not there
_ALSO = {
    "okh1": {"licence": "license", "name": "title", "function": "description", "repo": "project-link"},
    "okh2": {
        "licence": "license", "title": "name", "description": "function", "organisation": "organization",
        "project-link": "repo", "standard": "standard-compliance", "patent-class": "cpc-patent-class",
    },
}  # fmt: skip
_INSIDE = ("path", "url", "href", "name", "title")  # where a table that stands for a text has it
_LONGEST = 60


def by_standard_names(raw: Mapping[str, Any], dialect: str) -> tuple[dict[str, Any], list[Deviation]]:
    """Return values under the standard's names, and which were written otherwise: with capitals, or another word."""
    known = {"okh1": OKH1, "okh2": OKH2}.get(dialect, frozenset())
    heard: dict[str, Any] = {}
    found: list[Deviation] = []
    for name, value in raw.items():
        near = plain_name(name)
        near = near if near in known else _ALSO.get(dialect, {}).get(near, near)
        taken = near if name not in known and near in known and near not in raw and near not in heard else name
        if taken != name:
            found.append(Deviation(str(name), "is not how the standard writes it", f"read as {taken}"))
        heard[taken] = value
    if known and isinstance(heard.get("license"), Mapping):
        heard["license"] = {plain_name(kind): value for kind, value in heard["license"].items()}
    return heard, found


def one_of_each(heard: Mapping[str, Any], fields: Iterable[str]) -> tuple[dict[str, Any], list[Deviation]]:
    """Return the values with one text in each of the fields, and one licence per kind; and where there was another.

    Parameters
    ----------
    heard : mapping
        Under the standard's names.
    fields : iterable of str
        Those that the standard wants one text in.
    """
    single = dict(heard)
    found: list[Deviation] = []
    for field in fields:
        value = heard.get(field)
        if value is not None and not isinstance(value, str):
            single[field], problem, read = _one_text(value, heard)
            found.append(Deviation(field, problem, read))
    licences = heard.get("license")
    if isinstance(licences, list):
        single["license"] = _one_licence(licences)
        found.append(Deviation("license", "is a list, not one licence", "read as all of them together"))
    return single, found


def _one_text(value: Any, heard: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the text in a value, what the value is instead of a text, and how it was read."""
    if isinstance(value, list):
        text = next((found for each in value if (found := _inner(each))), "")
        return text, "is a list, not one text", "the first is read" if text else "left unread"
    if isinstance(value, Mapping):
        place = next((name for name in _INSIDE if text_in(value.get(name))), "")
        if place:
            return text_in(value[place]), "is a table, not a text", f"its {place} is read"
        said = [text_in(heard.get(name))[:2].lower() for name in ("documentation-language", "manifest-language")]
        language = next((each for each in [*said, "en", *value] if each and text_in(value.get(each))), "")
        if language:
            return text_in(value[language]), "is a table, not a text", f"its {language!s:.{_LONGEST}} is read"
        return "", "is a table, not a text", "left unread"
    if isinstance(value, bool):
        return "", "is true or false, not a text", "left unread"
    text = text_in(value) or str(value)
    return text, "is not a text", f"read as {text:.{_LONGEST}}"


def _inner(value: Any) -> str:
    return (
        next((text for name in _INSIDE if (text := text_in(value.get(name)))), "")
        if isinstance(value, Mapping)
        else text_in(value)
    )


def _one_licence(listed: Iterable[Any]) -> str | dict[str, str]:
    """Return one expression, or one per kind of work, that says all licences of a list."""
    kinds: dict[str, list[str]] = {}
    for entry in listed:
        pairs = entry.items() if isinstance(entry, Mapping) else [("", entry)]
        for kind, value in pairs:
            if text := text_in(value):
                kinds.setdefault(plain_name(kind), []).append(f"({text})" if " OR " in text else text)
    said = {kind or "hardware": " AND ".join(dict.fromkeys(texts)) for kind, texts in kinds.items()}
    return said["hardware"] if set(kinds) == {""} else said
