"""Which parts a manifest of each dialect names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glocal.commons.okh import read_manifest
from glocal.commons.okh_parts import OkhPart, parts_of

OKH2 = b"""
okhv = "OKH-LOSHv1.0"
name = "Lamp"
tsdc = ["ASM"]
[[part]]
name = "foot"
source = ["foot.scad", "foot.FCStd"]
export = ["foot.STL"]
tsdc = ["3DP"]
mass = 12.5
outer-dimensions = {width = 40, depth = 30.0, height = 20}
[[part]]
source = "arm.dxf"
outer-dimensions = {openSCAD = "cube(size = [4, 3.5,1.5])", unit = "cm"}
"""
OKH1 = b"""
title: Hook
manufacturing-files:
  - path: https://example.org/files/hook.stl?raw=1
    title: hook
design-files: [{path: hook.pdf}]
"""
OTHERS = b"""
title: Box
parts:
  - {name: lid, quantity: 2, manufacturing_processes: [3D Printing], material: PETG, files: [{path: lid.3mf}]}
  - {name: glass, process: Laser Cutting}
  - nothing
"""


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        (
            "okh.toml",
            OKH2,
            [
                OkhPart("foot", ("foot.STL", "foot.scad"), (40, 30, 20), ("3DP",), mass_g=12.5),
                OkhPart("part 2", (), (40, 35, 15), ("ASM",)),
            ],
        ),
        ("okh.yml", OKH1, [OkhPart("hook.stl?raw=1", ("https://example.org/files/hook.stl?raw=1",))]),
        (
            "box.yml",
            OTHERS,
            [
                OkhPart("lid", ("lid.3mf",), None, ("3D Printing",), 2, "PETG"),
                OkhPart("glass", (), None, ("Laser Cutting",)),
            ],
        ),
        ("a.yml", b"title: Bread\n", []),
        ("a.toml", b'okhv = "x"\nname = "A"\n[part]\nname = "B"\nsource = "b.stl"\n', [OkhPart("B", ("b.stl",))]),
        ("a.toml", b'okhv = "x"\nname = "A"\n[part.a]\nsource = "a.stl"\n[part.b]\nexport = "b.stl"\n',
         [OkhPart("a", ("a.stl",)), OkhPart("b", ("b.stl",))]),
        ("a.toml", b'okhv = "x"\nname = "A"\nouter-dimensions = {width = 1, depth = 2, height = 3}\n',
         [OkhPart("A", (), (1, 2, 3))]),
        ("a.yml", b"title: A\nouter_dimensions: {length: 5, width: 4, height: 3}\n", [OkhPart("A", (), (5, 4, 3))]),
        ("a.yml", b"title: A\nouter-dimensions: {x: 5, y: 4, z: 3, unit: cm}\n", [OkhPart("A", (), (50, 40, 30))]),
        ("a.toml", b'okhv = "x"\nname = "A"\nouter-dimensions = {width = -1, depth = "x", height = nan}\n', []),
    ],
)  # fmt: skip
def test_parts(name: str, text: bytes, parts: list[OkhPart]) -> None:
    found = parts_of(read_manifest(text, name))
    assert [replace(part, name="") for part in found] == [replace(part, name="") for part in parts]


def test_names() -> None:
    assert [part.name for part in parts_of(read_manifest(OKH2, "okh.toml"))] == ["foot", "part 2"]
    assert parts_of(read_manifest(b"title: A\ndesign-files: [{path: x/hook.stl}]", "a.yml"))[0].name == "hook"


def test_what_is_printed() -> None:
    assert OkhPart("a", ("a.stl",)).printed
    assert OkhPart("a", (), None, ("FDM",)).printed
    assert not OkhPart("a", ("a.stl",), None, ("LAS",)).printed
    assert not OkhPart("a").printed


def test_names_in_other_capitals_and_blanks_are_heard_and_stay_as_written():
    text = b"Title: Clamp\nDate_Created: 2024-01-02\nLicense: {Hardware: CERN-OHL-P-2.0}\nOwn Field: 1\n"
    manifest = read_manifest(text, "okh.yml")
    assert (manifest.title, manifest.licences) == ("Clamp", {"hardware": "CERN-OHL-P-2.0"})
    assert list(manifest.raw) == ["Title", "Date_Created", "License", "Own Field"]
    told = [str(entry) for entry in manifest.deviations]
    assert "Title is not how the standard writes it: read as title" in told
    assert "Own Field is no field of the standard: kept under its name" in told


def test_open_know_how_written_as_json_is_read_as_such():
    assert read_manifest(b'{"okhv": "2.4", "name": "Stool", "license": "MIT"}', "stool.json").title == "Stool"
    older = read_manifest(b'{"title": "Stool", "okh-manifest-version": "1.0"}', "stool.json")
    assert (older.dialect, older.title) == ("okh1", "Stool")
    assert read_manifest(b'{"name": "stool", "title": "Stool"}', "x.json").dialect == "datapackage"


def test_of_several_yaml_documents_the_first_is_read():
    manifest = read_manifest(b"--- \ntitle: First\n---\ntitle: Second\n", "okh.yml")
    assert manifest.title == "First"
    assert "the file holds several documents: the first is read" in map(str, manifest.deviations)
