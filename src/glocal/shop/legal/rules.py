"""Ask the rules of :mod:`glocal.law` about a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glocal.design.parameters import matters
from glocal.law.model import MaterialFacts, Setting, Solid
from glocal.law.safety import SafetyAnalysis, analyse
from glocal.law.tax import TaxShown, tax_shown
from glocal.law.withdrawal import Withdrawal, withdrawal
from glocal.production.materials import get_material
from glocal.shop.products.describe import NO_NOTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glocal.design.model import DesignTemplate
    from glocal.shop.parts.models import BuiltPart
    from glocal.shop.products.models import Product
    from glocal.shop.quotes.models import QuoteRecord
    from glocal.shop.shops.models import Shop


def settings_of(template: DesignTemplate, values: Mapping[str, Any]) -> tuple[Setting, ...]:
    """Return the customer's values with from whom each comes; one that has no effect with the others is untouched."""
    found = []
    whole = {parameter.name: parameter.initial for parameter in template.parameters} | dict(values)
    for parameter in template.parameters:
        notes = template.notes.get(parameter.name, NO_NOTES)
        value = whole[parameter.name] if matters(notes, whole) else parameter.initial
        origin = notes.origin
        words = parameter.type == "string" and not parameter.options and parameter.widget is None
        plain = tuple(value) if isinstance(value, list) else value
        found.append(Setting(parameter.name, origin, plain, parameter.initial, words))
    return tuple(found)


def withdrawal_of(quote: QuoteRecord, *, for_stock: bool = False) -> Withdrawal:
    """Return whether a consumer may send the piece back."""
    template = quote.product.template()
    settings = settings_of(template, quote.values)
    return withdrawal(settings, region=quote.region, presets=template.presets.values(), for_stock=for_stock)


def safety_of(product: Product, part: BuiltPart, material_id: str) -> SafetyAnalysis:
    """Return the risks of a part in a material."""
    features = part.features
    solid = Solid(
        tuple(features["extent_mm"]), volume_mm3=features.get("volume_mm3", 0.0), bodies=features.get("bodies", 1)
    )
    material = get_material(material_id)
    says = product.template().print_notes.get("safety", {})
    return analyse(solid, MaterialFacts(material.id, material.name, material.heat_resistance_c), says)


def tax_of(shop: Shop) -> TaxShown:
    """Return how the shop's tax is shown."""
    terms = shop.terms
    return tax_shown(shop.region, terms.get("tax_rate", 0.0), included=terms.get("tax_included_in_price", True))


def licence_of(product: Product) -> dict[str, Any]:
    """Return under which licence the design is, by whom, and which version was used."""
    template = product.template()
    return {
        "licence": template.licence,
        "authors": list(template.authors),
        "title": dict(product.title),
        "design": template.id,
        "version": template.version,
        "hash": template.hash,
    }


def has_own_words(quote: QuoteRecord) -> bool:
    """Return whether the piece carries words of the customer: then it shows something of a person."""
    settings = settings_of(quote.product.template(), quote.values)
    return any(setting.own_words and str(setting.value).strip() for setting in settings)
