"""Another shop's idle machine: the same reasons as for an own maker, and never more than to be asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from glocal.network.match import match
from glocal.network.peers import PeerAnswers, PeerOffer, ask_peers, full
from glocal.values import Money
from tests.network.builders import HERE, MONDAY_8, kind, maker, need, printer

MONTH = timedelta(days=28)


def idle(id: str = "lyon/1#4", **changes: Any) -> PeerOffer:
    values: dict[str, Any] = {
        "shop": "lyon.example",
        "machine": kind(),
        "model": "MK3S",
        "materials": ("pla",),
        "ends": MONDAY_8 + MONTH,
        "hour": Money(150, "EUR"),
        "place": (52.5, 13.4),
    }
    return PeerOffer(id, **{**values, **changes})


def ask(*offers: PeerOffer, days: float | None = None, **changes: Any) -> PeerAnswers:
    by = None if days is None else MONDAY_8 + timedelta(days=days)
    return ask_peers(need(**changes), offers, near=HERE, by=by, now=MONDAY_8)


def test_an_offer_that_fits_is_to_be_asked_with_what_an_hour_costs() -> None:
    (answer,) = ask(idle(url="https://lyon.example/"), quantity=3).asks
    assert (answer.maker_name, answer.until, answer.url) == ("lyon.example", "2026-03", "https://lyon.example/")
    assert answer.cost == Money(900, "EUR")  # three pieces of two hours at 1.50
    assert answer.distance_km == pytest.approx(2.3, abs=0.1)
    assert answer.reasons == ()
    assert answer.ask[0].startswith("Is the machine still free")


@pytest.mark.parametrize(
    ("offer", "changes", "code"),
    [
        (idle(machine=kind((180, 180), 180)), {"extent": (214.0, 190.0, 60.0)}, "bed_size"),
        (idle(materials=("petg",)), {}, "material"),
        (idle(), {"enclosure": True}, "enclosure"),
        (idle(max_extent_mm=(40.0, 40.0, 40.0)), {}, "condition_size"),
        (idle(wait_days=30), {}, "offer_ends"),
        (idle(wait_days=5), {"days": 3}, "too_late"),
        (idle(hours_left=3.0), {"quantity": 2}, "offered_hours"),
    ],
)
def test_a_condition_that_is_not_met_is_the_reason(offer: PeerOffer, changes: dict[str, Any], code: str) -> None:
    answers = ask(offer, **changes)
    assert not answers.asks
    assert [reason.code for reason in answers.rejected[0].reasons] == [code]


def test_what_an_offer_does_not_say_is_asked() -> None:
    unknown = {"hour": None, "place": None}
    (answer,) = ask(idle(**unknown), print_s_by_machine=lambda _: None).asks
    assert {reason.code for reason in answer.reasons} == {"place_unknown", "time_unknown", "price_unknown"}
    assert "What does an hour on your machine cost?" in answer.ask
    (bare,) = ask(idle(machine=None)).asks
    assert bare.reasons[0].code == "machines_unknown"
    assert "MK3S" in bare.reasons[0].message


def test_the_nearest_comes_first_and_what_has_ended_not_at_all() -> None:
    far, near, nowhere = idle("far", place=(48.9, 2.4)), idle("near"), idle("nowhere", place=None)
    past = idle("past", ends=MONDAY_8 - MONTH)
    assert [answer.maker_id for answer in ask(nowhere, far, past, near).asks] == ["near", "far", "nowhere"]
    assert ask(past) == PeerAnswers((), ())


def test_makers_are_full_when_nobody_can_or_not_within_a_week() -> None:
    def accepted(busy_days: float) -> Any:
        busy = printer(busy_until=MONDAY_8 + timedelta(days=busy_days))
        return match(need(), [maker("anna", busy)], near=HERE, by=None, now=MONDAY_8).accepted

    assert full((), MONDAY_8)
    assert full(accepted(8), MONDAY_8)
    assert not full(accepted(6), MONDAY_8)
