"""What the templates say: versioned addresses, money, times."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from glocal.network.model import Reason
from glocal.shop import measures
from glocal.shop.quotes.match_words import reason_in_words
from glocal.web import direction, numbers
from glocal.web.assets import asset_url
from glocal.web.licence_words import licence_in_words
from glocal.web.undo import undo_address

register = template.Library()


def _language() -> str:
    return get_language() or "en"


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a bundled file."""
    return asset_url(path)


@register.simple_tag
def money(minor: int, currency: str) -> str:
    """Return a sum as text."""
    return numbers.money(minor, currency, _language())


@register.simple_tag
def plain_sum(minor: int, currency: str) -> str:
    """Return a sum without its currency, as the reader types it."""
    return numbers.plain_sum(minor, currency, _language())


@register.simple_tag
def day(at: datetime, timezone: str) -> str:
    """Return the day of an instant at the shop's place."""
    return numbers.day(at, _language(), ZoneInfo(timezone))


@register.simple_tag
def moment(at: datetime, timezone: str) -> str:
    """Return day and minute of an instant at the shop's place."""
    return numbers.moment(at, _language(), ZoneInfo(timezone))


@register.filter
def full_day(day: date) -> str:
    """Return a day with its year."""
    return numbers.full_day(day, _language())


@register.simple_tag
def duration(seconds: float) -> str:
    """Return a duration as text."""
    return measures.duration(seconds, _language())


@register.simple_tag
def undo_of(message: Message) -> str:
    """Return where what a message tells of is taken back; empty where it cannot be."""
    return undo_address(message.extra_tags or "")


@register.filter
def plain(number: float) -> str:
    """Return a number as a drawing needs it, whatever the reader's language writes."""
    return f"{number:g}"


@register.filter
def isolated(text: object) -> str:
    """Return a name that keeps its direction within a translated sentence."""
    return direction.isolated(text)


@register.filter
def unbroken(text: str) -> SafeString:
    """Return names such as ``CC-BY-4.0`` so that none of them breaks at its hyphens, in their own direction."""
    words = format_html_join(" ", '<span class="whole">{}</span>', ((word,) for word in text.split()))
    return format_html("<bdi>{}</bdi>", words)


@register.filter
def half(number: float) -> str:
    """Return half a number as a drawing needs it."""
    return f"{number / 2:g}"


@register.filter
def match_reason(reason: Reason) -> str:
    """Return why a maker cannot make something, in the reader's language."""
    return reason_in_words(reason.as_dict())


@register.filter
def licence_words(expression: str) -> str:
    """Return what may be done with a design under its licence."""
    return licence_in_words(expression)
