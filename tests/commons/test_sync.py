"""A follower, its sources, and everything that a source or a shop may do wrong."""

import shutil
from pathlib import Path

import pytest

from glocal.commons import bundles
from glocal.commons.erase import retract
from glocal.commons.errors import PeerUnreachable
from glocal.commons.evidence import Contradiction, check_contradiction
from glocal.commons.files import DirectoryReader
from glocal.commons.log import Log
from glocal.commons.model import Entry
from glocal.commons.peer import Following, PeerCopy, followed
from glocal.commons.sources import Source
from glocal.commons.store import EpochStore
from glocal.commons.successor import begin_epoch
from glocal.commons.sync import sync
from glocal.commons.tiles import tile_path
from glocal.commons.verify import verify_shop
from tests.commons.shops import MONTH, new_log, problems


@pytest.fixture
def copy(log, tmp_path):
    return PeerCopy.create(tmp_path / "peers", Following(log.root_vkey))


def at(directory, name="shop"):
    return Source(name, DirectoryReader(directory))


def codes(report):
    return [event.code for event in report.events]


def grow(log, start, stop):
    log.append_many(problems(5000)[start:stop], month=MONTH)


class Counting:
    """A reader that counts what it gives."""

    def __init__(self, directory):
        self.reader = DirectoryReader(directory)
        self.given = []

    def read(self, path, max_bytes):
        data = self.reader.read(path, max_bytes)
        self.given.append((path, len(data or b"")))
        return data


@pytest.mark.parametrize("sizes", [[0], [1], [0, 1], [1] * 18, [300], [255, 1, 1, 300], [4090, 10, 200]], ids=str)
def test_a_follower_gets_what_the_shop_has(log, copy, sizes):
    start = 0
    for size in sizes:
        grow(log, start, start + size)
        start += size
        report = sync(copy, [at(log.public)])
        assert (report.new_entries, report.size, report.events) == (size, start, [])
        assert [epoch.size for epoch in verify_shop(copy.public, log.root_vkey)] == [start]
    assert [record for _, _, record in copy.records()] == [record for _, record in log.records()]


def test_nothing_new_is_one_small_request(log, copy):
    grow(log, 0, 40)
    sync(copy, [at(log.public)])
    source = Counting(log.public)
    report = sync(copy, [Source("shop", source)])
    assert report.events == []
    assert [path for path, _ in source.given] == ["checkpoint"]
    assert sum(size for _, size in source.given) <= 300


@pytest.mark.parametrize("size", [1, 15, 16, 255, 256, 4095, 4096])
def test_one_more_record_is_two_small_requests(log, copy, size):
    grow(log, 0, size)
    sync(copy, [at(log.public)])
    grow(log, size, size + 1)
    source = Counting(log.public)
    assert sync(copy, [Source("shop", source)]).new_entries == 1
    assert len(source.given) == 2
    assert sum(size for _, size in source.given) < 1000


def test_a_mirror_of_a_mirror_will_do(log, copy, tmp_path):
    grow(log, 0, 300)
    sync(copy, [at(log.public)])
    second = PeerCopy.create(tmp_path / "others", copy.following)
    assert sync(second, [at(copy.public)]).size == 300
    grow(log, 300, 310)
    assert sync(second, [at(copy.public, "mirror"), at(log.public)]).size == 310


def test_an_interrupted_sync_goes_on_where_it_stopped(log, copy):
    grow(log, 0, 600)

    class Breaking(Counting):
        def read(self, path, max_bytes):
            if len(self.given) == 6:
                raise PeerUnreachable("gone")
            return super().read(path, max_bytes)

    first = Breaking(log.public)
    report = sync(copy, [Source("shop", first)])
    assert (report.size, "unreachable" in codes(report)) == (0, True)
    second = Counting(log.public)
    assert sync(copy, [Source("shop", second)]).size == 600
    fetched_before = {path for path, _ in first.given if "content" in path}
    assert fetched_before
    assert not fetched_before & {path for path, _ in second.given}
    assert not (copy.directory / "incoming").exists() or not list((copy.directory / "incoming").iterdir())


