"""Put the own log and all verified copies side by side in one directory that any web server can serve."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from glocal.commons.files import write_file
from glocal.commons.log import Log
from glocal.commons.peer import followed, peer_id
from glocal.commons.verify import verify_shop


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One log of a mirror.

    Parameters
    ----------
    path : str
        Its directory in the mirror, a hash of the root key.
    name, root_vkey : str
        Whose it is.
    size : int
        Entries in the open epoch.
    holes : int
        Entries that the mirror itself could not get.
    """

    path: str
    name: str
    root_vkey: str
    size: int
    holes: int = 0


def write_mirror(commons: Path, target: Path) -> list[Mirrored]:
    """Copy the own log and all followed ones to ``target``, with a list of heads; existing copies are replaced.

    The own log and copies without holes are verified where they arrive.
    """
    sources = []
    if Log.exists(commons):
        own = Log.open(commons)
        sources.append((own.public, own.root_vkey, 0))
    sources += [
        (copy.public, copy.following.root_vkey, len(copy.state.holes))
        for copy in followed(commons / "peers")
        if copy.identity is not None
    ]
    logs = [_copy(public, root_vkey, holes, target) for public, root_vkey, holes in sources]
    heads = [{"path": log.path, "root_vkey": log.root_vkey, "size": log.size, "holes": log.holes} for log in logs]
    write_file(target / "heads.json", json.dumps(heads, indent=1).encode())
    return logs


def logs_in(target: Path) -> list[tuple[str, Path]]:
    """Return name and directory of each log in a mirror; nothing where there is no mirror."""
    try:
        heads = json.loads((target / "heads.json").read_bytes())
        return [(str(head["root_vkey"]).partition("+")[0], target / str(head["path"])) for head in heads]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _copy(public: Path, root_vkey: str, holes: int, target: Path) -> Mirrored:
    path = peer_id(root_vkey)
    fresh = target / f"{path}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(public, fresh)
    size = 0
    if not holes:
        size = verify_shop(fresh, root_vkey)[-1].size
    shutil.rmtree(target / path, ignore_errors=True)
    fresh.rename(target / path)
    return Mirrored(path, root_vkey.partition("+")[0], root_vkey, size, holes)
