"""Laws of demand: shares add up, evidence never lowers what was chosen, order of choices does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.demand.dirichlet import effective
from glocal.demand.fit import fit
from glocal.demand.run_size import expected_cost, quantile
from glocal.demand.update import update
from tests.demand.builders import choice

CHOICES = st.lists(
    st.tuples(st.sampled_from(["narrow", "wide"]), st.sampled_from(["A", "B", "C"]), st.integers(0, 60)),
    min_size=1,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(CHOICES, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_shares_add_up(rows: list, shuffle: object) -> None:  # type: ignore[type-arg]
    events = [choice(*row) for row in rows]
    first = fit(events).preferences("A", "knob", "width")
    shuffle.shuffle(events)  # type: ignore[attr-defined]
    assert fit(events).preferences("A", "knob", "width") == first
    assert abs(sum(p.share.value for p in first) - 1) < 1e-9
    assert all(0 <= p.share.low <= p.share.value <= p.share.high <= 1 for p in first)


@settings(max_examples=25, deadline=None)
@given(CHOICES)
def test_one_more_choice_adds_its_evidence_and_nothing_else(rows: list) -> None:  # type: ignore[type-arg]
    model = fit([choice(*row) for row in rows])
    after = update(model, choice("wide", "A", 400))
    before_counts = model.questions["knob", "width"].evidence("A").counts
    question = after.questions["knob", "width"]
    gained = dict(zip(question.options, question.evidence("A").counts - before_counts, strict=True))
    assert abs(gained["wide"] - 1) < 1e-9
    assert abs(gained["narrow"]) < 1e-12
    kept = model.questions["knob", "width"].regions
    assert all(question.regions[name] is kept[name] for name in kept if name != "A")


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1e-6, 0.9))
def test_effective_choices_grow_and_stay_below_their_ceiling(a: float, b: float, rho: float) -> None:
    low, high = sorted((a, b))
    assert float(effective(low, rho)) <= float(effective(high, rho)) + 1e-9
    assert float(effective(high, rho)) <= max(1.0, min(high, 1 / rho)) + 1e-6


@given(st.floats(0.1, 500), st.floats(1e-3, 2), st.floats(0.05, 0.95))
def test_the_newsvendors_quantity_is_no_worse_than_its_neighbours(mean: float, spread: float, ratio: float) -> None:
    best = float(quantile(mean, spread, ratio))
    cost = {
        q: expected_cost(mean, spread, q, cost_under=ratio, cost_over=1 - ratio)
        for q in (max(best - 1, 0.0), best, best + 1)
    }
    assert cost[best] <= min(cost.values()) + 1e-7 * max(1.0, mean)
    assert np.isfinite(list(cost.values())).all()
