"""Say what of a manifest is not as its standard wants it: Open Know-How 1.0, OKH-LOSH, Frictionless Data Package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from glocal.commons.licences import is_expression, perhaps_meant

_OKH1_FIELDS = (
    "title description intended-use keywords project-link health-safety-notice contact contributors image version "
    "development-stage made made-independently standards-used derivative-of variant-of sub license licensor "
    "date-created date-updated manifest-author okh-manifest-version manifest-language manifest-is-translation "
    "documentation-home "
    "archive-download documentation-language documentation-is-translation design-files schematics bom tool-list "
    "making-instructions manufacturing-files risk-assessment tool-settings quality-instructions operating-instructions "
    "maintenance-instructions disposal-instructions software glocal"
)
_OKH2_FIELDS = (
    "okhv name repo version release license licensor organization readme image documentation-language timestamp "
    "technology-readiness-level documentation-readiness-level contribution-guide attestation publication function "
    "standard-compliance cpc-patent-class tsdc bom manufacturing-instructions user-manual outer-dimensions mass part "
    "software upload-method data-source export source auxiliary variant-of fork-of "
    "derivative-of git-issues glocal"
)
OKH1, OKH2 = frozenset(_OKH1_FIELDS.split()), frozenset(_OKH2_FIELDS.split())
_LISTS = ("keywords", "contributors", "design-files", "schematics", "manufacturing-files", "making-instructions",
          "standards-used", "operating-instructions", "maintenance-instructions", "quality-instructions")  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|\d{3}))?")
_VERSION = re.compile(r"\d+(\.\d+)*([-+.][\w.+-]+)?")


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as the standard wants it.

    Parameters
    ----------
    field : str
        Its name; empty for the whole file.
    problem : str
        What is wrong, to be read after the name.
    read_as : str
        What was made of it.
    """

    field: str
    problem: str
    read_as: str = "kept as it is"

    def __str__(self) -> str:
        return f"{self.field or 'the file'} {self.problem}: {self.read_as}"


def check_okh1(raw: Mapping[str, Any]) -> list[Deviation]:
    """Check Open Know-How 1.0."""
    found = [*_unknown(raw, OKH1), *_missing(raw, ("title", "description", "license", "licensor", "contact",
             "documentation-home", "okh-manifest-version", "date-created", "manifest-author"))]  # fmt: skip
    for name in _LISTS:
        value = raw.get(name)
        if value is not None and not isinstance(value, list):
            unread = isinstance(value, Mapping) and name in {"keywords", "standards-used"}
            found.append(Deviation(name, "is not a list", "left unread" if unread else "read as a list of one"))
        entries = value if isinstance(value, list) and name != "keywords" else ()
        found += [
            Deviation(f"{name}[{place}]", "is a text, not a named path", "read as the path")
            for place, entry in enumerate(entries)
            if isinstance(entry, str)
        ]
    for name in ("date-created", "date-updated"):
        if text_in(raw.get(name)) and not _is_date(text_in(raw.get(name))):
            found.append(Deviation(name, f"is {text_in(raw.get(name))!r:.60}, not a date such as 2026-11-25"))
    found += [
        Deviation(name, "is neither true nor false")
        for name in ("made", "made-independently")
        if raw.get(name) is not None and not isinstance(raw[name], bool)
    ]
    licence = raw.get("license")
    if licence is not None and not isinstance(licence, Mapping):
        found.append(Deviation("license", "is not split into hardware, documentation, software", "read as hardware"))
    for kind, value in licence.items() if isinstance(licence, Mapping) else ():
        if kind not in {"hardware", "documentation", "software"}:
            found.append(Deviation(f"license.{kind}", "is none of hardware, documentation, software"))
        found += _licence(f"license.{kind}", value)
    return [*found, *_common(raw, ("manifest-language", "documentation-language"))]


