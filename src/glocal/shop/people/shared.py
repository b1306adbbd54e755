"""Take back what the shop's own signed log says of a person, should anything ever have come into it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils import timezone

from glocal.shop.commons.actions import log_directory
from glocal.shop.commons.models import CommonsEntry

SHORTEST = 4  # a shorter name stands in too many words that are not about anybody


def take_back(names: Iterable[str]) -> int:
    """Erase every record of the own log in which one of these names or addresses stands; return how many.

    Records are made without people, and the schema has no field for them; this looks all the same, since a note is a
    free text. A tombstone without content stays in the log, so that its proofs hold.
    """
    from glocal.commons.erase import retract
    from glocal.commons.log import Log

    directory = log_directory()
    wanted = [name.casefold() for name in names if len(name) >= SHORTEST]
    if not wanted or not Log.exists(directory):
        return 0
    log = Log.open(directory)
    found = [
        str(record["id"])
        for epoch in range(1, log.epoch + 1)
        for _, record in list(log.records(epoch=epoch))
        if record["kind"] != "retract" and _names_one(record, wanted)
    ]
    for record_id in found:
        retract(log, record_id, month=f"{timezone.now():%Y-%m}", reason="privacy")
        CommonsEntry.objects.filter(record_id=record_id).update(record={})
    return len(found)


def _names_one(record: object, wanted: list[str]) -> bool:
    text = json.dumps(record, ensure_ascii=False, default=str).casefold()
    return any(name in text for name in wanted)
