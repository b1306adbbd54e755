"""Which way up: parts whose best side anybody can see."""

import numpy as np
import pytest

from glocal.design.check import check
from glocal.design.orient import orientations, turned
from glocal.design.unit_guess import unit_findings
from tests.design.templates import MK3S, box, together
from tests.design.test_check import joined

TABLE = joined(box(60, 40, 4, at=(0, 0, 30)), box(10, 10, 31, at=(25, 15, 0)))


def test_a_table_is_printed_upside_down_without_support():
    best, *others = orientations(TABLE, MK3S)
    assert best.up == (0, 0, -1)
    assert best.support_mm2 == 0
    assert best.contact_mm2 == pytest.approx(60 * 40)
    assert "no_support" in {reason.code for reason in best.reasons}
    (lying,) = [way for way in others if way.as_it_lies]
    assert lying.support_mm2 == pytest.approx(60 * 40 - 10 * 10)
    assert lying.support_cm3 == pytest.approx(2300 * 30 * 0.2 / 1000)  # a fifth of the room below is plastic
    assert lying.cost_min > best.cost_min


def test_turned_stands_on_the_bed():
    laid = turned(TABLE, orientations(TABLE, MK3S)[0])
    low, high = laid.bounds_mm
    assert low == pytest.approx((-30, -20, 0))
    assert high == pytest.approx((30, 20, 34))
    assert laid.volume_mm3 == pytest.approx(TABLE.volume_mm3)
    assert "needs_support" not in [finding.code for finding in check(laid, MK3S)]


def test_a_rod_is_laid_down_so_that_its_layers_run_along_it():
    best, *others = orientations(box(10, 10, 80), MK3S)
    (lying,) = [way for way in others if way.as_it_lies]
    assert abs(best.up[2]) < 1e-6
    assert (best.strength, lying.strength) == (1.0, 0.5)


def test_a_load_across_decides_otherwise_than_height():
    flat = orientations(box(30, 30, 25), MK3S, load=(0, 0, 1))[0]
    assert abs(flat.up[2]) < 1e-6  # five millimetres more are cheaper than half the strength


def test_what_fits_comes_first():
    best = orientations(box(5, 5, 240), MK3S)[0]
    assert best.fits
    assert "fits" in {reason.code for reason in best.reasons}


def test_a_load_is_a_direction():
    with pytest.raises(ValueError, match="three numbers"):
        orientations(TABLE, MK3S, load=(0, 0, 0))


@pytest.mark.parametrize(
    ("size", "asked"), [((2, 1, 1), "inch"), ((0.05, 0.02, 0.02), "m"), ((80_000, 2000, 2000), "micron")]
)
def test_a_size_that_nobody_prints_asks_for_the_unit(size, asked):
    (finding,) = unit_findings(box(*size), MK3S)
    assert f"--unit {asked}" in finding.help
    assert finding.severity == "warning"


def test_a_usual_size_asks_nothing():
    assert unit_findings(box(20, 20, 20), MK3S) == []


def test_a_body_through_another_is_one_piece_and_is_told():
    crossing = together(box(10, 10, 10), box(10, 10, 10, at=(5, 5, 0.5)))
    codes = [finding.code for finding in check(crossing, MK3S)]
    assert "self_intersection" in codes
    assert "loose_bodies" not in codes
    touching = together(box(10, 10, 10), box(10, 10, 10, at=(10, 0, 0)))
    assert "self_intersection" not in [finding.code for finding in check(touching, MK3S)]


def test_a_ceiling_that_is_held_on_both_sides_is_bridged():
    import manifold3d

    def cut(width):
        solids = [
            manifold3d.Manifold(manifold3d.Mesh64(np.array(m.vertices), m.faces.astype(np.uint64)))
            for m in (box(width + 10, 20, 20), box(width, 30, 15, at=(5, -5, 0)))
        ]
        raw = (solids[0] - solids[1]).to_mesh64()
        return type(TABLE)(np.array(raw.vert_properties)[:, :3], np.array(raw.tri_verts).astype(np.int32))

    (bridge,) = [f for f in check(cut(12), MK3S) if f.code == "bridges"]
    assert "12 mm" in bridge.message
    assert "needs_support" in [f.code for f in check(cut(40), MK3S)]


def test_strokes_and_gaps_under_a_lines_width_are_shown_where_they_are():
    plate = joined(box(40, 20, 2), box(0.3, 10, 2, at=(20, 5, 1.5)))
    (thin,) = [f for f in check(plate, MK3S) if f.code == "detail_too_thin"]
    assert thin.where[0][:2] == pytest.approx((20.15, 10), abs=0.3)
    wide = joined(box(40, 20, 2), box(1.0, 10, 2, at=(20, 5, 1.5)))
    assert "detail_too_thin" not in [f.code for f in check(wide, MK3S)]
