"""The parts of a thing that an Open Know-How manifest names, with what a maker has to know of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from glocal.commons.okh import Manifest
from glocal.commons.okh_check import text_in
from glocal.commons.okh_sizes import above_zero, outer_mm

SHAPES = (
    ".stl",
    ".3mf",
    ".obj",
    ".off",
    ".step",
    ".stp",
    ".scad",
)
"""Best first: what can be measured and printed as it is."""
MOST_PARTS = 500
MOST_PIECES = 10_000
_PRINTED = re.compile(r"3d.?p|fused|fff\b|fdm\b|additive|filament", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OkhPart:
    """One part.

    Parameters
    ----------
    name : str
    shapes : tuple of str
        Files or addresses of its shape that could be printed, best first.
    outer_mm : (float, float, float) or None
        The box around it, when the manifest says.
    processes : tuple of str
        How it is made, as written; empty when not said.
    quantity : int
        Pieces in one thing.
    material : str
        As written; empty when not said.
    mass_g : float or None
        Of one piece.
    """

    name: str
    shapes: tuple[str, ...] = ()
    outer_mm: tuple[float, float, float] | None = None
    processes: tuple[str, ...] = ()
    quantity: int = 1
    material: str = ""
    mass_g: float | None = None

    @property
    def printed(self) -> bool:
        """Whether it is made by printing, as said or, where nothing is said, because its shape can be printed."""
        if self.processes:
            return any(_PRINTED.search(word) for word in self.processes)
        return bool(self.shapes) or self.outer_mm is not None


def parts_of(manifest: Manifest) -> tuple[OkhPart, ...]:
    """Return the parts that a manifest names, in its order.

    Open Know-How 2 lists them under ``part``; other dialects write ``parts`` or ``sub-parts``. Where none is listed, as
    in Open Know-How 1, each file among the design and manufacturing files that holds a shape is a part.
    """
    raw = manifest.raw
    common = _processes(raw)
    named: list[OkhPart] = []
    for key in ("part", "parts", "sub-parts", "sub_parts"):
        entries = raw.get(key)
        listed = entries if isinstance(entries, list) else [entries]
        if isinstance(entries, Mapping) and all(isinstance(each, Mapping) for each in entries.values()):
            listed = [{"name": name, **each} for name, each in entries.items()]
        for entry in (each for each in listed if isinstance(each, Mapping)):
            named.append(_part(entry, f"part {len(named) + 1}", common))
    if not named:
        shapes = [path for path in manifest.files if _is_shape(path)]
        named = [OkhPart(PurePosixPath(path).stem or path, (path,), processes=common) for path in shapes]
        whole = outer_mm(raw)
        if not named and whole:
            named = [OkhPart(manifest.title or "the whole", (), whole, common, mass_g=above_zero(raw.get("mass")))]
    return tuple(named[:MOST_PARTS])


def _part(entry: Mapping[str, Any], number: str, common: tuple[str, ...]) -> OkhPart:
    files = [path for key in ("export", "source", "manufacturing-files", "files") for path in _paths(entry.get(key))]
    shapes = sorted((path for path in files if _is_shape(path)), key=lambda path: SHAPES.index(_suffix(path)))
    many = above_zero(entry.get("quantity", entry.get("count")))
    return OkhPart(
        text_in(entry.get("name") or entry.get("title")) or number,
        tuple(dict.fromkeys(shapes)),
        outer_mm(entry),
        _processes(entry) or common,
        int(many) if many is not None and 1 <= many <= MOST_PIECES else 1,
        text_in(entry.get("material") or entry.get("materials")),
        above_zero(entry.get("mass")),
    )


def _paths(value: Any) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        path = text_in(entry.get("path")) if isinstance(entry, Mapping) else text_in(entry)
        if path:
            yield path


def _suffix(path: str) -> str:
    return PurePosixPath(path.partition("?")[0]).suffix.lower()


def _is_shape(path: str) -> bool:
    return _suffix(path) in SHAPES


def _processes(holder: Mapping[str, Any]) -> tuple[str, ...]:
    words: list[str] = []
    for key in ("tsdc", "printing-process", "manufacturing-process", "manufacturing-processes",
                "manufacturing_processes", "process"):  # fmt: skip
        words += _paths(holder.get(key))
    return tuple(dict.fromkeys(words))
