"""The price of one order as a pure function of frozen inputs.

Every line is rounded to the minor unit by itself, half up, and is a monotone function of mass, time, wage and failure
odds; the total is the sum of the lines and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from glocal.quoting.errors import BadTerms
from glocal.quoting.model import PriceContext, PrintUse, Quote, QuoteLine, days, json_ready
from glocal.quoting.ready import ready, ready_source
from glocal.values import Estimate, canonical_json, sha256_hex

PRICE_VERSION = 1
"""Part of the input hash: raised whenever the same inputs would give another price."""


@dataclass(frozen=True, slots=True)
class Drivers:
    """The four uncertain numbers that move a price: s, g, minutes, odds."""

    time_s: float
    mass_g: float
    labour_min: float
    failure_odds: float


def round_half_up(amount: float) -> int:
    """Round to the nearest minor unit, halves up."""
    return math.floor(amount + 0.5)


def price(use: PrintUse, context: PriceContext) -> Quote:
    """Return the quote for ``context.quantity`` equal pieces that each take ``use``.

    Set-up is charged per plate (each piece bears its ``plate_share``); a failed attempt is paid for by dividing what is
    lost with it by ``1 - p``, since it is printed again until it is good; the payment fee is taken of what the customer
    pays, so it is grossed up; packaging, delivery and the fixed fee are per order.

    Raises
    ------
    BadTerms
        When payment fee and tax together would eat the whole price.
    """
    _check_terms(context)
    at_value = drivers(use, context, lambda estimate: estimate.value)
    at_low = drivers(use, context, lambda estimate: estimate.low)
    at_high = drivers(use, context, lambda estimate: estimate.high)
    amounts, lows, highs = (bill(point, context) for point in (at_value, at_low, at_high))
    texts = describe(use, context)
    lines = tuple(
        QuoteLine(code, texts[code][0], amount, lows[code], highs[code], texts[code][1])
        for code, amount in amounts.items()
        if amount or highs[code] or code in ("material", "machine", "setup", "labour", "tax")
    )
    total = sum(amounts.values())
    alone = sum(bill(at_value, replace(context, plate_share=1.0)).values())
    frozen = {"version": PRICE_VERSION, "use": json_ready(asdict(use)), "context": json_ready(asdict(context))}
    when = ready(use, context)
    return Quote(
        lines=lines,
        total_minor=total,
        low_minor=total - spread(total, at_value, at_low, context),
        high_minor=total + spread(total, at_value, at_high, context),
        tax_minor=amounts["tax"],
        currency=context.terms.currency,
        time=use.time_s,
        mass=use.mass_g,
        ready_at=when.at,
        ready_low=when.low,
        ready_high=when.high,
        method=use.method,
        valid_until=context.now + days(context.terms.quote_valid_days),
        inputs=frozen,
        input_hash=sha256_hex(canonical_json(frozen)),
        plate_saving_minor=alone - total,
        ready_source=ready_source(use, context),
    )


def total_minor(use: PrintUse, context: PriceContext) -> int:
    """Return what :func:`price` comes to, minor units, without its lines; for comparing.

    Raises
    ------
    BadTerms
        When payment fee and tax together would eat the whole price.
    """
    _check_terms(context)
    return sum(bill(drivers(use, context, lambda estimate: estimate.value), context).values())


def _check_terms(context: PriceContext) -> None:
    if context.terms.payment_fee_rate * (1 + context.terms.tax_rate) >= 1:
        raise BadTerms("The payment fee takes the whole price.", help="Correct the payment fee.")


def drivers(use: PrintUse, context: PriceContext, pick: Callable[[Estimate], float]) -> Drivers:
    """Return one point of the uncertain numbers, picked from each estimate."""
    return Drivers(pick(use.time_s), pick(use.mass_g), pick(context.labour_min), pick(context.failure_odds))


def spread(total: int, centre: Drivers, end: Drivers, context: PriceContext) -> int:
    """Return how far the total may move towards ``end``: print, labour and failures err independently."""
    moves = (
        replace(centre, time_s=end.time_s, mass_g=end.mass_g),
        replace(centre, labour_min=end.labour_min),
        replace(centre, failure_odds=end.failure_odds),
    )
    return round_half_up(math.hypot(*(sum(bill(move, context).values()) - total for move in moves)))


def bill(at: Drivers, context: PriceContext) -> dict[str, int]:
    """Return the amount of every line, minor units, for one point of the uncertain numbers."""
    terms, rate, quantity = context.terms, context.rate, context.quantity
    hours = at.time_s / 3600
    hourly = rate.hourly_minor + rate.power_w / 1000 * terms.energy_minor_per_kwh
    exact = {
        "material": quantity * (at.mass_g / context.spool_mass_g) * context.spool_price_minor,
        "machine": quantity * hours * hourly,
        "setup": quantity * context.plate_share * rate.setup_min / 60 * terms.wage_minor_per_h,
        "labour": quantity * at.labour_min / 60 * terms.wage_minor_per_h,
    }
    lost_per_failure = exact["material"] + exact["machine"] + exact["setup"]
    exact["failures"] = lost_per_failure * (at.failure_odds / (1 - at.failure_odds))
    exact["packaging"] = terms.packaging_minor
    exact["delivery"] = context.delivery_minor
    amounts = {code: round_half_up(amount) for code, amount in exact.items()}
    amounts["rush"] = round_half_up(context.rush_rate * (sum(amounts.values()) - amounts["delivery"]))
    amounts["margin"] = round_half_up(terms.margin * sum(amounts.values()))
    before_fee = sum(amounts.values())
    amounts["minimum"] = max(0, terms.minimum_minor - before_fee)
    before_fee += amounts["minimum"]
    gross = (before_fee + terms.payment_fee_minor) / (1 - terms.payment_fee_rate * (1 + terms.tax_rate))
    amounts["payment_fee"] = round_half_up(gross - before_fee)
    amounts["tax"] = round_half_up(terms.tax_rate * (before_fee + amounts["payment_fee"]))
    return amounts


def describe(use: PrintUse, context: PriceContext) -> dict[str, tuple[str, str]]:
    """Return the label and the source of every line."""
    terms, rate = context.terms, context.rate
    odds = context.failure_odds
    per_order = "shop terms, once per order"
    energy = f"{rate.power_w:g} W × {terms.energy_minor_per_kwh:g} per kWh"
    tax_place = "in the price shown" if terms.tax_included_in_price else "on top of the price shown"
    return {
        "material": (
            f"Material, {use.mass_g.value:.1f} g per piece",
            f"{use.mass_g.source}; {context.spool_price_minor} per {context.spool_mass_g:g} g spool",
        ),
        "machine": (
            f"Machine, {use.time_s.value / 3600:.2f} h per piece",
            f"{use.time_s.source}; {rate.hourly_minor} per hour + {energy}",
        ),
        "setup": (
            f"Set-up, {context.plate_share:.0%} of a plate per piece",
            f"{rate.setup_min:g} min per plate × {terms.wage_minor_per_h:g} per hour",
        ),
        "labour": (
            f"Labour, {context.labour_min.value:g} min per piece",
            f"{context.labour_min.source} × {terms.wage_minor_per_h:g} per hour",
        ),
        "failures": (
            "Expected failed prints",
            f"odds {odds.value:.1%} ({odds.low:.1%} to {odds.high:.1%}), {odds.source}; p ÷ (1 − p) of what is lost",
        ),
        "packaging": ("Packaging", per_order),
        "delivery": ("Delivery", per_order),
        "rush": ("Rush", f"{context.rush_rate:.0%} of the costs above without delivery"),
        "margin": ("Shop", f"{terms.margin:.0%} of the costs above"),
        "minimum": ("Up to the smallest order", f"shop terms: {terms.minimum_minor} before fee and tax"),
        "payment_fee": (
            "Payment",
            f"{terms.payment_fee_rate:.2%} of what is paid + {terms.payment_fee_minor}",
        ),
        "tax": (f"Tax {terms.tax_rate:.1%}", f"rate for {terms.region}, {tax_place}"),
    }
