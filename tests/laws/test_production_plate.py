"""Laws of placing: whatever fits stands on the bed, apart, and once."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.production.errors import PlateFull
from glocal.production.plate import check_on_bed, pieces_per_plate, place, placed_mesh
from tests.production import parts

size = st.floats(1, 120).map(lambda value: round(value, 2))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(size, size, st.floats(1, 70)), min_size=1, max_size=8))
def test_what_is_placed_is_inside_and_apart_or_refused(sizes):
    machine = parts.machine(bed_origin_x_mm=-50.0, bed_origin_y_mm=7.0)
    wanted = [(parts.box_part(*box, title=f"Box {i}"), parts.piece_id(i)) for i, box in enumerate(sizes)]
    try:
        plate = place(wanted, machine)
    except PlateFull:
        return
    assert [piece.piece_id for piece in plate.pieces] == [piece_id for _, piece_id in wanted]
    check_on_bed(plate, machine)
    boxes = [placed_mesh(piece).bounds_mm for piece in plate.pieces]
    assert all(abs(low[2]) < 1e-9 for low, _ in boxes)
    for (low, high), (other_low, other_high) in itertools.combinations(boxes, 2):
        apart = max(max(low[axis] - other_high[axis], other_low[axis] - high[axis]) for axis in (0, 1))
        assert apart >= 6 - 1e-6


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.floats(1, 70), st.floats(1, 70), st.just(5.0)))
def test_as_many_as_are_promised_for_one_bed_are_placed_on_it(box):
    machine = parts.machine()
    count = min(60, pieces_per_plate(box, machine))
    part = parts.box_part(*box)
    plate = place([(part, parts.piece_id(i)) for i in range(count)], machine)
    check_on_bed(plate, machine)
