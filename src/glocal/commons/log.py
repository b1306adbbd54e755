"""A shop's own log: create, open, append. One writer, plain files, valid after a crash at any moment.

``<directory>/public`` is what others may read (any web server can serve it); ``<directory>/private`` never leaves.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from glocal.commons import bundles, notes
from glocal.commons.erase import finish_erasures
from glocal.commons.errors import (
    EntryNotFound,
    LogExists,
    LogNotFound,
    LogNotWritten,
    LogWasCopied,
    NotVerified,
    RecordRefused,
)
from glocal.commons.files import DirectoryReader, exclusive_lock, write_file
from glocal.commons.keys import Keys, load_keys
from glocal.commons.merkle import EMPTY_ROOT
from glocal.commons.model import SALT_BYTES, Appended, Checkpoint, Entry, EpochRef, Identity
from glocal.commons.record_names import uuid8
from glocal.commons.schema import check_record
from glocal.commons.store import EpochStore
from glocal.commons.tiles import HashTiles

BATCH = 4096
HOME_FILE, ANCHOR_FILE, SEEN_FILE, LOCK_FILE = "home.json", "anchor", "anchor-seen", "lock"


class Log:
    """One shop's signed, append-only log.

    Use :meth:`create` once and :meth:`open` afterwards. Threads and processes may share a log; each append holds
    the lock for itself and reads the newest state first.
    """

    def __init__(
        self,
        directory: Path,
        *,
        keys: Keys | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        wait_s: float = 10.0,
    ) -> None:
        self.directory = directory
        self.public = directory / "public"
        self.private = directory / "private"
        self.random_bytes = random_bytes
        self.wait_s = wait_s
        self._keys = keys
        self._identity: Identity | None = None
        self._places: dict[str, tuple[int, int]] = {}  # record id -> (epoch, index)
        self._read_up_to: dict[int, int] = {}

    @classmethod
    def create(cls, directory: Path, name: str, keys: Keys, **options: Any) -> Log:
        """Begin a log; the root key signs who it is and is not needed again for daily work.

        Parameters
        ----------
        directory : Path
            Gets the two directories ``public`` and ``private``.
        name : str
            The shop's name in the commons, best the address at which it will be served, without ``https://``.
        keys : Keys
            With the root key.
        """
        notes.check_name(name)
        log = cls(directory, keys=keys, **options)
        if cls.exists(directory):
            raise LogExists("There is a log here already.", help="Open it instead.", directory=str(directory))
        root_key = keys.root_key(name)
        log.private.mkdir(parents=True, exist_ok=True)
        log.private.chmod(0o700)
        log.mark_home()
        text = notes.identity_text(str(root_key), [EpochRef(str(keys.operating_key(name, 1)))])
        note = notes.sign_note(text, [(root_key, keys.need_root().sign)])
        log._identity = notes.open_identity(note, str(root_key))
        write_file(log.public / "identity", note)
        log.sign_checkpoint(0, EMPTY_ROOT)
        home = {"keys": _relative(keys.directory, log.directory), "root_vkey": str(root_key)}
        write_file(log.private / HOME_FILE, json.dumps(home).encode(), mode=0o600)
        log.publish_head()
        return log

    @classmethod
    def open(cls, directory: Path, *, keys: Keys | None = None, **options: Any) -> Log:
        """Open the log of a directory; without ``keys`` those that it was created with are loaded when needed."""
        log = cls(directory, keys=keys, **options)
        if not cls.exists(directory):
            raise LogNotFound(
                "There is no log in {directory}.", help="Run 'glocal commons init'.", directory=str(directory)
            )
        log.reload()
        return log

    @staticmethod
    def exists(directory: Path) -> bool:
        """Say whether a log was begun here; one whose creation was cut short was not, and can be created."""
        return (directory / "private" / HOME_FILE).exists()

    @property
    def identity(self) -> Identity:
        """Who this shop is, verified against the root key that it was created with."""
        if self._identity is None:
            self.reload()
        if self._identity is None:
            raise LogNotFound("The log has no identity.", directory=str(self.directory))
        return self._identity

    @property
    def name(self) -> str:
        """The shop's name in the commons."""
        return self.identity.name

    @property
    def epoch(self) -> int:
        """The open epoch."""
        return self.identity.epoch

    @property
    def vkey(self) -> str:
        """The operating key of the open epoch, as others verify it."""
        return self.identity.vkey

    @property
    def root_vkey(self) -> str:
        """The root key that others pin to follow this shop through all epochs."""
        return self.identity.root_vkey

    @property
    def keys(self) -> Keys:
        """The private keys."""
        if self._keys is None:
            self._keys = load_keys(self.directory / str(self._home()["keys"]))
        return self._keys

    def use_keys(self, keys: Keys) -> None:
        """Sign with these keys from now on."""
        self._keys = keys

    def record_id(self, private: str) -> str:
        """Return the public id of a record about a private thing (a job): always the same, leads nowhere."""
        return uuid8(self.keys.alias("record", private))

    def machine_alias(self, private: str) -> str:
        """Return the stand-in under which a machine's outcomes belong together."""
        return f"m-{self.keys.alias('machine', private)[:8]}"

    def reload(self) -> None:
        """Read who this shop is from the disk again."""
        note = DirectoryReader(self.public).read("identity", notes.MAX_NOTE_BYTES)
        if note is None:
            raise LogNotFound("The log's identity file is missing.", directory=str(self.public))
        self._identity = notes.open_identity(note, str(self._home()["root_vkey"]))

    def place_of(self, record_id: str) -> tuple[int, int]:
        """Return the epoch and index of a record."""
        self._read_ids()
        if record_id not in self._places:
            raise EntryNotFound(
                "The log has no record with this id.",
                help="'publish' said it; 'search --json' says it of problems, answers, recipes and designs.",
                id=record_id,
            )
        return self._places[record_id]

    def store(self, epoch: int | None = None) -> EpochStore:
        """Return the files of an epoch, by default the open one."""
        return EpochStore(self.public / str(epoch or self.epoch))

    def checkpoint(self, epoch: int | None = None) -> Checkpoint:
        """Return the newest signed checkpoint of an epoch, verified."""
        number = epoch or self.epoch
        note = DirectoryReader(self.public).read(f"{number}/checkpoint", notes.MAX_NOTE_BYTES)
        if note is None:
            raise LogNotFound("The log's checkpoint is missing.", directory=str(self.public))
        return notes.open_checkpoint(note, self.identity.epochs[number - 1].vkey)

    def append(self, record: Mapping[str, Any], *, month: str) -> Appended:
        """Add one record, or return where it stands if its ``id`` was added before.

        Once this returns the record survives a power cut; if it raises, the log is as it was.

        Parameters
        ----------
        record : mapping
            As the builders in :mod:`glocal.commons.records` make it.
        month : str
            ``YYYY-MM``; no finer time is published.
        """
        return self.append_many([record], month=month)[0]

    def append_many(self, records: Sequence[Mapping[str, Any]], *, month: str) -> list[Appended]:
        """Add records in order, all under as few checkpoints as possible."""
        with self.writing():
            return self.append_held(records, month=month)

    def append_held(self, records: Sequence[Mapping[str, Any]], *, month: str) -> list[Appended]:
        """Add records while the caller holds the log in :meth:`writing`."""
        prepared = [self._complete(record, month) for record in records]
        self._read_ids()
        fresh: dict[str, bytes] = {}
        for record_id, content in prepared:
            if record_id not in self._places:
                fresh.setdefault(record_id, content)
        created = set(fresh)
        waiting = list(fresh.items())
        for start in range(0, len(waiting), BATCH):
            self._commit(waiting[start : start + BATCH])
        return list(self._appended([record_id for record_id, _ in prepared], created))

    def entries(self, start: int = 0, stop: int | None = None, *, epoch: int | None = None) -> Iterator[Entry]:
        """Yield entries with their salts, erased ones included."""
        size = self.checkpoint(epoch).size
        return self.store(epoch).entries(start, size if stop is None else min(stop, size), size)

    def records(self, start: int = 0, *, epoch: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (index, record) of all records that can still be read."""
        for index, entry in enumerate(self.entries(start, epoch=epoch), start=start):
            if entry.content is not None:
                yield index, json.loads(entry.content)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the log for writing: alone, in its own place, in its newest state."""
        with exclusive_lock(self.private / LOCK_FILE, wait_s=self.wait_s):
            self.check_home()
            self.reload()
            finish_erasures(self)
            yield
            with contextlib.suppress(OSError):  # the head is a copy; whoever writes next repairs it
                self.publish_head()

    def sign_checkpoint(self, size: int, root: bytes) -> Checkpoint:
        """Sign and publish a tree head of the open epoch. This is the moment at which new entries exist."""
        if str(self.keys.operating_key(self.name, self.epoch)) != self.vkey:
            raise NotVerified(
                "The operating key is not the one that the root key certified.", help="Restore the right key file."
            )
        return sign_checkpoint(self.public, self.keys, self.name, epoch=self.epoch, size=size, root=root)

    def mark_home(self) -> None:
        """Remember that this directory, and no copy of it, is where the log is written."""
        anchor = self.private / ANCHOR_FILE
        anchor.touch(0o600)
        write_file(self.private / SEEN_FILE, _fingerprint(anchor), mode=0o600)

    def check_home(self) -> None:
        """Refuse to write to a copy: its original may have gone on, and two histories under one key are a fork."""
        anchor, seen = self.private / ANCHOR_FILE, self.private / SEEN_FILE
        if not anchor.exists() or not seen.exists() or seen.read_bytes() != _fingerprint(anchor):
            raise LogWasCopied(
                "This log was copied or restored from a backup, so newer entries may exist elsewhere.",
                help="If the original is gone, run 'glocal commons successor' with the root key; "
                "if you only moved it, run 'glocal commons moved'.",
                directory=str(self.directory),
            )

    def _home(self) -> dict[str, Any]:
        path = self.private / HOME_FILE
        if not path.exists():
            raise LogNotFound("The log's private directory is missing.", directory=str(self.private))
        home: dict[str, Any] = json.loads(path.read_bytes())
        return home

    def _complete(self, record: Mapping[str, Any], month: str) -> tuple[str, bytes]:
        if record.get("month", month) != month or record.get("epoch", self.epoch) != self.epoch:
            raise RecordRefused("The record names another month or epoch than it is added in.")
        complete = {**record, "month": month, "epoch": self.epoch}
        return str(record.get("id")), check_record(complete)

    def _read_ids(self) -> None:
        """Learn the ids of entries that other processes have added; an erased entry's id stands in its retraction."""
        for epoch in range(1, self.epoch + 1):
            start = self._read_up_to.get(epoch, 0)
            size = self.checkpoint(epoch).size
            for index, entry in enumerate(self.store(epoch).entries(start, size, size), start=start):
                if entry.content is not None:
                    record = json.loads(entry.content)
                    self._places.setdefault(record["id"], (epoch, index))
                    if record["kind"] == "retract":
                        target = record["target"]
                        self._places.setdefault(target["id"], (target["epoch"], target["index"]))
            self._read_up_to[epoch] = size

    def _commit(self, fresh: Sequence[tuple[str, bytes]]) -> None:
        size, store = self.checkpoint().size, self.store()
        salts = [self.random_bytes(SALT_BYTES) for _ in fresh]
        entries = [
            Entry(bundles.commit(salt, content), salt, content) for salt, (_, content) in zip(salts, fresh, strict=True)
        ]
        try:
            self.sign_checkpoint(size + len(entries), store.grow(size, entries))
        except OSError as error:
            raise LogNotWritten(
                "The disk did not take the entry: {error}.",
                help="Free some space or check the disk, then try again; the log is as it was.",
                error=str(error.strerror),
                directory=str(self.public),
            ) from error
        with contextlib.suppress(OSError):  # what is left over is served for longer than it need be
            store.prune(size, size + len(entries))
        for offset, (record_id, _) in enumerate(fresh):
            self._places[record_id] = (self.epoch, size + offset)
        self._read_up_to[self.epoch] = size + len(entries)

    def _appended(self, ids: Sequence[str], created: set[str]) -> Iterator[Appended]:
        trees: dict[int, tuple[Checkpoint, HashTiles]] = {}
        for record_id in ids:
            epoch, index = self._places[record_id]
            if epoch not in trees:
                checkpoint = self.checkpoint(epoch)
                trees[epoch] = checkpoint, HashTiles(self.store(epoch).reader, checkpoint.size)
            checkpoint, tree = trees[epoch]
            yield Appended(
                index, tree.hashes(0, index, index + 1)[0].hex(), checkpoint, record_id, record_id in created
            )
            created.discard(record_id)

    def publish_head(self) -> None:
        """Copy the open epoch's checkpoint to the one place that followers poll."""
        head = DirectoryReader(self.public)
        newest = head.read(f"{self.epoch}/checkpoint", notes.MAX_NOTE_BYTES)
        if newest is not None and newest != head.read("checkpoint", notes.MAX_NOTE_BYTES):
            write_file(self.public / "checkpoint", newest)


def sign_checkpoint(public: Path, keys: Keys, name: str, *, epoch: int, size: int, root: bytes) -> Checkpoint:
    """Sign a tree head with an epoch's operating key and put it where others read it."""
    key = keys.operating_key(name, epoch)
    text = notes.checkpoint_text(key.name, size, root)
    note = notes.sign_note(text, [(key, keys.need_operating(epoch).sign)])
    write_file(public / str(epoch) / "checkpoint", note)
    return Checkpoint(key.name, size, root, note)


def _relative(path: Path, start: Path) -> str:
    path, start = path.resolve(), start.resolve()
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)


def _fingerprint(anchor: Path) -> bytes:
    """Return what no copy of a file shares with it: its inode, and when the file system last changed that."""
    status = anchor.stat()
    return f"{status.st_ino} {status.st_ctime_ns}".encode()
