"""Cross-sections and motion on shapes that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glocal.design.model import Mesh
from glocal.quoting.grid import grid_lines, joins
from glocal.quoting.gyroid import wave_s_per_mm
from glocal.quoting.layers import areas_and_perimeters, contours, drifts, flat_areas
from glocal.quoting.motion import chords, loop_s, tour, trapezoid_s

BOX_FACES = [
    (0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4),
    (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
]  # fmt: skip


def a_box(x: float, y: float, z: float) -> Mesh:
    """Return a box with one corner at the origin."""
    corners = [(0, 0, 0), (x, 0, 0), (x, y, 0), (0, y, 0), (0, 0, z), (x, 0, z), (x, y, z), (0, y, z)]
    return Mesh(np.array(corners, dtype=np.float64), np.array(BOX_FACES, dtype=np.int32))


def arrays_of(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Return corners and faces as estimates give them to the kernels, which are compiled anew for any other kind."""
    return mesh.vertices.copy(), mesh.faces


def test_every_layer_of_a_box_has_its_area_and_perimeter() -> None:
    """A 10 × 4 box: 40 mm² and 28 mm in each of its five layers, planes through no corner."""
    box = a_box(10, 4, 1)
    exact = areas_and_perimeters(*arrays_of(box), 0.1, 0.2, 5)
    assert exact == pytest.approx(np.array([[40.0, 28.0]] * 5))


def test_a_plane_through_corners_counts_them_as_above() -> None:
    """At the height of its lid the box still counts, one hair above it no longer does, and nothing breaks."""
    box = a_box(10, 4, 1)
    assert areas_and_perimeters(*arrays_of(box), 1.0, 0.2, 1)[0] == pytest.approx([40.0, 28.0])
    assert areas_and_perimeters(*arrays_of(box), 1.0 + 1e-9, 0.2, 1)[0] == pytest.approx([0.0, 0.0])


def test_contours_close_with_the_solid_to_the_left() -> None:
    """One loop of four corners, counter-clockwise."""
    box = a_box(10, 4, 1)
    (loops,), open_contours = contours(*arrays_of(box), np.array([0.5]), 0.01)
    assert open_contours == 0
    (loop,) = loops
    x, y = loop.T
    assert 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) == pytest.approx(40.0)


def test_a_missing_face_is_seen_as_an_open_contour() -> None:
    """Without one side triangle a contour does not close."""
    box = a_box(10, 4, 1)
    holed = Mesh(box.vertices, np.delete(box.faces, 4, axis=0))
    _, open_contours = contours(*arrays_of(holed), np.array([0.5]), 0.01)
    assert open_contours > 0


def test_flat_surfaces_belong_to_the_layers_that_they_close() -> None:
    """The lid of the box closes its last layer, the floor opens the first."""
    box = a_box(10, 4, 1)
    flat = flat_areas(*arrays_of(box), 0.0, 0.2, 5, 0.25)
    assert flat[:, 0] == pytest.approx([0, 0, 0, 0, 40])
    assert flat[:, 1] == pytest.approx([40, 0, 0, 0, 0])


def test_upright_sides_have_the_same_corners_at_every_height() -> None:
    """Where a plane crosses the diagonals of a box's sides leaves no point: two layers are equal to the bit."""
    box = a_box(10, 4, 1)
    (low,), (high,) = contours(*arrays_of(box), np.array([0.3, 0.8]), 0.01)[0]
    assert len(low) == 4
    assert (low == high).all()


def test_outlines_drift_by_the_slope_of_the_sides() -> None:
    """Sides that lean by 1 mm over 2 mm move an outline by 0.1 mm per layer of 0.2 mm; lid and floor without end."""
    box = a_box(10, 4, 2)
    leaning = box.vertices + np.where(box.vertices[:, 2:] > 1, [1.0, 0.0, 0.0], 0.0)
    assert drifts(leaning, box.faces, 0.1, 0.2, 10)[1:9] == pytest.approx([0.1] * 8)
    assert drifts(*arrays_of(box), 0.1, 0.2, 10).tolist() == [math.inf] + [0.0] * 8 + [math.inf]


