"""The copy of another shop's log: verified, erased where its author erased, and fit to be served on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from glocal.commons import bundles, notes
from glocal.commons.errors import BadEncoding, NotFollowed, RecordRefused
from glocal.commons.evidence import Contradiction
from glocal.commons.files import DirectoryReader, write_file
from glocal.commons.model import Checkpoint, Entry, Identity
from glocal.commons.schema import check_record
from glocal.commons.store import EpochStore, read_bundle
from glocal.commons.tiles import HashTiles

Place = tuple[int, int]  # epoch, index
FOLLOWING_FILE, STATE_FILE, EVIDENCE = "following.json", "state.json", "evidence"


@dataclass(frozen=True, slots=True)
class Following:
    """Whom this shop follows, and from where.

    Parameters
    ----------
    root_vkey : str
        The shop's root key, pinned.
    urls : tuple of str
        Where its log is served: the shop itself first, then mirrors.
    allow_home : bool
        Whether these may be in the own network.
    max_entries : int
        How long a log may get before it is not followed further.
    max_bytes : int
        How much one sync may fetch.
    labels : bool
        Whether what this shop labels as spam, wrong or unsafe is left out here.
    """

    root_vkey: str
    urls: tuple[str, ...] = ()
    allow_home: bool = False
    max_entries: int = 1_000_000
    max_bytes: int = 256 * 1024 * 1024
    labels: bool = False


@dataclass(frozen=True, slots=True)
class PeerState:
    """What is known beyond the files: tombstones seen, entries nobody would give, epochs under a proven lie."""

    retracted: frozenset[Place] = frozenset()
    holes: frozenset[Place] = frozenset()
    contradicted: frozenset[int] = frozenset()


class PeerCopy:
    """One followed shop's log on this disk.

    Parameters
    ----------
    directory : Path
        Holds ``following.json``, ``state.json``, ``evidence`` and the copy itself in ``public``.
    """

    def __init__(self, directory: Path, following: Following) -> None:
        self.directory = directory
        self.public = directory / "public"
        self.following = following
        self.state = self._read_state()

    @classmethod
    def create(cls, peers: Path, following: Following) -> PeerCopy:
        """Begin to follow a shop, or change from where it is followed."""
        notes.parse_vkey(following.root_vkey)
        directory = peers / peer_id(following.root_vkey)
        write_file(
            directory / FOLLOWING_FILE,
            json.dumps(
                {
                    "root_vkey": following.root_vkey,
                    "urls": list(following.urls),
                    "allow_home": following.allow_home,
                    "max_entries": following.max_entries,
                    "max_bytes": following.max_bytes,
                    "labels": following.labels,
                }
            ).encode(),
        )
        return cls(directory, following)

    @classmethod
    def open(cls, directory: Path) -> PeerCopy:
        """Open the copy in a directory."""
        raw = DirectoryReader(directory).read(FOLLOWING_FILE, 65_536)
        if raw is None:
            raise NotFollowed(
                "This shop is not followed.", help="Run 'glocal commons follow'.", directory=str(directory)
            )
        fields = json.loads(raw)
        return cls(directory, Following(**{**fields, "urls": tuple(fields["urls"])}))

    @property
    def identity(self) -> Identity | None:
        """Who the shop is, as far as it was verified; None before the first sync."""
        note = DirectoryReader(self.public).read("identity", notes.MAX_NOTE_BYTES)
        return None if note is None else notes.open_identity(note, self.following.root_vkey)

    def store(self, epoch: int) -> EpochStore:
        """Return the files of an epoch."""
        return EpochStore(self.public / str(epoch), durable=False)

    def checkpoint(self, epoch: int, vkey: str) -> Checkpoint | None:
        """Return up to where an epoch is verified here."""
        note = self.store(epoch).reader.read("checkpoint", notes.MAX_NOTE_BYTES)
        return None if note is None else notes.open_checkpoint(note, vkey)

    def tree(self, epoch: int, size: int) -> HashTiles:
        """Return the hash tree of an epoch."""
        return HashTiles(self.store(epoch).reader, size)

    def entries(self, epoch: int) -> Iterator[tuple[int, Entry]]:
        """Yield (index, entry) of an epoch, up to where its author has closed it."""
        identity = self.identity
        reference = identity.epochs[epoch - 1] if identity is not None and epoch <= identity.epoch else None
        checkpoint = self.checkpoint(epoch, reference.vkey) if reference is not None else None
        if reference is None or checkpoint is None:
            return
        size = checkpoint.size
        end = size if reference.final_size is None else min(size, reference.final_size)
        yield from enumerate(self.store(epoch).entries(0, end, size))

    def records(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield (epoch, index, record) of every record of a known form; others are passed over."""
        identity = self.identity
        for epoch in range(1, identity.epoch + 1 if identity else 1):
            for index, entry in self.entries(epoch):
                record = readable(entry, epoch)
                if record is not None:
                    yield epoch, index, record

    def entry_at(self, epoch: int, index: int, size: int) -> Entry:
        """Return one entry, from the smallest bundle that holds it."""
        for level in range(bundles.TOP_LEVEL + 1):
            bundle = (level, index >> bundles.FANOUT_BITS * level)
            if bundles.is_kept(bundle, size):
                return read_bundle(self.store(epoch).reader, bundle)[index - bundles.span(bundle)[0]]
        raise BadEncoding("The copy has no such entry.", epoch=epoch, index=index)

    def remember(self, **changes: frozenset[Any]) -> None:
        """Change and keep the state."""
        self.state = replace(self.state, **changes)
        state = {
            "retracted": sorted(self.state.retracted),
            "holes": sorted(self.state.holes),
            "contradicted": sorted(self.state.contradicted),
        }
        write_file(self.directory / STATE_FILE, json.dumps(state).encode())

    def accuse(self, epoch: int, proof: Contradiction) -> Path:
        """Keep a proof that the shop's key signed two histories, and take nothing more from this epoch."""
        text = proof.to_json().encode()
        path = self.directory / EVIDENCE / f"{hashlib.sha256(text).hexdigest()[:16]}.json"
        write_file(path, text)
        self.remember(contradicted=self.state.contradicted | {epoch})
        return path

    @property
    def proofs(self) -> list[Path]:
        """The files that prove that the shop's key signed two histories; empty for an honest shop."""
        return sorted((self.directory / EVIDENCE).glob("*.json"))

    def _read_state(self) -> PeerState:
        raw = DirectoryReader(self.directory).read(STATE_FILE, 64 * 1024 * 1024)
        if raw is None:
            return PeerState()
        fields = json.loads(raw)
        places = {name: frozenset((epoch, index) for epoch, index in fields[name]) for name in ("retracted", "holes")}
        return PeerState(places["retracted"], places["holes"], frozenset(fields["contradicted"]))


def peer_id(root_vkey: str) -> str:
    """Return the directory name of a shop: a hash of its root key."""
    return hashlib.sha256(root_vkey.encode()).hexdigest()[:32]


def followed(peers: Path) -> list[PeerCopy]:
    """Return the copies of all shops that are followed."""
    return [PeerCopy.open(path.parent) for path in sorted(peers.glob(f"*/{FOLLOWING_FILE}"))]


def readable(entry: Entry, epoch: int) -> dict[str, Any] | None:
    """Return an entry's record if it is of a form that may be published; what is not, is not shown to anybody."""
    if entry.content is None:
        return None
    try:
        record: dict[str, Any] = json.loads(entry.content)
        check_record(record)
    except (ValueError, RecordRefused, AttributeError, RecursionError):
        return None
    return record if record["epoch"] == epoch else None
