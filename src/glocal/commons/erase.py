"""Take a record back: its bytes and its salt go, its commitment and a tombstone stay.

First the intention is written down, then the tombstone is signed, then the content is erased from every file, and the
package of a design with it. Whoever holds the log next finishes what was interrupted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from glocal.commons.errors import EntryNotFound, NotRetractable
from glocal.commons.files import write_file
from glocal.commons.model import Appended, Entry
from glocal.commons.package_shelf import announced_in, remove
from glocal.commons.records import retract_record

if TYPE_CHECKING:
    from glocal.commons.log import Log

INTENT_FILE = "erasing.json"


def retract(log: Log, record_id: str, *, month: str, reason: str | None = None) -> Appended:
    """Erase a record of the own log and leave a tombstone; doing it again changes nothing.

    Parameters
    ----------
    log : Log
        The shop's own log.
    record_id : str
        The record's public id.
    month : str
        ``YYYY-MM`` of today.
    reason : str, optional
        A word of ``schema.REASONS``; public.

    Returns
    -------
    Appended
        Where the tombstone stands.
    """
    with log.writing():
        epoch, index = log.place_of(record_id)
        entry = next(log.store(epoch).entries(index, index + 1, log.checkpoint(epoch).size))
        if entry.content is not None and json.loads(entry.content)["kind"] == "retract":
            raise NotRetractable("A retraction cannot be taken back.", help="Add the record again under a new id.")
        tombstone = retract_record(epoch=epoch, index=index, id=record_id, reason=reason)
        intent = log.private / INTENT_FILE
        wanted = {"epoch": epoch, "index": index, "tombstone": tombstone["id"], "package": _package_in(entry)}
        write_file(intent, json.dumps(wanted).encode())
        appended = log.append_held([tombstone], month=month)[0]
        finish_erasures(log)
    return appended


def finish_erasures(log: Log) -> None:
    """Erase what a signed tombstone covers and an interruption has left; the caller holds the log."""
    intent = log.private / INTENT_FILE
    if not intent.exists():
        return
    wanted = json.loads(intent.read_bytes())
    try:
        log.place_of(wanted["tombstone"])
    except EntryNotFound:  # the tombstone was never signed, so the record stays
        intent.unlink()
        return
    epoch, index = wanted["epoch"], wanted["index"]
    log.store(epoch).erase(index, log.checkpoint(epoch).size)
    package = wanted.get("package")
    if package and package not in announced_by(log):
        remove(log.public, package)
    intent.unlink()


def announced_by(log: Log) -> set[str]:
    """Return the hashes of the packages that a log announces."""
    epochs = range(1, log.epoch + 1)
    return announced_in(record for epoch in epochs for _, record in log.records(epoch=epoch))


def _package_in(entry: Entry) -> str | None:
    """Return the package that a record announces, None where it is no design or erased already."""
    record = json.loads(entry.content) if entry.content is not None else {}
    return str(record["package"]) if record.get("kind") == "design" else None
