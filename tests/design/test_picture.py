"""The picture shows the part, the same way every time."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from glocal.design.model import Mesh
from glocal.design.picture import corner_normals, render_png
from glocal.design.picture_kernel import nearest_faces


def box(x=10.0, y=10.0, z=10.0):
    corners = np.array(list(itertools.product((0, x), (0, y), (0, z))))
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Mesh(corners, np.array([[q[0], q[i], q[i + 1]] for q in quads for i in (1, 2)]))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int)


def test_a_png_of_the_asked_size_twice_the_same():
    first = render_png(box(), width_px=120, height_px=90)
    assert pixels(first).shape == (90, 120, 4)
    assert first == render_png(box(), width_px=120, height_px=90)


def test_the_part_stands_in_the_middle_on_a_light_ground():
    image = pixels(render_png(box(), width_px=120, height_px=90, colour=(0.8, 0.1, 0.1)))
    middle, corner = image[45, 57], image[2, 2]
    assert middle[0] > 2 * middle[1], "the part has its colour"
    assert min(corner[:3]) > 230, "the ground is light"


def test_the_ground_can_be_left_out():
    image = pixels(render_png(box(), width_px=120, height_px=90, transparent=True))
    assert image[2, 2, 3] == 0
    assert image[45, 57, 3] == 255


def test_the_top_is_lighter_than_the_side_away_from_the_lamp():
    image = pixels(render_png(box(), width_px=160, height_px=120)).sum(axis=2)
    assert image[30, 76] > image[80, 100]


def test_a_second_colour_above_a_height():
    plain = pixels(render_png(box(), width_px=80, height_px=60, colour=(0.1, 0.1, 0.8)))
    capped = pixels(render_png(box(), width_px=80, height_px=60, colour=(0.1, 0.1, 0.8), accent=(9.0, (0.8, 0.1, 0.1))))
    assert (capped[..., 0] - plain[..., 0]).max() > 80


@pytest.mark.parametrize("size", [{"width_px": 8}, {"height_px": 5000}])
def test_an_odd_size_is_refused(size):
    with pytest.raises(ValueError, match="expected 16 to 2048"):
        render_png(box(), **size)


def test_an_empty_mesh_is_refused():
    with pytest.raises(ValueError, match="no faces"):
        render_png(Mesh(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32)))


@pytest.mark.parametrize("extent", [(200, 200, 0.4), (6, 6, 200), (0.01, 0.01, 0.01), (500, 10, 10)])
def test_any_proportion_fills_the_picture(extent):
    image = pixels(render_png(box(*extent), width_px=120, height_px=90, transparent=True))
    rows, columns = np.nonzero(image[..., 3] == 255)
    assert np.ptp(rows) > 60 or np.ptp(columns) > 80


def test_normals_are_sharp_over_a_corner_and_smooth_over_a_round():
    sharp = corner_normals(box().vertices, box().faces.astype(np.int64))
    assert np.allclose(np.abs(sharp).max(axis=2), 1.0), "a box keeps its flat sides"
    turn = np.radians(np.arange(0, 360, 10))
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    vertices = np.concatenate([np.c_[ring, np.zeros(36)], np.c_[ring, np.ones(36)]])
    faces = np.array(
        [f for i in range(36) for f in ((i, (i + 1) % 36, i + 36), ((i + 1) % 36, (i + 1) % 36 + 36, i + 36))]
    )
    smooth = corner_normals(vertices, faces)
    outward = vertices[faces] * [1, 1, 0]
    assert np.einsum("fcx,fcx->fc", smooth, outward).min() > 0.995, "a tube of 36 sides looks round"


def test_the_nearer_triangle_wins_and_every_pixel_inside_is_hit():
    corners = np.array([[[0, 0], [8, 0], [0, 8]], [[0, 0], [8, 0], [0, 8]]], dtype=float)
    face_at, depth_at = nearest_faces(corners, np.array([[0.9] * 3, [0.1] * 3]), 8, 8, False)
    # pixel centres (i + .5, j + .5) with i + j + 1 <= 8: rows of 8, 7, ... 1
    inside = np.add.outer(np.arange(8), np.arange(8)) <= 7
    assert (face_at == np.where(inside, 1, -1)).all()
    assert (depth_at[inside] == np.float32(0.1)).all()


def test_a_triangle_that_looks_away_is_left_out():
    towards, away = [[0, 0], [0, 8], [8, 0]], [[0, 0], [8, 0], [0, 8]]  # y points down
    face_at, _ = nearest_faces(np.array([away, towards], dtype=float), np.array([[0.1] * 3, [0.9] * 3]), 8, 8, True)
    assert set(face_at.ravel()) == {-1, 1}


def test_no_shadow_falls_far_from_the_part():
    # a flat plate's shadow lies at its edge; the corners of the picture stay as light as the ground itself
    image = pixels(render_png(box(100, 60, 3), width_px=160, height_px=120))
    for edge in (image[0], image[-1], image[:, 0], image[:, -1]):
        assert np.ptp(edge[:, :3].sum(axis=1)) <= 6
