"""The paper sheet: real millimetres, over as many sheets as it takes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from django.test import Client

from glocal.shop.parts.actions import keep_part

pytestmark = pytest.mark.django_db


def box(x: float, y: float, z: float) -> Any:
    from glocal.design.model import Mesh
    from glocal.design.part import part_from_mesh

    corners = np.array([[i, j, k] for i in (0, x) for j in (0, y) for k in (0, z)], dtype=float)
    faces = [
        *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
        *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
    ]
    return keep_part(part_from_mesh(Mesh(corners, np.array(faces, dtype=np.int32)), "Box"))


def tiles(page: str) -> list[tuple[float, float]]:
    return [(float(w), float(h)) for w, h in re.findall(r'sheet-tile" width="([\d.]+)mm" height="([\d.]+)mm"', page)]


def test_every_side_is_drawn_in_its_real_size(client: Client, product: Any) -> None:
    page = client.get(f"/parts/{box(60, 40, 20).hash}/paper/").content.decode()
    assert tiles(page) == [(61, 41), (61, 21), (41, 21)]
    assert "60.0 × 40.0 mm" in page
    assert 'width="112mm"' in page


def test_a_larger_side_goes_over_several_sheets_without_a_gap(client: Client, product: Any) -> None:
    page = client.get(f"/parts/{box(300, 40, 20).hash}/paper/").content.decode()
    windows = [
        tuple(map(float, window.split()))
        for window in re.findall(r'viewBox="(-?[\d. -]+)" role="img" aria-label="From above', page)
    ]
    assert [window[0] for window in windows] == [-0.5, 175.5]
    assert sum(window[2] for window in windows) == 301


def test_what_no_paper_holds_is_said(client: Client, product: Any) -> None:
    page = client.get(f"/parts/{box(9000, 900, 900).hash}/paper/").content.decode()
    assert "This side is too large for paper." in page


def test_no_part_no_paper(client: Client, product: Any) -> None:
    assert client.get(f"/parts/{'0' * 64}/paper/").status_code == 404
