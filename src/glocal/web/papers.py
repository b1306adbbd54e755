"""An order's papers as pages and labels show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from glocal.law.label import Label
from glocal.law.passport import Passport
from glocal.law.safety import SafetyAnalysis
from glocal.shop.legal.models import OrderPapers
from glocal.shop.legal.queries import made_on, manufacturer_of, papers_of, rights_before_buying
from glocal.shop.legal.rules import safety_of
from glocal.shop.legal.words import age_words, safety_words
from glocal.shop.orders.models import Piece
from glocal.shop.payments.queries import number_for
from glocal.shop.products.describe import material_words
from glocal.shop.quotes.models import QuoteRecord
from glocal.web.numbers import full_day


def before_buying(quote: QuoteRecord) -> dict[str, Any]:
    """Return what a customer has to know before they order what was quoted."""
    shop = quote.product.shop
    found: dict[str, Any] = {
        **rights_before_buying(quote, get_language() or shop.language),
        "manufacturer": manufacturer_of(shop),
        "safety": None,
    }
    if quote.part is not None:
        found["safety"] = safety_in_words(safety_of(quote.product, quote.part, quote.material_id))
    return found


def safety_in_words(found: SafetyAnalysis) -> dict[str, Any]:
    """Return a safety analysis as sentences."""
    notes = [{"text": safety_words(note.code, dict(note.data)), "source": note.source} for note in found.notes]
    return {"age": age_words(found.age_group), "notes": notes}


def frozen_safety_in_words(papers: OrderPapers) -> dict[str, Any]:
    """Return the safety record of an order as sentences of the reader's language."""
    safety = papers.safety
    notes = [{"text": safety_words(note["code"], note["data"]), "source": note["source"]} for note in safety["notes"]]
    return {"age": age_words(safety["age_group"]), "notes": notes}


def passport_address(request: HttpRequest, piece: Piece) -> str:
    """Return where a piece's passport is read, for a code that outlives this visit."""
    path = reverse("passport", args=[piece.id])
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)


def passport_of(request: HttpRequest, piece: Piece) -> Passport:
    """Return a piece's passport: nothing in it is about who bought it, nor about the neighbour who printed it."""
    order = piece.order
    quote, product = order.quote, order.quote.product
    shop, template = product.shop, product.template()
    language = get_language() or shop.language
    features: Mapping[str, Any] = quote.part.features if quote.part else {"extent_mm": (0.0, 0.0, 0.0)}
    address = passport_address(request, piece)
    home = address.removesuffix(reverse("passport", args=[piece.id]))
    mass_g = (quote.quote or {}).get("mass_g")
    return Passport(
        piece=str(piece.id),
        address=address,
        shop=manufacturer_of(shop)["name"],
        shop_address=f"{home}/",
        name=order.text("title", language),
        description=order.text("summary", language),
        batch=number_for(order),
        made_on=made_on(order),
        country=shop.region.split("-")[0],
        extent_mm=features["extent_mm"],
        mass_g=mass_g / order.quantity if mass_g else None,
        material=material_words(quote.material_id, quote.colour),
        licence=template.licence,
        design=f"{home}{reverse('product', args=[product.slug])}",
        authors=", ".join(template.authors),
    )


def label_of(request: HttpRequest, piece: Piece) -> Label:
    """Return what a piece's label says, in the active language."""
    passport = passport_of(request, piece)
    papers = papers_of(piece.order)
    maker = papers.manufacturer if papers else manufacturer_of(piece.order.quote.product.shop)
    who = ", ".join(part for part in (maker["name"], *maker["address"].splitlines(), maker["email"]) if part.strip())
    facts = [
        _("Made by {name}").format(name=who),
        _("Piece {number}").format(number=passport.piece),
        _("Batch {number}").format(number=passport.batch),
        passport.material,
    ]
    if passport.made_on is not None:
        facts.append(_("Made on {day}").format(day=full_day(passport.made_on, get_language() or "en")))
    warnings = [note["text"] for note in frozen_safety_in_words(papers)["notes"]] if papers else []
    return Label(passport.name, facts, warnings, passport.address, right_to_left=get_language_bidi())
