"""OpenSCAD libraries that designs may name without bringing them: BOSL2, and what the shop has installed.

Library files travel with the design to the engine like its own files, and count for its hash: a design is the same
only as long as its libraries are.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

LIBRARY_PATH_VARIABLE = "GLOCAL_OPENSCAD_LIBRARIES"
"""Directories of libraries, separated as PATH is; they go before those that we know."""

MAX_LIBRARY_BYTES = 20_000_000

_DEBIAN = Path("/usr/share/openscad/libraries")
_DIRECTIVE = re.compile(r"^\s*(?:include|use)\s*<([^>\n]+)>", re.MULTILINE)


def library_roots() -> tuple[Path, ...]:
    """Return the directories in which libraries are looked up, first come first."""
    chosen = [Path(part) for part in os.environ.get(LIBRARY_PATH_VARIABLE, "").split(os.pathsep) if part]
    spec = importlib.util.find_spec("solid2")  # the PyPI package solidpython2 carries BOSL2
    carried = (
        [Path(place) / "extensions" / "bosl2" for place in (spec.submodule_search_locations or [])] if spec else []
    )
    return tuple(root.resolve() for root in (*chosen, *carried, _DEBIAN) if root.is_dir())


def library_files(source: str, files: Mapping[str, bytes], roots: tuple[Path, ...] | None = None) -> dict[str, bytes]:
    """Return the library files that a design needs and does not bring, by the path under which it names them.

    Parameters
    ----------
    source : str
        The design.
    files : mapping
        What it brings along.
    roots : tuple of Path, optional
        Where to look; :func:`library_roots` by default.
    """
    texts = [source, *(data.decode("latin-1") for name, data in files.items() if name.endswith(".scad"))]
    waiting = [name for text in texts for name in _named(text, PurePosixPath())]
    if not waiting:
        return {}
    found: dict[str, bytes] = {}
    roots = library_roots() if roots is None else roots
    room = MAX_LIBRARY_BYTES
    while waiting:
        name = waiting.pop()
        if name in files or name in found:
            continue
        path = _look_up(name, roots)
        if path is None or path.stat().st_size > room:
            continue
        found[name] = path.read_bytes()
        room -= len(found[name])
        waiting += _named(found[name].decode("latin-1"), PurePosixPath(name).parent)
    return dict(sorted(found.items()))


def _named(text: str, folder: PurePosixPath) -> Iterator[str]:
    """Yield the paths that a text includes or uses: as written, and as seen from its own folder."""
    for name in _DIRECTIVE.findall(text):
        yield name.strip()
        if folder.parts:
            yield (folder / name.strip()).as_posix()


def _look_up(name: str, roots: tuple[Path, ...]) -> Path | None:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or pure.suffix != ".scad":
        return None
    for root in roots:
        path = (root / pure).resolve()
        if path.is_file() and path.is_relative_to(root):
            return path
    return None
