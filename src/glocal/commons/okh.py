"""Read and write what others say of their hardware: Open Know-How 1 (YAML), 2 (TOML, as LOSH writes it), data packages.

The reader is tolerant and honest: it takes what it can, says of each thing that is not as the standard wants it what is
wrong and how it was read, and keeps every value, so that nothing is lost when the same form is written again. Between
two forms, what the other has no place for travels under ``glocal``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from glocal.commons.okh_check import (
    Deviation,
    by_standard_names,
    check_okh1,
    check_okh2,
    check_package,
    text_in,
)
from glocal.commons.okh_errors import ManifestUnreadable
from glocal.commons.okh_yaml import dump_yaml, read_yaml

Dialect = Literal["okh1", "okh2", "datapackage"]
MAX_MANIFEST_BYTES, MAX_DEPTH = 1_000_000, 40
_HALF = re.compile(r"[\ud800-\udfff]")
NAMES: Mapping[str, Dialect] = {"okh.toml": "okh2", "datapackage.json": "datapackage"}
_JSON_MARK = re.compile(r'"(okhv|okh-manifest-version)"\s*:')
_CARRIED = "glocal"

# what is the same thing in the forms: (ours, OKH 1, OKH 2, data package)
_SAME = (
    ("title", "title", "name", "title"),
    ("description", "description", "function", "description"),
    ("version", "version", "version", "version"),
    ("homepage", "project-link", "repo", "homepage"),
    ("image", "image", "image", "image"),
    ("language", "documentation-language", "documentation-language", "language"),
)
_COLUMN: Mapping[Dialect, int] = {"okh1": 1, "okh2": 2, "datapackage": 3}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one manifest says.

    Parameters
    ----------
    dialect : str
        The form it was read from.
    raw : mapping
        Every value as it was read; what a rewrite in the same form starts from.
    title, description, version, homepage, image, language : str
        Empty where not said.
    licences : mapping
        What each kind of work is under, as written: hardware, documentation, software.
    authors : tuple of str
        Licensor, contributors.
    keywords, files : tuple of str
        Paths and links as written.
    deviations : tuple of Deviation
        What is not as the standard wants it, and how it was read.
    """

    dialect: Dialect
    raw: Mapping[str, Any]
    title: str = ""
    description: str = ""
    version: str = ""
    homepage: str = ""
    image: str = ""
    language: str = ""
    licences: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()


def read_manifest(data: bytes, name: str = "") -> Manifest:
    """Return what a manifest says.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, which helps to tell the forms apart.

    Raises
    ------
    ManifestUnreadable
        When it is too large, too deep, no text, or no mapping at all.
    """
    text, found = _text(data)
    dialect = dialect_of(text, name)
    try:
        if dialect == "datapackage" or text.lstrip().startswith("{"):
            raw: Any = json.loads(text)
        elif dialect == "okh2":
            raw = tomllib.loads(text)
        else:
            raw, more = read_yaml(text)
            found += more
    except RecursionError as error:
        raise ManifestUnreadable(f"{name or 'The manifest'} is nested too deeply.") from error
    except ValueError as error:
        raise ManifestUnreadable(f"{name or 'The manifest'} cannot be read: {str(error)[:200]}.") from error
    if not isinstance(raw, Mapping) or not raw:
        raise ManifestUnreadable(f"{name or 'The manifest'} holds no named values.", help="Is it the right file?")
    _check_values(raw)
    heard, renamed = by_standard_names(raw, dialect)
    said = (*found, *renamed, *_deviations(dialect, heard))
    return replace(_manifest(dialect, heard), raw=raw, deviations=said)


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


def convert(manifest: Manifest, dialect: Dialect) -> dict[str, Any]:
    """Return the manifest's values in a form; in its own form they are what was read."""
    if dialect == manifest.dialect:
        return dict(manifest.raw)
    carried = manifest.raw.get(_CARRIED)
    if isinstance(carried, Mapping) and isinstance(carried.get(dialect), Mapping):
        return dict(carried[dialect])  # it came from this form, and goes back to it whole
    column = _COLUMN[dialect]
    made = {names[column]: value for names in _SAME if (value := getattr(manifest, names[0]))}
    made |= _licences_as(manifest, dialect) | _people_as(manifest, dialect) | _lists_as(manifest, dialect)
    if dialect == "okh2":
        made = {"okhv": "OKH-LOSHv1.0", **made}
    elif dialect == "datapackage":
        made = {"name": slug(manifest.title) or "design", **made}
    return {**made, _CARRIED: {manifest.dialect: without_nothing(manifest.raw)}}


def write_manifest(manifest: Manifest, dialect: Dialect) -> bytes:
    """Return the manifest as a file in a form."""
    import tomli_w

    values = convert(manifest, dialect)
    if dialect == "okh2":
        return tomli_w.dumps(without_nothing(values)).encode()
    if dialect == "datapackage":
        return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"
    return dump_yaml(values).encode()


