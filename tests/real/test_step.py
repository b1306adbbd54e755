"""STEP files through the real reader in its real cage: solids in their own unit, and files that mean harm."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path

import pytest

from glocal.design.errors import MeshEmpty, MeshFileMalformed, MeshFileTooBig, StepNotRead
from glocal.design.meshfile import read_mesh_bytes
from glocal.design.sandbox_bwrap import bundle_dir
from glocal.design.solid import prove_solid
from glocal.design.step_occt import READ_WITHIN_S, read_step
from tests.design.step_files import HEAD, TAIL, UNITS, step_box, step_cylinder

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (bundle_dir("occt") / "occt.wasm").is_file(), reason="make setup makes the reader"),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
START = HEAD.format(kind="ADVANCED_BREP_SHAPE_REPRESENTATION", unit=UNITS["mm"])


def test_a_box_in_inches_is_read_in_millimetres_whatever_unit_was_said() -> None:
    mesh = read_mesh_bytes(step_box(1, 2, 3, "inch"), ".STP", unit_mm=10.0)
    assert mesh.extent_mm == pytest.approx((25.4, 50.8, 76.2))
    assert mesh.volume_mm3 == pytest.approx(6 * 25.4**3)


def test_round_faces_are_close_and_closed() -> None:
    mesh = read_mesh_bytes(step_cylinder(10, 20), ".step")
    prove_solid(mesh)
    assert mesh.volume_mm3 == pytest.approx(math.pi * 100 * 20, rel=1e-3)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"solid box", MeshFileMalformed, "not a STEP file"),
        (step_box(1, 2, 3)[:1800], MeshFileMalformed, "Incorrect syntax"),
        ((START + "#20=A(" + 200_000 * "(" + 200_000 * ")" + ");\n" + TAIL).encode(), MeshFileMalformed, "call stack"),
        ((START + "#20=MANIFOLD_SOLID_BREP('',#20);\n" + TAIL).encode(), MeshEmpty, "no solid"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(data: bytes, error: type[MeshFileMalformed], words: str) -> None:
    with pytest.raises(error, match=words):
        read_step(data)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    begin = time.monotonic()
    with pytest.raises(MeshFileTooBig, match="takes longer"):
        read_step(step_box(1, 2, 3), within_s=0.05)
    assert time.monotonic() - begin < READ_WITHIN_S


def test_without_the_reader_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepNotRead, match="cannot be read on this computer") as refused:
        read_step(step_box(1, 2, 3), engine_dir=tmp_path)
    assert refused.value.help == "Export it as 3MF."
