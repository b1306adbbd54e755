"""The values of the commons: checkpoints, entries, proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

HASH_BYTES = 32
SALT_BYTES = 16
MAX_RECORD_BYTES = 16_000

Record = Mapping[str, Any]


class Reader(Protocol):
    """Where the files of a log are read from: a directory, a mirror, a memory stick."""

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """Return the file's bytes, None when it does not exist; refuse more than ``max_bytes``."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed tree head.

    Parameters
    ----------
    origin : str
        The log's unique name, ``<name>/<epoch>``.
    size : int
        Number of entries.
    root : bytes
        SHA-256 Merkle root over the entries (RFC 9162, section 2.1.1).
    note : bytes
        The signed note as published.
    """

    origin: str
    size: int
    root: bytes
    note: bytes = field(repr=False, default=b"")

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.root) != HASH_BYTES:
            raise ValueError("a checkpoint needs a size of 0 or more and a root of 32 bytes")


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf with its content: a salted record, or after erasure the bare commitment.

    Parameters
    ----------
    commitment : bytes
        SHA-256 over tag, salt and record; the tree holds its leaf hash.
    salt : bytes or None
        16 random bytes; None when the content was erased.
    content : bytes or None
        The record as canonical JSON; None when erased.
    """

    commitment: bytes
    salt: bytes | None = field(repr=False, default=None)
    content: bytes | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if (self.salt is None) != (self.content is None):
            raise ValueError("an entry has both salt and content, or neither")

    @property
    def erased(self) -> bool:
        """Whether only the commitment is left."""
        return self.content is None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a record stands in the log.

    Parameters
    ----------
    index : int
        Its place, counted from 0.
    leaf_hash : str
        The Merkle leaf hash as 64 hexadecimal digits.
    checkpoint : Checkpoint
        A signed checkpoint that covers it.
    id : str
        The record's public identity.
    created : bool
        False when the log already held this ``id`` and nothing was written.
    """

    index: int
    leaf_hash: str
    checkpoint: Checkpoint
    id: str
    created: bool = True

    @property
    def epoch(self) -> int:
        """The epoch that holds it, which for a record added long ago need not be the open one."""
        return int(self.checkpoint.origin.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Verified:
    """A log whose every byte was checked against its signed checkpoint.

    Parameters
    ----------
    size : int
        Number of entries.
    root : str
        The Merkle root as 64 hexadecimal digits.
    records : int
        How many of the entries can still be read; the others were erased by their author.
    erased : int
        How many were erased.
    origin : str
        The log's unique name.
    """

    size: int
    root: str
    records: int
    erased: int
    origin: str


@dataclass(frozen=True, slots=True)
class EpochRef:
    """One epoch of a shop's log as its root key certifies it.

    Parameters
    ----------
    vkey : str
        The epoch's operating key (signed-note verifier key).
    final_size, final_root
        Where the epoch ends; None while it is open.
    """

    vkey: str
    final_size: int | None = None
    final_root: bytes | None = None

    def __post_init__(self) -> None:
        if (self.final_size is None) != (self.final_root is None):
            raise ValueError("a closed epoch has both a final size and a final root")

    @property
    def closed(self) -> bool:
        """Whether nothing can follow in this epoch."""
        return self.final_size is not None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a shop is: its root key and the epochs that this key has certified.

    Parameters
    ----------
    name : str
        The shop's name in the commons, a URL without scheme or a plain word.
    root_vkey : str
        The root key that others pin.
    epochs : tuple of EpochRef
        From the first; all but the last are closed.
    note : bytes
        The signed note as published.
    """

    name: str
    root_vkey: str
    epochs: tuple[EpochRef, ...]
    note: bytes = field(repr=False, default=b"")

    def __post_init__(self) -> None:
        if not self.epochs or self.epochs[-1].closed or not all(epoch.closed for epoch in self.epochs[:-1]):
            raise ValueError("an identity has one open epoch, the last")

    @property
    def epoch(self) -> int:
        """The number of the open epoch, counted from 1."""
        return len(self.epochs)

    @property
    def vkey(self) -> str:
        """The operating key of the open epoch."""
        return self.epochs[-1].vkey


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That one leaf is in the tree (RFC 9162, section 2.1.3)."""

    index: int
    size: int
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That a smaller tree is a prefix of a larger one (RFC 9162, section 2.1.4)."""

    first_size: int
    second_size: int
    path: Sequence[bytes]