def without_nothing(value: Any) -> Any:
    """Return a value without what is null, which TOML cannot write; "" stands for it in lists."""
    if isinstance(value, Mapping):
        return {str(name): without_nothing(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return ["" if entry is None else without_nothing(entry) for entry in value]
    return value


def slug(title: str) -> str:
    """Return a name for files and addresses."""
    letters = "".join(char if char.isascii() and char.isalnum() else "-" for char in title.lower())
    return "-".join(filter(None, letters.split("-")))[:60].strip("-")


def _manifest(dialect: Dialect, raw: Mapping[str, Any]) -> Manifest:
    column = _COLUMN[dialect]
    title, description, version, homepage, image, language = (text_in(raw.get(names[column])) for names in _SAME)
    return Manifest(
        dialect,
        raw,
        title=title,
        description=description,
        version=version,
        homepage=homepage,
        image=image,
        language=language,
        licences=_licences_of(dialect, raw),
        authors=_authors_of(raw),
        keywords=tuple(text_in(word) for word in _list(raw.get("keywords")) if text_in(word)),
        files=_files_of(raw),
    )


def _licences_of(dialect: Dialect, raw: Mapping[str, Any]) -> dict[str, str]:
    if dialect == "datapackage":
        named = [text_in(entry.get("name")) for entry in _list(raw.get("licenses")) if isinstance(entry, Mapping)]
        return {"hardware": " AND ".join(filter(None, named))} if any(named) else {}
    licence = raw.get("license")
    if isinstance(licence, Mapping):
        return {str(kind): text_in(value) for kind, value in licence.items() if text_in(value)}
    return {"hardware": text_in(licence)} if text_in(licence) else {}


def _authors_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("licensor", "contributors", "organization"):
        for entry in _list(raw.get(name)):
            named = text_in(entry.get("name") or entry.get("title")) if isinstance(entry, Mapping) else text_in(entry)
            if named and named not in found:
                found.append(named)
    return tuple(found)


def _files_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    fields = ("resources", "design-files", "manufacturing-files", "schematics", "making-instructions", "bom", "readme",
              "manufacturing-instructions", "user-manual", "source", "export")  # fmt: skip
    for holder in (raw, *(part for part in _list(raw.get("part")) if isinstance(part, Mapping))):
        for name in fields:
            for entry in _list(holder.get(name)):
                path = text_in(entry.get("path")) if isinstance(entry, Mapping) else text_in(entry)
                if path and path not in found and ("\n" not in path) and len(path) < 500 and "." in path:
                    found.append(path)
    return tuple(found)


def _licences_as(manifest: Manifest, dialect: Dialect) -> dict[str, Any]:
    licences = dict(manifest.licences)
    if not licences:
        return {}
    if dialect == "okh1":
        return {"license": licences}
    first = licences.get("hardware") or next(iter(licences.values()))
    return {"license": first} if dialect == "okh2" else {"licenses": [{"name": name} for name in licences.values()]}


def _people_as(manifest: Manifest, dialect: Dialect) -> dict[str, Any]:
    if not manifest.authors:
        return {}
    if dialect == "datapackage":
        return {"contributors": [{"title": name, "role": "author"} for name in manifest.authors]}
    if dialect == "okh1":
        first, *others = manifest.authors
        more = {"contributors": [{"name": name} for name in others]} if others else {}
        return {"licensor": {"name": first}, **more}
    return {"licensor": manifest.authors[0] if len(manifest.authors) == 1 else list(manifest.authors)}


def _lists_as(manifest: Manifest, dialect: Dialect) -> dict[str, Any]:
    made: dict[str, Any] = {"keywords": list(manifest.keywords)} if manifest.keywords and dialect != "okh2" else {}
    if manifest.files:
        if dialect == "okh1":
            made["design-files"] = [{"path": path, "title": path.rpartition("/")[2]} for path in manifest.files]
        elif dialect == "okh2":
            made["part"] = [{"name": manifest.title or "part", "source": list(manifest.files)}]
        else:
            made["resources"] = [{"name": slug(path) or "file", "path": path} for path in manifest.files]
    return made


def _deviations(dialect: Dialect, raw: Mapping[str, Any]) -> list[Deviation]:
    return {"okh1": check_okh1, "okh2": check_okh2, "datapackage": check_package}[dialect](raw)


def _text(data: bytes) -> tuple[str, list[Deviation]]:
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestUnreadable(f"The manifest has {len(data)} bytes, at most {MAX_MANIFEST_BYTES} are read.")
    found = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        found.append(Deviation("", "is not UTF-8", "read as Windows-1252"))
    if "\0" in text:
        raise ManifestUnreadable("This is not a text file.")
    return text, found


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


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