def check_okh2(raw: Mapping[str, Any]) -> list[Deviation]:
    """Check OKH-LOSH, which OKH 2 became."""
    found = [*_unknown(raw, OKH2), *_missing(raw, ("okhv", "name", "repo", "version", "license", "licensor",
             "function"))]  # fmt: skip
    for place, part in enumerate(raw.get("part", []) if isinstance(raw.get("part"), list) else ()):
        if not isinstance(part, Mapping) or not text_in(part.get("name")):
            found.append(Deviation(f"part[{place}]", "has no name"))
    if "part" in raw and not isinstance(raw["part"], list):
        named = isinstance(raw["part"], Mapping) and all(isinstance(each, Mapping) for each in raw["part"].values())
        found.append(
            Deviation("part", "is not a list of tables ([[part]])", "each read" if named else "read as one part")
        )
    if isinstance(raw.get("license"), Mapping):
        found.append(Deviation("license", "is a table, not one expression", "read kind by kind"))
        found += [odd for kind, value in raw["license"].items() for odd in _licence(f"license.{kind}", value)]
    return [*found, *_licence("license", raw.get("license")), *_common(raw, ("documentation-language",))]


def check_package(raw: Mapping[str, Any]) -> list[Deviation]:
    """Check a Frictionless Data Package, as Manyfold writes them too."""
    found = list(_missing(raw, ("name", "resources")))
    resources = raw.get("resources")
    if resources is not None and not isinstance(resources, list):
        found.append(Deviation("resources", "is not a list", "read as a list of one"))
    for place, entry in enumerate(resources if isinstance(resources, list) else [resources]):
        paths = entry.get("path") if isinstance(entry, Mapping) else None
        listed = paths if isinstance(paths, list) else [paths]
        if entry is not None and not any(isinstance(path, str) for path in listed):
            found.append(Deviation(f"resources[{place}]", "has no path", "left out"))
        found += [
            Deviation(f"resources[{place}].path", "leads out of the package", "refused when opened")
            for path in listed
            if isinstance(path, str) and (path.startswith("/") or ".." in path.split("/") or "\\" in path)
        ]
    licences = raw.get("licenses")
    if licences is not None and not isinstance(licences, list):
        found.append(Deviation("licenses", "is not a list", "read as a list of one"))
    for place, entry in enumerate(licences if isinstance(licences, list) else [licences] if licences else ()):
        if not isinstance(entry, Mapping):
            found.append(Deviation(f"licenses[{place}]", "is not a table with a name", "read as the name"))
            found += _licence(f"licenses[{place}]", entry)
        else:
            found += _licence(f"licenses[{place}].name", entry.get("name"))
    return found


def text_in(value: Any) -> str:
    """Return a text or number as a text without blanks around it, anything else as nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def plain_name(name: Any) -> str:
    """Return a field's name as the standards write names: small letters, lines between words."""
    return str(name).strip().lower().replace("_", "-").replace(" ", "-")


def _unknown(raw: Mapping[str, Any], known: frozenset[str]) -> Iterable[Deviation]:
    for name in raw:
        if name not in known:
            near = plain_name(name)
            hint = f"kept; did it mean {near}?" if near in known else "kept under its name"
            yield Deviation(str(name), "is no field of the standard", hint)


def _missing(raw: Mapping[str, Any], needed: Iterable[str]) -> Iterable[Deviation]:
    for name in needed:
        if name not in raw:
            yield Deviation(name, "is missing", "left empty")
        elif raw[name] in (None, "", [], {}):
            yield Deviation(name, "is empty", "left empty")


def _licence(name: str, value: Any) -> Iterable[Deviation]:
    text = text_in(value)
    if text and not is_expression(text):
        meant = perhaps_meant(text)
        asked = f"did it mean {meant}? " if meant else ""
        yield Deviation(
            name, f"is {text!r:.60}, not an SPDX identifier", f"kept; {asked}nothing is assumed to be allowed"
        )


def _is_date(text: str) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _common(raw: Mapping[str, Any], languages: Iterable[str]) -> Iterable[Deviation]:
    for name in languages:
        text = text_in(raw.get(name))
        if text and not _LANGUAGE.fullmatch(text):
            yield Deviation(name, f"is {text!r:.40}, not a language tag such as en-GB")
    version = text_in(raw.get("version"))
    if version and not _VERSION.fullmatch(version.lstrip("vV")):
        yield Deviation("version", f"is {version!r:.60}, not one version number")
