"""What changes the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.db import transaction

from glocal.shop.errors import NotFound
from glocal.shop.products.models import Product
from glocal.shop.products.packages import BUNDLED, package_directory
from glocal.shop.shops.models import Shop
from glocal.shop.shops.regional_terms import LABOUR_MIN
from glocal.shop.shops.settings import to_minor
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


def take_bundled(shop: Shop, slug: str, *, live: bool = True) -> Product:
    """Sell one of the products that came with the program."""
    if not (slug.replace("-", "").isalnum() and (package_directory(f"{BUNDLED}{slug}") / "datapackage.json").is_file()):
        raise NotFound(
            "No product called “{slug}” came with the program.", help="Choose one from the list.", slug=slug[:60]
        )
    known = Product.objects.filter(package=f"{BUNDLED}{slug}").first()
    product = known or put_on_shelf(
        shop, f"{BUNDLED}{slug}", labour_min=LABOUR_MIN, position=Product.objects.filter(shop=shop).count()
    )
    return product if known else set_live(product, live=live)


def set_live(product: Product, *, live: bool) -> Product:
    """Put a product on the shelf, or take it off; what was ordered goes on."""
    product.is_live, product.is_listed = live, live or product.is_listed
    product.save(update_fields=["is_live", "is_listed"])
    return product


@dataclass(frozen=True, slots=True)
class PriceRules:
    """Where one product is priced by other rules than the shop's; None is as the shop.

    Parameters
    ----------
    margin : float or None
        On top of the costs: 0.3 is 30 %.
    minimum_minor : int or None
        The least that an order brings, before tax.
    """

    margin: float | None = None
    minimum_minor: int | None = None

    @classmethod
    def of_typed(cls, margin_percent: float | None, minimum: Decimal | None, currency: str) -> PriceRules:
        """Return the rules as a person types them, the minimum in major units."""
        return cls(
            None if margin_percent is None else margin_percent / 100,
            None if minimum is None else to_minor(minimum, currency),
        )

    def minimum_in_major(self, currency: str) -> Decimal | None:
        """Return the minimum in major units."""
        if self.minimum_minor is None:
            return None
        return Decimal(self.minimum_minor).scaleb(-get_currency_precision(currency))

    def as_dict(self) -> dict[str, Any]:
        """Return what differs from the shop, as it is stored."""
        rules = {"margin": self.margin, "minimum_minor": self.minimum_minor}
        return {name: value for name, value in rules.items() if value is not None}


@transaction.atomic
def price_by(product: Product, rules: PriceRules, *, labour_min: float, position: int) -> Product:
    """Say by which rules a product is priced, how long its work by hand takes, and where it stands on the shelf."""
    if labour_min != product.labour_min["value"]:
        low, high = labour_min / 1.5, labour_min * 1.5
        product.labour_min = {"value": labour_min, "low": low, "high": high, "source": "the owner's own estimate"}
    product.price_rules, product.position = rules.as_dict(), position
    product.save(update_fields=["labour_min", "price_rules", "position"])
    return product
