"""The instant estimate: what it knows, what it refuses, and that it learns."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from manifold3d import Manifold

from glocal.design.model import Mesh
from glocal.errors import BadInput, CannotBeMade
from glocal.quoting.calibration import (
    SHIPPED,
    Calibration,
    ErrorBand,
    base_recipe,
    load_calibration,
    read_calibration,
    write_calibration,
)
from glocal.quoting.errors import BadCalibration, NeedsExactQuote, NotCalibrated
from glocal.quoting.estimate import MOST_BODIES, NAMES, estimate_with
from glocal.quoting.features import FEATURES_VERSION, TIME, VOLUME, density_shares
from glocal.quoting.fit import Sample, band, fit, fit_time, fit_volume
from glocal.quoting.process import Process, read_process
from glocal.quoting.samples import sample_meshes
from glocal.quoting.shape import AT, measure, planes
from tests.quoting.test_layers import a_box

SETTINGS = {
    "layer_height": "0.2",
    "first_layer_height": "0.2",
    "nozzle_diameter": "0.4",
    "perimeters": "2",
    "fill_density": "15%",
    "fill_pattern": "gyroid",
    "top_solid_layers": "5",
    "bottom_solid_layers": "4",
    "perimeter_speed": "45",
    "external_perimeter_speed": "25",
    "infill_speed": "80",
    "solid_infill_speed": "80",
    "top_solid_infill_speed": "40",
    "default_acceleration": "1000",
    "machine_max_jerk_x": "8,8",
    "machine_max_jerk_y": "8,8",
    "travel_speed": "180",
    "skirts": "1",
    "cooling": "0",
}


def a_process(**changes: str) -> Process:
    """Return a plain process."""
    return read_process({**SETTINGS, **changes})


def a_calibration(**changes: object) -> Calibration:
    """Return a calibration in which physics is right and everything is in range."""
    plain = Calibration(
        slicer="PrusaSlicer-2.5.0",
        machine_id="reference",
        recipe_id="plain",
        features_version=FEATURES_VERSION,
        time={name: column.expected for name, column in TIME.items()},
        volume={name: column.expected for name, column in VOLUME.items()},
        time_error=ErrorBand(-0.05, 0.05, 2.0, 5.0, 40),
        mass_error=ErrorBand(-0.02, 0.02, 1.0, 2.0, 40),
        traits=dict.fromkeys(NAMES, (0.0, 1e9)),
        infill_patterns=("gyroid",),
        fitted_on={},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_layers_are_cut_where_the_slicer_cuts() -> None:
    """A 1 mm part has five layers; 1.05 mm too, since the sixth would be less than half full; 1.15 mm has six."""
    process = a_process()
    assert [len(planes(height, process)) for height in (1.0, 1.05, 1.15)] == [5, 5, 6]
    assert planes(1.0, process) == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])


def test_a_solid_block_uses_its_own_volume() -> None:
    """At 100 % infill a 20 mm cube holds 8 cm³ of plastic: walls, skins and infill leave nothing out."""
    use, open_contours = measure(*mesh_arrays(a_box(20, 20, 20)), a_process(fill_density="100%", skirts="0"))
    kinds = ("outer_mm3", "wall_mm3", "bridge_mm3", "solid_mm3", "top_mm3", "sparse_mm3")
    assert open_contours == 0
    # the infill's overlap into the walls (a quarter of a line on each side) is counted twice
    assert sum(use.total(kind) for kind in kinds) == pytest.approx(8000, rel=0.03)


def mesh_arrays(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Return the arrays of a mesh."""
    return mesh.vertices, mesh.faces


def test_skins_are_where_top_and_bottom_are() -> None:
    """A box of 20 layers, 5 top and 4 bottom: the skin on top, a bridge over the infill, solid below and between."""
    use, _ = measure(*mesh_arrays(a_box(30, 30, 4)), a_process(thick_bridges="0"))
    layer = 30 * 30 * 0.2
    inside = (30 - 2 * 0.8) ** 2 * 0.2
    assert use.total("top_mm3") == pytest.approx(inside, rel=0.05)
    assert use.total("bridge_mm3") == pytest.approx(inside, rel=0.05)
    assert use.total("solid_mm3") == pytest.approx((9 - 2) * inside, rel=0.05)
    assert use.total("sparse_mm3") == pytest.approx((20 - 9) * inside * 0.15, rel=0.07)
    assert use.total("outer_mm3") < 0.1 * 20 * layer


