"""Laws of a price: whatever the terms, these hold."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.quoting.model import MachineRate, PriceContext, PrintUse, ShopTerms
from glocal.quoting.price import price
from glocal.values import Estimate, canonical_json, sha256_hex
from tests.quoting.builders import NOW

quick = settings(max_examples=60, deadline=None)


def amount(top: float, bottom: float = 0.0) -> st.SearchStrategy[float]:
    """Return finite numbers in a range."""
    return st.floats(bottom, top, allow_nan=False, allow_subnormal=False)


@st.composite
def estimates(draw: st.DrawFn, top: float) -> Estimate:
    """Return estimates with an ordered interval."""
    low, value, high = sorted(draw(st.tuples(amount(top), amount(top), amount(top))))
    return Estimate(value, low, high, "drawn")


@st.composite
def contexts(draw: st.DrawFn) -> PriceContext:
    """Return sensible and odd shops."""
    terms = ShopTerms(
        currency="EUR",
        region="DE",
        wage_minor_per_h=draw(amount(10_000)),
        energy_minor_per_kwh=draw(amount(200)),
        margin=draw(amount(3)),
        tax_rate=draw(amount(0.3)),
        tax_included_in_price=draw(st.booleans()),
        packaging_minor=draw(st.integers(0, 2000)),
        payment_fee_rate=draw(amount(0.1)),
        payment_fee_minor=draw(st.integers(0, 100)),
        minimum_minor=draw(st.integers(0, 3000)),
        quote_valid_days=draw(st.integers(1, 90)),
    )
    return PriceContext(
        terms=terms,
        rate=MachineRate(draw(st.integers(0, 1000)), draw(amount(500)), draw(amount(60))),
        spool_price_minor=draw(st.integers(0, 10_000)),
        spool_mass_g=draw(amount(5000, 100)),
        labour_min=draw(estimates(120)),
        failure_odds=draw(estimates(0.9)),
        plate_share=draw(amount(1, 0.01)),
        delivery_minor=draw(st.integers(0, 3000)),
        quantity=draw(st.integers(1, 20)),
        rush_rate=draw(amount(1)),
        now=NOW,
    )


@st.composite
def uses(draw: st.DrawFn) -> PrintUse:
    """Return pieces from a crumb to two days and two kilograms."""
    return PrintUse(draw(estimates(172_800)), draw(estimates(2000)), "instant", "drawn")


def more(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate of which everything is larger."""
    return estimate.scaled(factor)


@quick
@given(uses(), contexts())
def test_sums_exactly_and_the_interval_holds_the_total(use: PrintUse, context: PriceContext) -> None:
    """The lines are the total; every line and the total lie inside their intervals."""
    quote = price(use, context)
    assert sum(line.amount_minor for line in quote.lines) == quote.total_minor
    assert quote.low_minor <= quote.total_minor <= quote.high_minor
    # only the top-up to the smallest order shrinks when costs grow
    assert all(line.low_minor <= line.amount_minor <= line.high_minor for line in quote.lines if line.code != "minimum")
    assert quote.ready_low <= quote.ready_at <= quote.ready_high
    assert quote.input_hash == sha256_hex(canonical_json(quote.inputs))


@quick
@given(uses(), contexts(), amount(3, 1))
def test_never_cheaper_with_more(use: PrintUse, context: PriceContext, factor: float) -> None:
    """More mass, time, wage, labour, failure odds or energy price never lowers the total."""
    total = price(use, context).total_minor
    terms, odds = context.terms, context.failure_odds
    likelier = Estimate(*(min(0.95, odd * factor) for odd in (odds.value, odds.low, odds.high)), "drawn")
    costlier = [
        price(replace(use, mass_g=more(use.mass_g, factor)), context),
        price(replace(use, time_s=more(use.time_s, factor)), context),
        price(use, replace(context, terms=replace(terms, wage_minor_per_h=terms.wage_minor_per_h * factor))),
        price(use, replace(context, terms=replace(terms, energy_minor_per_kwh=terms.energy_minor_per_kwh * factor))),
        price(use, replace(context, labour_min=more(context.labour_min, factor))),
        price(use, replace(context, failure_odds=likelier)),
    ]
    assert all(quote.total_minor >= total for quote in costlier)


