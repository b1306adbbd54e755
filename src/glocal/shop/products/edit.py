"""Several changes of one product together, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from glocal.shop.errors import OrderInvalid
from glocal.shop.products.actions import PriceRules, SaidWords, price_by, say_words
from glocal.shop.products.models import Product


@dataclass(frozen=True, slots=True)
class Edit:
    """What shall change; None leaves it as it is.

    Parameters
    ----------
    title, description : str or None
        In ``language``; empty leaves it to the design.
    minutes : float or None
        Own work on a piece.
    margin : float or None
        On top of the costs, %.
    minimum : float or None
        The least that an order brings, before tax, in major units.
    usual_prices : bool
        Take margin and least sum from the shop again.
    """

    language: str = "en"
    title: str | None = None
    description: str | None = None
    minutes: float | None = None
    margin: float | None = None
    minimum: float | None = None
    usual_prices: bool = False
    position: int | None = None


@transaction.atomic
def edit_product(product: Product, edit: Edit) -> Product:
    """Change a product and return it as it is then.

    Raises
    ------
    OrderInvalid
        When the shop does not speak the language, or a text is too long.
    """
    languages = dict(settings.LANGUAGES)
    if edit.language not in languages:
        raise OrderInvalid(
            "The shop does not speak “{said}”.",
            help="Choose one of: {allowed}.",
            said=edit.language[:20],
            allowed=list(languages),
            field="language",
        )
    now = product.words()
    texts = {"title": edit.title, "summary": edit.description}
    kept = {field: now[field].get(edit.language, "") if text is None else text for field, text in texts.items()}
    say_words(product, {edit.language: SaidWords(**kept)})
    product.refresh_from_db()
    return price_by(
        product,
        _rules(product, edit),
        labour_min=product.labour_min["value"] if edit.minutes is None else edit.minutes,
        position=product.position if edit.position is None else edit.position,
    )


def _rules(product: Product, edit: Edit) -> PriceRules:
    rules = PriceRules() if edit.usual_prices else PriceRules(**product.price_rules)
    typed = PriceRules.of_typed(
        edit.margin, None if edit.minimum is None else Decimal(str(edit.minimum)), product.shop.currency
    )
    return PriceRules(
        rules.margin if typed.margin is None else typed.margin,
        rules.minimum_minor if typed.minimum_minor is None else typed.minimum_minor,
    )
