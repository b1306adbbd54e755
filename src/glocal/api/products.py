"""Products, their parameters, and the fonts that a browser needs to letter them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Router

from glocal.api.schemas import ErrorOut, FontsOut, ProductDetail, ProductOut
from glocal.shop.errors import NotFound
from glocal.shop.products.describe import describe_design, describe_materials
from glocal.shop.products.models import Product
from glocal.shop.products.queries import get_product, live_products

router = Router()
_font_signer = Signer(salt="glocal.font")


@router.get("/products", response=list[ProductOut], url_name="products", summary="Products on the shelf")
def list_products(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every live product; texts in the language of ``Accept-Language``."""
    return [_product(product) for product in live_products()]


@router.get("/products/{slug}", response={200: ProductDetail, 404: ErrorOut}, url_name="product", summary="One product")
def read_product(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return a product with the parameters that a customer may set."""
    product = get_product(slug)
    template = product.template()
    design = describe_design(template, get_language() or "en")
    return {
        **_product(product),
        "licence": template.licence,
        "authors": list(template.authors),
        "template_hash": template.hash,
        "parameters": design["parameters"],
        "presets": design["presets"],
    }


def _product(product: Product) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "slug": product.slug,
        "title": product.text("title", language),
        "summary": product.text("summary", language),
        "materials": describe_materials(product, list(product.shop.materials.all())),
    }


@router.get(
    "/products/{slug}/fonts",
    response={200: FontsOut, 404: ErrorOut, 422: ErrorOut},
    url_name="product_fonts",
    summary="Fonts for a customer's texts",
)
def product_fonts(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return the font files for the texts in the query (``?name=Adé``), and the values that follow from them."""
    from glocal.design.openscad import fonts_on_part
    from glocal.design.parameters import bind

    template = get_product(slug).template()
    values = bind(template, {name: request.GET[name] for name in request.GET if template.parameter(name)})
    files = fonts_on_part(template, values)
    derived = [name for name, notes in template.notes.items() if notes.origin == "derived"]
    return {
        "fonts": [{"name": file.name, "url": _font_url(file)} for file in files],
        "values": {name: values[name] for name in derived},
    }


def _font_url(file: Path) -> str:
    return reverse("api:font", args=[_font_signer.sign_object(str(file))])


@router.get("/fonts/{signed}", url_name="font", include_in_schema=False)
def font(request: HttpRequest, signed: str) -> HttpResponse:
    """Send a font file that :func:`product_fonts` named."""
    try:
        path = Path(_font_signer.unsign_object(signed))
        response = HttpResponse(path.read_bytes(), content_type="font/ttf")
    except (BadSignature, FileNotFoundError):
        raise NotFound("There is no such font.", help="Ask for the fonts again.") from None
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
