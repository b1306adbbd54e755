from __future__ import annotations

import pytest

from glocal.network.fit import box_fits, needed_side_mm, pieces_per_plate, rectangle_fits, smallest_square_mm


@pytest.mark.parametrize(
    ("part", "bed", "fits"),
    [
        ((100, 50), (100, 50), True),
        ((50, 100), (100, 50), True),
        ((101, 1), (100, 100), True),  # a thin rod lies on the diagonal, which is 141 long
        ((141, 1), (100, 100), False),  # 141.4 is the diagonal, but the rod has a width: (141 + 1) / √2 = 100.4
        ((140, 1), (100, 100), True),  # (140 + 1) / √2 = 99.7
        ((101, 60), (100, 100), False),
        ((10, 51), (100, 50), True),
        ((100, 51), (100, 50), False),
        ((101, 101), (100, 100), False),
    ],
)
def test_a_rectangle_may_turn_by_any_angle(part: tuple[float, float], bed: tuple[float, float], fits: bool) -> None:
    assert rectangle_fits(*part, *bed) is fits


def test_smallest_square_is_the_diagonal_one_for_rods() -> None:
    assert smallest_square_mm(100, 0) == pytest.approx(100 / 2**0.5)
    assert smallest_square_mm(100, 90) == 100


def test_a_tall_part_may_lie_down() -> None:
    assert box_fits((20, 20, 200), (220, 220), 100, reorient=True)
    assert not box_fits((20, 20, 200), (220, 220), 100, reorient=False)


def test_needed_side_of_a_flat_part() -> None:
    # standing it needs 214 of height, so it lies: the smaller turned square is (214 + 190) / √2 > 214
    assert needed_side_mm((214, 190, 60), 180, reorient=True) == 214


def test_pieces_per_plate_in_rows_with_a_gap() -> None:
    # along 250: 4 pieces of 50 and three gaps of 5; along 210: 5 of 38 and four gaps
    assert pieces_per_plate((50, 38, 10), (250, 210), 210, reorient=False) == 20
    assert pieces_per_plate((300, 300, 300), (250, 210), 210, reorient=True) == 0
