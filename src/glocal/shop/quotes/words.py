"""The lines of a price in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from babel.numbers import format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.measures import duration, measure
from glocal.shop.quotes.match_words import comma

if TYPE_CHECKING:
    from glocal.shop.quotes.models import QuoteRecord


def lines_in_words(quote: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of :meth:`glocal.quoting.model.Quote.as_dict` with their labels in the active language."""
    return [{**line, "label": line_in_words(line, quote)} for line in quote["lines"]]


def line_in_words(line: Mapping[str, Any], quote: Mapping[str, Any]) -> str:
    """Return what a line is for, with the amount that it stands for; a line that is not known keeps its own label."""
    names = {
        "material": _("Material"),
        "machine": _("Time on the machine"),
        "setup": _("Setting up the machine"),
        "labour": _("Work by hand"),
        "failures": _("Expected failed prints"),
        "packaging": _("Packaging"),
        "delivery": _("Delivery"),
        "rush": _("Rush"),
        "margin": _("For the shop"),
        "minimum": _("Up to the smallest order"),
        "payment_fee": _("Payment"),
        "tax": _("Tax"),
    }
    name = names.get(line["code"], line["label"])
    detail = _detail(line["code"], quote)
    return f"{name}{comma(get_language() or 'en')}{detail}" if detail else name


def rush_in_words(quote: QuoteRecord) -> str | None:
    """Return what going first costs in this shop, or None where all orders are taken in turn."""
    rate = quote.product.shop.terms.get("rush_rate")
    if rate is None:
        return None
    share = format_percent(rate, locale=(get_language() or "en").replace("-", "_"), decimal_quantization=False)
    return _("It goes before all that wait; the costs of making it are %(share)s higher.") % {"share": share}


def _detail(code: str, quote: Mapping[str, Any]) -> str:
    locale = (get_language() or "en").replace("-", "_")
    if code == "material" and "mass_g" in quote:
        return measure(quote["mass_g"], "g", get_language() or "en", digits=1)
    if code == "machine" and "time_s" in quote:
        return duration(quote["time_s"], get_language() or "en")
    terms = quote.get("inputs", {}).get("context", {}).get("terms", {})
    if code == "tax" and "tax_rate" in terms:
        return format_percent(terms["tax_rate"], locale=locale, decimal_quantization=False)
    return ""