def test_thick_bridges_are_threads_and_others_stretched_lines() -> None:
    """0.4 mm threads 0.45 mm apart are 0.28 mm of plastic; stretched to 85 %, a 0.2 mm layer is 0.17 mm."""
    box, inside = mesh_arrays(a_box(30, 30, 4)), (30 - 2 * 0.8) ** 2
    thick, _ = measure(*box, a_process())
    thin, _ = measure(*box, a_process(thick_bridges="0", bridge_flow_ratio="0.85"))
    assert thick.total("bridge_mm3") == pytest.approx(inside * math.pi / 4 * 0.4**2 / 0.45, rel=0.05)
    assert thin.total("bridge_mm3") == pytest.approx(inside * 0.17, rel=0.05)


def test_a_step_that_lies_in_a_plane_is_whole_though_its_corners_are_rounded() -> None:
    """The middle of the 16th layer is the top of the base, give or take rounding: it is as large as the base."""
    steps = Manifold.cube((20, 20, 3.1)) + Manifold.cube((10, 10, 6)).translate((3, 4, 0))
    raw = steps.to_mesh64()
    vertices = np.asarray(raw.vert_properties)[:, :3]
    vertices = vertices + np.array([0, 0, 1e-9]) * np.random.default_rng(1).uniform(-1, 1, (len(vertices), 1))
    use, _ = measure(*mesh_arrays(Mesh(vertices, raw.tri_verts)), a_process(top_solid_layers="0"))
    assert use.rows[1:, AT["area"]] == pytest.approx([400.0] * 15 + [100.0] * 14)


def test_lines_of_a_wall_too_thin_for_more_are_widened_and_no_longer() -> None:
    """A frame 2 mm thick holds four lines of 0.45 mm: each inner one goes around once, and all 2 mm are plastic."""
    frame = Manifold.cube((30, 30, 6), True) - Manifold.cube((26, 26, 9), True)
    raw = frame.to_mesh64()
    mesh = Mesh(np.asarray(raw.vert_properties)[:, :3], raw.tri_verts)
    use, _ = measure(*mesh_arrays(mesh), a_process(skirts="0"))
    offset = 0.41 * 1.5
    assert use.total("wall_mm") / use.layers == pytest.approx(4 * (30 - 2 * offset) + 4 * (26 + 2 * offset), rel=0.01)
    assert use.total("outer_mm3") + use.total("wall_mm3") == pytest.approx(224 * 6, rel=0.01)


def test_a_grid_is_joined_along_the_border_and_planned_as_it_is() -> None:
    """Its lines go through the middle of the part wherever that stands, and its ends are no others' business."""
    box = a_box(20, 20, 20)
    use, away = (
        measure(box.vertices + shift, box.faces, a_process(fill_pattern="grid"))[0]
        for shift in (np.zeros(3), np.array([3.7, -1.1, 5.0]))
    )
    assert use.total("sparse_ends") == use.total("sparse_around_mm") == 0
    assert away.total("sparse_mm") == pytest.approx(use.total("sparse_mm"))
    assert use.total("sparse_mm3") > 1.1 * 11 * 18.4**2 * 0.2 * 0.15  # joins come on top of the lines


def test_chosen_layers_stand_for_all() -> None:
    """A pebble is measured on a quarter of its layers, close to measuring all; walls and infill closest."""
    pebble = dict(sample_meshes())["made:pebble 2"]
    process = a_process()
    use, _ = measure(*mesh_arrays(pebble), process)
    assert len(use.rows) < use.layers / 2
    from glocal.quoting import shape

    every = shape.FEW_LAYERS
    try:
        shape.FEW_LAYERS = 10_000
        full, _ = measure(*mesh_arrays(pebble), process)
    finally:
        shape.FEW_LAYERS = every
    for column, within in (("outer_mm", 0.005), ("wall_mm3", 0.005), ("sparse_mm3", 0.005), ("solid_mm3", 0.03)):
        assert use.total(column) == pytest.approx(full.total(column), rel=within)


