"""Laws of matching: order does not matter, more makers are never worse, geometry is consistent."""

from __future__ import annotations

from datetime import timedelta
from math import cos, radians, sin

from hypothesis import example, given, settings
from hypothesis import strategies as st

from glocal.network.distance import distance_km
from glocal.network.fit import rectangle_fits
from glocal.network.match import match
from glocal.network.model import Maker
from tests.network.builders import HERE, MONDAY_8, kind, maker, need, printer

sides = st.floats(20, 400)
LISTS = st.lists(
    st.builds(
        lambda bed, height, hourly, busy_h, north, loaded: (bed, height, hourly, busy_h, north, loaded),
        st.tuples(sides, sides),
        sides,
        st.one_of(st.none(), st.integers(0, 900)),
        st.integers(0, 300),
        st.floats(-1, 1),
        st.sampled_from([(), ("pla",), ("petg",)]),
    ),
    min_size=1,
    max_size=6,
)


def makers_from(rows: list[tuple[tuple[float, float], float, int | None, int, float, tuple[str, ...]]]) -> list[Maker]:
    return [
        maker(
            f"m{index}",
            printer(
                machine=kind(bed, height),
                hourly_minor=hourly,
                busy_until=MONDAY_8 + timedelta(hours=busy_h),
                materials_loaded=loaded,
            ),
            latitude=HERE[0] + north,
        )
        for index, (bed, height, hourly, busy_h, north, loaded) in enumerate(rows)
    ]


@settings(max_examples=60, deadline=None)
@given(LISTS, st.sampled_from(["balanced", "near", "cheap", "soon", "green"]), st.randoms(use_true_random=False))
def test_everybody_gets_one_answer_whatever_the_order(rows: list, preference: str, shuffle: object) -> None:  # type: ignore[type-arg]
    makers = makers_from(rows)
    options = {"near": HERE, "by": MONDAY_8 + timedelta(days=7), "now": MONDAY_8, "preference": preference}
    first = match(need(), makers, **options)  # type: ignore[arg-type]
    shuffle.shuffle(makers)  # type: ignore[attr-defined]
    second = match(need(), makers, **options)  # type: ignore[arg-type]
    assert first == second
    answered = [a.maker_id for a in (*first.accepted, *first.rejected, *first.unknown)]
    assert sorted(answered) == sorted(m.id for m in makers)
    assert all(r.reasons for r in (*first.rejected, *first.unknown))


@settings(max_examples=60, deadline=None)
@given(LISTS, st.floats(0, 1))
def test_by_price_and_day_nobody_is_chosen_who_is_both_dearer_and_later(rows: list, rate: float) -> None:  # type: ignore[type-arg]
    options = {"near": HERE, "by": None, "now": MONDAY_8}
    makers = makers_from(rows)
    chosen = match(need(), makers, preference="balanced", wait_rate=rate, **options).accepted[:1]  # type: ignore[arg-type]
    for other in match(need(), makers, **options).accepted:  # type: ignore[arg-type]
        assert not (chosen[0].cost.minor > other.cost.minor and chosen[0].ready_at > other.ready_at)


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_more_makers_are_never_worse(rows: list) -> None:  # type: ignore[type-arg]
    makers = makers_from(rows)
    few = match(need(), makers[:1], near=HERE, by=None, now=MONDAY_8).accepted
    all_ = match(need(), makers, near=HERE, by=None, now=MONDAY_8).accepted
    assert len(all_) >= len(few)
    if few:
        assert all_[0].cost.minor <= few[0].cost.minor


@given(sides, sides, st.floats(0, 90))
def test_a_turned_rectangle_fits_its_own_box(p: float, q: float, angle: float) -> None:
    a = p * cos(radians(angle)) + q * sin(radians(angle)) + 1e-6
    b = p * sin(radians(angle)) + q * cos(radians(angle)) + 1e-6
    assert rectangle_fits(p, q, a, b)


places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@example((0.0, 180.0), (-1.0, 0.0), (-3.023350290292073e-07, 0.0))  # nearly opposite places lost 40 mm
@given(places, places, places)
def test_distance_is_a_metric(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert abs(distance_km(a, b) - distance_km(b, a)) < 1e-6
    assert distance_km(a, a) == 0
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6
    assert distance_km(a, b) <= 20_016
