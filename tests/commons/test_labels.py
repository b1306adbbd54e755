"""Labels and blocks are records that a shop heeds if it chose who gives them."""

import json

from click.testing import CliRunner

from glocal.cli.commons import commons
from glocal.commons.knowledge import Known
from glocal.commons.labels import heeded, shop_target
from glocal.commons.record_names import content_id
from glocal.commons.schema import check_record
from tests.commons.shops import MONTH, new_log, problem


def said(shop, record):
    return Known(shop, f"{shop}+key", 1, 0, record)


def label(target, name, word):
    record = {"v": 1, "kind": "label", "id": content_id({"t": target, "w": word}), "epoch": 1, "month": MONTH}
    record |= {"lang": "en", "licence": "CC0-1.0", "target": target, "node": name, "label": word}
    check_record(record)
    return record


def test_only_chosen_judges_hide_and_only_what_they_named():
    spam, good, other = problem(1), problem(2), problem(3)
    known = [said("bad", spam), said("bad", good), said("worse", other)]
    labels = [said("judge", label(spam["id"], "bad", "spam")), said("judge", label(good["id"], "bad", "nice"))]
    labels.append(said("judge", label(shop_target("worse+key"), "worse", "block")))
    labels.append(said("bad", label(good["id"], "bad", "spam")))  # nobody asked this one
    seen = {entry.record["id"] for entry in heeded([*known, *labels], {"judge+key"})}
    assert good["id"] in seen
    assert not {spam["id"], other["id"]} & seen
    assert {spam["id"], other["id"]} <= {entry.record["id"] for entry in heeded([*known, *labels], {"own+key"})}


def test_a_record_is_not_hidden_because_a_shop_that_copied_its_id_is():
    known = [said("good", problem(1)), said("copier", {**problem(1), "text": "Buy my plate."})]
    judged = said("judge", label(problem(1)["id"], "copier", "spam"))
    assert [entry.shop for entry in heeded([*known, judged], {"judge+key"})] == ["good", "judge"]


def test_a_blocked_shop_is_not_found_any_more(log, tmp_path):
    other = new_log(tmp_path / "other", "other.example")
    other.append(problem(1), month=MONTH)

    def run(*words):
        call = [*words, "--log", str(log.directory), "--json"]
        return json.loads(CliRunner().invoke(commons, call, catch_exceptions=False).stdout)

    run("follow", str(other.public), "--key", other.root_vkey)
    run("sync")
    before = run("search", "nothing")["searched"]
    assert run("block", other.root_vkey)["created"]
    assert not run("block", other.root_vkey)["created"]
    assert run("search", "nothing")["searched"] == before - 1
