import json

import pytest

from glocal.design.errors import PackageInvalid
from glocal.design.package import load_package, template_from_scad
from glocal.design.parameter_sets import read_parameter_sets, write_parameter_sets
from glocal.design.parameters import bind, matters

SOURCE = "use <parts/thread.scad>\nd = 6; // [3:0.1:12]\nthread(d);\n"


def manifest(**changes):
    glocal = {
        "source": "knob.scad",
        "title": {"en": "Knob", "fr": "Bouton"},
        "parameters": {"d": {"unit": "mm", "origin": "measured", "hard_min": 3, "labels": {"en": "Shaft"}}},
        "constraints": [{"expression": "d > 2", "message": {"en": "Too thin."}}],
        "print": {"materials": ["PETG"]},
        "presets": {"guitar": {"d": 6.35}},
    }
    whole = {
        "name": "knob",
        "version": "1.0.0",
        "licenses": [{"name": "CC-BY-4.0"}],
        "contributors": [{"title": "Ada"}],
        "resources": [{"path": "knob.scad"}],
        "glocal": glocal | changes.pop("glocal", {}),
    }
    return whole | changes


@pytest.fixture
def package(tmp_path):
    def write(content=None, source=SOURCE):
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "parts" / "thread.scad").write_text("module thread(d) cylinder(d = d, h = 5);\n")
        (tmp_path / "knob.scad").write_text(source)
        text = content if isinstance(content, str) else json.dumps(content or manifest())
        (tmp_path / "datapackage.json").write_text(text)
        return tmp_path

    return write


def test_a_package_says_what_the_customizer_cannot(package):
    knob = load_package(package())
    assert (knob.id, knob.version, knob.licence, knob.authors) == ("knob", "1.0.0", "CC-BY-4.0", ("Ada",))
    assert knob.title == {"en": "Knob", "fr": "Bouton"}
    assert knob.notes["d"].origin == "measured"
    assert knob.presets == {"guitar": {"d": 6.35}}
    assert set(knob.files) == {"parts/thread.scad"}
    assert bind(knob, knob.presets["guitar"]) == {"d": 6.35}


@pytest.mark.parametrize(
    ("ours", "meant"),
    [({"contraints": []}, "constraints"), ({"parameters": {"d": {"unitt": "mm"}}}, "unit")],
)
def test_a_mistyped_field_is_refused_with_the_one_that_was_meant(package, ours, meant):
    with pytest.raises(PackageInvalid, match="unknown field") as told:
        load_package(package(manifest(glocal=ours)))
    assert f"Did you mean “{meant}”?" in told.value.help
    load_package(package(manifest(glocal={"of_a_later_version": 1})))


def test_the_hash_follows_source_files_and_manifest(package):
    path = package()
    first = load_package(path).hash
    assert load_package(path).hash == first
    (path / "parts" / "thread.scad").write_text("module thread(d) cube(d);\n")
    second = load_package(path).hash
    package(manifest(version="1.0.1"))
    assert len({first, second, load_package(path).hash}) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("[]", "not an object"),
        ('{"a": NaN}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "glocal"),
        (manifest(name="../knob"), "name"),
        (manifest(name=5), "name"),
        (manifest(version=""), "version"),
        (manifest(licenses=[]), "SPDX"),
        (manifest(licenses=[{"name": "do what you want!"}]), "SPDX"),
        (manifest(contributors="Ada"), "contributors"),
        (manifest(glocal={"source": "other.scad"}), "other.scad"),
        (manifest(glocal={"source": "../../etc/passwd"}), "no file"),
        (manifest(glocal={"source": "/etc/passwd"}), "no file"),
        (manifest(resources=[{"path": "../secret.stl"}]), "no file"),
        (manifest(glocal={"title": {}}), "title"),
        (manifest(glocal={"title": {"english": "x"}}), "title"),
        (manifest(glocal={"parameters": {"q": {}}}), "'q'"),
        (manifest(glocal={"parameters": {"d": {"origin": "guessed"}}}), "origin"),
        (manifest(glocal={"parameters": {"d": {"hard_min": "3"}}}), "hard_min"),
        (manifest(glocal={"parameters": {"d": {"hard_min": 5, "hard_max": 4}}}), "hard_min"),
        (manifest(glocal={"parameters": {"d": {"colour": "red"}}}), "colour"),
        (manifest(glocal={"constraints": [{"expression": "d >", "message": "?"}]}), "rule"),
        (manifest(glocal={"constraints": [{"expression": "d > 1"}]}), "explain"),
        (manifest(glocal={"constraints": [{"expression": "z > 1", "message": "?"}]}), "'z'"),
        (manifest(glocal={"presets": {"a": {"z": 1}}}), "'z'"),
        (manifest(glocal={"presets": {"a": {"d": None}}}), "presets.a.d"),
    ],
)
def test_a_malformed_manifest_is_named(package, content, words):
    with pytest.raises(PackageInvalid) as caught:
        load_package(package(content))
    assert words in caught.value.message


