"""Where design packages lie beside a log, and which of them stay there: those that a standing record announces.

A package lies at ``package/<first 32 digits>/<last 32 digits>`` of its hash, at the shop and at every mirror. When its
announcement is taken back it goes, here and wherever a copy of the log is brought up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


def path_of(package_hash: str) -> str:
    """Return where a package lies, from its hash."""
    return f"package/{package_hash[:32]}/{package_hash[32:]}"


def announced_in(records: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the hashes of the packages that some records announce."""
    return {record["package"] for record in records if record["kind"] == "design"}


def packages_at(public: Path) -> Iterator[str]:
    """Yield the hashes of the packages that lie in a directory."""
    for path in public.glob("package/*/*"):
        yield path.parent.name + path.name


def keep_only(public: Path, announced: Collection[str]) -> int:
    """Remove each package that nobody announces; return how many went."""
    gone = [package for package in packages_at(public) if package not in announced]
    for package in gone:
        remove(public, package)
    return len(gone)


def remove(public: Path, package_hash: str) -> None:
    """Remove a package, if it lies there."""
    path = public / path_of(package_hash)
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
