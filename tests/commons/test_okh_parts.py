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
