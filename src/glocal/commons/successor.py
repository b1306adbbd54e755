"""Go on in a new epoch: after a key was lost or stolen, and after a backup was restored.

A restored log may be older than what others have seen. Going on in it would sign a second history, which is what a
cheat does. So the root key closes the epoch where this copy ends and certifies a fresh operating key for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glocal.commons import bundles, notes
from glocal.commons.errors import BadProof, NotVerified
from glocal.commons.files import exclusive_lock, write_file
from glocal.commons.keys import Keys, add_operating_key
from glocal.commons.log import LOCK_FILE, Log, sign_checkpoint
from glocal.commons.merkle import EMPTY_ROOT
from glocal.commons.model import Entry, EpochRef, Identity, Reader
from glocal.commons.store import read_bundle
from glocal.commons.verify import EpochReader, read_checkpoint, retraction_of


def begin_epoch(log: Log, keys: Keys) -> Identity:
    """Close the open epoch where it stands and begin the next under a fresh operating key.

    Parameters
    ----------
    log : Log
        The shop's own log, even a restored copy.
    keys : Keys
        With the root key.
    """
    keys.need_root()
    with exclusive_lock(log.private / LOCK_FILE, wait_s=log.wait_s):
        log.reload()
        ending, epoch = log.checkpoint(), log.epoch + 1
        keys = add_operating_key(keys, epoch)
        epochs = [
            *log.identity.epochs[:-1],
            replace(log.identity.epochs[-1], final_size=ending.size, final_root=ending.root),
            EpochRef(str(keys.operating_key(log.name, epoch))),
        ]
        sign_checkpoint(log.public, keys, log.name, epoch=epoch, size=0, root=EMPTY_ROOT)
        text = notes.identity_text(log.root_vkey, epochs)
        write_file(log.public / "identity", notes.sign_note(text, [(keys.root_key(log.name), keys.need_root().sign)]))
        log.use_keys(keys)
        log.reload()
        log.mark_home()
        log.publish_head()
    return log.identity


def catch_up(log: Log, mirrors: Sequence[Reader]) -> int:
    """Fetch back what mirrors have of this log beyond a restored copy; return how many entries came back.

    Nothing is taken that this log's own key has not signed as the continuation of what is here.
    """
    gained = 0
    with exclusive_lock(log.private / LOCK_FILE, wait_s=log.wait_s):
        log.reload()
        start = log.checkpoint().size
        readers = [EpochReader(mirror, log.epoch) for mirror in mirrors]
        for reader in readers:
            gained += _catch_up_from(log, reader)
        if gained:
            _fill_gaps(log, readers, start)
    return gained


def _catch_up_from(log: Log, mirror: Reader) -> int:
    size = log.checkpoint().size
    try:
        theirs = read_checkpoint(mirror, log.vkey)
        entries: list[Entry] = []
        for bundle in bundles.plan(size, theirs.size):
            start = bundles.span(bundle)[0]
            entries.extend(read_bundle(mirror, bundle)[max(0, size + len(entries) - start) :])
    except NotVerified:
        return 0
    if not entries:
        return 0
    if log.store().grow(size, entries) != theirs.root:
        raise BadProof("A mirror has another history under this log's key.", help="Begin a new epoch.", size=size)
    write_file(log.public / str(log.epoch) / "checkpoint", theirs.note)
    return len(entries)


def _fill_gaps(log: Log, mirrors: Sequence[Reader], start: int) -> None:
    """Take from any mirror what another left out, then erase what the entries that came back retract."""
    store, size = log.store(), log.checkpoint().size
    for mirror in mirrors:
        entries = list(enumerate(store.entries(start, size, size), start=start))
        missing = {index: entry.commitment for index, entry in entries if entry.erased}
        for bundle in bundles.kept_bundles(size) if missing else ():
            first, last = bundles.span(bundle)
            if any(first <= index < last for index in missing):
                for index, entry in enumerate(_readable(mirror, bundle), start=first):
                    if not entry.erased and missing.get(index) == entry.commitment:
                        store.rewrite(index, entry)
                        del missing[index]
    for entry in store.entries(start, size, size):
        for epoch, index in retraction_of(entry):
            log.store(epoch).erase(index, log.checkpoint(epoch).size)


def _readable(mirror: Reader, bundle: bundles.Bundle) -> list[Entry]:
    try:
        return read_bundle(mirror, bundle)
    except NotVerified:
        return []
