"""A price worked out by hand, line by line, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from glocal.errors import BadInput
from glocal.quoting.errors import BadTerms
from glocal.quoting.model import MachineRate, OpeningHours
from glocal.quoting.price import price
from glocal.quoting.ready import next_open
from glocal.values import Estimate
from tests.quoting.builders import NOW, a_context, a_use, some_terms


def amounts(context: Any) -> dict[str, int]:
    """Return code -> amount of the two-hour, 50 g piece."""
    return {line.code: line.amount_minor for line in price(a_use(), context).lines}


def test_every_line_worked_out_by_hand() -> None:
    """One piece: 2 h, 50 g, alone on its plate."""
    # material 50 / 1000 × 2000 = 100; machine 2 × (100 + 0.1 kW × 40) = 208; set-up 10 / 60 × 1800 = 300;
    # labour the same, 300; failures (100 + 208 + 300) × 0.2 / 0.8 = 152; packaging 50; sum 1110;
    # margin 20 % = 222; tax 19 % of 1332 = 253.08
    assert amounts(a_context()) == {
        "material": 100,
        "machine": 208,
        "setup": 300,
        "labour": 300,
        "failures": 152,
        "packaging": 50,
        "margin": 222,
        "tax": 253,
    }


def test_total_is_what_the_customer_pays_and_the_label_follows_the_region() -> None:
    """Tax is part of the total always, and of the shown price where the law asks so."""
    quote = price(a_use(), a_context())
    assert (quote.total_minor, quote.tax_minor, quote.shown_minor) == (1585, 253, 1585)
    abroad = price(a_use(), a_context(terms=some_terms(tax_included_in_price=False)))
    assert (abroad.total_minor, abroad.shown_minor) == (1585, 1332)


def test_set_up_is_shared_and_the_saving_is_shown() -> None:
    """Four on a plate bear a quarter of the set-up each; a failed plate costs each its quarter too."""
    shared = price(a_use(), a_context(plate_share=0.25))
    assert shared.line("setup").amount_minor == 75
    assert shared.plate_saving_minor == 1585 - shared.total_minor > 0


def test_payment_fee_is_taken_of_what_is_paid() -> None:
    """The fee is grossed up: what is left after the provider's cut is the price without it."""
    terms = some_terms(payment_fee_rate=0.05, payment_fee_minor=30, tax_rate=0.0)
    quote = price(a_use(), a_context(terms=terms))
    # (1332 + 30) / 0.95 = 1433.68, so the fee is 101.68
    assert quote.line("payment_fee").amount_minor == 102
    assert quote.total_minor - 0.05 * quote.total_minor - 30 == pytest.approx(1332, abs=1)


def test_minimum_and_rush_have_lines_of_their_own() -> None:
    """Nothing is hidden in another line."""
    assert amounts(a_context(terms=some_terms(minimum_minor=2000)))["minimum"] == 2000 - 1332
    assert amounts(a_context(rush_rate=0.5, delivery_minor=500))["rush"] == 555


def test_quantity_multiplies_the_piece_and_not_the_order() -> None:
    """Ten pieces are packed and delivered once."""
    ten = amounts(a_context(quantity=10, delivery_minor=500))
    assert (ten["material"], ten["machine"], ten["packaging"], ten["delivery"]) == (1000, 2080, 50, 500)


def test_interval_adds_independent_errors_as_squares() -> None:
    """Print ±60 and labour ±80 (before margin and tax) together move the price by 100, not by 140."""
    terms = some_terms(margin=0.0, tax_rate=0.0)
    use = replace(a_use(), mass_g=Estimate(50.0, 20.0, 80.0, "given"))  # ±30 g = ±60
    labour = Estimate(10.0, 10.0 - 8 / 3, 10.0 + 8 / 3, "given")  # ±8/3 min × 30 per min = ±80
    quote = price(use, a_context(terms=terms, labour_min=labour, failure_odds=Estimate(0.0, 0.0, 0.0, "given")))
    assert (quote.total_minor - quote.low_minor, quote.high_minor - quote.total_minor) == (100, 100)


def test_sources_say_where_each_number_comes_from() -> None:
    """Every line has a source, and the odds show their own."""
    odds = Estimate(0.1, 0.05, 0.2, "12 prints of this design")
    quote = price(a_use(), a_context(failure_odds=odds))
    assert all(line.source and line.label for line in quote.lines)
    assert "12 prints of this design" in quote.line("failures").source


