"""Quotes against the installed slicer: the estimate's band, the exact quote, the command, and broken meshes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from glocal.cli.quote import quote
from glocal.design.meshfile import write_stl
from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.errors import GlocalError
from glocal.production.materials import get_material
from glocal.production.prusaslicer import PrusaSlicer
from glocal.production.prusaslicer_profiles import get_machine
from glocal.production.recipes import default_recipe
from glocal.quoting.calibrate import calibrate
from glocal.quoting.calibration import load_calibration
from glocal.quoting.errors import CannotPrice, NotCalibrated
from glocal.quoting.piece import use_of_piece
from tests.quoting.test_layers import a_box

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def slicer(tmp_path_factory: pytest.TempPathFactory) -> PrusaSlicer:
    """Return the installed slicer, or skip."""
    installed = PrusaSlicer(tmp_path_factory.mktemp("slices"))
    try:
        assert installed.version
    except GlocalError as error:
        pytest.skip(error.message)
    return installed


def block_with_a_slot() -> Mesh:
    """Return a shape that no calibration was fitted on: a U-shaped block."""
    from manifold3d import Manifold

    solid = Manifold.cube((33, 21, 17)) - Manifold.cube((19, 23, 9)).translate((7, -1, 8))
    mesh = solid.to_mesh()
    return Mesh(np.array(mesh.vert_properties, dtype=np.float64)[:, :3], np.array(mesh.tri_verts, dtype=np.int32))


@pytest.mark.parametrize("mesh", [a_box(23, 17, 9), block_with_a_slot()], ids=["box", "block with a slot"])
def test_the_estimate_is_close_to_the_slicer_on_new_shapes(slicer: PrusaSlicer, mesh: Mesh) -> None:
    """Within three times the held-out 90 % error, and the slicer's time inside the quoted interval."""
    machine, material = get_machine("reference"), get_material("pla")
    recipe, part = default_recipe(machine), part_from_mesh(mesh, "new")
    try:
        calibration = load_calibration(slicer.version, machine.id, recipe.id)
    except NotCalibrated as error:
        pytest.skip(error.message)
    instant, why = use_of_piece(part, machine, material, recipe, slicer)
    exact, _ = use_of_piece(part, machine, material, recipe, slicer, exact=True)
    assert why is None
    assert (instant.method, exact.method) == ("instant", "exact")
    allowed = 3 * calibration.time_error.p90_percent / 100
    assert instant.time_s.value == pytest.approx(exact.time_s.value, rel=allowed)
    assert instant.mass_g.value == pytest.approx(exact.mass_g.value, rel=0.06)
    assert instant.time_s.low < exact.time_s.value < instant.time_s.high


def test_what_the_estimate_does_not_know_is_sliced_and_says_why(slicer: PrusaSlicer) -> None:
    """Supports are beyond the estimate; the slicer answers, more than without them."""
    machine, material = get_machine("reference"), get_material("pla")
    recipe, part = default_recipe(machine), part_from_mesh(block_with_a_slot(), "new")
    from dataclasses import replace

    use, why = use_of_piece(part, machine, material, replace(recipe, supports=True), slicer)
    assert use.method == "exact"
    assert why is not None
    assert "supports" in why


def test_calibrating_on_a_few_shapes(slicer: PrusaSlicer) -> None:
    """Twenty small blocks give a calibration with an honest band; an open mesh among them is told and left out."""
    machine, pla = get_machine("reference"), get_material("pla")
    box, told = a_box(6, 6, 1), list[str]()
    small = [(f"block {i}", a_box(6 + i % 5, 5 + i // 5, 0.8 + 0.2 * (i % 4))) for i in range(20)]
    damaged = ("open block", Mesh(box.vertices, box.faces[:-1]))
    made = calibrate([*small, damaged], slicer, machine, [pla], default_recipe(machine), tell=told.append)
    assert made.time_error.pieces == 20
    assert made.time_error.median_percent < 10
    assert any("open block" in line for line in told)
    assert made.recipe_id == "0-20mm-quality-mk3"


def run_quote(monkeypatch: pytest.MonkeyPatch, home: Path, *arguments: str) -> Result:
    """Run ``glocal quote`` in a home of its own."""
    monkeypatch.setenv("GLOCAL_HOME", str(home))
    return CliRunner().invoke(quote, list(arguments))


def test_the_command_answers_with_the_promised_fields(
    slicer: PrusaSlicer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JSON with time, mass, their ranges, price, lines and method; the lines are the price."""
    file = tmp_path / "box.stl"
    file.write_bytes(write_stl(a_box(20, 15, 10)))
    done = run_quote(monkeypatch, tmp_path, str(file), "--machine", "reference", "--material", "pla", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["method"] in ("instant", "exact")
    assert answer["low"]["time_s"] < answer["time_s"] < answer["high"]["time_s"]
    assert answer["mass_g_range"]["low"] < answer["mass_g"] < answer["mass_g_range"]["high"]
    assert sum(line["amount_minor"] for line in answer["lines"]) == answer["price_minor"]
    assert all(line["source"] for line in answer["lines"])
    assert answer["currency"] == "EUR"
    yen = run_quote(monkeypatch, tmp_path, str(file), "--currency", "JPY", "--wage", "1800", "--explain")
    assert "¥" in yen.output
    assert "held-out" in yen.output or "sliced by" in yen.output


def test_an_open_mesh_has_no_price(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Refused with the reason; no invented number."""
    box = a_box(20, 15, 10)
    file = tmp_path / "open.stl"
    file.write_bytes(write_stl(Mesh(box.vertices, box.faces[:-1])))
    done = run_quote(monkeypatch, tmp_path, str(file), "--json")
    assert isinstance(done.exception, CannotPrice)
    assert "open" in done.exception.message
    assert done.stdout == ""