def test_a_straight_move_is_a_trapezoid() -> None:
    """100 mm at 50 mm/s with 1000 mm/s² from and to 10 mm/s: 0.08 s of ramps over 2.4 mm, the rest at full speed."""
    seconds, length = loop_s(np.array([[0.0, 0.0], [100.0, 0.0]]), 50.0, 1000.0, 10.0, False)
    assert length == 100
    # each ramp: (50 - 10) / 1000 = 0.04 s and (50² - 10²) / 2000 = 1.2 mm
    assert seconds == pytest.approx(2 * 0.04 + (100 - 2.4) / 50)


def test_a_square_slows_at_its_corners_and_a_circle_hardly() -> None:
    """The same length takes longer with right angles than on a fine polygon."""
    square = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
    turns = np.linspace(0, 2 * math.pi, 240, endpoint=False)
    circle = 80 / (2 * math.pi) * np.column_stack([np.cos(turns), np.sin(turns)])
    in_square, _ = loop_s(square, 50.0, 1000.0, 8.0, True)
    in_circle, around = loop_s(circle, 50.0, 1000.0, 8.0, True)
    assert around == pytest.approx(80, rel=1e-3)
    assert 80 / 50 < in_circle < in_square


def test_parallel_lines_fill_a_rectangle() -> None:
    """A 10 × 4 rectangle at 1 mm spacing along x takes four lines of 10 mm."""
    corners = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 4.0], [0.0, 4.0]])
    seconds, length, strokes = chords(corners, np.array([4]), 0.0, 1.0, 50.0, 1000.0, 8.0)
    assert (length, strokes) == (pytest.approx(40.0), 4)
    assert seconds > 40 / 50


def test_lines_of_a_grid_go_through_the_middle_and_into_corners() -> None:
    """A square of 17.3 mm at 45°, lines 5.41 mm apart: one through two corners, two on each side, the same across."""
    half, distance = 8.674208879470825, 5.408849415247889
    corners = np.array([[half, -half], [half, half], [-half, half], [-half, -half]])
    _, length, lines = grid_lines(corners, np.array([4]), distance, 50.0, 1000.0, 8.0, 0.0, 0.0)
    assert lines == 10
    assert length == pytest.approx(2 * (5 * 2 * half * math.sqrt(2) - 2 * distance * (1 + 2 + 1 + 2)))


def test_ends_are_joined_the_shortest_way_and_never_to_a_loop() -> None:
    """Lines from 0 to 10 and from 2 to 12 on a border of 20 mm: one join of 2 mm, and hooks where it would close."""
    arcs, ends = np.array([0.0, 10.0, 2.0, 12.0]), np.array([20.0])
    assert joins(arcs, ends, 50.0, 3.0).tolist() == [2.0, 3.0, 3.0]
    assert joins(arcs, ends, 1.0, 3.0).tolist() == [3.0] * 4
    assert joins(arcs, np.array([1.0, 20.0]), 50.0, 3.0)[0] == 2.0  # 0 lies on a contour of its own


def test_contours_are_visited_by_the_nearest_corner() -> None:
    """Three squares of 1 mm in a row, 10 mm from corner to same corner: two hops, long unless 20 mm count as short."""
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    points = np.concatenate([square, square + np.array([10.0, 0.0]), square + np.array([20.0, 0.0])])
    ends = np.array([4, 8, 12])
    seconds, long_hops = tour(points, ends, 2.0, 100.0, 1000.0, 8.0)
    assert long_hops == 2
    assert seconds == pytest.approx(2 * trapezoid_s(10.0, 8.0, 8.0, 100.0, 1000.0))
    assert tour(points, ends, 20.0, 100.0, 1000.0, 8.0) == (seconds, 0)
    assert tour(square, np.array([4]), 2.0, 100.0, 1000.0, 8.0) == (0.0, 0)


def test_waves_of_a_gyroid_are_slower_the_closer_they_lie_and_never_faster_than_asked() -> None:
    """Their corners set the speed: beyond some, asking for more changes nothing."""
    wide, close = (wave_s_per_mm(distance, 80.0, 1000.0, 8.0) for distance in (4.0, 1.0))
    assert 1 / 80 < wide < close
    assert wave_s_per_mm(1.0, 160.0, 1000.0, 8.0) == pytest.approx(close, rel=0.01)
    assert wave_s_per_mm(400.0, 10.0, 1e5, 8.0) == pytest.approx(0.1, rel=0.05)
