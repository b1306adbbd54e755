"""Get a design package, wherever it is nearest: the own log, copies of others, the shops that are followed."""

from __future__ import annotations

from pathlib import Path

from glocal.commons.designs import fetch_package, keep
from glocal.commons.erase import announced_by
from glocal.commons.errors import EntryNotFound
from glocal.commons.files import DirectoryReader
from glocal.commons.following import source_readers
from glocal.commons.log import Log
from glocal.commons.package_shelf import announced_in
from glocal.commons.packages import Package
from glocal.commons.peer import followed


def fetched(directory: Path, package_hash: str) -> Package:
    """Return a package from the own log, from copies, or from the shops that are followed.

    Raises
    ------
    EntryNotFound
        When the hash is none, or no shop that is heard announces the design (any more).
    """
    if len(package_hash) != 64 or not set(package_hash) <= set("0123456789abcdef"):
        raise EntryNotFound(
            "“{hash}” is no package hash.", help="It has 64 hexadecimal digits.", hash=package_hash[:80]
        )
    copies = list(followed(directory / "peers"))
    announced = announced_in(record for copy in copies for _, _, record in copy.records())
    if Log.exists(directory):
        announced |= announced_by(Log.open(directory))
    if package_hash not in announced:
        raise EntryNotFound(
            "No shop that you follow announces the design {hash}…: it was taken back, or never told here.",
            help="'glocal commons sync' brings what is new, 'glocal commons search' finds designs.",
            hash=package_hash[:12],
        )
    readers = [DirectoryReader(directory / "public"), *(DirectoryReader(copy.public) for copy in copies)]
    with source_readers(copies) as others:
        package = fetch_package(package_hash, [*readers, *others])
    if copies:
        keep(package, copies[0].public)
    return package
