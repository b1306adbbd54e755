"""A design of the owner's own: from an OpenSCAD file to a product, and to its newer version."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from glocal.cli.products import products
from glocal.shop.errors import OrderInvalid
from glocal.shop.parts.asker import Patience
from glocal.shop.products.models import Product
from glocal.shop.products.own_designs import ALL_RIGHTS, Said, bring_design, main_source, read_files
from glocal.shop.quotes.models import QuoteRecord
from tests.web.builders import refuse

pytestmark = pytest.mark.django_db
SCAD = b"/* [Size] */\n// How wide it is\nwidth = 20; // [10:40]\ncube([width, width, 5]);\n"
SAID = {"title": "Shelf foot", "licence": "CC-BY-4.0", "labour_min": "3"}


def file(data: bytes = SCAD, name: str = "foot.scad") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    return client


def test_a_file_and_a_few_words_become_a_product_that_is_shown_when_the_owner_has_looked(
    owner: Client, product: Any, client: Client
) -> None:
    assert owner.post("/desk/products/new/", {**SAID, "file": file()}).headers["Location"].endswith("/shelf-foot/")
    made = Product.objects.get(slug="shelf-foot")
    template = made.template()
    assert (template.licence, template.authors, template.version) == ("CC-BY-4.0", (made.shop.name,), "1")
    assert [parameter.name for parameter in template.parameters] == ["width"]
    stranger = Client()
    assert "Shelf foot" not in stranger.get("/").content.decode()
    assert stranger.get("/products/shelf-foot/").status_code == 200  # only its address leads to it
    owner.post("/desk/products/shelf-foot/publish/")
    assert "Shelf foot" in stranger.get("/").content.decode()


def test_a_newer_version_takes_its_place_and_what_was_ordered_keeps_the_old(owner: Client, product: Any) -> None:
    owner.post("/desk/products/new/", {**SAID, "file": file()})
    old = Product.objects.get(slug="shelf-foot")
    before = old.template()
    newer = SCAD.replace(b"[10:40]", b"[10:60]")
    assert owner.post("/desk/products/shelf-foot/version/", {"file": file(newer, "other.scad")}).status_code == 302
    new = Product.objects.get(slug="shelf-foot")
    assert (new.id, new.template().version) == (old.id, "2")
    assert new.text("title", "en") == "Shelf foot"
    assert (new.template().parameters[0].max, old.template().parameters[0].max) == (60, 40)
    assert new.template().hash != before.hash


@pytest.mark.parametrize(
    ("said", "sent", "told"),
    [
        ({}, (b"nothing", "foot.stl"), "is no design"),
        ({}, (zipped({"readme.txt": b"x"}), "a.zip"), "no OpenSCAD file"),
        ({}, (zipped({"a.scad": SCAD, "b.scad": SCAD}), "a.zip"), "several designs: a.scad, b.scad"),
        ({}, (zipped({"../a.scad": SCAD}), "a.zip"), "leads out of it"),
        ({"title": ""}, (SCAD, "foot.scad"), "what it is called"),
        ({"licence": ""}, (SCAD, "foot.scad"), "what others may do"),
        ({}, (b"cube([1, 2, ", "foot.scad"), "design"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(
    owner: Client, product: Any, said: dict[str, str], sent: tuple[bytes, str], told: str
) -> None:
    answer = owner.post("/desk/products/new/", {**SAID, **said, "file": file(*sent)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Product.objects.filter(slug="shelf-foot").exists()


def test_the_owner_reads_why_a_product_has_no_price(owner: Client, product: Any) -> None:
    assert "it has no price" not in owner.get(f"/desk/products/{product.slug}/").content.decode()
    refusal = refuse(product).refusal
    page = owner.get(f"/desk/products/{product.slug}/").content.decode()
    assert "it has no price" in page
    assert escape(refusal["message"]) in page


def test_whoever_brings_a_design_reads_at_once_why_it_has_no_price(
    owner: Client, product: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(product: Any, values: Any, options: Any, inquiry: Any) -> QuoteRecord:
        assert inquiry.asker.patience is Patience.NONE
        refusal = {"code": "nobody_offers", "message": "It is larger than every machine.", "help": ""}
        asked = asdict(options)
        return QuoteRecord(product=product, values=values, **asked, currency="EUR", method="refused", refusal=refusal)

    monkeypatch.setattr("glocal.shop.quotes.actions.unsaved_quote", refused)
    owner.post("/desk/products/new/", {**SAID, "file": file()})
    assert "It is larger than every machine." in owner.get("/desk/products/shelf-foot/").content.decode()


def test_a_source_that_is_too_long_is_refused_before_it_is_read(owner: Client, product: Any) -> None:
    answer = owner.post("/desk/products/new/", {**SAID, "file": file(SCAD + b"// filler\n" * 200_001)})
    assert "at most 2,000,000 are read" in answer.content.decode()


def test_two_products_of_one_name_are_refused(owner: Client, product: Any) -> None:
    owner.post("/desk/products/new/", {**SAID, "file": file()})
    again = owner.post("/desk/products/new/", {**SAID, "file": file(SCAD + b"\n")})
    assert again.status_code == 422
    assert "already have a product named" in again.content.decode()


def test_a_package_that_describes_itself_is_taken_by_its_word(product: Any) -> None:
    manifest = {
        "name": "foot",
        "version": "3.1",
        "licenses": [{"name": "CC-BY-NC-4.0"}],
        "contributors": [{"title": "Ann"}],
        "resources": [],
        "glocal": {"source": "foot.scad", "title": {"fr": "Pied"}, "description": {}},
    }
    whole = zipped({"box/foot.scad": SCAD, "box/datapackage.json": json.dumps(manifest).encode()})
    with pytest.raises(Exception, match="does not allow prints to be sold"):
        bring_design(product.shop, whole, "foot.zip", Said("Other", licence="CC0-1.0"), work_min=3)
    manifest["licenses"] = [{"name": "CC-BY-4.0"}]
    whole = zipped({"box/foot.scad": SCAD, "box/datapackage.json": json.dumps(manifest).encode()})
    made = bring_design(product.shop, whole, "foot.zip", Said("Other", licence="CC0-1.0"), work_min=3)
    assert (made.slug, made.title, made.template().authors) == ("foot", {"fr": "Pied"}, ("Ann",))


def test_the_design_of_an_archive_is_the_one_that_the_others_serve() -> None:
    assert main_source({"a.scad": b"use <b.scad>\nb();", "b.scad": b"module b() cube(1);"}) == "a.scad"
    assert main_source({"main.scad": b"cube(1);", "b.scad": b"cube(2);", "sub/c.scad": b""}) == "main.scad"
    assert read_files(zipped({"x/a.scad": SCAD}), "x.zip") == {"a.scad": SCAD}
    with pytest.raises(OrderInvalid, match="no design"):
        read_files(SCAD, "foot.txt")


def test_what_is_the_owner_s_alone_is_sold_too(product: Any) -> None:
    made = bring_design(product.shop, SCAD, "foot.scad", Said("Mine", "Ann", ALL_RIGHTS), work_min=3)
    assert made.template().licence == ALL_RIGHTS


def test_the_command_line_does_the_same(product: Any, tmp_path: Path) -> None:
    (tmp_path / "foot.scad").write_bytes(SCAD)

    def run(*arguments: str) -> dict[str, Any]:
        done = CliRunner().invoke(products, [*arguments, "--json"], catch_exceptions=False)
        found: dict[str, Any] = json.loads(done.output)
        return found

    said = ("--title", "Shelf foot", "--licence", "CC-BY-4.0")
    assert run("add", str(tmp_path / "foot.scad"), *said)["state"] == "unlisted"
    assert run("show", "shelf-foot")["state"] == "shown"
    assert run("hide", "shelf-foot")["state"] == "hidden"
    assert run("add", str(tmp_path / "foot.scad"), "--replaces", "shelf-foot")["version"] == "2"
    assert [each["slug"] for each in run("list")["products"]] == [product.slug, "shelf-foot"]
