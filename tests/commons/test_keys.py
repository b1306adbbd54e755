import pytest

from glocal.commons.errors import KeysMissing, KeysUnsafe, LogExists
from glocal.commons.keys import create_keys, load_keys
from glocal.commons.log import Log
from tests.commons.shops import MONTH, problem


def test_keys_survive_writing_and_reading(tmp_path):
    made = create_keys(tmp_path / "keys")
    read = load_keys(tmp_path / "keys")
    assert made.operating_key("shop", 1) == read.operating_key("shop", 1)
    assert made.root_key("shop") == read.root_key("shop") != made.operating_key("shop", 1)
    assert made.alias("machine", "a") == read.alias("machine", "a") != read.alias("record", "a")


def test_keys_are_not_written_over(tmp_path):
    create_keys(tmp_path)
    with pytest.raises(LogExists):
        create_keys(tmp_path)


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    create_keys(tmp_path)
    (tmp_path / "operating-1.key").chmod(0o644)
    with pytest.raises(KeysUnsafe, match="Others"):
        load_keys(tmp_path)


def test_daily_work_needs_no_root_key(log):
    (log.private / "keys" / "root.key").unlink()
    daily = Log.open(log.directory)
    assert daily.append(problem(1), month=MONTH).index == 0
    with pytest.raises(KeysMissing, match="root key"):
        daily.keys.need_root()


def test_a_root_key_with_a_passphrase_opens_only_with_it(tmp_path):
    create_keys(tmp_path, passphrase=b"correct horse")
    assert load_keys(tmp_path).root is None
    assert load_keys(tmp_path, passphrase=b"correct horse").root is not None
    with pytest.raises(KeysMissing, match="cannot be read"):
        load_keys(tmp_path, passphrase=b"wrong")


def test_keys_show_nothing_of_themselves(tmp_path):
    keys = create_keys(tmp_path)
    assert keys.pseudonym.hex() not in repr(keys)
    assert "Ed25519" not in repr(keys)


def test_a_missing_or_damaged_key_file_says_so(tmp_path):
    with pytest.raises(KeysMissing, match="no keys"):
        load_keys(tmp_path)
    create_keys(tmp_path)
    (tmp_path / "operating-1.key").write_text("nonsense")
    with pytest.raises(KeysMissing, match="cannot be read"):
        load_keys(tmp_path)
