"""Outlines at true size: of a wedge, whose three views are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glocal.design.errors import DesignNotSolid
from glocal.design.model import Mesh
from glocal.design.silhouette import VIEWS, silhouette

# a ramp 30 long (x), 20 deep (y), that rises to 10 at x = 30
CORNERS = [(0, 0, 0), (30, 0, 0), (30, 20, 0), (0, 20, 0), (30, 0, 10), (30, 20, 10)]
FACES = [(0, 2, 1), (0, 3, 2), (1, 2, 5), (1, 5, 4), (0, 1, 4), (2, 3, 5), (0, 4, 5), (0, 5, 3)]


def ramp(shift: float = 0.0) -> Mesh:
    return Mesh(np.array(CORNERS, dtype=float) + shift, np.array(FACES, dtype=np.int32))


def area(ring: np.ndarray) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


@pytest.mark.parametrize(
    ("view", "width", "height", "covers"), [("top", 30, 20, 600), ("front", 30, 10, 150), ("side", 20, 10, 200)]
)
@pytest.mark.parametrize("shift", [0.0, -7.5])
def test_each_view_has_its_size_and_area_wherever_the_part_lies(view, width, height, covers, shift):
    seen = silhouette(ramp(shift), view)
    assert (seen.width_mm, seen.height_mm) == pytest.approx((width, height))
    assert sum(area(ring) for ring in seen.outline) == pytest.approx(covers)


def test_the_front_view_is_no_mirror_image():
    ring = silhouette(ramp(), "front").outline[0]
    top_right = ring[np.argmin(ring[:, 1])]
    assert top_right == pytest.approx((30, 0)), "the ramp rises to the right, and paper counts downwards"


def test_details_are_what_is_nearest_to_the_eye():
    ring = np.concatenate(silhouette(ramp(), "top").detail)
    assert ring[:, 0].min() == pytest.approx(29.7)


def test_an_open_surface_has_no_outline():
    with pytest.raises(DesignNotSolid):
        silhouette(Mesh(np.array(CORNERS, dtype=float), np.array(FACES[:-1], dtype=np.int32)), VIEWS[0])