def test_solid_below_a_skin_is_told_from_solid_along_a_slope() -> None:
    """A box has only the first kind; sides that lean by 0.6 mm per layer make strips between the skins."""
    box = a_box(30, 30, 4)
    leaning = Mesh(box.vertices + np.where(box.vertices[:, 2:] > 1, [12.0, 0.0, 0.0], 0.0), box.faces)
    straight, slanted = (measure(*mesh_arrays(mesh), a_process())[0] for mesh in (box, leaning))
    assert straight.total("moved_mm3") == 0
    assert 0 < slanted.total("moved_mm3") < slanted.total("solid_mm3")
    assert slanted.total("sparse_around_mm") > 0


def test_a_skirt_of_three_layers_goes_around_all_three() -> None:
    """A box that widens upwards: its skirt is as long without skins, where fewer layers are looked at."""
    box = a_box(20, 20, 20)
    wider = Mesh(box.vertices * np.where(box.vertices[:, 2:] > 1, [1.2, 1.2, 1.0], 1.0), box.faces)
    skinless = {"top_solid_layers": "0", "bottom_solid_layers": "0"}
    (skinned, _), (bare, _) = (
        measure(*mesh_arrays(wider), a_process(skirt_height="3", **skins)) for skins in ({}, skinless)
    )
    assert bare.skirt_mm3 == pytest.approx(skinned.skirt_mm3, rel=1e-9)


