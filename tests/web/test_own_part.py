"""A shape that somebody brings: read with care, priced as it is, on nobody else's shelf."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from glocal.design.meshfile import write_stl
from glocal.design.model import Mesh
from glocal.shop.errors import NotNow
from glocal.shop.products import own_parts
from glocal.shop.products.queries import live_products
from glocal.shop.rate_limit import Buckets
from glocal.web.views import own_part
from tests.design.step_files import step_box

pytestmark = pytest.mark.django_db
CORNERS = np.array([[i, j, k] for i in (0, 20) for j in (0, 30) for k in (5, 15)], dtype=float)
FACES = [
    *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
    *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
]


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_part, "limits", Buckets())


def stl(faces: list[list[int]] = FACES) -> bytes:
    return write_stl(Mesh(CORNERS, np.array(faces, dtype=np.int32)))


def send(client: Client, data: bytes, name: str = "Bracket_left.stl", **more: str) -> Any:
    fields = {"file": SimpleUploadedFile(name, data), "unit": "mm", "mine": "on", **more}
    return client.post("/own-part/", fields)


def test_a_file_becomes_a_product_that_only_its_address_opens(client: Client, product: Any) -> None:
    address = send(client, stl())["Location"]
    assert send(client, stl(), "other name.stl")["Location"] == address, "the same shape is the same product"
    page = client.get(address).content.decode()
    assert "<h1>Bracket left</h1>" in page
    setup = json.loads(re.search(r'type="application/json">(.*?)</script>', page)[1])
    assert [row["name"] for row in setup["design"]["parameters"]] == ["scale_percent"]
    assert [row["slug"] for row in client.get("/api/products").json()] == ["peg"]
    assert "Bracket" not in client.get("/").content.decode()
    assert live_products().count() == 1


@pytest.mark.real
def test_a_step_file_becomes_a_part_in_its_own_unit(client: Client, product: Any, home: Path) -> None:
    answer = send(client, step_box(1, 2, 1, "inch"), "Bracket.step", unit="m")
    slug = answer["Location"].strip("/").split("/")[-1]
    assert "12.7" in (home / "designs" / slug / "part.off").read_text()


def test_it_is_put_on_the_bed_in_the_unit_that_was_said(client: Client, product: Any, home: Path) -> None:
    slug = send(client, stl(), unit="cm")["Location"].strip("/").split("/")[-1]
    lines = (home / "designs" / slug / "part.off").read_text().split()
    assert "-100" in lines[4:8] or "-100.0" in lines[4:8], lines[:12]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (stl(FACES[:-1]), "open.stl", "not closed"),
        (b"solid nothing", "a.stl", ""),
        (b"ISO-10303-21;", "part.step", "cannot be read"),
        (b"IGES", "part.igs", "are not read"),
        (b"", "empty.stl", "empty"),
        (b"\x00" * 200, "noise.3mf", ""),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    client: Client, product: Any, data: bytes, name: str, words: str
) -> None:
    response = send(client, data, name)
    assert response.status_code == 422
    complaint = re.search(r'class="errorlist"[^>]*>\s*<li>(.*?)</li>', response.content.decode())[1]
    assert complaint
    assert words in complaint
    assert live_products().count() == 1


def test_who_sends_many_files_waits_a_little(client: Client, product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_part, "limits", Buckets(size=1, per_s=0.01))
    assert send(client, stl()).status_code == 302
    refused = send(client, stl())
    assert refused.status_code == 422
    assert "That was a lot at once." in refused.content.decode()


def test_nothing_is_taken_from_who_may_not_have_it_made(client: Client, product: Any) -> None:
    assert send(client, stl(), mine="").status_code == 422


def test_files_do_not_fill_the_disk(product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_parts, "MOST_KEPT", 0)
    with pytest.raises(NotNow):
        own_parts.bring(product.shop, stl(), "a.stl")


def test_a_heavy_shape_is_drawn_by_the_server(client: Client, product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glocal.web.configurator_setup.MOST_BYTES_IN_PAGE", 10)
    page = client.get(send(client, stl())["Location"]).content.decode()
    setup = json.loads(re.search(r'type="application/json">(.*?)</script>', page)[1])
    assert setup["engine"] is None
    assert setup["design"]["files"] == []
