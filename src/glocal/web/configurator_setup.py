"""What a product page tells its configurator: the design, the texts in the reader's language, where to ask."""

from __future__ import annotations

from typing import Any

from glocal.design.model import DesignTemplate
from glocal.shop.products.describe import describe_design, describe_materials
from glocal.shop.products.models import Product
from glocal.shop.shops.models import OfferedMaterial
from glocal.web.assets import asset_url
from glocal.web.configurator_texts import configurator_texts


def configurator_setup(
    product: Product, template: DesignTemplate, offered: list[OfferedMaterial], *, language: str, urls: dict[str, str]
) -> dict[str, Any]:
    """Return what ``<glocal-configurator>`` reads from the page (see ``frontend/src/configurator/types.js``)."""
    return {
        "slug": product.slug,
        "title": product.text("title", language),
        "design": describe_design(template, language),
        "materials": describe_materials(product, offered),
        "texts": configurator_texts(),
        "engine": {
            "worker": asset_url("web/engine-worker.js"),
            "glue": asset_url("openscad/openscad.mjs"),
            "wasm": asset_url("openscad/openscad.wasm"),
        },
        "urls": urls,
    }
