import json
import shutil

import pytest
from click.testing import CliRunner

from glocal.cli.commons import commons
from glocal.commons.errors import BadSignature, LogExists, LogWasCopied, RecordRefused
from tests.commons.shops import new_log, problem


@pytest.fixture
def run(tmp_path):
    def run(*words, text=None):
        result = CliRunner().invoke(
            commons, [*words, "--log", str(tmp_path / "shop"), "--json"], input=text, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def test_a_log_from_its_beginning_to_a_memory_stick(run, tmp_path):
    begun = run("init", "shop.example/commons")
    appended = run("append", "-", "--month", "2026-11", text=json.dumps(problem(1)))
    assert (appended["index"], appended["created"], appended["size"]) == (0, True, 1)
    assert not run("append", "-", text=json.dumps(problem(1)))["created"]
    assert run("status")["kinds"] == {"problem": 1}
    assert run("verify")["size"] == 1
    exported = run("export", str(tmp_path / "stick"))
    assert run("verify", str(tmp_path / "stick"), "--key", begun["root_vkey"])["root"] == exported["root"]


def test_the_default_place_is_the_shops_state_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("GLOCAL_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(commons, ["init", "shop.example", "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["directory"] == str(tmp_path / "home" / "commons")


def test_a_copy_under_another_key_is_refused(run, tmp_path):
    run("init", "shop.example/commons")
    other = new_log(tmp_path / "other")
    with pytest.raises(BadSignature):
        run("verify", "--key", other.root_vkey)


def test_what_is_no_record_is_refused(run):
    run("init", "shop.example/commons")
    for text in ("", "[1]", "{", '{"kind": "diary"}', "[" * 100_000):
        with pytest.raises(RecordRefused):
            run("append", "-", text=text)


def test_an_export_does_not_write_over_anything(run, tmp_path):
    run("init", "shop.example/commons")
    with pytest.raises(LogExists):
        run("export", str(tmp_path))


def test_a_record_is_taken_back(run):
    run("init", "shop.example/commons")
    run("append", "-", text=json.dumps(problem(1)))
    assert run("retract", problem(1)["id"], "--reason", "privacy")["index"] == 1
    assert run("status")["kinds"] == {"retract": 1}
    assert run("verify")["erased"] == 1


def test_a_moved_log_and_a_successor(run, tmp_path):
    run("init", "shop.example/commons")
    run("append", "-", text=json.dumps(problem(1)))
    shutil.copytree(tmp_path / "shop", tmp_path / "old")
    shutil.rmtree(tmp_path / "shop")
    shutil.copytree(tmp_path / "old", tmp_path / "shop")
    with pytest.raises(LogWasCopied):
        run("append", "-", text=json.dumps(problem(2)))
    run("moved")
    assert run("append", "-", text=json.dumps(problem(2)))["index"] == 1
    assert run("successor", "--from", str(tmp_path / "old"))["epoch"] == 2
    assert run("append", "-", text=json.dumps(problem(3)))["index"] == 0
