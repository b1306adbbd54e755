"""The sentences of the papers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.law.tax import TaxShown
from glocal.law.withdrawal import Withdrawal


def withdrawal_sentence(found: Withdrawal, labels: Mapping[str, str]) -> str:
    """Return what a customer is told about withdrawal before buying; ``labels`` name the parameters."""
    if found.code == "right":
        return _(
            "You may withdraw from this purchase within {days} days of getting the piece, without a reason. You send it back, and the shop returns what you paid."  # noqa: E501 - the catalogue's key is one line
        ).format(days=found.days)
    if found.code == "none_own":
        own = ", ".join(labels.get(name, name) for name in found.own)
        return _(
            "This piece is made to your own measure or words ({own}). Therefore you cannot withdraw from the purchase; if something is wrong with it, your rights are the usual ones."  # noqa: E501
        ).format(own=own)
    return _("Whether you may withdraw follows the law of the shop’s place; ask the shop.")


def tax_words(tax: TaxShown) -> str:
    """Return what stands beside a price."""
    percent = format_decimal(tax.percent, locale=(get_language() or "en").replace("-", "_"))
    name = {"vat": _("VAT"), "gst": _("goods and services tax"), "sales_tax": _("sales tax")}[tax.name]
    if tax.code == "none":
        return _("No {tax} is charged.").format(tax=name)
    text = _("{percent} % {tax} included") if tax.code == "included" else _("plus {percent} % {tax}")
    return text.format(percent=percent, tax=name)


def tax_doubts(tax: TaxShown) -> list[str]:
    """Return what the owner should look at."""
    words = {
        "must_be_included": _("In the Union a price that consumers see includes the tax."),
        "not_the_standard_rate": _("This is not the usual rate of the country; is a reduced one meant?"),
        "small_enterprise_only": _("Without tax sell only small enterprises that the tax office has exempted."),
    }
    return [words[code] for code in tax.doubts]


def safety_words(code: str, data: Mapping[str, Any]) -> str:
    """Return one note of a safety record as a sentence."""
    words = {
        "small_parts": _("Not for children under 36 months: small part, can be swallowed."),
        "small_parts_maybe": _(
            "Not for children under 36 months: it, or a part of it, may be small enough to swallow."
        ),
        "not_under_36_months_refuse": _("Must not be given to children under 36 months: it may be swallowed."),
        "not_a_toy": _("This is not a toy."),
        "heat": _("{material}: loses its shape from about {celsius} °C."),
        "no_warm_place": _("Do not leave it in a car in the sun or on a radiator."),
        "soft_not_for_mouth": _("Soft plastic: do not put it into the mouth."),
        "not_for_food": _("Not for contact with food: printed surfaces have grooves that cannot be kept clean."),
        "layers_break": _("Printed layers can part under load: do not let anybody’s safety depend on it."),
        "no_mains": _("Not for parts under mains voltage."),
        "keep_from_flame": _("Keep away from open flames: it burns and drips."),
    }
    celsius = data.get("celsius")
    return words[code].format(
        material=data.get("material", ""), celsius=f"{celsius:g}" if isinstance(celsius, (int, float)) else ""
    )


def age_words(age_group: str) -> str:
    """Return whom a piece is for."""
    words = {
        "adults": _("For adults"),
        "from_36_months": _("From 3 years"),
        "under_36_months": _("Also under 3 years"),
        "unknown": _("The design does not say for which age it is."),
    }
    return words[age_group]
