"""From a manifest's bytes to its values: which form it is in, and what in it had to be read tolerantly."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal

from glocal.commons.okh_check import Deviation
from glocal.commons.okh_errors import ManifestUnreadable
from glocal.commons.okh_toml import read_toml
from glocal.commons.okh_yaml import read_yaml
from glocal.text_files import text_of

Dialect = Literal["okh1", "okh2", "datapackage"]
MAX_MANIFEST_BYTES, MAX_DEPTH = 1_000_000, 40
NAMES: Mapping[str, Dialect] = {"okh.toml": "okh2", "datapackage.json": "datapackage"}
_HALF = re.compile(r"[\ud800-\udfff]")
_JSON_MARK = re.compile(r'"(okhv|okh-manifest-version)"\s*:')
_AS_TOML, _AS_YAML = re.compile(r"^okhv\s*=", re.MULTILINE), re.compile(r"^(okhv|name|title)\s*:\s", re.MULTILINE)


def parse_manifest(data: bytes, name: str) -> tuple[Dialect, dict[str, Any], list[Deviation]]:
    """Return a manifest's form and values, and what of the file is not as it should be.

    Raises
    ------
    ManifestUnreadable
        When it is too large, too deep, no text, or no mapping at all.
    """
    called = name or "The manifest"
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestUnreadable(f"{called} is larger than {MAX_MANIFEST_BYTES:,} bytes.")
    try:
        text, encoding = text_of(data)
    except ValueError as error:
        raise ManifestUnreadable(f"{called} cannot be read: {error}.", help="Save it as UTF-8.") from error
    found = [Deviation("", "is not UTF-8", f"read as {encoding}")] if encoding else []
    dialect = dialect_of(text, name)
    try:
        dialect, raw = _values(text, dialect, found)
    except RecursionError as error:
        raise ManifestUnreadable(f"{called} is nested too deeply.") from error
    except ValueError as error:
        raise ManifestUnreadable(f"{called} cannot be read: {str(error)[:200]}.") from error
    if not isinstance(raw, Mapping) or not raw:
        raise ManifestUnreadable(f"{called} holds no named values.", help="Is it the right file?")
    _check_values(raw)
    return dialect, dict(raw), found


def dialect_of(text: str, name: str) -> Dialect:
    """Return the form of a manifest, from its name, else from how it begins."""
    base = name.replace("\\", "/").rpartition("/")[2].lower()
    if base in NAMES:
        return NAMES[base]
    if base.endswith(".toml"):
        return "okh2"
    if base.endswith((".yml", ".yaml")):
        return "okh1"
    if base.endswith(".json") or text.lstrip().startswith("{"):
        marked = _JSON_MARK.search(text)
        return "datapackage" if marked is None else "okh2" if marked[1] == "okhv" else "okh1"
    return "okh2" if "okhv" in text[:4000] and "=" in text[:4000].partition("\n")[0] + text[:200] else "okh1"


def is_marked(text: str) -> bool:
    """Say whether JSON calls itself an Open Know-How manifest."""
    return _JSON_MARK.search(text) is not None


def _values(text: str, dialect: Dialect, found: list[Deviation]) -> tuple[Dialect, Any]:
    if dialect == "datapackage" or text.lstrip().startswith("{"):
        return dialect, _json(text, found)
    if dialect == "okh1" and _AS_TOML.search(text):
        found.append(Deviation("", "is TOML, though its name says YAML", "read as TOML"))
        dialect = "okh2"
    elif dialect == "okh2" and "=" not in text and _AS_YAML.search(text):
        found.append(Deviation("", "is YAML, though its name says TOML", "read as YAML"))
        dialect = "okh1"
    raw, more = read_toml(text) if dialect == "okh2" else read_yaml(text)
    found += more
    return dialect, raw


def _json(text: str, found: list[Deviation]) -> Any:
    """Return JSON's values; what JSON forbids or cannot hold is kept as a text, of two with one name the first."""

    def as_text(word: str) -> str:
        found.append(Deviation("", f"holds {word:.40}, which is no number of JSON", "kept as a text"))
        return word

    def number(word: str) -> float | str:
        return value if math.isfinite(value := float(word)) else as_text(word)

    def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in pairs:
            if name in values:
                found.append(Deviation(name, "stands twice", "the first is taken"))
            values.setdefault(name, value)
        return values

    return json.loads(text, object_pairs_hook=first_of_each, parse_constant=as_text, parse_float=number)


def _check_values(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise ManifestUnreadable(f"The manifest is nested more than {MAX_DEPTH} deep.")
    if isinstance(value, str) and _HALF.search(value):
        raise ManifestUnreadable("The manifest holds half a character (such as \\ud800).", help="Save it as UTF-8.")
    if isinstance(value, Mapping):
        for name in value:
            _check_values(name, depth + 1)
    for entry in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        _check_values(entry, depth + 1)
