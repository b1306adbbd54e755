"""Bring the copy of a peer's log up to date from any of its sources, believing nothing that is not verified.

A source is the shop itself, a mirror, a memory stick. What one source damages or withholds is taken from another; only
two signatures by the same key on histories that exclude each other are held against the shop.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from glocal.commons import notes
from glocal.commons.errors import BadSignature, NotVerified
from glocal.commons.evidence import Contradiction, contradiction
from glocal.commons.files import write_file
from glocal.commons.merkle import EMPTY_ROOT
from glocal.commons.model import Checkpoint, Entry, EpochRef, Identity
from glocal.commons.peer import PeerCopy, Place
from glocal.commons.sources import Source, Sources, SyncReport
from glocal.commons.step import Step
from glocal.commons.verify import retraction_of

EVERYWHERE = "all"
"""In place of a source's name, where no single one is meant."""


def sync(copy: PeerCopy, sources: Sequence[Source]) -> SyncReport:
    """Bring ``copy`` up to date; whatever goes wrong is in the report, and the copy stays valid."""
    return _Sync(copy, list(sources)).run()


class _Sync:
    def __init__(self, copy: PeerCopy, sources: list[Source]) -> None:
        self.copy = copy
        self.report = SyncReport()
        self.sources = Sources(sources, self.report, copy.following.max_bytes)
        self.heads: dict[str, bytes] = {}

    def run(self) -> SyncReport:
        identity = self._identity()
        if identity is None:
            return self.report
        for number, reference in enumerate(identity.epochs, start=1):
            self._epoch(number, reference)
        self._heal(identity)
        self._publish_head(identity)
        self.report.epoch = identity.epoch
        self.report.size = sum(self._local(number, ref.vkey).size for number, ref in enumerate(identity.epochs, 1))
        self.report.holes = len(self.copy.state.holes)
        return self.report

    # who the shop is

    def _identity(self) -> Identity | None:
        before = known = self.copy.identity
        for source in self.sources:
            head = self.sources.read(source, "checkpoint", notes.MAX_NOTE_BYTES)
            if head is not None:
                self.heads[source.name] = head
                if known is None or _claimed_epoch(head) > known.epoch:
                    known = self._newer_identity(source, known)
        if known is None:
            self.sources.note(
                "unverifiable", EVERYWHERE, "No source gave an identity that the followed root key has signed."
            )
        elif before is None or known.note != before.note:
            write_file(self.copy.public / "identity", known.note)
        return known

    def _newer_identity(self, source: Source, known: Identity | None) -> Identity | None:
        note = self.sources.read(source, "identity", notes.MAX_NOTE_BYTES)
        if note is None:
            return known
        try:
            found = notes.open_identity(note, self.copy.following.root_vkey)
        except BadSignature as error:
            self.sources.note("wrong_key", source, error.message)
            return known
        except NotVerified as error:
            self.sources.note_error(source, error)
            return known
        if known is None or _extends(known, found):
            return found
        if not _extends(found, known):
            path = self.copy.directory / "evidence" / "identities.txt"
            write_file(path, known.note + b"\n" + found.note)
            message = "The root key has signed two lists of epochs that exclude each other."
            self.sources.note("root_fork", source, message, str(path))
        return known

    # one epoch

    def _epoch(self, epoch: int, reference: EpochRef) -> None:
        if self._at_end(epoch, reference):
            return
        for source, offered in sorted(self._offers(epoch, reference), key=lambda offer: -offer[1].size):
            if epoch in self.copy.state.contradicted:
                return
            local = self._local(epoch, reference.vkey)
            if offered.size > local.size:
                self._advance(Step(self.copy, self.sources, source, vkey=reference.vkey, local=local, target=offered))
            else:
                self._compare(reference.vkey, local, offered, source)
        self._at_end(epoch, reference)

    def _offers(self, epoch: int, reference: EpochRef) -> Iterator[tuple[Source, Checkpoint]]:
        """Yield every source's checkpoint of an epoch that bears the right signature."""
        for source in self.sources:
            head = self.heads.get(source.name, b"")
            if _claimed_epoch(head) != epoch:
                if not reference.closed:
                    self.sources.note("stale", source, "The source does not know of the newest epoch.")
                    continue
                head = self.sources.read(source, f"{epoch}/checkpoint", notes.MAX_NOTE_BYTES) or b""
            if not head:
                continue
            try:
                yield source, notes.open_checkpoint(head, reference.vkey)
            except BadSignature as error:
                self.sources.note("wrong_key", source, error.message)
            except NotVerified as error:
                self.sources.note_error(source, error)

    def _local(self, epoch: int, vkey: str) -> Checkpoint:
        return self.copy.checkpoint(epoch, vkey) or Checkpoint(notes.parse_vkey(vkey).name, 0, EMPTY_ROOT)

    def _at_end(self, epoch: int, reference: EpochRef) -> bool:
        """Say whether a closed epoch is complete; its end, signed by the root key, must fit what is here."""
        local = self._local(epoch, reference.vkey)
        if reference.final_size is None or local.size < reference.final_size or not local.note:
            return False
        if self.copy.tree(epoch, local.size).root(reference.final_size) != reference.final_root:
            message = f"The root key closed epoch {epoch} with another history than was signed in it."
            self.sources.note("root_fork", "copy", message)
            self.copy.remember(contradicted=self.copy.state.contradicted | {epoch})
        return True

    def _compare(self, vkey: str, local: Checkpoint, offered: Checkpoint, source: Source) -> None:
        """Check a checkpoint that is not newer than the copy: behind is harmless, different is not."""
        epoch = int(local.origin.rpartition("/")[2])
        if not local.note and offered.root == EMPTY_ROOT:
            write_file(self.copy.store(epoch).directory / "checkpoint", offered.note)
            return
        proof = contradiction(vkey, offered, local, self.copy.store(epoch).reader)
        if proof is not None:
            self._accuse(epoch, source, proof)
        elif offered.size < local.size:
            self.sources.note("stale", source, f"The source is {local.size - offered.size} entries behind.")

    def _accuse(self, epoch: int, source: Source, proof: Contradiction) -> None:
        path = self.copy.accuse(epoch, proof)
        message = "The shop's key has signed two histories that exclude each other."
        self.sources.note("fork", source, message, str(path))

    # new entries

    def _advance(self, step: Step) -> None:
        limit = self.copy.following.max_entries
        if step.target.size > limit:
            self.sources.note("quota", step.source, f"The log has {step.target.size} entries, {limit} are followed.")
        elif step.take():
            self._commit(step)
            shutil.rmtree(self.copy.directory / "incoming", ignore_errors=True)
        elif step.contradiction is not None:
            self._accuse(step.epoch, step.source, step.contradiction)
            shutil.rmtree(self.copy.directory / "incoming", ignore_errors=True)

    def _commit(self, step: Step) -> None:
        """Erase, then write files, then the checkpoint; stopped anywhere, the next sync does it again."""
        size, state, epoch = step.local.size, self.copy.state, step.epoch
        retracted = state.retracted | step.retracted
        covered = {index for place_epoch, index in retracted if place_epoch == epoch}
        for index in sorted(covered - step.erased):
            if size <= index < step.target.size:
                (entry,) = step.staging.entries(index, index + 1)
                if not any(retraction_of(entry)):
                    step.staging.replace([(index, Entry(entry.commitment))])
                    self.report.erased += 1
        holes = {(epoch, index) for index in step.erased - covered}
        self.copy.remember(retracted=retracted, holes=(state.holes | holes) - retracted)
        self._erase(step.retracted)
        store = self.copy.store(epoch)
        if store.adopt(size, step.commitments, step.packed) != step.target.root:
            raise NotVerified("The copy on this disk is damaged.", help="Remove it and follow the shop anew.")
        write_file(store.directory / "checkpoint", step.target.note)
        store.prune(size, step.target.size)
        self.report.new_entries += step.target.size - size
        for _, index in sorted(holes)[:1]:
            message = f"{len(holes)} entries are left out without a retraction, the first is {index}."
            self.sources.note("withheld", step.source, message)

    def _erase(self, places: frozenset[Place]) -> None:
        """Erase here what its author has retracted; tombstones themselves stay."""
        identity = self.copy.identity
        for epoch, index in sorted(places):
            if identity is not None and epoch <= identity.epoch:
                size = self._local(epoch, identity.epochs[epoch - 1].vkey).size
                entry = self.copy.entry_at(epoch, index, size) if index < size else None
                if entry is not None and not entry.erased and not any(retraction_of(entry)):
                    self.copy.store(epoch).rewrite(index, Entry(entry.commitment))
                    self.report.erased += 1

    def _heal(self, identity: Identity) -> None:
        """Ask every source for what earlier ones withheld."""
        for epoch, index in sorted(self.copy.state.holes):
            size = self._local(epoch, identity.epochs[epoch - 1].vkey).size
            hole = self.copy.entry_at(epoch, index, size)
            for source in self.sources:
                found = self.sources.entry(source, epoch, index, size)
                if found is not None and not found.erased and found.commitment == hole.commitment:
                    self._fill(epoch, index, found)
                    self.sources.note("healed", source, f"Entry {index} was found here.")
                    break

    def _fill(self, epoch: int, index: int, found: Entry) -> None:
        self.copy.store(epoch).rewrite(index, found)
        self.report.healed += 1
        new, state = frozenset(retraction_of(found)), self.copy.state
        self.copy.remember(holes=state.holes - {(epoch, index)} - new, retracted=state.retracted | new)
        self._erase(new)

    def _publish_head(self, identity: Identity) -> None:
        checkpoint = self.copy.checkpoint(identity.epoch, identity.vkey)
        head = self.copy.public / "checkpoint"
        if checkpoint is not None and (not head.exists() or head.read_bytes() != checkpoint.note):
            write_file(head, checkpoint.note)


def _claimed_epoch(head: bytes) -> int:
    """Return the epoch that an unverified checkpoint says it is of, 0 if it says none."""
    number = head.partition(b"\n")[0].rpartition(b"/")[2]
    return int(number) if number.isdigit() and len(number) < 8 else 0


def _extends(known: Identity, found: Identity) -> bool:
    """Say whether ``found`` only adds to ``known``: closed epochs stay as they are, the open one may be closed."""
    if known.name != found.name or len(found.epochs) < len(known.epochs):
        return False
    for before, after in zip(known.epochs, found.epochs, strict=False):
        if before.vkey != after.vkey or (before.closed and before != after):
            return False
    return True
