"""A small world of shops that follow each other over an unreliable network with dishonest mirrors."""

import random
import shutil

from glocal.commons import bundles
from glocal.commons.erase import retract
from glocal.commons.errors import PeerUnreachable
from glocal.commons.files import DirectoryReader
from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.model import Entry
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.record_names import content_id
from glocal.commons.records import problem_record
from glocal.commons.sources import Source
from glocal.commons.successor import begin_epoch, catch_up
from glocal.commons.sync import sync

MONTH = "2026-11"


class Unreliable:
    """A source that may be cut off, behind, corrupt, or leave things out."""

    def __init__(self, directory, rng, fault):
        self.reader = DirectoryReader(directory)
        self.rng = rng
        self.fault = fault

    def read(self, path, max_bytes):
        if self.fault == "cut" or (self.fault == "flaky" and self.rng.random() < 0.3):
            raise PeerUnreachable("cut off")
        data = self.reader.read(path, max_bytes)
        if data is None or not data:
            return data
        if self.fault == "corrupt" and self.rng.random() < 0.3:
            at = self.rng.randrange(len(data))
            return data[:at] + bytes([data[at] ^ (1 << self.rng.randrange(8))]) + data[at + 1 :]
        if self.fault == "censoring" and "content/" in path:
            level = int(path.split("content/")[1].split("/")[0])
            entries = bundles.decode_bundle(data, 16**level)
            entries = [Entry(e.commitment) if e.commitment[0] % 4 == 0 else e for e in entries]
            return bundles.encode_bundle(entries)
        return data