def test_another_key_is_reported_and_nothing_is_taken(log, copy, tmp_path):
    other = new_log(tmp_path / "other")
    grow(other, 0, 5)
    report = sync(copy, [at(other.public, "impostor")])
    assert (report.size, codes(report)) == (0, ["wrong_key", "unverifiable"])
    grow(log, 0, 5)
    report = sync(copy, [at(other.public, "impostor"), at(log.public)])
    assert (report.size, codes(report), report.accusations) == (5, ["wrong_key"], [])


def test_a_source_behind_is_stale_and_no_liar(log, copy, tmp_path):
    grow(log, 0, 10)
    shutil.copytree(log.public, tmp_path / "old")
    grow(log, 10, 20)
    sync(copy, [at(log.public)])
    report = sync(copy, [at(tmp_path / "old", "mirror")])
    assert (codes(report), report.accusations, report.size) == (["stale"], [], 20)


def fork(log, tmp_path, common, mine, theirs):
    """Return the directory of a second history under the same key."""
    grow(log, 0, common)
    shutil.copytree(log.directory, tmp_path / "twin")
    twin = Log.open(tmp_path / "twin")
    twin.mark_home()
    grow(log, common, common + mine)
    twin.append_many(problems(5000)[1000 : 1000 + theirs], month=MONTH)
    return twin.public


@pytest.mark.parametrize(
    ("common", "mine", "theirs"),
    [(7, 1, 1), (7, 5, 9), (7, 9, 5), (8, 8, 20), (0, 4, 9), (0, 9, 4), (300, 20, 600), (255, 1, 1), (16, 16, 16)],
)
def test_a_fork_is_proven_by_two_signatures(  # noqa: PLR0917
    log, copy, tmp_path, common, mine, theirs
):
    other = fork(log, tmp_path, common, mine, theirs)
    sync(copy, [at(log.public)])
    report = sync(copy, [at(other, "elsewhere")])
    assert codes(report) == ["fork"]
    proof = Contradiction.from_json(Path(report.accusations[0].evidence).read_text())
    first, second = check_contradiction(proof)
    assert {first.size, second.size} == {common + mine, common + theirs}
    assert [record for _, _, record in copy.records()] == [record for _, record in log.records()]
    assert sync(copy, [at(other, "elsewhere")]).size == common + mine


def test_a_split_view_is_seen_in_one_sync(log, copy, tmp_path):
    other = fork(log, tmp_path, 7, 4, 6)
    report = sync(copy, [at(log.public, "shop"), at(other, "mirror")])
    assert [event.code for event in report.accusations] == ["fork"]


def test_after_a_fork_the_root_key_can_begin_anew(log, copy, tmp_path):
    other = fork(log, tmp_path, 7, 4, 6)
    sync(copy, [at(log.public), at(other, "mirror")])
    begin_epoch(log, log.keys)
    grow(log, 500, 503)
    report = sync(copy, [at(log.public)])
    assert report.epoch == 2
    assert [record["text"] for epoch, _, record in copy.records() if epoch == 2] == [
        record["text"] for record in problems(5000)[500:503]
    ]


def test_two_lists_of_epochs_under_one_root_key_are_held_against_the_shop(log, copy, tmp_path):
    shutil.copytree(log.directory, tmp_path / "twin")
    twin = Log.open(tmp_path / "twin")
    begin_epoch(log, log.keys)
    begin_epoch(twin, twin.keys)
    sync(copy, [at(log.public)])
    begin_epoch(twin, twin.keys)
    assert [event.code for event in sync(copy, [at(twin.public)]).accusations] == ["root_fork"]


def test_a_restored_backup_that_goes_on_in_a_new_epoch_is_no_fork(log, copy, tmp_path):
    grow(log, 0, 10)
    shutil.copytree(log.directory, tmp_path / "backup")
    grow(log, 10, 30)
    sync(copy, [at(log.public)])
    restored = Log.open(tmp_path / "backup")
    begin_epoch(restored, restored.keys)
    grow(restored, 50, 55)
    report = sync(copy, [at(restored.public)])
    assert report.events == []
    texts = [record["text"] for _, _, record in copy.records()]
    assert texts == [record["text"] for record in problems(5000)[:10] + problems(5000)[50:55]]
    fresh = PeerCopy.create(tmp_path / "fresh", copy.following)
    sync(fresh, [at(copy.public)])
    assert [record["text"] for _, _, record in fresh.records()] == texts


