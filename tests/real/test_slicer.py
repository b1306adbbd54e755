"""The PrusaSlicer that is installed."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.api.turns import Overtaken
from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.production.errors import PlateFull, SlicerCrashed, SlicerMissing, SlicerRejected, SlicerTimedOut
from glocal.production.gcode import read_gcode
from glocal.production.gcode_safety import check_gcode
from glocal.production.materials import get_material
from glocal.production.model import PlacedPiece, Plate
from glocal.production.plate import place, place_single
from glocal.production.prusaslicer import PrusaSlicer
from glocal.production.prusaslicer_profiles import get_machine
from glocal.production.recipes import default_recipe
from tests.production import parts
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def setup():
    machine = get_machine("reference")
    return machine, get_material("pla"), default_recipe(machine)


@pytest.fixture(scope="module")
def slicer(tmp_path_factory):
    return PrusaSlicer(tmp_path_factory.mktemp("slices"), timeout_s=PATIENCE_S)


@pytest.fixture(scope="module")
def box():
    """A box of 1 cm³, whose mass is between that of its shell and 1.24 g."""
    return parts.box_part(20, 10, 5)


def test_a_part_is_sliced_read_back_and_safe(slicer, setup, box):
    machine, material, _ = setup
    result = slicer.slice(place_single(box, parts.piece_id(1), machine), *setup)
    assert result.slicer.startswith("PrusaSlicer-2.")
    assert 0.5 < result.mass_g < 1.24
    assert result.mass_g == pytest.approx(result.filament_cm3 * 1.24)
    assert result.layers == 25  # 5 mm in layers of 0.2 mm
    assert {"Perimeter", "External perimeter", "Travel"} <= set(result.features)
    summary = read_gcode(result.gcode)
    assert summary.time_s == pytest.approx(result.time_s, rel=0.01)
    low, high = summary.printed_box_mm
    assert low[0] < 125 - 10 < 125 + 10 < high[0] + 0.5  # in the middle of the bed, its skirt around it
    assert check_gcode(summary, machine, material) == ()


def test_the_reader_s_time_is_the_slicer_s(slicer, setup):
    """Shapes of many kinds of path; the bar is half a per cent."""
    machine, material, recipe = setup
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rings = [np.stack([r * np.cos(angle), r * np.sin(angle), np.full(48, z)], 1) for r, z in ((14, 0), (8, 12))]
    sides = [[i, (i + 1) % 48, 48 + i] for i in range(48)] + [
        [(i + 1) % 48, 48 + (i + 1) % 48, 48 + i] for i in range(48)
    ]
    caps = [[0, i + 1, i] for i in range(1, 47)] + [[48, 48 + i, 49 + i] for i in range(1, 47)]
    cone = part_from_mesh(Mesh(np.concatenate(rings), np.array(sides + caps)), "Cone")
    for settings in ({}, {"perimeters": "3"}):
        result = slicer.slice(
            place_single(cone, parts.piece_id(1), machine), machine, material, replace(recipe, settings=settings)
        )
        assert read_gcode(result.gcode).time_s == pytest.approx(result.time_s, rel=0.01)


def test_the_same_inputs_are_sliced_once(slicer, setup, box):
    machine, material, recipe = setup
    first = slicer.slice(place_single(box, parts.piece_id(1), machine), *setup)
    again = slicer.slice(place_single(box, parts.piece_id(2), machine), *setup)  # another piece of the same shape
    assert again.cached
    assert (again.gcode, again.features, again.warnings) == (first.gcode, first.features, first.warnings)
    other = slicer.slice(
        place_single(box, parts.piece_id(1), machine), machine, material, replace(recipe, infill_percent=20)
    )
    assert other.input_hash != first.input_hash


def test_two_pieces_stand_where_they_were_placed(slicer, setup, box):
    machine = setup[0]
    plate = place([(box, parts.piece_id(1)), (box, parts.piece_id(2))], machine)
    single = slicer.slice(place_single(box, parts.piece_id(1), machine), *setup)
    pair = slicer.slice(plate, *setup)
    assert single.time_s < pair.time_s < 2 * single.time_s  # one start, one skirt
    low, high = read_gcode(pair.gcode).printed_box_mm
    assert high[0] - low[0] > 46  # 20 + 6 + 20 mm


def test_many_at_once_slice_once(setup, tmp_path):
    slicer = PrusaSlicer(tmp_path)
    plate = place_single(parts.box_part(8, 8, 4), parts.piece_id(1), setup[0])
    results = []
    threads = [threading.Thread(target=lambda: results.append(slicer.slice(plate, *setup))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.cached for result in results) == [False, True, True, True]


def test_a_flat_part_is_rejected_in_the_slicer_s_words(slicer, setup):
    flat = part_from_mesh(Mesh(parts.box_mesh(20, 20, 1).vertices * [1, 1, 0], parts.box_mesh().faces), "Flat")
    with pytest.raises(SlicerRejected, match="No layers were detected"):
        slicer.slice(place_single(flat, parts.piece_id(1), setup[0]), *setup)


@pytest.mark.parametrize(("x_mm", "words"), [(900.0, "over the edge"), (5.0, r"from -5\.0 × 95\.0 to")])
def test_a_part_beside_the_bed_is_refused(slicer, setup, box, x_mm, words):
    """PrusaSlicer 2.5 itself would print it in the air."""
    with pytest.raises(PlateFull, match=words):
        slicer.slice(Plate((PlacedPiece(parts.piece_id(1), box, x_mm, 100.0),)), *setup)


def test_a_crash_is_told_and_leaves_nothing_behind(setup, box, tmp_path):
    # it starts, then cannot make its threads; the libraries of 2.9 alone take more than 2.5 does in all
    slicer = PrusaSlicer(tmp_path, memory_mb=200 if "-2.5." in PrusaSlicer(tmp_path).version else 550)
    with pytest.raises(SlicerCrashed, match=r"signal \d") as crash:
        slicer.slice(place_single(box, parts.piece_id(1), setup[0]), *setup)
    assert crash.value.help
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".gcode", ".json"}]
    assert not list(tmp_path.rglob("slicing-*"))
    assert PrusaSlicer(tmp_path).slice(place_single(box, parts.piece_id(1), setup[0]), *setup).mass_g > 0


def test_a_slicer_that_cannot_even_start_is_told_apart(setup, box, tmp_path):
    with pytest.raises(SlicerMissing, match="does not start"):
        PrusaSlicer(tmp_path, memory_mb=100).slice(place_single(box, parts.piece_id(1), setup[0]), *setup)


def hanging(tmp_path):
    program = tmp_path / "prusa-slicer"
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in --help) echo PrusaSlicer-2.5.0+test; exit 0;; esac\n'
        f"sleep 300 & echo $! > {tmp_path}/child; wait\n"
    )
    program.chmod(0o755)
    return program


def test_a_slicer_that_hangs_is_ended_with_its_children(setup, box, tmp_path):
    program = hanging(tmp_path)
    child = tmp_path / "child"
    for timeout_s in (1, 5, 25, 125):
        slicer = PrusaSlicer(tmp_path / "cache", timeout_s=timeout_s, program=str(program))
        with pytest.raises(SlicerTimedOut, match=f"{timeout_s} seconds"):
            slicer.slice(place_single(box, parts.piece_id(1), setup[0]), *setup)
        if child.exists() and child.read_text():  # a slow machine needs longer to start it at all
            break
    wait_for(lambda: not _lives(int(child.read_text())))


def test_a_slicer_is_ended_when_nobody_waits_for_it_any_more(setup, box, tmp_path):
    child = tmp_path / "child"

    def nobody_waits():
        if child.exists() and child.read_text():  # it runs
            raise Overtaken("You changed it meanwhile.")

    slicer = PrusaSlicer(tmp_path / "cache", timeout_s=300, program=str(hanging(tmp_path)))
    with pytest.raises(Overtaken):
        slicer.slice(place_single(box, parts.piece_id(1), setup[0]), *setup, go_on=nobody_waits)
    wait_for(lambda: not _lives(int(child.read_text())))


def _lives(pid):
    try:
        return b"\nState:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()
    except FileNotFoundError:
        return False


def test_a_missing_slicer_is_named(setup, box, tmp_path):
    with pytest.raises(SlicerMissing, match="not installed"):
        PrusaSlicer(tmp_path, program="no-such-slicer").slice(place_single(box, parts.piece_id(1), setup[0]), *setup)
    not_it = tmp_path / "other"
    not_it.write_text("#!/bin/sh\necho something else\n")
    not_it.chmod(0o755)
    with pytest.raises(SlicerMissing, match="does not say"):
        _ = PrusaSlicer(tmp_path, program=str(not_it)).version


def test_the_commands_answer_people_and_programs(tmp_path, monkeypatch):
    from glocal.cli.production import machines, slice_

    monkeypatch.setenv("GLOCAL_HOME", str(tmp_path))
    run = CliRunner()
    found = json.loads(run.invoke(machines, ["ender 3", "--json", "--limit", "2"]).output)
    assert found["machines"][0]["id"].startswith("creality-ender-3")
    assert len(found["machines"]) == 2 < found["found"]
    assert "Creality Ender-3" in run.invoke(machines, ["ender 3"]).output

    corners = parts.box_mesh(12, 12, 6).corners
    solid = "".join(
        "facet normal 0 0 0\nouter loop\n"
        + "".join(f"vertex {x} {y} {z}\n" for x, y, z in triangle)
        + "endloop\nendfacet\n"
        for triangle in corners
    )
    (tmp_path / "box.stl").write_text(f"solid box\n{solid}endsolid box\n")
    output = tmp_path / "box.gcode"
    answer = run.invoke(slice_, [str(tmp_path / "box.stl"), "-o", str(output), "--json"])
    assert answer.exit_code == 0, answer.output
    sliced = json.loads(answer.stdout.splitlines()[-1])
    assert {"time_s", "mass_g", "slicer", "features"} <= set(sliced)
    assert sliced["safety"] == []
    assert output.stat().st_size > 1000


@pytest.mark.parametrize(
    ("writes", "words"),
    [
        ("", "without a word"),
        ("head -c 300 /dev/urandom > $out", "breaks off"),
        ("echo '; filament used [mm] = 3' > $out", "breaks off"),
    ],
)
def test_a_slicer_that_writes_half_or_nothing_is_at_fault_itself(setup, box, tmp_path, writes, words):
    """Not the part: an order waits for a slicer that is mended, and is not given up as impossible."""
    program = tmp_path / "prusa-slicer"
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in --help) echo PrusaSlicer-2.5.0+test; exit 0;; esac\n'
        f'while [ "$1" != --output ]; do shift; done; out=$2; {writes or ":"}\n'
    )
    program.chmod(0o755)
    with pytest.raises(SlicerCrashed, match=words):
        PrusaSlicer(tmp_path, program=str(program)).slice(place_single(box, parts.piece_id(1), setup[0]), *setup)
    assert not list(tmp_path.rglob("result.json"))
    assert PrusaSlicer(tmp_path).slice(place_single(box, parts.piece_id(1), setup[0]), *setup).mass_g > 0


@pytest.mark.parametrize(
    ("machine_id", "warns"),
    [
        ("voron-v0-0-4-nozzle", ["own_end"]),  # its start and end are macros of the printer
        ("gmax-1-5xt-plus-0-4mm-nozzle", []),  # its profile lacks a start, an end and a first layer in mm
        ("anycubic-mega-zero", []),  # its profile lacks what relative extrusion needs, and leaves the bed on
    ],
)
def test_machines_whose_profiles_are_odd_can_print_too(slicer, box, machine_id, warns):
    machine = get_machine(machine_id)
    material = get_material("pla", machine=machine)
    result = slicer.slice(place_single(box, parts.piece_id(1), machine), machine, material, default_recipe(machine))
    findings = check_gcode(read_gcode(result.gcode), machine, material)
    assert [finding.code for finding in findings] == warns
    assert {finding.severity for finding in findings} <= {"warning"}
