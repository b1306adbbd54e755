"""Check a log as a stranger would: every byte against what its key has signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glocal.commons import bundles, merkle, notes, tiles
from glocal.commons.errors import (
    BadEncoding,
    BadProof,
    Contradicted,
    NotVerified,
    PartMissing,
    RecordRefused,
    RecordWithheld,
)
from glocal.commons.files import DirectoryReader
from glocal.commons.model import (
    HASH_BYTES,
    Checkpoint,
    ConsistencyProof,
    Entry,
    Identity,
    InclusionProof,
    Reader,
    Verified,
)
from glocal.commons.schema import check_record
from glocal.commons.store import read_bundle

Place = tuple[int, int]  # epoch, index
RETRACT_MARK = b'"kind":"retract"'


@dataclass(frozen=True, slots=True)
class EpochReader:
    """A reader of one epoch's files out of a shop's."""

    shop: Reader
    epoch: int

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """Return a file of the epoch."""
        return self.shop.read(f"{self.epoch}/{path}", max_bytes)


def verify_log(source: Path | Reader, vkey: str) -> Verified:
    """Check a whole log against a key and return what it holds.

    Parameters
    ----------
    source : Path or Reader
        A shop's directory, the ``public`` directory in it, a copy of that, or any reader of such files.
    vkey : str
        The shop's root key: all epochs are checked and the open one is returned. Or the operating key of one epoch,
        which is then checked alone.

    Raises
    ------
    NotVerified
        Names the first thing that is not as signed.
    """
    reader = reader_of(source)
    key = notes.parse_vkey(vkey)
    epoch = key.name.rpartition("/")[2]
    if epoch.isdecimal() and reader.read(f"{epoch}/checkpoint", notes.MAX_NOTE_BYTES) is not None:
        return verify_epoch(EpochReader(reader, int(epoch)), vkey, int(epoch))
    return verify_shop(reader, vkey)[-1]


def verify_shop(source: Path | Reader, root_vkey: str) -> tuple[Verified, ...]:
    """Check every epoch of a shop against its root key, the first epoch first."""
    reader = reader_of(source)
    identity = read_identity(reader, root_vkey)
    retracted = {place for epoch in range(1, identity.epoch + 1) for place in _retractions(reader, identity, epoch)}
    results = []
    for number, epoch in enumerate(identity.epochs, start=1):
        verified = verify_epoch(EpochReader(reader, number), epoch.vkey, number, retracted=retracted)
        if epoch.final_root is not None and (verified.size, verified.root) != (
            epoch.final_size,
            epoch.final_root.hex(),
        ):
            raise Contradicted("A closed epoch does not end where the root key says.", epoch=number)
        results.append(verified)
    return tuple(results)


def verify_epoch(reader: Reader, vkey: str, epoch: int, *, retracted: set[Place] | None = None) -> Verified:
    """Check one epoch: signature, root, all tiles, all bundles, and that nothing is withheld."""
    checkpoint = read_checkpoint(reader, vkey)
    entries: list[Entry] = []
    for bundle in bundles.plan(0, checkpoint.size):
        entries.extend(_bundle(reader, bundle))
    commitments = [entry.commitment for entry in entries]
    leaves = [merkle.leaf_hash(commitment) for commitment in commitments]
    if merkle.root_of(leaves) != checkpoint.root:
        raise BadProof(
            "The entries do not lead to the signed root: at least one was changed.", origin=checkpoint.origin
        )
    _check_tiles(reader, commitments, leaves)
    for bundle in bundles.kept_bundles(checkpoint.size):
        start, stop = bundles.span(bundle)
        if [entry.commitment for entry in _bundle(reader, bundle)] != commitments[start:stop]:
            raise BadProof("A content bundle holds other entries than were signed.", path=bundles.bundle_path(*bundle))
    tombstones = (retracted or set()) | {place for entry in entries for place in retraction_of(entry)}
    for index, entry in enumerate(entries):
        if entry.erased and (epoch, index) not in tombstones:
            raise RecordWithheld(f"Entry {index} is left out without a retraction.", index=index, epoch=epoch)
    erased = sum(entry.erased for entry in entries)
    return Verified(checkpoint.size, checkpoint.root.hex(), len(entries) - erased, erased, checkpoint.origin)


def inclusion_proof(source: Path | Reader, index: int, size: int) -> InclusionProof:
    """Build the proof that entry ``index`` is in the tree of ``size``, from the hash tiles of an epoch."""
    return merkle.inclusion_path(index, size, tiles.HashTiles(reader_of(source), size).range_hash)


def verify_inclusion(entry: Entry, proof: InclusionProof, checkpoint: Checkpoint) -> None:
    """Raise :class:`BadProof` unless the entry is in the tree that the checkpoint signs."""
    known = entry.salt is not None and entry.content is not None
    if known and bundles.commit(entry.salt or b"", entry.content or b"") != entry.commitment:
        raise BadProof("The record does not fit its commitment.")
    root = merkle.root_from_inclusion(merkle.leaf_hash(entry.commitment), proof)
    if proof.size != checkpoint.size or root != checkpoint.root:
        raise BadProof("The proof does not lead to the signed root.", index=proof.index)


def consistency_proof(source: Path | Reader, first: int, second: int) -> ConsistencyProof:
    """Build the proof that the tree of ``first`` is a prefix of that of ``second``, from an epoch's hash tiles."""
    return merkle.consistency_path(first, second, tiles.HashTiles(reader_of(source), second).range_hash)