def test_a_quote_is_frozen_with_its_inputs() -> None:
    """The same inputs give the same hash; any other input gives another."""
    first, again = price(a_use(), a_context()), price(a_use(), a_context())
    assert first == again
    assert first.input_hash != price(a_use(time_s=7201.0), a_context()).input_hash
    assert first.inputs["context"]["terms"]["wage_minor_per_h"] == 1800.0
    assert first.valid_until == NOW + timedelta(days=14)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"spool_mass_g": 0.0}, "spool_mass_g"),  # the spool's *full* weight, never what remains on it
        ({"plate_share": 0.0}, "plate_share"),
        ({"plate_share": 1.5}, "plate_share"),
        ({"quantity": 0}, "quantity"),
        ({"failure_odds": Estimate(1.0, 1.0, 1.0, "")}, "failure_odds"),  # would never print
        ({"labour_min": Estimate(-1.0, -1.0, -1.0, "")}, "labour_min"),
        ({"now": datetime(2026, 1, 1)}, "now"),  # noqa: DTZ001 - a naive moment is the bad input here
        ({"rush_rate": -0.1}, "rush_rate"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_name(changes: dict[str, Any], word: str) -> None:
    """No bad term is mended silently."""
    with pytest.raises(BadTerms, match=word) as caught:
        a_context(**changes)
    assert isinstance(caught.value, BadInput)
    assert caught.value.help


@pytest.mark.parametrize(
    "changes",
    [
        {"wage_minor_per_h": -1.0},
        {"wage_minor_per_h": float("nan")},
        {"currency": "euro"},
        {"region": ""},
        {"tax_rate": 19.0},  # a percentage where a fraction is meant
        {"payment_fee_rate": 0.9},
        {"quote_valid_days": 0},
    ],
)
def test_shop_terms_out_of_range(changes: dict[str, Any]) -> None:
    """The shop's own terms are checked as well."""
    with pytest.raises(BadTerms):
        some_terms(**changes)
    with pytest.raises(BadTerms):
        MachineRate(hourly_minor=-5, power_w=100.0, setup_min=1.0)


MONDAY_TO_FRIDAY = OpeningHours("Europe/Berlin", (((540, 1080),),) * 5 + ((), ()))


def test_opening_hours_skip_nights_and_weekends() -> None:
    """Friday 19:00 in Berlin goes on at Monday 09:00, which is 08:00 UTC in winter."""
    friday = datetime.fromisoformat("2026-03-06T19:00+01:00")
    assert next_open(friday, MONDAY_TO_FRIDAY) == datetime.fromisoformat("2026-03-09T09:00+01:00")
    at_noon = datetime.fromisoformat("2026-03-06T12:00+01:00")
    assert next_open(at_noon, MONDAY_TO_FRIDAY) == at_noon


def test_ready_adds_queue_print_labour_and_closed_hours() -> None:
    """Sure numbers and no failures give one sure moment: 9:00 + 1 h queue + 10 min + 2 h + 10 min."""
    never_fails = Estimate(0.0, 0.0, 0.0, "given")
    hour = Estimate(3600.0, 3600.0, 3600.0, "given")
    quote = price(a_use(), a_context(failure_odds=never_fails, queue_s=hour))
    assert quote.ready_at == quote.ready_low == quote.ready_high == NOW + timedelta(hours=3, minutes=20)
    # ten hours of printing end at night; the part is taken off when somebody is there
    overnight = price(a_use(time_s=36000.0), a_context(failure_odds=never_fails, opening=MONDAY_TO_FRIDAY))
    assert overnight.ready_at == datetime.fromisoformat("2026-03-03T09:10+01:00")


def test_a_plate_starts_when_the_machine_is_free_and_the_plate_is_full() -> None:
    """Queue and plate formation run beside each other; delivery comes after."""
    never_fails = Estimate(0.0, 0.0, 0.0, "given")
    one, three = (Estimate(h * 3600.0, h * 3600.0, h * 3600.0, "given") for h in (1, 3))
    quote = price(a_use(), a_context(failure_odds=never_fails, queue_s=one, forming_s=three, delivery_s=one))
    assert quote.ready_at == NOW + timedelta(hours=3 + 2 + 1, minutes=20)


def test_failures_make_the_late_end_later() -> None:
    """One in five fails: the 90 % quantile holds a reprint, the median does not."""
    quote = price(a_use(), a_context())
    assert quote.ready_at == NOW + timedelta(hours=2, minutes=20)
    assert quote.ready_high == NOW + timedelta(hours=4, minutes=30)


def test_the_date_says_what_it_was_made_from() -> None:
    """Queue, plates, print, reprints, work, delivery."""
    hour = Estimate(3600.0, 3600.0, 3600.0, "two jobs wait")
    told = price(a_use(), a_context(queue_s=hour, delivery_s=hour, quantity=4, plate_share=0.5)).ready_source
    for words in ("queue 1.0 h (two jobs wait)", "2 plates", "8.0 h of print", "odds of 20.0%", "delivery 1.0 h"):
        assert words in told
