import json
import shutil
import threading

import pytest
from click.testing import CliRunner

from glocal.cli.commons import commons
from glocal.cli.web_server import PortTaken
from glocal.commons.errors import AddressRefused, BadEncoding, BadSignature, LogExists, LogWasCopied, RecordRefused
from glocal.commons.serve import LogServer
from glocal.commons.starter import starter_problems
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
    appended = run("publish", "-", "--month", "2026-11", text=json.dumps(problem(1)))
    assert (appended["index"], appended["created"], appended["size"]) == (0, True, 1)
    assert not run("publish", "-", text=json.dumps(problem(1)))["created"]
    assert run("status")["kinds"] == {"problem": 1}
    assert run("verify")["size"] == 1
    exported = run("export", str(tmp_path / "stick"))
    assert run("verify", str(tmp_path / "stick"), "--key", begun["root_vkey"])["root"] == exported["root"]


def test_the_default_place_is_the_shops_state_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("GLOCAL_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(commons, ["init", "shop.example", "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["directory"] == str(tmp_path / "home" / "commons")


@pytest.mark.parametrize("host", ["not a host", "ü..x", "a" * 80])
def test_a_host_that_is_none_is_refused_in_words(host, tmp_path):
    with pytest.raises(PortTaken, match="no address"):
        CliRunner().invoke(commons, ["serve", "--host", host, "--directory", str(tmp_path)], catch_exceptions=False)


def test_a_copy_under_another_key_is_refused(run, tmp_path):
    run("init", "shop.example/commons")
    other = new_log(tmp_path / "other")
    with pytest.raises(BadSignature):
        run("verify", "--key", other.root_vkey)


def test_a_damaged_copy_is_refused_by_the_name_of_its_file(run, tmp_path):
    run("init", "shop.example/commons")
    run("publish", "-", text=json.dumps(problem(1)))
    run("export", str(tmp_path / "stick"))
    (tmp_path / "stick" / "1" / "content" / "0" / "000").write_bytes(b"x")
    with pytest.raises(BadEncoding, match="In content/0/000: "):
        run("verify", str(tmp_path / "stick"))


@pytest.mark.parametrize("address", ["ftp://shop.example/commons", "http://127.0.0.1:8000", "http://[fe80::1]/commons"])
def test_what_cannot_be_a_peer_is_not_followed_even_with_its_key(run, address, tmp_path):
    key = run("init", "shop.example/commons")["root_vkey"]
    with pytest.raises(AddressRefused):
        run("follow", address, "--key", key)
    with pytest.raises(BadEncoding, match="name\\+id\\+key"):
        run("follow", str(tmp_path), "--key", key[:-1])


def test_what_is_no_record_is_refused(run):
    run("init", "shop.example/commons")
    for text in ("", "[1]", "{", '{"kind": "diary"}', "[" * 100_000):
        with pytest.raises(RecordRefused):
            run("publish", "-", text=text)


def test_an_export_does_not_write_over_anything(run, tmp_path):
    run("init", "shop.example/commons")
    with pytest.raises(LogExists):
        run("export", str(tmp_path))


def test_a_record_is_taken_back(run):
    run("init", "shop.example/commons")
    run("publish", "-", text=json.dumps(problem(1)))
    assert run("retract", problem(1)["id"], "--reason", "privacy")["index"] == 1
    assert run("status")["kinds"] == {"retract": 1}
    assert run("verify")["erased"] == 1


def test_a_moved_log_and_a_successor(run, tmp_path):
    run("init", "shop.example/commons")
    run("publish", "-", text=json.dumps(problem(1)))
    shutil.copytree(tmp_path / "shop", tmp_path / "old")
    shutil.rmtree(tmp_path / "shop")
    shutil.copytree(tmp_path / "old", tmp_path / "shop")
    with pytest.raises(LogWasCopied):
        run("publish", "-", text=json.dumps(problem(2)))
    run("moved")
    assert run("publish", "-", text=json.dumps(problem(2)))["index"] == 1
    assert run("successor", "--from", str(tmp_path / "old"))["epoch"] == 2
    assert run("publish", "-", text=json.dumps(problem(3)))["index"] == 0


def shop(path):
    def run(*words, text=None, code=0):
        arguments = [*words, "--json"] if words[0] == "judge" else [*words, "--log", str(path), "--json"]
        result = CliRunner().invoke(commons, arguments, input=text, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return run


def test_three_shops_of_which_one_lies(tmp_path):
    honest, liar, reader = shop(tmp_path / "honest"), shop(tmp_path / "liar"), shop(tmp_path / "reader")
    key = honest("init", "honest.example")["root_vkey"]
    liar("init", "liar.example")
    for number in range(3):
        honest("publish", "-", text=json.dumps(problem(number)))
        liar("publish", "-", text=json.dumps(problem(number)))
    reader("follow", str(tmp_path / "honest"), "--key", key)
    reader("follow", str(tmp_path / "liar"))
    assert sorted((peer["name"], peer["size"]) for peer in reader("sync")["peers"]) == [
        ("honest.example", 3),
        ("liar.example", 3),
    ]
    shutil.copytree(tmp_path / "liar", tmp_path / "twin")
    twin = shop(tmp_path / "twin")
    twin("moved")
    twin("publish", "-", text=json.dumps(problem(8)))
    liar("publish", "-", text=json.dumps(problem(9)))
    reader("follow", str(tmp_path / "liar"), "--mirror", str(tmp_path / "twin"))
    peers = {peer["name"]: peer for peer in reader("sync", code=5)["peers"]}
    assert not peers["honest.example"]["fork"]
    (event,) = [event for event in peers["liar.example"]["events"] if event["code"] == "fork"]
    assert reader("judge", event["evidence"])["sizes"] == [4, 4]


def test_a_mirror_holds_the_own_log_and_the_followed_ones(tmp_path):
    one, two = shop(tmp_path / "one"), shop(tmp_path / "two")
    one("init", "one.example")
    one("publish", "-", text=json.dumps(problem(1)))
    two("init", "two.example")
    two("follow", str(tmp_path / "one"))
    two("sync")
    logs = two("mirror", str(tmp_path / "mirror"))["logs"]
    assert sorted((log["name"], log["size"]) for log in logs) == [("one.example", 1), ("two.example", 0)]
    three = shop(tmp_path / "three")
    path = next(log["path"] for log in logs if log["name"] == "one.example")
    three("follow", str(tmp_path / "mirror" / path))
    assert three("sync")["peers"][0]["size"] == 1
    assert len(two("mirror", str(tmp_path / "mirror"))["logs"]) == 2


def test_following_over_http_asks_only_once_for_what_has_not_changed(tmp_path):
    one, two = shop(tmp_path / "one"), shop(tmp_path / "two")
    one("init", "one.example")
    one("publish", "-", text=json.dumps(problem(1)))
    with LogServer(tmp_path / "one" / "public") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(AddressRefused):
            two("follow", server.url)
        two("follow", server.url, "--home")
        assert two("sync")["peers"][0]["new_entries"] == 1
        assert two("sync")["peers"][0]["new_entries"] == 0
        server.shutdown()
    (tags,) = (tmp_path / "two" / "peers").glob("*/tags.json")
    assert server.url in json.loads(tags.read_text())


def test_a_question_finds_what_a_followed_shop_knows(tmp_path):
    one, two = shop(tmp_path / "one"), shop(tmp_path / "two")
    one("init", "one.example")
    one("publish", "-", text=json.dumps(problem(1)))
    two("follow", str(tmp_path / "one"))
    two("sync")
    found = two("search", "corners lifting")
    assert (found["searched"], found["hits"][0]["reference"]) == (1 + len(starter_problems()), "one.example/1#0")