def test_a_retraction_erases_at_the_follower(log, copy):
    grow(log, 0, 40)
    sync(copy, [at(log.public)])
    salt = next(log.entries(7, 8)).salt
    retract(log, problems(5000)[7]["id"], month=MONTH)
    report = sync(copy, [at(log.public)])
    assert (report.erased, report.holes, report.events) == (1, 0, [])
    verified = verify_shop(copy.public, log.root_vkey)[-1]
    assert (verified.size, verified.erased) == (41, 1)
    assert salt not in unpacked(copy.directory)


def test_a_stale_mirror_cannot_bring_an_erased_record_back(log, copy, tmp_path):
    grow(log, 0, 40)
    shutil.copytree(log.public, tmp_path / "old")
    salt = next(log.entries(7, 8)).salt
    retract(log, problems(5000)[7]["id"], month=MONTH)
    sync(copy, [at(tmp_path / "old", "mirror")])
    assert salt in unpacked(copy.directory)
    report = sync(copy, [at(tmp_path / "old", "mirror"), at(log.public)])
    assert (report.size, report.erased, report.holes) == (41, 1, 0)
    assert salt not in unpacked(copy.directory)
    assert sync(copy, [at(tmp_path / "old", "mirror")]).healed == 0
    assert salt not in unpacked(copy.directory)


def unpacked(directory):
    found = b""
    for path in directory.rglob("*"):
        if path.is_file() and "content" in path.parts:
            level = int(path.parts[path.parts.index("content") + 1])
            for entry in bundles.decode_bundle(path.read_bytes(), 16**level):
                found += (entry.salt or b"") + (entry.content or b"")
    return found


def censor(directory, index, epoch=1):
    """Let a mirror leave out one record."""
    store = EpochStore(directory / str(epoch))
    level_sizes = [(level, index >> 4 * level) for level in range(4)]
    for bundle in level_sizes:
        packed = store.reader.read(bundles.bundle_path(*bundle), 10**7)
        if packed:
            start, stop = bundles.span(bundle)
            entry = bundles.decode_bundle(packed, stop - start)[index - start]
            store.rewrite(index, Entry(entry.commitment))
            return


def test_a_censoring_mirror_leaves_a_hole_that_is_healed_from_elsewhere(log, copy, tmp_path):
    grow(log, 0, 40)
    shutil.copytree(log.public, tmp_path / "mirror")
    censor(tmp_path / "mirror", 7)
    report = sync(copy, [at(tmp_path / "mirror", "mirror")])
    assert (report.size, report.holes, codes(report)) == (40, 1, ["withheld"])
    report = sync(copy, [at(tmp_path / "mirror", "mirror"), at(log.public)])
    assert (report.healed, report.holes, codes(report)) == (1, 0, ["healed"])
    assert verify_shop(copy.public, log.root_vkey)[-1].records == 40


def test_a_censored_tombstone_leaves_two_holes_and_erases_once_healed(log, copy, tmp_path):
    grow(log, 0, 40)
    retract(log, problems(5000)[7]["id"], month=MONTH)
    shutil.copytree(log.public, tmp_path / "mirror")
    censor(tmp_path / "mirror", 40)
    assert sync(copy, [at(tmp_path / "mirror", "mirror")]).holes == 2
    assert sync(copy, [at(log.public)]).holes == 0


def test_damaged_bundles_are_taken_from_elsewhere(log, copy, tmp_path):
    grow(log, 0, 300)
    shutil.copytree(log.public, tmp_path / "mirror")
    for path in (tmp_path / "mirror" / "1" / "content" / "2").rglob("*"):
        path.write_bytes(path.read_bytes()[:-5] + b"12345")
    report = sync(copy, [at(tmp_path / "mirror", "mirror"), at(log.public)])
    assert (report.size, report.holes, codes(report)) == (300, 0, ["damaged"])


