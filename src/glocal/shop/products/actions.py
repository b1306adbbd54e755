"""What changes the shelf."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.db import transaction

from glocal.shop.errors import NotFound, OrderInvalid
from glocal.shop.products.models import WORDS, Product, ProductChange
from glocal.shop.products.packages import BUNDLED, package_directory
from glocal.shop.shops.models import Shop
from glocal.shop.shops.regional_terms import LABOUR_MIN
from glocal.shop.shops.settings import to_minor
from glocal.values import Estimate

MOST_LETTERS = {"title": 60, "summary": 300}
"""So long may be what the owner says; a design's own words may be longer."""


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


@dataclass(frozen=True, slots=True)
class SaidWords:
    """What the owner says of a product in one language; an empty text leaves it to the design."""

    title: str = ""
    summary: str = ""


def say_words(product: Product, said: Mapping[str, SaidWords]) -> ProductChange | None:
    """Say what customers read of a product, in some languages; the others stay.

    What was ordered keeps the words under which it was bought. Return what was changed, None when nothing was.

    Raises
    ------
    OrderInvalid
        When a text is longer than :data:`MOST_LETTERS`.
    """
    words: dict[str, dict[str, str]] = {field: dict(product.own_words.get(field, {})) for field in WORDS}
    for language, texts in said.items():
        for field in WORDS:
            text = " ".join(str(getattr(texts, field)).split())
            words[field].pop(language, None)
            if text and text != getattr(product, field).get(language):
                _check_length(field, text)
                words[field][language] = text
    return _write_words(product, {field: texts for field, texts in words.items() if texts})


def _check_length(field: str, text: str) -> None:
    if len(text) > MOST_LETTERS[field]:
        most = MOST_LETTERS[field]
        raise OrderInvalid("The text is too long.", help="Write up to {most} characters.", most=most, field=field)


def take_words_back(product: Product, change_id: uuid.UUID) -> ProductChange | None:
    """Bring back the words that a product had before a change."""
    change = ProductChange.objects.filter(product=product, id=change_id).first()
    if change is None:
        raise NotFound("There is no such change.", help="Go back to the product.")
    return _write_words(product, change.before)


@transaction.atomic
def _write_words(product: Product, words: dict[str, dict[str, str]]) -> ProductChange | None:
    product = Product.objects.select_for_update().get(id=product.id)
    if words == product.own_words:
        return None
    change = ProductChange.objects.create(product=product, before=product.own_words, after=words)
    product.own_words = words
    product.save(update_fields=["own_words"])
    return change
