import math

import numpy as np
import pytest

from glocal.production.errors import PlateFull
from glocal.production.plate import place, place_single, placed_mesh, plate_objects
from tests.production import parts


def _footprint(piece):
    low, high = placed_mesh(piece).bounds_mm
    return low, high


def test_one_part_stands_in_the_middle_with_its_foot_on_the_bed():
    plate = place_single(parts.box_part(20, 10, 5, at=(-300, 7, -2)), parts.piece_id(1), parts.machine())
    low, high = _footprint(plate.pieces[0])
    assert low == pytest.approx((40, 35, 0))
    assert high == pytest.approx((60, 45, 5))


def test_a_bed_whose_origin_is_its_centre_is_used_from_there():
    delta = parts.machine(bed_origin_x_mm=-50.0, bed_origin_y_mm=-40.0)
    plate = place_single(parts.box_part(20, 10, 5), parts.piece_id(1), delta)
    assert (plate.pieces[0].x_mm, plate.pieces[0].y_mm) == (0, 0)


def test_a_part_that_is_too_deep_is_turned():
    plate = place_single(parts.box_part(20, 95, 5), parts.piece_id(1), parts.machine())
    low, high = _footprint(plate.pieces[0])
    assert plate.pieces[0].angle_deg == 90
    assert (high[0] - low[0], high[1] - low[1]) == pytest.approx((95, 20))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((101, 101, 5), "101.0 × 101.0"),  # too wide both ways
        ((10, 10, 61), "61 mm tall"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_size(size, words):
    with pytest.raises(PlateFull, match=words):
        place_single(parts.box_part(*size), parts.piece_id(1), parts.machine())


def test_rows_leave_a_gap_and_stay_on_the_bed():
    # usable 90 × 70, gap 6: two boxes of 40 in a row (86), two rows of 30 (66)
    boxes = [(parts.box_part(40, 30, 5), parts.piece_id(i)) for i in range(4)]
    plate = place(boxes, parts.machine())
    boxes = [_footprint(piece) for piece in plate.pieces]
    for i, (low, high) in enumerate(boxes):
        assert min(low[:2]) >= 5 - 1e-9
        assert high[0] <= 95 + 1e-9
        assert high[1] <= 75 + 1e-9
        for other_low, other_high in boxes[:i]:
            apart_x = max(low[0] - other_high[0], other_low[0] - high[0])
            apart_y = max(low[1] - other_high[1], other_low[1] - high[1])
            assert max(apart_x, apart_y) >= 6 - 1e-9


def test_one_piece_too_many_is_refused():
    boxes = [(parts.box_part(40, 30, 5), parts.piece_id(i)) for i in range(5)]
    with pytest.raises(PlateFull, match="beside 4 other"):
        place(boxes, parts.machine())


def test_a_round_bed_has_no_corners():
    round_bed = parts.machine(bed_x_mm=100.0, bed_y_mm=100.0, bed_is_round=True)
    place_single(parts.box_part(70, 70, 5), parts.piece_id(1), round_bed)  # diagonal 99
    with pytest.raises(PlateFull, match="round bed"):
        place_single(parts.box_part(72, 72, 5), parts.piece_id(1), round_bed)  # diagonal 102


def test_the_3mf_places_a_piece_where_the_slicer_gets_it():
    plate = parts.plate_of(parts.box_part(20, 10, 5, at=(3, 4, 5)), 30.0, 40.0, 30.0)
    (placed,) = plate_objects(plate)
    transform = np.array(placed.transform).reshape(4, 3)
    assert placed.mesh.vertices @ transform[:3] + transform[3] == pytest.approx(
        placed_mesh(plate.pieces[0]).vertices, abs=1e-9
    )


def test_turning_widens_the_box_as_trigonometry_says():
    piece = parts.plate_of(parts.box_part(20, 10, 5), angle_deg=30.0).pieces[0]
    low, high = placed_mesh(piece).bounds_mm
    c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
    assert high[0] - low[0] == pytest.approx(20 * c + 10 * s)
    assert high[1] - low[1] == pytest.approx(20 * s + 10 * c)