def verify_consistency(first: Checkpoint, second: Checkpoint, proof: ConsistencyProof) -> None:
    """Raise :class:`BadProof` unless the first checkpoint's tree is a prefix of the second's."""
    if (proof.first_size, proof.second_size) != (first.size, second.size) or first.origin != second.origin:
        raise BadProof("The proof is for other checkpoints.")
    if first.size in {0, second.size}:
        empty = first.size == 0 and first.root == merkle.EMPTY_ROOT
        if proof.path or not (empty or (first.size == second.size and first.root == second.root)):
            raise BadProof("The two checkpoints are not consistent.", size=first.size)
        return
    small, large = merkle.roots_from_consistency(proof, first.root)
    if small != first.root or large != second.root:
        raise BadProof("The two checkpoints are not consistent.", first=first.size, second=second.size)


def read_identity(reader: Reader, root_vkey: str) -> Identity:
    """Read and verify who a shop is."""
    note = reader.read("identity", notes.MAX_NOTE_BYTES)
    if note is None:
        raise PartMissing("The identity file is missing.", path="identity")
    return notes.open_identity(note, root_vkey)


def read_checkpoint(reader: Reader, vkey: str) -> Checkpoint:
    """Read and verify an epoch's newest checkpoint."""
    note = reader.read("checkpoint", notes.MAX_NOTE_BYTES)
    if note is None:
        raise PartMissing("The checkpoint is missing.", path="checkpoint")
    return notes.open_checkpoint(note, vkey)


def reader_of(source: Path | Reader) -> Reader:
    """Return a reader of a shop's directory, of its ``public`` part, or the reader that it is already."""
    if isinstance(source, Path):
        return DirectoryReader(source / "public" if (source / "public").is_dir() else source)
    return source


def retraction_of(entry: Entry) -> Iterator[Place]:
    """Yield the place that an entry retracts, if it is a valid retraction."""
    if entry.content is None or RETRACT_MARK not in entry.content:
        return
    try:
        record = json.loads(entry.content)
        check_record(record)
    except (ValueError, RecordRefused, AttributeError, RecursionError):
        return
    if record["kind"] == "retract":
        yield record["target"]["epoch"], record["target"]["index"]


def _retractions(reader: Reader, identity: Identity, epoch: int) -> Iterator[Place]:
    inside = EpochReader(reader, epoch)
    size = read_checkpoint(inside, identity.epochs[epoch - 1].vkey).size
    for bundle in bundles.plan(0, size):
        for entry in _bundle(inside, bundle):
            yield from retraction_of(entry)


def _bundle(reader: Reader, bundle: bundles.Bundle) -> list[Entry]:
    """Return a bundle's entries; whatever is wrong with it names its file."""
    try:
        return read_bundle(reader, bundle)
    except NotVerified as error:
        path = bundles.bundle_path(*bundle)
        raise type(error)(
            "In {path}: {why}", help="Copy it again from elsewhere.", path=path, why=error.message
        ) from error


def _check_tiles(reader: Reader, commitments: list[bytes], leaves: list[bytes]) -> None:
    for start in range(0, len(commitments), tiles.WIDTH):
        row = commitments[start : start + tiles.WIDTH]
        if tiles.read_commitments(reader, start // tiles.WIDTH, len(row)) != row:
            raise BadEncoding("An entry bundle differs from the content.", index=start // tiles.WIDTH)
    level, row = 0, leaves
    while row:
        above = []
        for start in range(0, len(row), tiles.WIDTH):
            part = row[start : start + tiles.WIDTH]
            if tiles.read_tile(reader, level, start // tiles.WIDTH, len(part)) != b"".join(part):
                raise BadEncoding("A hash tile differs from the content.", level=level, index=start // tiles.WIDTH)
            if len(part) * HASH_BYTES == tiles.TILE_BYTES:
                above.append(merkle.root_of(part))
        level, row = level + 1, above
