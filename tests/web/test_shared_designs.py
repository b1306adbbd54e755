"""From a design that another shop has published to a product on the own shelf, by the owner's plain forms."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

import glocal
from glocal.commons.designs import publish_design
from glocal.commons.files import DirectoryReader
from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.packages import Package, of_files, open_package
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from glocal.shop.products.models import Product

pytestmark = pytest.mark.django_db
KNOB = Path(glocal.__file__).parent / "design" / "products" / "replacement-knob"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    return client


def publish_elsewhere(home: Path, package: Package, name: str = "other") -> str:
    """Let another shop publish a design, and follow that shop."""
    other = Log.create(home / name, f"{name}.example", create_keys(home / f"{name}-keys"))
    _, package_hash = publish_design(other, package, month="2026-11")
    copy = PeerCopy.create(home / "commons" / "peers", Following(other.root_vkey, (str(other.public),)))
    sync(copy, [Source("stick", DirectoryReader(other.public))])
    return package_hash


def test_a_design_of_another_shop_comes_onto_the_shelf(owner: Client, product: Any, home: Path) -> None:
    assert "Nothing has been published yet" in owner.get("/desk/products/commons/").content.decode()
    package_hash = publish_elsewhere(home, open_package(KNOB))
    listed = owner.get("/desk/products/commons/?q=knob").content.decode()
    assert f"/desk/products/commons/{package_hash}/" in listed
    assert package_hash not in owner.get("/desk/products/commons/?q=teapot").content.decode()
    address = f"/desk/products/commons/{package_hash}/"
    page = owner.get(address).content.decode()
    assert "You may print it and sell it" in page
    assert "Nobody has told yet" in page
    assert "shaft diameter" in page
    assert owner.post(f"{address}use/", {"minutes": "much"}).status_code == 422
    assert owner.post(f"{address}use/", {"minutes": "12,5"}).headers["Location"].startswith("/desk/products/")
    used = Product.objects.get(package=f"commons-{package_hash[:16]}")
    assert (used.is_listed, used.labour_min["value"]) == (False, 12.5)
    again = owner.get(address).content.decode()
    assert "only its address leads to it" in again
    assert "Use this design" not in again


def test_a_picture_is_drawn_anew_and_fetched_only_when_the_design_is_looked_at(
    owner: Client, product: Any, home: Path
) -> None:
    files = dict(open_package(KNOB).files)
    drawn = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(drawn, "PNG")
    package_hash = publish_elsewhere(home, of_files({**files, "preview.png": drawn.getvalue()}))
    address = f"/desk/products/commons/{package_hash}/picture/"
    assert owner.get(address).status_code == 204  # a list of designs fetches nothing
    assert owner.get(f"{address}?fetch").content.startswith(b"\xff\xd8")
    assert address in owner.get("/desk/products/commons/").content.decode()
    hostile = of_files({**files, "preview.png": b"<svg onload=alert(1)>"})
    package_hash = publish_elsewhere(home, hostile, "hostile")
    assert owner.get(f"/desk/products/commons/{package_hash}/picture/?fetch").status_code == 204


def test_a_design_that_may_not_be_sold_is_shown_and_not_taken(owner: Client, product: Any, home: Path) -> None:
    files = dict(open_package(KNOB).files)
    files["datapackage.json"] = files["datapackage.json"].replace(b"CC-BY-4.0", b"CC-BY-NC-4.0")
    package_hash = publish_elsewhere(home, of_files(files))
    address = f"/desk/products/commons/{package_hash}/"
    assert "may not be sold" in owner.get(address).content.decode()
    assert owner.post(f"{address}use/", {"minutes": "10"}).status_code >= 400
    assert not Product.objects.filter(package__startswith="commons-").exists()


def test_an_own_product_of_the_same_name_is_never_replaced(owner: Client, product: Any, home: Path) -> None:
    Product.objects.filter(id=product.id).update(slug="replacement-knob")
    package_hash = publish_elsewhere(home, open_package(KNOB))
    answer = owner.post(f"/desk/products/commons/{package_hash}/use/", {"minutes": "10"})
    assert answer.status_code >= 400
    assert "You already have a product named" in answer.content.decode()
    assert Product.objects.get(slug="replacement-knob").package == product.package


def test_strangers_and_unknown_designs(client: Client, product: Any) -> None:
    assert client.get("/desk/products/commons/").status_code == 302
    assert client.post(f"/desk/products/commons/{'0' * 64}/use/").status_code == 403
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    assert client.get(f"/desk/products/commons/{'0' * 64}/").status_code == 404
