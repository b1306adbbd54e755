"""What a product page tells its configurator: the design, the texts in the reader's language, where to ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from glocal.design.model import DesignTemplate
from glocal.shop.outcomes.envelope import envelope_of
from glocal.shop.products.describe import describe_design, describe_materials
from glocal.shop.products.models import Product
from glocal.shop.regions.queries import not_offered, shown_in, variant_of
from glocal.shop.shops.models import OfferedMaterial
from glocal.web.assets import asset_url
from glocal.web.configurator_texts import configurator_texts
from glocal.web.region_words import why_withheld

MOST_BYTES_IN_PAGE = 600_000
"""A design with more files beside its source is drawn by the server, so that its page opens quickly."""


def configurator_setup(
    product: Product, template: DesignTemplate, offered: list[OfferedMaterial], *, language: str, urls: dict[str, str]
) -> dict[str, Any]:
    """Return what ``<glocal-configurator>`` reads from the page (see ``frontend/src/configurator/types.js``)."""
    design = describe_design(template, language)
    design["parameters"] = _as_used_here(product, design["parameters"])
    heavy = sum(len(file["base64"]) for file in design["files"]) > MOST_BYTES_IN_PAGE
    if heavy:
        design["files"] = []
    return {
        "slug": product.slug,
        "title": product.text("title", language),
        "design": design,
        "materials": describe_materials(product, offered),
        "withheld": [{"name": one.name, "reason": why_withheld(one)} for one in not_offered(product).values()],
        "texts": configurator_texts(),
        "engine": None
        if heavy
        else {
            "worker": asset_url("web/engine-worker.js"),
            "glue": asset_url("openscad/openscad.mjs"),
            "wasm": asset_url("openscad/openscad.wasm"),
        },
        "urls": urls,
    }


def _as_used_here(product: Product, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parameters with the region's units and sizes, and with what has been printed of each so far."""
    shown, printed = shown_in(variant_of(product)), envelope_of(product)
    return [
        {
            **row,
            **shown.get(row["name"], {}),
            "printed": asdict(printed[row["name"]]) if row["name"] in printed else None,
        }
        for row in rows
    ]
