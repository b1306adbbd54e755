import shutil

import pytest

from glocal.commons.erase import retract
from glocal.commons.errors import BadEncoding, KeysMissing, LogWasCopied, NotVerified
from glocal.commons.files import DirectoryReader
from glocal.commons.keys import load_keys
from glocal.commons.log import Log
from glocal.commons.notes import open_identity, sign_note
from glocal.commons.successor import begin_epoch, catch_up
from glocal.commons.verify import verify_log, verify_shop
from tests.commons.shops import MONTH, problems


def test_a_new_epoch_goes_on_where_the_old_one_ended(log):
    log.append_many(problems(5000)[:20], month=MONTH)
    begin_epoch(log, log.keys)
    assert log.epoch == 2
    assert log.append(problems(5000)[20], month=MONTH).index == 0
    assert [epoch.size for epoch in verify_shop(log.directory, log.root_vkey)] == [20, 1]
    assert (log.public / "checkpoint").read_bytes().startswith(b"shop.example/commons/2\n1\n")


def test_the_same_id_is_added_once_over_all_epochs(log):
    log.append(problems(5000)[3], month=MONTH)
    begin_epoch(log, log.keys)
    again = log.append(problems(5000)[3], month=MONTH)
    assert (again.created, again.epoch) == (False, 1)
    assert not Log.open(log.directory).append(problems(5000)[3], month=MONTH).created


def test_a_record_of_a_closed_epoch_can_be_erased(log):
    log.append_many(problems(5000)[:20], month=MONTH)
    begin_epoch(log, log.keys)
    retract(log, problems(5000)[3]["id"], month=MONTH)
    assert [epoch.erased for epoch in verify_shop(log.directory, log.root_vkey)] == [1, 0]


def test_the_root_key_is_needed(log):
    (log.private / "keys" / "root.key").unlink()
    daily = Log.open(log.directory)
    with pytest.raises(KeysMissing):
        begin_epoch(daily, daily.keys)
    assert daily.epoch == 1


def test_a_root_key_from_a_memory_stick_will_do(log, tmp_path):
    shutil.move(log.private / "keys" / "root.key", tmp_path / "root.key")
    daily = Log.open(log.directory)
    begin_epoch(daily, load_keys(log.private / "keys", root_file=tmp_path / "root.key"))
    assert daily.append(problems(5000)[0], month=MONTH).index == 0


def test_a_restored_backup_fetches_back_what_a_mirror_has_and_goes_on_in_a_new_epoch(log, tmp_path):
    log.append_many(problems(5000)[:20], month=MONTH)
    shutil.copytree(log.directory, tmp_path / "backup")
    log.append_many(problems(5000)[20:50], month=MONTH)
    retract(log, problems(5000)[3]["id"], month=MONTH)
    shutil.copytree(log.public, tmp_path / "mirror")
    shutil.rmtree(log.directory)
    shutil.copytree(tmp_path / "backup", log.directory)
    restored = Log.open(log.directory)
    with pytest.raises(LogWasCopied):
        restored.append(problems(5000)[50], month=MONTH)
    assert catch_up(restored, [DirectoryReader(tmp_path / "mirror")]) == 31
    begin_epoch(restored, restored.keys)
    restored.append(problems(5000)[50], month=MONTH)
    assert [epoch.size for epoch in verify_shop(log.directory, log.root_vkey)] == [51, 1]
    assert verify_shop(log.directory, log.root_vkey)[0].erased == 1


def test_a_mirror_that_lies_gives_nothing(log, tmp_path):
    log.append_many(problems(5000)[:20], month=MONTH)
    shutil.copytree(log.directory, tmp_path / "backup")
    log.append_many(problems(5000)[20:50], month=MONTH)
    path = log.public / "1" / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n50\n", b"\n51\n"))
    restored = Log.open(tmp_path / "backup")
    assert catch_up(restored, [DirectoryReader(log.public)]) == 0
    assert verify_log(restored.directory, restored.root_vkey).size == 20


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("v1", "v2"),
        lambda text: text.replace(" open", ""),
        lambda text: text.replace(" open", " 3 AAAA"),
        lambda text: text.replace("shop.example/commons+", "other.example+"),
        lambda text: text + text.splitlines()[-1] + "\n",
        lambda text: "\n".join(text.splitlines()[:2]) + "\n",
    ],
)
def test_an_identity_of_another_form_is_refused_even_when_signed(log, change):
    text = (log.public / "identity").read_text().split("\n\n")[0] + "\n"
    note = sign_note(change(text), [(log.keys.root_key(log.name), log.keys.need_root().sign)])
    with pytest.raises((BadEncoding, NotVerified)):
        open_identity(note, log.root_vkey)
