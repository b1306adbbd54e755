"""Read a design package: a directory with ``datapackage.json`` and OpenSCAD sources, or a bare ``.scad`` file.

A package may come from a stranger: paths stay inside its directory, links are not followed, sizes are bounded, and
whatever the manifest says wrongly is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from glocal.design.customizer import read_parameters
from glocal.design.errors import PackageInvalid
from glocal.design.libraries import library_files
from glocal.design.manifest import read_manifest
from glocal.design.model import DesignTemplate
from glocal.values import canonical_json, sha256_hex

MAX_SOURCE_BYTES = 2_000_000
MAX_FILES = 500
MAX_TOTAL_BYTES = 40_000_000
ENGINE_SUFFIXES = frozenset(
    f".{name}" for name in ("scad", "stl", "off", "obj", "3mf", "amf", "svg", "dxf", "png", "dat", "txt", "csv", "json")
)

_REFERENCE = re.compile(r'(?:include|use)\s*<([^>\n]+)>|"([^"\\\n]{1,200}\.[A-Za-z0-9]{2,4})"')


def is_own_design(directory: Path) -> bool:
    """Say whether a directory holds a design with parameters, rather than files that somebody else describes."""
    path = directory / "datapackage.json"
    try:
        return path.is_file() and b'"glocal"' in path.read_bytes()[:MAX_SOURCE_BYTES]
    except OSError:
        return False


def load_package(path: Path) -> DesignTemplate:
    """Return the template in a package directory.

    Parameters
    ----------
    path : Path
        The directory that holds ``datapackage.json`` (Frictionless Data Package) with a ``glocal`` object.

    Raises
    ------
    PackageInvalid
        Saying which file or field is wrong, and what is expected.
    """
    root = path.resolve()
    if not root.is_dir():
        raise PackageInvalid(
            f"{path} is not a directory.", help="A design package is a directory with datapackage.json."
        )
    manifest = read_manifest(_read(root, "datapackage.json", MAX_SOURCE_BYTES))
    source = _text(_read(root, manifest.source, MAX_SOURCE_BYTES), manifest.source)
    files = _package_files(root, manifest.resources)
    files.pop(manifest.source, None)
    files |= library_files(source, files)
    parameters = read_parameters(source)
    manifest.check_against(parameters)
    return DesignTemplate(
        id=manifest.id,
        version=manifest.version,
        title=manifest.title,
        description=manifest.description,
        licence=manifest.licence,
        authors=manifest.authors,
        source=source,
        files=files,
        parameters=parameters,
        notes=manifest.notes,
        constraints=manifest.constraints,
        print_notes=manifest.print_notes,
        presets=manifest.presets,
        preset_labels=manifest.preset_labels,
        group_labels=manifest.group_labels,
        standards=manifest.standards,
        hash=content_hash(source, files, manifest.raw),
    )


def template_from_scad(path: Path) -> DesignTemplate:
    """Return a template from one ``.scad`` file and the files beside it that it names.

    There is no manifest, so there is no licence, no author, and no rule but the Customizer's.
    """
    if not path.is_file():
        raise PackageInvalid(f"There is no file {path}.")
    root = path.resolve().parent
    source = _text(_read(root, path.name, MAX_SOURCE_BYTES), path.name)
    files = _referenced_files(root, source)
    files |= library_files(source, files)
    return DesignTemplate(
        id=re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "design",
        version="0",
        title={"en": path.stem.replace("_", " ").strip() or path.stem},
        description={},
        licence="NOASSERTION",
        authors=(),
        source=source,
        files=files,
        parameters=read_parameters(source),
        notes={},
        constraints=(),
        print_notes={},
        presets={},
        hash=content_hash(source, files, {}),
    )


def content_hash(source: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> str:
    """Return the identity of a template: SHA-256 over its source, its files and its manifest."""
    content = {
        "source": sha256_hex(source.encode()),
        "files": {name: sha256_hex(data) for name, data in files.items()},
        "manifest": manifest,
    }
    return sha256_hex(canonical_json(content))


def _inside(root: Path, name: str) -> Path | None:
    """Return the plain file of this name below ``root``; None when it is missing, or a way out."""
    pure = PurePosixPath(name)
    if not name or "\\" in name or "\0" in name or pure.is_absolute() or ".." in pure.parts:
        return None
    path = root / pure
    try:
        whole = path.resolve(strict=True)
    except (OSError, ValueError):
        return None
    return whole if whole.is_file() and whole.is_relative_to(root) else None


def _read(root: Path, name: str, limit: int) -> bytes:
    path = _inside(root, name)
    if path is None:
        raise PackageInvalid(
            f"The package has no file {name[:200]!r}.",
            help="Names are relative to the package and stay inside it.",
            file=name[:200],
        )
    size = path.stat().st_size
    if size > limit:
        raise PackageInvalid(f"{name} has {size} bytes, at most {limit} are read.", file=name)
    return path.read_bytes()


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise PackageInvalid(f"{name} is not a text.", help="An OpenSCAD file is plain text.", file=name)
    # OpenSCAD on Windows reads lines so; elsewhere a carriage return would hide the parameter notes of a Windows file
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _package_files(root: Path, resources: tuple[str, ...]) -> dict[str, bytes]:
    names = {path.relative_to(root).as_posix() for path in root.rglob("*.scad") if path.is_file()}
    names |= {name for name in resources if PurePosixPath(name).suffix.lower() in ENGINE_SUFFIXES}
    return _load(root, sorted(names - {"datapackage.json"}))


def _load(root: Path, names: list[str]) -> dict[str, bytes]:
    if len(names) > MAX_FILES:
        raise PackageInvalid(f"The package has {len(names)} files, at most {MAX_FILES} are read.")
    files: dict[str, bytes] = {}
    room = MAX_TOTAL_BYTES
    for name in names:
        files[name] = _read(root, name, room)
        room -= len(files[name])
    return files


def _referenced_files(root: Path, source: str) -> dict[str, bytes]:
    """Return the files that a design names, and those that they name, as far as they lie beside it."""
    found: set[str] = set()
    waiting = list(_references(source, PurePosixPath()))
    while waiting:
        name = waiting.pop()
        path = _inside(root, name)
        if path is None or name in found or path.suffix.lower() not in ENGINE_SUFFIXES:
            continue
        found.add(name)
        if len(found) > MAX_FILES:
            raise PackageInvalid(f"The design names more than {MAX_FILES} files.")
        if path.suffix.lower() == ".scad":
            text = _text(_read(root, name, MAX_SOURCE_BYTES), name)
            waiting += _references(text, PurePosixPath(name).parent)
    return _load(root, sorted(found))


def _references(source: str, folder: PurePosixPath) -> Iterator[str]:
    """Yield the paths that a source may mean, beside itself first and from the top second."""
    for match in _REFERENCE.finditer(source):
        name = (match[1] or match[2]).strip()
        parts: list[str] = []
        for part in (*folder.parts, *PurePosixPath(name).parts):
            if part == ".." and parts:
                parts.pop()
            else:
                parts.append(part)
        yield "/".join(parts)
        yield name
