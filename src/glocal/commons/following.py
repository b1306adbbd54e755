"""Follow a shop over HTTP or from a memory stick: open its sources, sync, remember how it went, and stop following."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from glocal.commons.erase import announced_by
from glocal.commons.errors import PartMissing
from glocal.commons.files import DirectoryReader, exclusive_lock, write_file
from glocal.commons.http import HttpReader, Patience, check_peer
from glocal.commons.log import Log
from glocal.commons.model import Reader
from glocal.commons.notes import MAX_NOTE_BYTES, claimed_root_key
from glocal.commons.package_shelf import announced_in, keep_only, packages_at
from glocal.commons.peer import Following, PeerCopy, followed
from glocal.commons.sources import Source, SyncReport
from glocal.commons.sync import sync
from glocal.commons.verify import reader_of

TAGS_FILE, LAST_FILE, LOCK_FILE = "tags.json", "last_sync.json", "sync.lock"


@dataclass(frozen=True, slots=True)
class LastSync:
    """How the last sync of a copy went.

    Parameters
    ----------
    at : datetime
        When.
    size, holes : int
        Entries verified in all epochs, and those among them that no source would give.
    noticed : tuple of (str, str)
        Code and source of each event, see :class:`glocal.commons.sources.SyncEvent`.
    """

    at: datetime
    size: int
    holes: int
    noticed: tuple[tuple[str, str], ...]


def is_web(address: str) -> bool:
    """Say whether a source is on the web; else it is a directory."""
    return address.startswith(("http://", "https://"))


def root_key_at(address: str, *, allow_home: bool = False) -> str:
    """Return the root key that a source claims, for following on first use without another way to know it."""
    with opened(address, allow_home=allow_home) as reader:
        note = reader.read("identity", MAX_NOTE_BYTES)
    if note is None:
        raise PartMissing("There is no log at {address}.", help="Check the address.", address=address)
    return claimed_root_key(note)


@contextlib.contextmanager
def opened(
    address: str,
    *,
    allow_home: bool = False,
    patience: Patience | None = None,
    known: dict[str, tuple[str, bytes]] | None = None,
) -> Iterator[Reader]:
    """Give a reader of a source and close it afterwards."""
    if not is_web(address):
        yield reader_of(Path(address))
        return
    with HttpReader(address, allow_home=allow_home, patience=patience, known=known) as reader:
        yield reader


def sync_followed(
    copy: PeerCopy, *, now: datetime | None = None, patience: Patience | None = None, wait_s: float = 5.0
) -> SyncReport:
    """Bring a followed shop's copy up to date from all its addresses; with ``now`` remember how it went.

    Raises
    ------
    LogBusy
        When another process syncs this copy for longer than ``wait_s``.
    """
    following = copy.following
    with contextlib.ExitStack() as stack:
        stack.enter_context(exclusive_lock(copy.directory / LOCK_FILE, wait_s=wait_s))
        tags = _read_tags(copy)
        sources = []
        for address in following.urls:
            known = tags.setdefault(address, {})
            options = {"allow_home": following.allow_home, "patience": patience, "known": known}
            sources.append(Source(address, stack.enter_context(opened(address, **options))))  # type: ignore[arg-type]
        report = sync(copy, sources)
        if report.erased or (report.new_entries and any(packages_at(copy.public))):
            forget_packages(copy.directory.parent)
        _write_tags(copy, tags)
        if now is not None:
            noticed = [[event.code, event.source] for event in report.events]
            told = {"at": now.isoformat(), "size": report.size, "holes": report.holes, "noticed": noticed}
            write_file(copy.directory / LAST_FILE, json.dumps(told).encode(), durable=False)
    return report


def forget_packages(peers: Path) -> int:
    """Remove from all copies the packages of designs that neither they nor the own log announce any more."""
    copies = list(followed(peers))
    announced = announced_in(record for copy in copies for _, _, record in copy.records())
    if Log.exists(peers.parent):
        announced |= announced_by(Log.open(peers.parent))
    return sum(keep_only(copy.public, announced) for copy in copies)


def last_sync(copy: PeerCopy) -> LastSync | None:
    """Return how the last sync of a copy went, None before the first."""
    raw = DirectoryReader(copy.directory).read(LAST_FILE, 1_000_000)
    if raw is None:
        return None
    told = json.loads(raw)
    noticed = tuple((str(code), str(source)) for code, source in told["noticed"])
    return LastSync(datetime.fromisoformat(told["at"]), told["size"], told["holes"], noticed)


def unfollow(copy: PeerCopy) -> None:
    """Follow a shop no more: its copy, and with it all that was learnt from it, is removed."""
    with exclusive_lock(copy.directory / LOCK_FILE, wait_s=20.0):
        shutil.rmtree(copy.directory)


def follow(
    peers: Path,
    addresses: tuple[str, ...],
    *,
    root_vkey: str | None = None,
    allow_home: bool = False,
    labels: bool = False,
) -> PeerCopy:
    """Begin to follow a shop; without ``root_vkey`` the first address is believed about it, once."""
    for address in addresses:
        if "://" in address:
            check_peer(address, allow_home=allow_home)
    key = root_vkey or root_key_at(addresses[0], allow_home=allow_home)
    return PeerCopy.create(peers, Following(key, addresses, allow_home, labels=labels))


@contextlib.contextmanager
def source_readers(copies: Iterable[PeerCopy]) -> Iterator[list[Reader]]:
    """Give a reader per address of every followed shop, and close them afterwards."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(opened(address, allow_home=copy.following.allow_home))
            for copy in copies
            for address in copy.following.urls
        ]


def _read_tags(copy: PeerCopy) -> dict[str, dict[str, tuple[str, bytes]]]:
    raw = DirectoryReader(copy.directory).read(TAGS_FILE, 1_000_000)
    if raw is None:
        return {}
    return {address: {"checkpoint": (str(tag), str(note).encode())} for address, (tag, note) in json.loads(raw).items()}


def _write_tags(copy: PeerCopy, tags: dict[str, dict[str, tuple[str, bytes]]]) -> None:
    """Keep each address's last checkpoint with its tag: polls are many, changes few."""
    kept = {
        address: (known["checkpoint"][0], known["checkpoint"][1].decode("utf-8", "replace"))
        for address, known in tags.items()
        if "checkpoint" in known
    }
    write_file(copy.directory / TAGS_FILE, json.dumps(kept).encode(), durable=False)
