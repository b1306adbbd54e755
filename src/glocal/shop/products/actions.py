"""What changes the shelf."""

from __future__ import annotations

from django.db import transaction

from glocal.shop.products.models import Product
from glocal.shop.products.packages import package_directory
from glocal.shop.shops.models import Shop
from glocal.values import Estimate


@transaction.atomic
def put_on_shelf(shop: Shop, package: str, *, labour_min: Estimate, position: int = 0) -> Product:
    """Sell a design package: read it, and make or refresh its product.

    Parameters
    ----------
    package : str
        ``bundled:<slug>`` or the name of a directory below ``GLOCAL_HOME/designs``.
    labour_min : Estimate
        Minutes of a person's work on one piece.
    """
    from glocal.design.package import load_package

    template = load_package(package_directory(package))
    product, _ = Product.objects.update_or_create(
        slug=template.id,
        defaults={
            "shop": shop,
            "package": package,
            "template_hash": template.hash,
            "title": dict(template.title),
            "summary": dict(template.description),
            "materials": [str(name).lower() for name in template.print_notes.get("materials", [])],
            "labour_min": {
                "value": labour_min.value,
                "low": labour_min.low,
                "high": labour_min.high,
                "source": labour_min.source,
            },
            "position": position,
        },
    )
    return product