def test_a_parameter_may_matter_only_with_some_values_of_others(package):
    source = 'd = 6; // [3:0.1:12]\nmount = "none"; // [none, screws]\nname = "";\ncube(d);\n'
    notes = {"d": {"only_with": {"mount": ["screws"], "name": True}}}
    knob = load_package(package(manifest(glocal={"parameters": notes, "presets": {}}), source))
    given = {"mount": "screws", "name": "Ada"}
    assert matters(knob.notes["d"], bind(knob, given))
    assert not matters(knob.notes["d"], bind(knob, {**given, "mount": "none"}))
    assert not matters(knob.notes["d"], bind(knob, {**given, "name": ""}))


@pytest.mark.parametrize(
    ("only_with", "words"), [({"mount": []}, "neither true nor a list"), ({"colour": True}, "'colour', which is no")]
)
def test_a_condition_that_cannot_be_is_named(package, only_with, words):
    parameters = {"d": {"only_with": only_with}}
    with pytest.raises(PackageInvalid, match=words):
        load_package(package(manifest(glocal={"parameters": parameters})))


def test_a_link_out_of_the_package_is_not_followed(package, tmp_path_factory):
    secret = tmp_path_factory.mktemp("outside") / "secret.scad"
    secret.write_text("password = 1;")
    path = package()
    (path / "knob.scad").unlink()
    (path / "knob.scad").symlink_to(secret)
    with pytest.raises(PackageInvalid):
        load_package(path)


def test_a_bare_file_brings_the_files_beside_it_that_it_names(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.scad").write_text("include <b.scad>\n")
    (tmp_path / "lib" / "b.scad").write_text("")
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "other.scad").write_text("")
    (tmp_path / "my design.scad").write_text(
        'include <lib/a.scad>\nimport("logo.svg");\nuse <../../etc/passwd>\nw = 1;\n'
    )
    design = template_from_scad(tmp_path / "my design.scad")
    assert set(design.files) == {"lib/a.scad", "lib/b.scad", "logo.svg"}
    assert design.id == "my-design"
    assert [p.name for p in design.parameters] == ["w"]


def test_a_file_from_windows_keeps_its_notes(tmp_path):
    (tmp_path / "x.scad").write_bytes("\ufeff// Width\r\nw = 1; // [0:3]\r\n".encode())
    (width,) = template_from_scad(tmp_path / "x.scad").parameters
    assert (width.caption, width.min, width.max) == ("Width", 0, 3)


def test_parameter_sets_are_read_and_written(package):
    knob = load_package(package())
    sets = read_parameter_sets(write_parameter_sets({"thick": {"d": 9.5}, "vector": {"v": (1.0, 2.5), "on": True}}))
    assert sets == {"thick": {"d": "9.5"}, "vector": {"v": "[1, 2.5]", "on": "true"}}
    assert bind(knob, sets["thick"]) == {"d": 9.5}


@pytest.mark.parametrize("data", [b"", b"{}", b'{"parameterSets": []}', b'{"parameterSets": {"a": 1}}', b"\xff\xfe"])
def test_a_broken_preset_file_is_named(data):
    with pytest.raises(PackageInvalid):
        read_parameter_sets(data)
