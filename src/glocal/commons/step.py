"""One step of a sync: from the size that is verified here to a larger one that the shop has signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from glocal.commons import bundles
from glocal.commons.errors import NotVerified
from glocal.commons.evidence import Contradiction, contradiction
from glocal.commons.merkle import Frontier, leaf_hash
from glocal.commons.model import Checkpoint, Entry
from glocal.commons.peer import PeerCopy, Place
from glocal.commons.sources import Source, Sources
from glocal.commons.staging import Staging
from glocal.commons.tiles import WIDTH, HashTiles, read_commitments
from glocal.commons.verify import RETRACT_MARK, retraction_of


class Step:
    """Fetch and verify the entries between two signed sizes.

    First quickly: take every bundle from whoever has it and see whether all together lead to the signed root. If they
    do not, carefully: learn the true leaf hashes from the hash tiles, which either lead to the root or prove that the
    shop has rewritten its history, and then take each entry from whoever has the right one.

    Attributes
    ----------
    commitments : list of bytes
        Of the new entries.
    erased : set of int
        Which of them came without content.
    retracted : frozenset of (int, int)
        What the new entries retract.
    contradiction : Contradiction or None
        What the careful way has proven against the shop.
    """

    def __init__(
        self, copy: PeerCopy, sources: Sources, source: Source, *, vkey: str, local: Checkpoint, target: Checkpoint
    ) -> None:
        self.copy, self.sources, self.source, self.vkey = copy, sources, source, vkey
        self.local, self.target = local, target
        self.epoch = int(local.origin.rpartition("/")[2])
        self.staging = Staging(_incoming(copy, self.epoch, local, target))
        self.commitments: list[bytes] = []
        self.erased: set[int] = set()
        self.retracted: frozenset[Place] = frozenset()
        self.contradiction: Contradiction | None = None

    def take(self) -> bool:
        """Fetch and verify; say whether the copy may go to the target."""
        return self._quickly() or self._carefully()

    def packed(self, bundle: bundles.Bundle) -> bytes:
        """Return a content bundle of the larger log: as fetched where it can be, else put together."""
        start, stop = bundles.span(bundle)
        if bundle in self.staging.have and start >= self.local.size and (ready := self.staging.packed(bundle)):
            return ready
        entries = [*self._old(start, stop), *self.staging.entries(max(start, self.local.size), stop)]
        return bundles.encode_bundle(entries, effort=3)

    def _quickly(self) -> bool:
        for bundle in bundles.plan(self.local.size, self.target.size):
            entries = self._staged(bundle) or self._fetch(bundle)
            if entries is None:
                return False
            self._accept(bundle, entries)
        return self._leads_to_target([leaf_hash(commitment) for commitment in self.commitments])

    def _carefully(self) -> bool:
        leaves = self._leaves()
        if leaves is None:
            if self.contradiction is None:
                self.sources.note(
                    "unverifiable", self.source, "The newest checkpoint cannot be verified from any source."
                )
            return False
        self.commitments, self.erased, self.retracted = [], set(), frozenset()
        self.staging.have.clear()
        for bundle in bundles.plan(self.local.size, self.target.size):
            entries = self._best(bundle, leaves)
            if entries is None:
                self.sources.note("withheld", self.source, "No source has all entries of the newest checkpoint.")
                return False
            self.staging.put(bundle, bundles.encode_bundle(entries))
            self.staging.add(bundle, entries)
            self._accept(bundle, entries)
        return True

    def _staged(self, bundle: bundles.Bundle) -> list[Entry] | None:
        """Return a bundle that an interrupted sync has left."""
        packed, (start, stop) = self.staging.packed(bundle), bundles.span(bundle)
        try:
            entries = None if packed is None else bundles.decode_bundle(packed, stop - start)
        except NotVerified:
            return None
        if entries is not None:
            self.staging.add(bundle, entries)
        return entries

    def _fetch(self, bundle: bundles.Bundle) -> list[Entry] | None:
        for source in self.sources.first(self.source):
            found = self.sources.bundle(source, self.epoch, bundle)
            if found is not None:
                self.staging.put(bundle, found[0])
                self.staging.add(bundle, found[1])
                return found[1]
        return None

    def _accept(self, bundle: bundles.Bundle, entries: Sequence[Entry]) -> None:
        """Count the entries of a bundle that are new."""
        index = self.local.size + len(self.commitments)
        new = entries[index - bundles.span(bundle)[0] :]
        for offset, entry in enumerate(new):
            if entry.content is None:
                self.erased.add(index + offset)
            elif RETRACT_MARK in entry.content:
                self.retracted |= set(retraction_of(entry))
        self.commitments += [entry.commitment for entry in new]

    def _leaves(self) -> list[bytes] | None:
        """Return the true leaf hashes of the new entries, or None; a proof against the shop is kept."""
        for source in self.sources.first(self.source):
            reader = self.sources.of(source, self.epoch)
            try:
                leaves = HashTiles(reader, self.target.size).hashes(0, self.local.size, self.target.size)
                if self._leads_to_target(leaves):
                    return leaves
                self.contradiction = contradiction(self.vkey, self.local, self.target, reader)
            except NotVerified as error:
                self.sources.note_error(source, error)
                continue
            if self.contradiction is not None:
                return None
            self.sources.note("damaged", source, "The hash tiles do not lead to the signed root.")
        return None

    def _best(self, bundle: bundles.Bundle, leaves: list[bytes]) -> list[Entry] | None:
        """Put a bundle together from every source's right entries; where only the commitment is known, from that."""
        (start, stop), size = bundles.span(bundle), self.local.size
        best: list[Entry | None] = [*self._old(start, stop), *[None] * (stop - max(start, size))]
        for source in self.sources.first(self.source):
            found = self.sources.bundle(source, self.epoch, bundle)
            for index, entry in enumerate(found[1] if found else [], start=start):
                known = best[index - start]
                if index < size or (known is not None and not known.erased):
                    continue
                if leaf_hash(entry.commitment) == leaves[index - size]:
                    best[index - start] = entry
                else:
                    self.sources.note("damaged", source, f"Entry {index} is not the one that was signed.")
            if all(entry is not None and not entry.erased for entry in best):
                break
        for offset in [offset for offset, entry in enumerate(best) if entry is None]:
            best[offset] = self._bare(start + offset, leaves[start + offset - size])
        whole = [entry for entry in best if entry is not None]
        return whole if len(whole) == len(best) else None

    def _bare(self, index: int, leaf: bytes) -> Entry | None:
        """Return an entry of which only the commitment can be had."""
        tile, offset = divmod(index, WIDTH)
        for source in self.sources.first(self.source):
            try:
                width = min(WIDTH, self.target.size - tile * WIDTH)
                commitment = read_commitments(self.sources.of(source, self.epoch), tile, width)[offset]
            except NotVerified as error:
                self.sources.note_error(source, error)
                continue
            if leaf_hash(commitment) == leaf:
                return Entry(commitment)
        return None

    def _old(self, start: int, stop: int) -> list[Entry]:
        size = self.local.size
        return list(self.copy.store(self.epoch).entries(start, min(stop, size), size)) if start < size else []

    def _leads_to_target(self, leaves: list[bytes]) -> bool:
        frontier: Frontier = self.copy.tree(self.epoch, self.local.size).frontier()
        frontier.extend(leaves)
        return frontier.root() == self.target.root


def _incoming(copy: PeerCopy, epoch: int, local: Checkpoint, target: Checkpoint) -> Path:
    return copy.directory / "incoming" / f"{epoch}-{local.size}-{target.size}-{target.root.hex()[:16]}"
