from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trimesh
from click.testing import CliRunner

from glocal.cli.match import match
from glocal.cli.network import makers
from glocal.cli.quote import quote
from glocal.network.errors import NeedBroken, NoMakers
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


def test_without_makers_the_way_to_some_is_told(files: Path) -> None:
    """Nobody imported a list, and none is named: matching, listing and exporting say what would help."""
    for command, words in (
        (match, [str(files / "need.json"), "--near", "1,2"]),
        (makers, ["list"]),
        (makers, ["export", "o"]),
    ):
        error = CliRunner().invoke(command, words).exception
        assert isinstance(error, NoMakers)
        assert "glocal makers import" in error.help


def test_wrong_words(files: Path) -> None:
    run = CliRunner().invoke
    assert run(match, [str(files / "need.json"), "--near", "here"]).exit_code == 2
    assert run(match, [str(files / "need.json"), "--near", "1,2", "--by", "soon"]).exit_code == 2
    (files / "need.json").write_text("{}")
    assert isinstance(run(match, [str(files / "need.json"), "--near", "1,2"]).exception, NeedBroken)


OKH = """
okhv = "OKH-LOSHv1.0"
name = "Lamp"
[[part]]
name = "foot"
export = ["foot.stl", "foot.step"]
tsdc = "3DP"
material = "PLA"
[[part]]
name = "shade"
source = "https://example.org/shade.stl"
outer-dimensions = {width = 190.0, depth = 185.0, height = 60.0}
[[part]]
name = "arm"
source = "arm.dxf"
tsdc = "LAS"
[[part]]
name = "secret"
export = "../../etc/secret.stl"
"""


def test_an_open_know_how_manifest_is_asked_for_part_by_part(files: Path) -> None:
    cube = trimesh.creation.box((40.0, 30.0, 20.0))
    cube.export(files / "foot.stl")
    (files / "okh.toml").write_text(OKH)
    question = ["--near", "52.5,13.4", "--makers", str(files / "m.json"), "--now", "2026-03-02T08:00"]
    answer = json.loads(CliRunner().invoke(match, [str(files / "okh.toml"), *question, "--json"]).stdout)
    foot, shade = answer["parts"]
    assert {offer["maker"] for offer in foot["accepted"] + foot["unknown"]} == {"anna", "ben"}
    assert [r["maker"] for r in shade["rejected"]] == ["ben"]  # by its outer dimensions alone
    assert shade["unknown"][0]["reasons"][0]["code"] == "time_unknown"
    reasons = {left_out["part"]: left_out["reason"] for left_out in answer["not_asked"]}
    assert reasons["arm"] == "is made by LAS, the makers here print"
    assert "does not lie beside" in reasons["secret"]
    assert [r["maker"] for r in answer["rejected"]] == ["ben"]
    assert answer["rejected"][0]["reasons"][0]["message"].startswith("shade: bed 180 × 180")
    assert "all 2 parts" in CliRunner().invoke(match, [str(files), *question]).stdout


@pytest.mark.parametrize(
    ("name", "manifest"),
    [
        ("okh.json", {"okhv": "1.0", "title": "Foot", "parts": [{"name": "foot", "files": ["foot.stl"]}]}),
        ("datapackage.json", {"name": "foot", "resources": [{"name": "foot", "path": "foot.stl"}]}),  # as Manyfold
    ],
)
def test_packages_of_others_are_asked_for_as_a_directory(files: Path, name: str, manifest: dict[str, Any]) -> None:
    trimesh.creation.box((40.0, 30.0, 20.0)).export(files / "foot.stl")
    (files / name).write_text(json.dumps(manifest))
    question = ["--near", "52.5,13.4", "--makers", str(files / "m.json"), "--now", "2026-03-02T08:00", "--json"]
    for asked in (files, files / name):
        answer = json.loads(CliRunner().invoke(match, [str(asked), *question]).stdout)
        assert [part["part"] for part in answer["parts"]] == ["foot"]
    told = CliRunner().invoke(quote, [str(files)])
    assert told.exit_code == 2
    assert "holds no design with parameters" in told.output


def test_a_manifest_that_names_nothing_printable(files: Path) -> None:
    (files / "bread.yml").write_text("title: Bread\ndescription: to eat\n")
    error = CliRunner().invoke(match, [str(files / "bread.yml"), "--near", "1,2"]).exception
    assert isinstance(error, NeedBroken)
    assert "names no part" in error.message


def test_a_machine_that_nobody_measured_takes_between_what_known_kinds_take(files: Path) -> None:
    trimesh.creation.box((40.0, 30.0, 20.0)).export(files / "foot.stl")
    garage = printer(machine=kind(id="garage"))
    write_makers(
        files / "two.json", [maker("anna", garage), maker("ben", printer(machine=kind(id="big", nozzle_mm=1.0)))]
    )
    question = ["--near", "52.5,13.4", "--makers", str(files / "two.json"), "--json"]
    answer = json.loads(CliRunner().invoke(match, [str(files / "foot.stl"), *question]).stdout)
    assert answer["accepted"][0]["ready_low"] < answer["accepted"][0]["ready_high"]
    assert "print time uncertain: nobody measured this machine" in answer["accepted"][0]["reasons"][0]
    assert answer["unknown"][0]["reasons"][0]["code"] == "time_unknown"
