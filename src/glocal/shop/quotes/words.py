"""The lines of a price in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

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
    return f"{name}, {detail}" if detail else name


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
        return f"{format_decimal(round(quote['mass_g'], 1), locale=locale)} g"
    if code == "machine" and "time_s" in quote:
        hours, minutes = divmod(max(1, round(quote["time_s"] / 60)), 60)
        return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
    terms = quote.get("inputs", {}).get("context", {}).get("terms", {})
    if code == "tax" and "tax_rate" in terms:
        return format_percent(terms["tax_rate"], locale=locale, decimal_quantization=False)
    return ""
