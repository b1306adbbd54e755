"""Files of parts: the one for making goes out only where the design's licence allows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from glocal.shop.parts.licence import is_downloadable
from tests.shop.builders import make_product, make_shop, write_peg
from tests.web.builders import make_part

pytestmark = pytest.mark.django_db


def under(licence: str, home: Path) -> Any:
    """Put the peg on the shelf under a licence, and build one."""
    write_peg(home)
    manifest = home / "designs" / "peg" / "datapackage.json"
    content = json.loads(manifest.read_text())
    product = make_product(make_shop(), home)
    content["licenses"] = [{"name": licence}]
    manifest.write_text(json.dumps(content))
    from glocal.shop.products import packages

    packages._read.cache_clear()
    return product, make_part(product)


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [("CC-BY-4.0", True), ("CC0-1.0", True), ("CC-BY-ND-4.0", False), ("NOASSERTION", False), ("X-Own-Terms", False)],
)
def test_the_licence_decides(client: Client, home: Path, licence: str, allowed: bool) -> None:
    _, part = under(licence, home)
    assert is_downloadable(part) is allowed
    if not allowed:
        response = client.get(f"/api/parts/{part.hash}.3mf")
        assert response.status_code in {409, 422}
        assert client.get(f"/api/parts/{part.hash}.png").status_code == 200


def test_a_design_that_left_the_shelf_stays_with_the_shop(home: Path, db: None) -> None:
    product, part = under("CC-BY-4.0", home)
    product.delete()
    assert not is_downloadable(part)
    part.template_id = ""
    assert is_downloadable(part), "a shape that somebody brought is theirs"
