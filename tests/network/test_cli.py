from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glocal.cli.network import makers, match
from glocal.network.errors import NeedBroken
from glocal.network.maker_files import write_makers
from tests.network.builders import kind, maker, printer

NEED = {"extent_mm": [190, 185, 60], "material_id": "pla", "print_s": {"value": 7200, "low": 6000, "high": 9000}}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLOCAL_HOME", str(tmp_path / "home"))
    write_makers(tmp_path / "m.json", [maker("anna"), maker("ben", printer(machine=kind((180, 180), 180)))])
    need = {**NEED, "print_s": {**NEED["print_s"], "source": "test"}}  # type: ignore[dict-item]
    (tmp_path / "need.json").write_text(json.dumps(need))
    return tmp_path


def test_import_list_export_match(files: Path) -> None:
    run = CliRunner().invoke
    assert json.loads(run(makers, ["import", str(files / "m.json"), "--json"]).stdout)["stored"] == 2
    assert "2 makers read, 2 in the list now" in run(makers, ["import", str(files / "m.json")]).stdout
    assert [m["id"] for m in json.loads(run(makers, ["list", "--json"]).stdout)["makers"]] == ["anna", "ben"]
    assert "MK3S" in run(makers, ["list"]).stdout
    run(makers, ["export", str(files / "out.json")])
    assert (files / "out.json").read_bytes() == (files / "m.json").read_bytes()
    question = [str(files / "need.json"), "--near", "52.5,13.4", "--by", "2026-03-05", "--now", "2026-03-02T08:00"]
    answer = json.loads(run(match, [*question, "--json"]).stdout)
    assert [offer["maker"] for offer in answer["accepted"]] == ["anna"]
    assert answer["rejected"][0]["reasons"][0]["message"] == "bed 180 × 180, part needs 190 in any orientation"
    text = run(match, question).stdout
    assert "Anna: 4.00 EUR" in text
    assert "Ben: bed 180" in text


def test_wrong_words(files: Path) -> None:
    run = CliRunner().invoke
    assert run(match, [str(files / "need.json"), "--near", "here"]).exit_code == 2
    assert run(match, [str(files / "need.json"), "--near", "1,2", "--by", "soon"]).exit_code == 2
    (files / "need.json").write_text("{}")
    assert isinstance(run(match, [str(files / "need.json"), "--near", "1,2"]).exception, NeedBroken)