@pytest.mark.parametrize("shape", ["tray", "solid vase", "ball 20", "stairs"])
def test_what_is_known_without_looking_is_what_looking_shows(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers called calm, and layers measured once for many, have the rows that they have when each is looked at."""
    from glocal.quoting import sections
    from glocal.quoting import shape as measuring

    mesh, process = dict(sample_meshes())[f"made:{shape}"], a_process()
    quick, _ = measure(*mesh_arrays(mesh), process)
    monkeypatch.setattr(measuring, "calm_layers", lambda flat, *_: np.zeros(len(flat), dtype=bool))
    monkeypatch.setattr(sections, "outline_key", id)
    looked_at, _ = measure(*mesh_arrays(mesh), process)
    at = [measuring.AT[column] for column in measuring.AT if not column.endswith(("pieces", "strokes"))]
    assert quick.rows[:, at] == pytest.approx(looked_at.rows[:, at], rel=1e-6, abs=0.02)


def test_estimate_of_a_box_has_value_band_and_source() -> None:
    """The band is the calibration's, the mass that of the process's filament."""
    use = estimate_with(a_box(20, 20, 10), a_process(), a_calibration())
    assert use.method == "instant"
    assert use.time_s.low == pytest.approx(use.time_s.value * np.exp(-0.05))
    assert 1.5 < use.mass_g.value < 3.0
    assert "held-out" in use.time_s.source


def test_bigger_is_longer_and_heavier() -> None:
    """More of the same shape takes more of both."""
    uses = [estimate_with(a_box(size, size, size), a_process(), a_calibration()) for size in (8, 12, 20, 40)]
    assert [use.time_s.value for use in uses] == sorted(use.time_s.value for use in uses)
    assert [use.mass_g.value for use in uses] == sorted(use.mass_g.value for use in uses)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("support_material", "1"),
        ("brim_width", "5"),
        ("raft_layers", "2"),
        ("spiral_vase", "1"),
        ("ironing", "1"),
    ],
)
def test_what_is_not_modelled_needs_the_slicer(setting: str, value: str) -> None:
    """The refusal names the setting."""
    with pytest.raises(NeedsExactQuote) as caught:
        a_process(**{setting: value})
    assert caught.value.data["reason"] == setting
    assert isinstance(caught.value, CannotBeMade)


def boxes(count: int) -> Mesh:
    """Return boxes side by side."""
    one = a_box(5, 5, 5)
    vertices = [one.vertices + np.array([10.0 * number, 0.0, 0.0]) for number in range(count)]
    return Mesh(np.concatenate(vertices), np.concatenate([one.faces + 8 * number for number in range(count)]))


def test_a_pot_and_its_saucer_need_no_slicer() -> None:
    """Two bodies use the filament of each, with one skirt around both."""
    one, two = (estimate_with(boxes(count), a_process(), a_calibration()) for count in (1, 2))
    assert 1.9 * one.mass_g.value < two.mass_g.value < 2 * one.mass_g.value
    assert two.time_s.value > 1.5 * one.time_s.value


def hollow_box() -> Mesh:
    """Return a box with a closed cavity."""
    outer, cavity = a_box(20, 20, 20), a_box(10, 10, 10)
    vertices = np.concatenate([outer.vertices, cavity.vertices + 5.0])
    return Mesh(vertices, np.concatenate([outer.faces, cavity.faces[:, ::-1] + 8]))


@pytest.mark.parametrize(
    ("mesh", "calibration", "reason"),
    [
        (boxes(MOST_BODIES + 1), a_calibration(), "several_parts"),
        (Mesh(np.zeros((3, 3)), np.zeros((0, 3), dtype=np.int32)), a_calibration(), "empty"),
        (Mesh(a_box(9, 9, 9).vertices, a_box(9, 9, 9).faces[:-1]), a_calibration(), "open_mesh"),
        (a_box(9, 9, 9), a_calibration(infill_patterns=("grid",)), "infill_pattern"),
        (
            a_box(9, 9, 9),
            a_calibration(traits={**a_calibration().traits, "layers": (100.0, 200.0)}),
            "outside_layers",
        ),
        (
            a_box(9, 9, 9),
            a_calibration(traits={**a_calibration().traits, "infill_density": (0.2, 0.4)}),
            "outside_infill_density",
        ),
    ],
)
def test_what_cannot_be_known_is_refused_with_the_reason(mesh: Mesh, calibration: Calibration, reason: str) -> None:
    """There is no fallback number."""
    with pytest.raises(NeedsExactQuote) as caught:
        estimate_with(mesh, a_process(), calibration)
    assert caught.value.data["reason"] == reason


def test_a_cavity_is_part_of_its_body() -> None:
    """One body with a hole inside is one part, and lighter than the full one at 100 % infill."""
    process, calibration = a_process(fill_density="100%"), a_calibration()
    hollow = estimate_with(hollow_box(), process, calibration)
    assert hollow.mass_g.value < 0.95 * estimate_with(a_box(20, 20, 20), process, calibration).mass_g.value


def test_infill_between_fitted_densities_is_interpolated() -> None:
    """25 % lies half-way between 20 and 30 %; outside the ends nothing is extrapolated."""
    assert density_shares(0.25) == pytest.approx([0, 0, 0.5, 0.5, 0])
    assert density_shares(0.05) == [1, 0, 0, 0, 0]
    assert sum(density_shares(0.33)) == pytest.approx(1)


def made_up_samples(count: int) -> list[Sample]:
    """Return boxes that a made-up slicer times with coefficients of its own."""
    time = {**a_calibration().time, "layers": 0.8, "loops": 0.6}
    samples = []
    for i in range(count):
        process = a_process(fill_density=f"{(10, 15, 20, 30, 40)[i % 5]}%")
        mesh = a_box(8 + 3 * i, 30 - i, 3 + i % 4)
        use, _ = measure(mesh.vertices, mesh.faces, process)
        calibration = a_calibration(time=time)
        answer = estimate_with(mesh, process, calibration)
        volume = answer.mass_g.value * 1000 / process.density_g_cm3
        samples.append(Sample(f"box {i}", use, process, answer.time_s.value, volume))
    return samples


def test_fitting_finds_what_the_slicer_does() -> None:
    """On shapes timed by known coefficients the fit predicts within half a percent, on held-out shapes too."""
    fitted = fit(made_up_samples(20), slicer="made up", machine_id="m", recipe_id="r", fitted_on={})
    assert fitted.time_error.median_percent < 0.5
    assert fitted.mass_error.median_percent < 0.5
    assert min(*fitted.time.values(), *fitted.volume.values()) >= 0
    assert fitted.traits["infill_density"] == (0.1, 0.4)


def test_one_wild_answer_does_not_spoil_the_fit() -> None:
    """A slicer that once needed three times as long is outvoted."""
    samples = made_up_samples(20)
    wild = [replace(samples[0], time_s=samples[0].time_s * 3), *samples[1:]]
    steady, shaken = fit_time(samples), fit_time(wild)
    assert shaken["wall_s"] == pytest.approx(steady["wall_s"], rel=0.05)
    assert fit_volume(wild) == fit_volume(samples)


def test_error_band_is_the_quantile_of_held_out_errors() -> None:
    """Of 19 errors -9 … 9 % the 90 % quantile is the 18th, one rank further than the plain one."""
    errors = np.arange(-9, 10) / 100
    found = band(errors)
    assert (found.low, found.high) == (pytest.approx(-0.08), pytest.approx(0.08))


def test_calibrations_are_stored_and_found_again(tmp_path: Path) -> None:
    """What a part adds to a recipe does not change its calibration; the shop's own goes before the shipped one."""
    calibration = a_calibration(recipe_id="0-20mm-quality-mk3")
    write_calibration(calibration, tmp_path)
    found = load_calibration("PrusaSlicer-2.5.0", "reference", "0-20mm-quality-mk3+infill20", tmp_path)
    assert found == calibration
    assert base_recipe("a+b+c") == "a"
    assert load_calibration("PrusaSlicer-2.5.0", "reference", "0-20mm-quality-mk3") != calibration


def test_unknown_combination_is_named() -> None:
    """Nobody has fitted this; the message says what would."""
    with pytest.raises(NotCalibrated, match="nowhere") as caught:
        load_calibration("PrusaSlicer-9.9.9", "nowhere", "r")
    assert "calibrate" in caught.value.help


@pytest.mark.parametrize("change", ["{", '{"slicer": 1}', None])
def test_a_broken_calibration_is_refused(tmp_path: Path, change: str | None) -> None:
    """Garbage, missing fields and a negative coefficient."""
    path = write_calibration(a_calibration(), tmp_path)
    stored = json.loads(path.read_text())
    stored["time"]["wall_s"] = -1.0
    path.write_text(change if change is not None else json.dumps(stored))
    with pytest.raises(BadCalibration) as caught:
        read_calibration(path, 0)
    assert isinstance(caught.value, BadInput)


def test_another_version_of_the_estimate_must_be_fitted_again(tmp_path: Path) -> None:
    """Columns that changed their meaning are not read."""
    path = write_calibration(a_calibration(features_version=0), tmp_path)
    with pytest.raises(NotCalibrated):
        read_calibration(path, 0)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_shipped_calibrations_say_what_they_are(path: Path) -> None:
    """Each can be read, names what it was fitted on, and its held-out error."""
    calibration = read_calibration(path, 0)
    assert calibration.fitted_on["meshes_made_by_glocal"] > 20
    assert 0 < calibration.time_error.median_percent < calibration.time_error.p90_percent < 20
    assert calibration.time_error.low < 0 < calibration.time_error.high


def test_meshes_of_our_own_are_closed_and_always_the_same() -> None:
    """Calibration needs some forty shapes, thin walls, holes and organic ones among them."""
    meshes, again = sample_meshes(), sample_meshes()
    assert len(meshes) >= 40
    assert len({name for name, _ in meshes}) == len(meshes)
    assert all(mesh.volume_mm3 > 0 for _, mesh in meshes)
    assert all(np.array_equal(one.vertices, other.vertices) for (_, one), (_, other) in zip(meshes, again, strict=True))