class World:
    """Shops, the copies that each keeps of each other, and what is known to be true.

    In every third world shop 0 shows two histories, to whom it likes.
    """

    def __init__(self, directory, *, seed, nodes):
        self.directory = directory
        self.rng = random.Random(seed)  # noqa: S311
        self.logs = []
        self.backups = {}
        self.erased = []
        self.reports = []
        self.counter = 0
        self.hostile = 0 if seed % 3 == 0 else None
        self.fork = directory / "fork"
        for number in range(nodes):
            place = directory / f"shop{number}"
            self.logs.append(Log.create(place, f"shop{number}.example", create_keys(place / "private" / "keys")))
        self.copies = {
            (mine, other): PeerCopy.create(directory / f"peers{mine}", Following(self.logs[other].root_vkey))
            for mine in range(nodes)
            for other in range(nodes)
            if mine != other
        }

    def step(self):
        """Let something happen somewhere."""
        number = self.rng.randrange(len(self.logs))
        action = self.rng.choice(["append"] * 4 + ["sync"] * 5 + ["erase", "old mirror", "backup", "restore", "rotate"])
        if number == self.hostile and action not in {"append", "sync", "old mirror"}:
            action = "fork"
        getattr(self, "do_" + action.replace(" ", "_"))(number)

    def do_append(self, number):
        self.logs[number].append_many(self._problems(self.rng.choice([1, 1, 2, 15, 40])), month=MONTH)

    def do_fork(self, number):
        """Sign two histories from here on."""
        if not self.fork.exists():
            shutil.copytree(self.logs[number].directory, self.fork)
            Log.open(self.fork).mark_home()
            self.logs[number].append_many(self._problems(2), month=MONTH)
        Log.open(self.fork).append_many(self._problems(self.rng.choice([1, 2, 15])), month=MONTH)

    def _problems(self, count):
        records = []
        for _ in range(count):
            self.counter += 1
            records.append(
                problem_record(
                    id=content_id({"n": self.counter}),
                    symptom="warping",
                    text=f"Needle {self.counter:06d} lifts.",
                    context={},
                )
            )
        return records

    def do_erase(self, number):
        log = self.logs[number]
        candidates = [record for _, record in log.records() if record["kind"] == "problem"]
        if candidates:
            record = self.rng.choice(candidates)
            retract(log, record["id"], month=MONTH)
            self.erased.append(record["text"])

    def do_old_mirror(self, number):
        target = self.directory / f"old{number}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.logs[number].public, target)

    def do_backup(self, number):
        target = self.directory / f"backup{number}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.logs[number].directory, target)

    def do_restore(self, number):
        """Lose the shop's disk, take the backup, fetch back what others have, go on in a new epoch."""
        backup = self.directory / f"backup{number}"
        if not backup.exists():
            return
        place = self.logs[number].directory
        shutil.rmtree(place)
        shutil.copytree(backup, place)
        log = self.logs[number] = Log.open(place)
        copies = [copy for (_, other), copy in self.copies.items() if other == number]
        known = max((copy.identity.epoch for copy in copies if copy.identity), default=1)
        if (
            known > log.epoch
        ):  # the backup is older than the newest epoch: its keys are lost, so the owner restores a later one
            shutil.rmtree(place)
            shutil.rmtree(backup)
            self._rebuild(number, place)
            return
        catch_up(log, [DirectoryReader(copy.public) for copy in copies])
        begin_epoch(log, log.keys)
        shutil.rmtree(backup)
        back = {record.get("text") for epoch in range(1, log.epoch + 1) for _, record in log.records(epoch=epoch)}
        self.erased = [text for text in self.erased if text not in back]  # tombstones that nobody has seen are lost

    def _rebuild(self, number, place):
        log = self.logs[number] = Log.create(
            place, f"shop{number}-{self.counter}.example", create_keys(place / "private" / "keys")
        )
        shutil.rmtree(self.directory / f"old{number}", ignore_errors=True)
        for mine, other in self.copies:
            if other == number:
                shutil.rmtree(self.copies[mine, other].directory)
                following = Following(log.root_vkey)
                self.copies[mine, other] = PeerCopy.create(self.directory / f"peers{mine}", following)

    def do_rotate(self, number):
        if self.rng.random() < 0.3:
            begin_epoch(self.logs[number], self.logs[number].keys)

    def do_sync(self, number):
        """Sync one copy from a random choice of bad sources."""
        other = self.rng.choice([other for other in range(len(self.logs)) if other != number])
        forks = other == self.hostile and self.fork.exists() and self.rng.random() < 0.5
        sources = [self._source(self.fork / "public" if forks else self.logs[other].public, "shop")]
        sources += [
            self._source(copy.public, f"mirror{mine}")
            for (mine, whose), copy in self.copies.items()
            if whose == other and mine != number
        ]
        old = self.directory / f"old{other}"
        if old.exists():
            sources.append(self._source(old, "old"))
        self.rng.shuffle(sources)
        self.reports.append((other, sync(self.copies[number, other], sources[: self.rng.randint(1, 3)])))

    def _source(self, directory, name):
        fault = self.rng.choice(["none", "none", "cut", "flaky", "corrupt", "censoring"])
        return Source(f"{name} {fault}", Unreliable(directory, self.rng, fault))

    def settle(self):
        """Let the network heal: every copy syncs once from its shop, and sees all that its shop has signed."""
        for (_, other), copy in self.copies.items():
            histories = [self.logs[other].public]
            if other == self.hostile and self.fork.exists():
                histories.append(self.fork / "public")
            for history in histories:
                self.reports.append((other, sync(copy, [Source("shop", DirectoryReader(history))])))

    def failures(self):
        """Return everything that did not end well; empty in a good world."""
        return [*self.accusations(), *self.missed_forks(), *self.differences(), *self.traces_of_erased()]

    def accusations(self):
        """Return what honest shops are accused of."""
        return [event for other, report in self.reports for event in report.accusations if other != self.hostile]

    def missed_forks(self):
        """Return the copies that have seen both histories of the hostile shop and hold nothing against it."""
        forked = self.fork.exists()
        return [
            place for place, copy in self.copies.items() if forked and place[1] == 0 and not copy.state.contradicted
        ]

    def differences(self):
        """Return where a copy shows something else than its shop."""
        found = []
        for (mine, other), copy in self.copies.items():
            log = self.logs[other]
            if other == self.hostile and self.fork.exists():
                continue
            truth = [(epoch, record) for epoch in range(1, log.epoch + 1) for _, record in log.records(epoch=epoch)]
            lost = {  # what went with a lost disk and nobody else had is missing everywhere, and honestly so
                (epoch, index)
                for epoch in range(1, log.epoch + 1)
                for index, entry in enumerate(log.entries(epoch=epoch))
                if entry.erased
            }
            if [(epoch, record) for epoch, _, record in copy.records()] != truth or copy.state.holes - lost:
                found.append((mine, other))
        return found

    def traces_of_erased(self):
        """Return erased texts of which an honest node still has bytes."""
        honest = [log.public for log in self.logs] + [copy.directory for copy in self.copies.values()]
        contents = []
        for directory in honest:
            for path in directory.rglob("*"):
                if path.is_file() and "content" in path.parts:
                    level = int(path.parts[path.parts.index("content") + 1])
                    contents += [e.content or b"" for e in bundles.decode_bundle(path.read_bytes(), 16**level)]
        everything = b"\n".join(contents)
        return [text for text in self.erased if text.encode() in everything]