def test_a_well_formed_lie_is_found_and_the_truth_taken_from_elsewhere(log, copy, tmp_path):
    grow(log, 0, 300)
    shutil.copytree(log.public, tmp_path / "mirror")
    store = EpochStore(tmp_path / "mirror" / "1")
    entry = next(log.entries(7, 8))
    forged = entry.content.replace(b"lifts", b"sinks")
    store.rewrite(7, Entry(bundles.commit(entry.salt, forged), entry.salt, forged))
    report = sync(copy, [at(tmp_path / "mirror", "mirror"), at(log.public)])
    assert (report.size, report.holes, codes(report)) == (300, 0, ["damaged"])
    assert b"sinks" not in unpacked(copy.directory)


def test_a_lie_without_another_source_is_a_hole(log, copy):
    grow(log, 0, 300)
    store = EpochStore(log.public / "1")
    entry = next(log.entries(7, 8))
    forged = entry.content.replace(b"lifts", b"sinks")
    store.rewrite(7, Entry(bundles.commit(entry.salt, forged), entry.salt, forged))
    report = sync(copy, [at(log.public)])
    assert (report.size, report.holes) == (300, 1)
    assert b"sinks" not in unpacked(copy.directory)


def test_damaged_hash_tiles_on_the_careful_way_accuse_nobody(log, copy, tmp_path):
    grow(log, 0, 300)
    sync(copy, [at(log.public)])
    grow(log, 300, 310)
    shutil.copytree(log.public, tmp_path / "mirror")
    for path in (tmp_path / "mirror" / "1").rglob("*"):
        if path.is_file() and path.name != "checkpoint":
            path.write_bytes(bytes(len(path.read_bytes())))
    report = sync(copy, [at(tmp_path / "mirror", "mirror")])
    assert (report.size, report.accusations) == (300, [])
    assert sync(copy, [at(tmp_path / "mirror", "mirror"), at(log.public)]).size == 310


def test_a_withheld_bundle_leaves_holes_with_commitments(log, copy, tmp_path):
    grow(log, 0, 300)
    shutil.copytree(log.public, tmp_path / "mirror")
    (tmp_path / "mirror" / "1" / bundles.bundle_path(2, 0)).unlink()
    shutil.rmtree(tmp_path / "mirror" / "1" / "content" / "1")
    report = sync(copy, [at(tmp_path / "mirror", "mirror")])
    assert (report.size, report.holes, report.healed) == (
        300,
        268,
        20,
    )  # 288 to 299 came singly, 268 to 287 are asked for singly
    report = sync(copy, [at(tmp_path / "mirror", "mirror"), at(log.public)])
    assert (report.holes, report.healed) == (0, 268)
    assert verify_shop(copy.public, log.root_vkey)[-1].records == 300


def test_a_log_without_commitments_does_not_advance(log, copy):
    grow(log, 0, 300)
    (log.public / "1" / bundles.bundle_path(2, 0)).unlink()
    (log.public / "1" / tile_path("entries", 0)).unlink()
    assert sync(copy, [at(log.public)]).size == 0


def test_a_log_that_is_too_long_is_not_followed(log, tmp_path):
    grow(log, 0, 20)
    short = PeerCopy.create(tmp_path / "peers", Following(log.root_vkey, max_entries=10))
    report = sync(short, [at(log.public)])
    assert (report.size, codes(report)) == (0, ["quota"])
    small = PeerCopy.create(tmp_path / "peers", Following(log.root_vkey, max_bytes=100))
    assert "quota" in codes(sync(small, [at(log.public)]))


def test_a_record_of_an_unknown_form_is_passed_over(log, copy, monkeypatch):
    monkeypatch.setattr("glocal.commons.log.check_record", lambda record: b'{"id":"x","kind":"spell"}')
    log.append({"id": "x"}, month=MONTH)
    monkeypatch.undo()
    grow(log, 0, 3)
    report = sync(copy, [at(log.public)])
    assert (report.size, len(list(copy.records()))) == (4, 3)


def test_whom_a_shop_follows_is_kept(log, copy, tmp_path):
    (again,) = followed(tmp_path / "peers")
    assert again.following == copy.following