@quick
@given(uses(), contexts(), st.integers(2, 100))
def test_scaling_the_currency_scales_the_price(use: PrintUse, context: PriceContext, factor: int) -> None:
    """A hundred times the minor units per unit give a hundred times the price.

    Each of the twelve lines is rounded to one minor unit, and rush, margin, fee and tax multiply earlier roundings; so
    the difference is at most the roundings of the smaller currency times the factor.
    """
    terms, rate = context.terms, context.rate
    other = replace(
        context,
        terms=replace(
            terms,
            wage_minor_per_h=terms.wage_minor_per_h * factor,
            energy_minor_per_kwh=terms.energy_minor_per_kwh * factor,
            packaging_minor=terms.packaging_minor * factor,
            payment_fee_minor=terms.payment_fee_minor * factor,
            minimum_minor=terms.minimum_minor * factor,
        ),
        rate=replace(rate, hourly_minor=rate.hourly_minor * factor),
        spool_price_minor=context.spool_price_minor * factor,
        delivery_minor=context.delivery_minor * factor,
    )
    small, large = price(use, context).total_minor, price(use, other).total_minor
    markup = (1 + context.rush_rate) * (1 + terms.margin) * (1 + terms.tax_rate) / (1 - terms.payment_fee_rate * 1.3)
    assert abs(large - factor * small) <= 12 * 0.5 * (factor + 1) * markup


@quick
@given(uses(), contexts(), st.lists(amount(100, 0.1), min_size=2, max_size=8), st.data())
def test_removing_a_part_never_makes_the_others_cheaper(
    use: PrintUse, context: PriceContext, weights: list[float], data: st.DataObject
) -> None:
    """Who stays on the plate bears the set-up of who left."""
    leaves = data.draw(st.integers(0, len(weights) - 1))
    rest = [weight for i, weight in enumerate(weights) if i != leaves]
    for weight in rest:
        before = price(use, replace(context, plate_share=min(1.0, weight / sum(weights))))
        after = price(use, replace(context, plate_share=min(1.0, weight / sum(rest))))
        assert after.total_minor >= before.total_minor
        assert before.plate_saving_minor >= 0


@quick
@given(uses(), contexts(), st.integers(1, 50))
def test_more_pieces_cost_more_in_all_and_no_more_each(use: PrintUse, context: PriceContext, extra: int) -> None:
    """What is paid once per order is spread over more pieces."""
    few = price(use, context).total_minor
    count = context.quantity + extra
    many = price(use, replace(context, quantity=count)).total_minor
    assert many >= few
    terms = context.terms
    markup = (1 + context.rush_rate) * (1 + terms.margin) * (1 + terms.tax_rate) / (1 - terms.payment_fee_rate * 1.3)
    assert many / count <= few / context.quantity + 12 * markup  # roundings


@settings(max_examples=25, deadline=None)
@given(uses(), contexts(), amount(2), st.integers(0, 2000))
def test_going_first_and_being_brought_are_never_cheaper(
    use: PrintUse, context: PriceContext, rush: float, delivery: int
) -> None:
    """A surcharge and a delivery each have their price; neither lowers another line."""
    total = price(use, context).total_minor
    assert price(use, replace(context, rush_rate=context.rush_rate + rush)).total_minor >= total
    assert price(use, replace(context, delivery_minor=context.delivery_minor + delivery)).total_minor >= total


@settings(max_examples=25, deadline=None)
@given(uses(), contexts(), estimates(200_000), estimates(200_000))
def test_what_waits_longer_is_never_ready_sooner(
    use: PrintUse, context: PriceContext, wait: Estimate, more_wait: Estimate
) -> None:
    """Queue, plate formation and delivery each only add to the date, at every quantile."""
    waits = replace(context, queue_s=wait)
    longer = (
        replace(waits, queue_s=Estimate(wait.value + 60, wait.low + 60, wait.high + 60, "drawn")),
        replace(waits, forming_s=more_wait),
        replace(waits, delivery_s=more_wait),
    )
    soon = price(use, waits)
    for quote in (price(use, each) for each in longer):
        assert soon.ready_low <= quote.ready_low
        assert soon.ready_at <= quote.ready_at
        assert soon.ready_high <= quote.ready_high
