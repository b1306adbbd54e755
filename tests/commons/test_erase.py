import pytest

from glocal.commons import erase
from glocal.commons.erase import retract
from glocal.commons.errors import EntryNotFound, NotRetractable
from glocal.commons.log import Log
from glocal.commons.verify import verify_log
from tests.commons.shops import MONTH, problems

NEEDLE = "Corner 7 lifts from the bed."


def everything_public(log):
    """Every byte that others can read, bundles unpacked."""
    from glocal.commons.bundles import decode_bundle

    found = b""
    for path in log.public.rglob("*"):
        if path.is_file():
            found += path.read_bytes()
            if "content" in path.parts:
                level = int(path.relative_to(log.public).parts[2])
                for entry in decode_bundle(path.read_bytes(), 16**level):
                    found += (entry.content or b"") + (entry.salt or b"")
    return found


@pytest.fixture
def filled(log):
    log.append_many(problems(5000)[:40], month=MONTH)
    return log


def test_the_bytes_and_the_salt_go_and_a_tombstone_stays(filled):
    entry = next(filled.entries(7, 8))
    assert NEEDLE.encode() in everything_public(filled)
    tombstone = retract(filled, problems(5000)[7]["id"], month=MONTH, reason="privacy")
    public = everything_public(filled)
    assert NEEDLE.encode() not in public
    assert entry.salt not in public
    assert tombstone.index == 40
    verified = verify_log(filled.directory, filled.root_vkey)
    assert (verified.size, verified.records, verified.erased) == (41, 40, 1)
    assert dict(filled.records())[40]["target"]["index"] == 7


def test_retracting_twice_is_retracting_once(filled):
    first = retract(filled, problems(5000)[7]["id"], month=MONTH)
    assert retract(Log.open(filled.directory), problems(5000)[7]["id"], month="2026-12").index == first.index
    assert filled.checkpoint().size == 41


def test_an_erased_record_does_not_come_back_under_its_id(filled):
    retract(filled, problems(5000)[7]["id"], month=MONTH)
    again = Log.open(filled.directory).append(problems(5000)[7], month=MONTH)
    assert (again.index, again.created) == (7, False)
    assert NEEDLE.encode() not in everything_public(filled)


def test_the_log_grows_on_after_an_erasure(filled):
    retract(filled, problems(5000)[7]["id"], month=MONTH)
    filled.append_many(problems(5000)[40:600], month=MONTH)
    assert verify_log(filled.directory, filled.root_vkey).size == 601
    assert NEEDLE.encode() not in everything_public(filled)


def test_a_tombstone_is_not_retracted(filled):
    tombstone = retract(filled, problems(5000)[7]["id"], month=MONTH)
    with pytest.raises(NotRetractable):
        retract(filled, tombstone.id, month=MONTH)


def test_what_is_not_in_the_log_is_not_retracted(filled):
    with pytest.raises(EntryNotFound):
        retract(filled, "7b63e319-79dc-86b1-8189-8f61ca5d81a3", month=MONTH)


class Stopped(BaseException):
    """The process ends here, as by kill -9."""


def test_stopped_before_the_tombstone_nothing_is_erased(filled, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Log, "append_held", lambda *_, **__: (_ for _ in ()).throw(Stopped()))
        with pytest.raises(Stopped):
            retract(filled, problems(5000)[7]["id"], month=MONTH)
    again = Log.open(filled.directory)
    again.append(problems(5000)[50], month=MONTH)
    assert verify_log(again.directory, again.root_vkey).erased == 0
    assert not (again.private / "erasing.json").exists()


def test_stopped_after_the_tombstone_the_next_writer_erases(filled, monkeypatch):
    with monkeypatch.context() as patched:
        calls = iter([None])

        def stop_the_second_time(log):
            if next(calls, "stop") == "stop":
                raise Stopped

        patched.setattr(erase, "finish_erasures", stop_the_second_time)
        patched.setattr("glocal.commons.log.finish_erasures", stop_the_second_time)
        with pytest.raises(Stopped):
            retract(filled, problems(5000)[7]["id"], month=MONTH)
    assert NEEDLE.encode() in everything_public(filled)
    again = Log.open(filled.directory)
    again.append(problems(5000)[50], month=MONTH)
    assert NEEDLE.encode() not in everything_public(again)
    assert verify_log(again.directory, again.root_vkey).erased == 1
