"""A shape that somebody brings: made as it is, only its scale, its number and its material are theirs to choose."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.products.actions import put_on_shelf
from glocal.shop.products.models import Product
from glocal.shop.shops.models import Shop
from glocal.shop.shops.regional_terms import LABOUR_MIN

if TYPE_CHECKING:
    from glocal.design.model import Mesh

MAX_BYTES = 25_000_000
MOST_TRIANGLES = 300_000
MOST_KEPT = 1000
"""So many shapes are kept; more would fill the shop's disk without anybody having ordered."""
BROUGHT = r"^own-[0-9a-f]{24}$"
"""Slugs of these products: a customer's shape is no part of the owner's catalogue."""
LICENCE = "LicenseRef-brought-by-the-customer"
SOURCE = """/* [Size] */
// Scale in percent
scale_percent = 100; // [10:1:1000]

/* [Hidden] */
$fn = 24;

scale(scale_percent / 100) import("part.off");
"""
LABELS = {"en": "Scale", "fr": "Échelle", "ar": "المقياس", "yo": "Ìwọ̀n"}
SIZE = {"en": "Size", "fr": "Taille", "ar": "المقاس", "yo": "Ìwọ̀n"}


def bring(shop: Shop, data: bytes, file_name: str, *, unit_mm: float = 1.0) -> Product:
    """Make an unlisted product of a mesh file; the same shape brought again is the same product.

    Parameters
    ----------
    unit_mm : float
        What a number in the file stands for, where the format does not say it.

    Raises
    ------
    MeshFileError
        When the file is not what its name claims.
    OrderInvalid
        When it is too large, or its surface encloses nothing that could be printed.
    """
    from glocal.design.meshfile import read_mesh_bytes, write_off
    from glocal.design.part import mesh_hash

    if len(data) > MAX_BYTES:
        raise OrderInvalid(
            "The file has {bytes} bytes.",
            help="At most {most} are read.",
            bytes=len(data),
            most=MAX_BYTES,
            field="file",
        )
    mesh = _on_the_bed(_solid(read_mesh_bytes(data, Path(file_name).suffix, unit_mm=unit_mm)))
    slug = f"own-{mesh_hash(mesh)[:24]}"
    known = Product.objects.filter(slug=slug).first()
    if known is not None:
        return known
    if Product.objects.filter(is_listed=False).count() >= MOST_KEPT:
        raise NotNow("The shop keeps no more files at the moment.", help="Ask the shop.")
    directory = Path(settings.GLOCAL_HOME) / "designs" / slug
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "part.off").write_bytes(write_off(mesh))
    (directory / "part.scad").write_text(SOURCE)
    (directory / "datapackage.json").write_text(json.dumps(_manifest(slug, _title(file_name)), ensure_ascii=False))
    product = put_on_shelf(shop, slug, labour_min=LABOUR_MIN)
    product.is_listed = False
    product.save(update_fields=["is_listed"])
    return product


def _solid(mesh: Mesh) -> Mesh:
    from glocal.design.errors import DesignNotSolid
    from glocal.design.solid import prove_solid

    if len(mesh.faces) > MOST_TRIANGLES:
        raise OrderInvalid(
            "The shape has {count} triangles.",
            help="Simplify it to at most {most}.",
            count=len(mesh.faces),
            most=MOST_TRIANGLES,
            field="file",
        )
    try:
        prove_solid(mesh)
    except DesignNotSolid as error:
        advice = "Close it in the program that made it, or mend it with a repair function, and send it again."
        raise OrderInvalid(error.words[0], help=advice, **{**error.data, "field": "file"}) from error
    return mesh


def _on_the_bed(mesh: Mesh) -> Mesh:
    """Return the mesh in the middle of the bed and standing on it, wherever it was drawn."""
    from glocal.design.model import Mesh as MeshOf

    low, high = mesh.bounds_mm
    shift = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2])
    return MeshOf(mesh.vertices - shift, mesh.faces)


def _title(file_name: str) -> str:
    stem = unicodedata.normalize("NFC", Path(file_name).stem)
    words = re.sub(r"[^\w .()-]+|_+", " ", stem).split()
    return " ".join(words)[:60] or "Part"


def _manifest(slug: str, title: str) -> dict[str, Any]:
    parameter = {"unit": "%", "origin": "chosen", "labels": LABELS, "hard_min": 10, "hard_max": 1000}
    return {
        "name": slug,
        "version": "1.0.0",
        "title": title,
        "description": "",
        "licenses": [{"name": LICENCE}],
        "contributors": [{"title": "the customer", "role": "author"}],
        "resources": [{"name": "shape", "path": "part.scad"}, {"name": "mesh", "path": "part.off"}],
        "glocal": {
            "source": "part.scad",
            "title": {"en": title},
            "description": {"en": title},
            "parameters": {"scale_percent": parameter},
            "group_labels": {"Size": SIZE},
            "print": {"materials": []},
        },
    }
