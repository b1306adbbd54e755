"""Follow a shop over HTTP or from a memory stick: open its sources, sync, and remember what need not be asked again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from glocal.commons.errors import PartMissing
from glocal.commons.files import DirectoryReader, write_file
from glocal.commons.http import HttpReader, Patience
from glocal.commons.model import Reader
from glocal.commons.notes import MAX_NOTE_BYTES, claimed_root_key
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.sources import Source, SyncReport
from glocal.commons.sync import sync
from glocal.commons.verify import reader_of

TAGS_FILE = "tags.json"


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


def sync_followed(copy: PeerCopy, *, patience: Patience | None = None) -> SyncReport:
    """Bring a followed shop's copy up to date from all its addresses."""
    following = copy.following
    tags = _read_tags(copy)
    with contextlib.ExitStack() as stack:
        sources = []
        for address in following.urls:
            known = tags.setdefault(address, {})
            options = {"allow_home": following.allow_home, "patience": patience, "known": known}
            sources.append(Source(address, stack.enter_context(opened(address, **options))))  # type: ignore[arg-type]
        report = sync(copy, sources)
    _write_tags(copy, tags)
    return report


def follow(
    peers: Path,
    addresses: tuple[str, ...],
    *,
    root_vkey: str | None = None,
    allow_home: bool = False,
    labels: bool = False,
) -> PeerCopy:
    """Begin to follow a shop; without ``root_vkey`` the first address is believed about it, once."""
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
