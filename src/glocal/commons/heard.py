"""What a shop hears: its own log, those that it follows and the starter, without what its judges have labelled away."""

from __future__ import annotations

from pathlib import Path

from glocal.commons.knowledge import Known, known_records
from glocal.commons.labels import heeded, judges_of
from glocal.commons.log import Log
from glocal.commons.peer import followed
from glocal.commons.starter import starter_problems


def everything_heard(log_directory: Path) -> tuple[list[Known], str]:
    """Return all that is heard, and the root key of the own log, empty where there is none."""
    log = Log.open(log_directory) if Log.exists(log_directory) else None
    own = log.root_vkey if log else ""
    copies = list(followed(log_directory / "peers"))
    return [*starter_problems(), *heeded(known_records(log, copies), judges_of(own, copies))], own
