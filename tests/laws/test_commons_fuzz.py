"""One changed byte anywhere in what a source serves: never is anything else shown than what the shop has signed."""

import os
import random
import shutil
import tempfile
from pathlib import Path

from glocal.commons.erase import retract
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from tests.commons.shops import MONTH, new_log, problems

MUTATIONS = int(os.environ.get("GLOCAL_MUTATIONS", "200"))


class Mutated:
    """A source with one file changed."""

    def __init__(self, files, path, data):
        self.files, self.path, self.data = files, path, data

    def read(self, path, max_bytes):
        data = self.data if path == self.path else self.files.get(path)
        return None if data is None else data[:max_bytes]


def mutate(data, rng):
    """Flip a bit, drop, double or insert a byte, cut off the end or add one."""
    at = rng.randrange(len(data))
    return rng.choice(
        [
            data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data[:at] + data[at : at + 1] + data[at:],
            data[:at] + bytes([rng.randrange(256)]) + data[at:],
            data[:at],
            data + bytes([rng.randrange(256)]),
        ]
    )


def test_no_mutation_changes_what_a_follower_shows(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    rng = random.Random(11)  # noqa: S311
    memory = Path("/dev/shm")
    directory = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        log = new_log(directory / "shop")
        log.append_many(problems(5000)[:20], month=MONTH)
        retract(log, problems(5000)[3]["id"], month=MONTH)
        truth = dict(log.records())
        files = {
            str(path.relative_to(log.public)): path.read_bytes() for path in log.public.rglob("*") if path.is_file()
        }
        for number in range(MUTATIONS):
            path = rng.choice(sorted(files))
            copy = PeerCopy.create(directory / f"peers{number}", Following(log.root_vkey))
            report = sync(copy, [Source("mutated", Mutated(files, path, mutate(files[path], rng)))])
            shown = {index: record for _, index, record in copy.records()}
            assert all(truth[index] == record for index, record in shown.items()), path
            assert report.accusations == []
            shutil.rmtree(directory / f"peers{number}")
    finally:
        shutil.rmtree(directory)
