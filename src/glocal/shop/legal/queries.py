"""Reads about the papers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from glocal.law.safety import keep_until
from glocal.shop.legal.models import Manufacturer, OrderPapers
from glocal.shop.legal.rules import tax_of, withdrawal_of
from glocal.shop.legal.words import tax_words, withdrawal_sentence
from glocal.shop.makers.models import Maker
from glocal.shop.orders.models import Order
from glocal.shop.products.describe import describe_parameters
from glocal.shop.shops.models import Shop

if TYPE_CHECKING:
    from glocal.law.withdrawal import Withdrawal
    from glocal.shop.quotes.models import QuoteRecord


def sentence_for(quote: QuoteRecord, found: Withdrawal, language: str) -> str:
    """Return the sentence about withdrawal that stands beside the button, in the active language."""
    described = describe_parameters(quote.product.template(), language) if found.own else []
    return withdrawal_sentence(found, {row["name"]: row["label"] for row in described})


def rights_before_buying(quote: QuoteRecord, language: str) -> dict[str, str]:
    """Return what has to stand beside the button with which something is ordered, in the active language."""
    return {
        "withdrawal": sentence_for(quote, withdrawal_of(quote), language),
        "tax": tax_words(tax_of(quote.product.shop)),
    }


def manufacturer_of(shop: Shop) -> dict[str, str]:
    """Return who answers for the shop's goods; empty fields where nobody said it yet."""
    row = Manufacturer.objects.filter(shop=shop).first() or Manufacturer(shop=shop, name=shop.name)
    return {name: getattr(row, name) for name in ("name", "address", "email", "tax_number")}


def pickup_address(maker: Maker, shop: Shop) -> str:
    """Return where exactly something is fetched at a maker; the shop's own maker is where its goods are answered for.

    Empty where nobody said it.
    """
    return maker.pickup_address or (manufacturer_of(shop)["address"].strip() if maker.slug == shop.slug else "")


def papers_of(order: Order) -> OrderPapers | None:
    """Return an order's papers; None for one that was placed before there were any."""
    return OrderPapers.objects.filter(order=order).first()


def made_on(order: Order) -> date | None:
    """Return the day on which an order's pieces were made, at the shop's place."""
    done = order.events.filter(code="printed").order_by("-id").values_list("at", flat=True).first()
    return done.astimezone(ZoneInfo(order.quote.product.shop.timezone)).date() if done else None


def kept_until(order: Order) -> date:
    """Return until when the papers are kept, counted from when it was made, else from now on its order."""
    return keep_until(made_on(order) or order.created_at.date())
