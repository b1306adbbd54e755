"""Read and write what others say of their hardware: Open Know-How 1 (YAML), 2 (TOML, as LOSH writes it), data packages.

The reader is tolerant and honest: it takes what it can, says of each thing that is not as the standard wants it what is
wrong and how it was read, and keeps every value, so that nothing is lost when the same form is written again. Between
two forms, what the other has no place for travels under ``glocal``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from glocal.commons.okh_carry import brought_back, carried
from glocal.commons.okh_check import (
    Deviation,
    check_okh1,
    check_okh2,
    check_package,
    text_in,
)
from glocal.commons.okh_parse import Dialect, parse_manifest
from glocal.commons.okh_sizes import check_sizes
from glocal.commons.okh_texts import by_standard_names, one_of_each
from glocal.commons.okh_yaml import dump_yaml

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
    dialect, raw, found = parse_manifest(data, name)
    heard, renamed = by_standard_names(raw, dialect)
    column = _COLUMN[dialect]
    heard, singled = one_of_each(heard, [names[column] for names in _SAME])
    said = (*found, *renamed, *singled, *_deviations(dialect, heard))
    return replace(_manifest(dialect, heard), raw=raw, deviations=said)


def convert(manifest: Manifest, dialect: Dialect) -> dict[str, Any]:
    """Return the manifest's values in a form; in its own form they are what was read."""
    if dialect == manifest.dialect:
        return dict(manifest.raw)
    travelled = manifest.raw.get(_CARRIED)
    if isinstance(travelled, Mapping) and isinstance(travelled.get(dialect), Mapping):
        return dict(brought_back(travelled[dialect]))  # it came from this form, and goes back to it whole
    column = _COLUMN[dialect]
    made = {names[column]: value for names in _SAME if (value := getattr(manifest, names[0]))}
    made |= _licences_as(manifest, dialect) | _people_as(manifest, dialect) | _lists_as(manifest, dialect)
    if dialect == "okh2":
        made = {"okhv": "OKH-LOSHv1.0", **made}
    elif dialect == "datapackage":
        made = {"name": slug(manifest.title) or "design", **made}
    return {**made, _CARRIED: {manifest.dialect: carried(manifest.raw, numbers=dialect == "okh1")}}


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
        listed = _list(raw.get("licenses"))
        named = [text_in(entry.get("name") if isinstance(entry, Mapping) else entry) for entry in listed]
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
                paths = _list(entry.get("path") if isinstance(entry, Mapping) else entry)
                found += [path for path in map(text_in, paths) if "\n" not in path and len(path) < 500 and "." in path]
    return tuple(dict.fromkeys(found))


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
    found = {"okh1": check_okh1, "okh2": check_okh2, "datapackage": check_package}[dialect](raw)
    if dialect == "okh2":
        found += check_sizes(raw)
        parts = [part for part in _list(raw.get("part")) if isinstance(part, Mapping)]
        found += [odd for place, part in enumerate(parts) for odd in check_sizes(part, f"part[{place}].")]
    return found


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
