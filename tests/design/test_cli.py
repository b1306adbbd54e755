"""The commands of the design room, as other programs call them."""

import json

import pytest

from glocal.cli import main
from glocal.design.meshfile import write_stl
from tests.design.templates import box, without_faces

SOURCE = """// Width
w = 30; // [10:0.5:60]
style = "round"; // [round:Round, square:Square]
cube(w);
"""


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr("sys.argv", ["glocal", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def design_file(tmp_path):
    path = tmp_path / "block.scad"
    path.write_text(SOURCE)
    return path


def test_inspect_lists_parameters(run, design_file):
    code, out, _ = run("design", "inspect", design_file, "--json")
    assert code == 0
    width, style = json.loads(out)["parameters"]
    assert {"name": "w", "type": "number", "group": "Parameters", "caption": "Width"}.items() <= width.items()
    assert (width["initial"], width["min"], width["max"], width["step"], width["options"]) == (30, 10, 60, 0.5, [])
    assert style["options"] == [{"name": "Round", "value": "round"}, {"name": "Square", "value": "square"}]


def test_inspect_in_words(run, design_file):
    code, out, _ = run("design", "inspect", design_file)
    assert code == 0
    assert "10 to 60 in steps of 0.5" in out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-P", "w=99"), 3),
        (("-P", "x=1"), 3),
        (("-P", "w"), 2),
        (("--preset", "none"), 2),
        ((), 2),  # the output's name ends in nothing that we write
    ],
)
def test_build_refuses_before_the_engine_starts(run, design_file, tmp_path, words, code):
    output = tmp_path / ("part.3mf" if words else "part.gcode")
    assert run("design", "build", design_file, *words, "-o", output)[0] == code
    assert not output.exists()


@pytest.mark.real
@pytest.mark.parametrize("suffix", [".3mf", ".stl", ".off", ".glb"])
def test_build_writes_a_part(run, design_file, tmp_path, suffix):
    presets = tmp_path / "presets.json"
    presets.write_text('{"parameterSets": {"small": {"w": "12", "gone": "1"}}}')
    output = tmp_path / f"part{suffix}"
    code, out, _ = run(
        "design", "build", design_file, "--presets", presets, "--preset", "small", "-o", output, "--json"
    )
    assert code == 0
    told = json.loads(out)
    assert told["watertight"] is True
    assert (told["triangles"], told["extent_mm"], told["values"]["w"]) == (12, [12, 12, 12], 12)
    assert told["volume_mm3"] == pytest.approx(1728)
    assert told["cpu_s"] > 0
    assert told["warnings"] == []
    assert len(told["hash"]) == 64
    assert output.stat().st_size > 100


@pytest.mark.real
def test_presets_are_kept_beside_each_other_and_read_again(run, design_file, tmp_path):
    presets = tmp_path / "block.json"
    assert run("design", "preset", design_file, "wide", "-P", "w=55", "-o", presets)[0] == 0
    code, out, _ = run("design", "preset", design_file, "cubic", "-P", "style=square", "-o", presets, "--json")
    assert code == 0
    assert json.loads(out)["presets"] == ["cubic", "wide"]
    assert json.loads(presets.read_text()) == {
        "fileFormatVersion": "1",
        "parameterSets": {"wide": {"w": "55", "style": "round"}, "cubic": {"w": "30", "style": "square"}},
    }
    assert run("design", "preset", design_file, "huge", "-P", "w=900", "-o", presets)[0] == 3
    assert "huge" not in presets.read_text()


def test_check_says_whether_it_can_be_printed(run, tmp_path):
    good, opened, tall, broken = (tmp_path / f"{name}.stl" for name in ("good", "open", "tall", "broken"))
    good.write_bytes(write_stl(box(20, 20, 20)))
    opened.write_bytes(write_stl(without_faces(box(20, 20, 20), 0)))
    tall.write_bytes(write_stl(box(20, 20, 500)))
    broken.write_bytes(b"this is not a mesh")
    code, out, _ = run("check", good, "--json")
    assert (code, json.loads(out)["printable"], json.loads(out)["findings"]) == (0, True, [])
    code, out, _ = run("check", opened, "--machine", "reference", "--json")
    assert code == 4
    (finding,) = json.loads(out)["findings"]
    assert set(finding) == {"code", "severity", "message", "help", "where", "figures"}
    assert "open in 1 place" in finding["message"]
    assert run("check", tall)[0] == 4
    code, out, err = run("check", broken, "--json")
    assert code == 3
    assert json.loads(out)["error"]["code"] == "mesh_file_malformed"
    assert "shorter than an STL header" in err
