import json
import shutil
import stat
import threading

import pytest

from glocal.commons import bundles
from glocal.commons.errors import LogBusy, LogExists, LogNotFound, LogWasCopied, RecordRefused
from glocal.commons.files import exclusive_lock
from glocal.commons.log import Log
from glocal.commons.verify import verify_log
from tests.commons.shops import MONTH, new_log, problem, problems


def test_a_fresh_log_is_empty_and_valid(log):
    assert log.checkpoint().size == 0
    assert verify_log(log.directory, log.root_vkey).size == 0


def test_a_record_gets_a_place_a_leaf_and_a_checkpoint(log):
    first, second = log.append(problem(1), month=MONTH), log.append(problem(2), month=MONTH)
    assert (first.index, second.index) == (0, 1)
    assert second.checkpoint.size == 2
    assert second.created
    assert dict(log.records())[1]["text"] == problem(2)["text"]


def test_the_log_adds_month_and_epoch(log):
    log.append(problem(1), month=MONTH)
    (_, record), *_ = log.records()
    assert (record["month"], record["epoch"]) == (MONTH, 1)


def test_the_same_id_is_added_once(log):
    first = log.append(problem(1), month=MONTH)
    again = log.append(problem(1), month="2026-12")
    assert (again.index, again.leaf_hash, again.created) == (first.index, first.leaf_hash, False)
    assert log.checkpoint().size == 1


def test_the_same_id_is_added_once_by_another_process_too(log):
    log.append(problem(1), month=MONTH)
    other = Log.open(log.directory)
    assert not other.append(problem(1), month=MONTH).created
    assert other.append(problem(2), month=MONTH).index == 1
    assert log.append(problem(3), month=MONTH).index == 2  # and the first one sees what the other has added
    assert not log.append(problem(2), month=MONTH).created


def test_the_same_id_twice_in_one_batch_is_added_once(log):
    first, second, third = log.append_many([problem(1), problem(1), problem(2)], month=MONTH)
    assert [first.index, second.index, third.index] == [0, 0, 1]
    assert [first.created, second.created, third.created] == [True, False, True]


@pytest.mark.parametrize("sizes", [[1] * 20, [15, 1, 1], [255, 1, 1], [256, 300], [600], [4095, 1, 1]], ids=str)
def test_one_by_one_or_in_batches_every_byte_is_valid(log, sizes):
    start = 0
    for size in sizes:
        log.append_many(problems(5000)[start : start + size], month=MONTH)
        start += size
        verified = verify_log(log.directory, log.root_vkey)
        assert (verified.size, verified.records) == (start, start)
    assert [record["text"] for _, record in log.records()] == [record["text"] for record in problems(5000)[:start]]


def test_only_the_newest_small_bundles_are_kept(log):
    for start in range(0, 120, 40):
        log.append_many(problems(5000)[start : start + 40], month=MONTH)
    singles = list((log.public / "1" / "content" / "0").rglob("[0-9]*"))
    assert len(singles) == bundles.KEPT


def test_a_partial_tile_goes_when_the_full_one_is_there(log):
    log.append_many(problems(5000)[:250], month=MONTH)
    log.append_many(problems(5000)[250:260], month=MONTH)
    leaves = log.public / "1" / "tile" / "0"
    assert sorted(path.name for path in leaves.iterdir()) == ["000", "001.p"]


def test_two_writers_at_once_are_refused(log):
    impatient = Log.open(log.directory, wait_s=0)
    with exclusive_lock(log.private / "lock", wait_s=0), pytest.raises(LogBusy):
        impatient.append(problem(1), month=MONTH)
    assert log.checkpoint().size == 0


def test_threads_that_take_turns_lose_nothing(log):
    def work(offset):
        mine = Log.open(log.directory, wait_s=60)
        for number in range(8):
            mine.append(problem(100 * offset + number), month=MONTH)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify_log(log.directory, log.root_vkey).size == 24


def test_a_copy_of_a_log_is_not_written_to(log, tmp_path):
    log.append(problem(1), month=MONTH)
    shutil.copytree(log.directory, tmp_path / "copy")
    copy = Log.open(tmp_path / "copy")
    with pytest.raises(LogWasCopied, match="backup"):
        copy.append(problem(2), month=MONTH)
    assert copy.checkpoint().size == 1


def test_a_log_is_not_created_over_another(log):
    with pytest.raises(LogExists):
        Log.create(log.directory, "other.example", log.keys)


def test_a_directory_without_a_log_says_so(tmp_path):
    with pytest.raises(LogNotFound, match="no log"):
        Log.open(tmp_path)


def test_a_creation_that_was_cut_short_can_be_repeated(log):
    (log.private / "home.json").unlink()
    assert not Log.exists(log.directory)
    again = Log.create(log.directory, "shop.example/commons", log.keys)
    assert again.append(problem(1), month=MONTH).index == 0


def test_private_things_are_for_the_owner_alone(log):
    for path in (log.private / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.private.stat().st_mode) & 0o077 == 0


def test_the_public_part_holds_no_secret(log):
    log.append(problem(1), month=MONTH)
    published = b"".join(path.read_bytes() for path in log.public.rglob("*") if path.is_file())
    assert log.keys.pseudonym not in published
    assert b"PRIVATE" not in published


def test_the_head_repeats_the_checkpoint_of_the_open_epoch(log):
    log.append(problem(1), month=MONTH)
    assert (log.public / "checkpoint").read_bytes() == (log.public / "1" / "checkpoint").read_bytes()


def test_a_record_of_another_month_is_refused(log):
    with pytest.raises(RecordRefused):
        log.append({**problem(1), "month": "2026-10"}, month=MONTH)


def test_ids_and_aliases_are_stable_and_differ_between_shops(log, tmp_path):
    other = new_log(tmp_path / "other")
    assert log.record_id("job 7") == Log.open(log.directory).record_id("job 7") != other.record_id("job 7")
    assert log.machine_alias("Anna's printer") != other.machine_alias("Anna's printer")
    assert log.record_id("job 7") != log.record_id("job 8")


def test_records_are_canonical_json(log):
    log.append(problem(1), month=MONTH)
    content = next(log.entries()).content
    assert (
        content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
