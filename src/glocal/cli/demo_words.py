"""The demonstration's facts in words and columns for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
from babel.numbers import format_currency, get_currency_precision

if TYPE_CHECKING:
    from glocal.shop.jobs.models import Job


def money(minor: int, currency: str) -> str:
    """Return a sum as people write it."""
    return str(format_currency(minor / 10 ** get_currency_precision(currency), currency, locale="en"))


def step(name: str, seconds: float) -> str:
    """Return the line that ends a step."""
    return click.style(f"✓ {name}", bold=True, fg="green") + click.style(f"  {seconds:.2f} s\n", dim=True)


def part(features: Mapping[str, Any]) -> str:
    """Return what a part is, in one line."""
    size = " × ".join(f"{extent:.1f}" for extent in features["extent_mm"])
    return f"{size} mm, {features['volume_mm3'] / 1000:.1f} cm³, {features['triangles']:,} triangles, watertight"


def quote(quote: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a quote with their uncertainty."""
    currency = quote["currency"]

    def row(label: str, value: int, low: int, high: int) -> str:
        return f"{label:<32} {money(value, currency):>9}   {money(low, currency):>9} to {money(high, currency)}"

    for line in quote["lines"]:
        yield row(line["label"], line["amount_minor"], line["low_minor"], line["high_minor"])
    yield click.style(
        row("Price", quote["price_minor"], quote["low"]["price_minor"], quote["high"]["price_minor"]), bold=True
    )
    yield f"{quote['method']}: {quote['sources']['time_s']}"
    ready = quote["ready"]
    yield f"ready {ready['at'][:16]} UTC, 8 times in 10 between {ready['low'][:16]} and {ready['high'][:16]}"


def not_chosen(matched: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line per maker who was not chosen, with each reason."""
    for offer in matched["accepted"][1:]:
        yield f"  could too: {offer['name'] or offer['maker']}: {'; '.join(offer['reasons'])}"
    for kind in ("rejected", "unknown"):
        for answer in matched[kind]:
            reasons = "; ".join(reason["message"] for reason in answer["reasons"])
            yield f"  not {answer['name'] or answer['maker']}: {reasons}"


def actual(job: Job, motor_speed: float) -> str:
    """Return estimate and actual of a job; the actual time is the virtual motor's, in a real machine's seconds."""
    outcome = job.outcome
    hours = "not measured" if outcome.print_s is None else f"{outcome.print_s * motor_speed / 3600:.2f} h"
    return (
        f"estimated {job.estimate_s / 3600:.2f} h; by the virtual motor's clock × {motor_speed:g} it took {hours} "
        "(it shows how learning works: only a real machine's clock says something about a machine)"
    )


def change(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return how an estimate moved."""
    was, now = (f"{e['value']:.4f} ({e['low']:.3f} to {e['high']:.3f})" for e in (before, after))
    return f"{what}: {was} → {now}"
