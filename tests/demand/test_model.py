from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glocal.demand.dirichlet import effective, fit_hierarchy, overdispersion
from glocal.demand.errors import EventBroken, NoEvents, UnknownQuestion
from glocal.demand.fit import fit
from glocal.demand.intervals import interval_of, intervals, median_of, share_below
from glocal.demand.model import Model
from glocal.demand.update import update
from tests.demand.builders import choice, choices

QUESTION = ("knob", "width")


@pytest.fixture(scope="module")
def world() -> Model:
    """Six regions want it narrow (4 in 5); BY wants it wide (36 of 40); HH has said little (1 of 1 wide)."""
    events = [event for r in range(6) for event in choices(f"R{r}", 32 + r % 2, 8)]
    return fit([*events, *choices("BY", 4, 36), *choices("HH", 0, 1)])


def share(model: Model, region: str, option: str) -> float:
    return next(p.share.value for p in model.preferences(region, *QUESTION) if p.option == option)


def test_a_region_that_has_spoken_is_heard_and_a_silent_one_follows_the_network(world: Model) -> None:
    assert share(world, "BY", "wide") > 0.8
    assert share(world, "R0", "wide") < 0.3
    nobody = share(world, "nowhere", "wide")
    assert share(world, "R0", "wide") < nobody < share(world, "HH", "wide") < share(world, "BY", "wide")
    voice = {region: world.preferences(region, *QUESTION)[0].own_voice for region in ("nowhere", "HH", "BY")}
    assert voice["nowhere"] == 0
    assert 0 < voice["HH"] < 0.5
    assert voice["BY"] > 0.8


def test_shares_add_up_and_intervals_narrow_with_choices(world: Model) -> None:
    for region in ("nowhere", "HH", "BY"):
        found = world.preferences(region, *QUESTION)
        assert sum(p.share.value for p in found) == pytest.approx(1)
    width = {r: world.preferences(r, *QUESTION)[0].share for r in ("nowhere", "BY")}
    assert width["BY"].high - width["BY"].low < width["nowhere"].high - width["nowhere"].low
    assert world.preferences("BY", *QUESTION)[0].share.source == "40 choices here, 244 elsewhere"


def test_a_default_is_regional_only_when_sure(world: Model) -> None:
    sure, unsure = world.default("BY", *QUESTION), world.default("HH", *QUESTION)
    assert (sure.option, sure.regional, sure.network_option) == ("wide", True, "narrow")
    assert sure.odds_better > 0.99
    assert (unsure.option, unsure.regional) == ("narrow", False)
    assert world.default("nowhere", *QUESTION).odds_better == 0


def test_the_same_model_answers_with_the_same_digits(world: Model) -> None:
    assert world.preferences("HH", *QUESTION) == world.preferences("HH", *QUESTION)


def test_updates_do_what_a_refit_of_the_region_does(world: Model) -> None:
    heard = world
    for week in range(30):
        heard = update(heard, choice("wide", "HH", 7 * (week + 10)))
    assert heard.default("HH", *QUESTION).regional
    assert world.questions[QUESTION].regions["HH"].choices == 1
    assert heard.questions[QUESTION].regions["HH"].choices == 31


def test_a_wish_for_something_new_becomes_visible_at_once(world: Model) -> None:
    wished = update(world, choice("square", "HH", kind="wished"))
    found = {p.option: p for p in wished.preferences("HH", *QUESTION)}
    assert not found["square"].offered
    assert 0 < share(wished, "R0", "square") < found["square"].share.value
    assert wished.default("HH", *QUESTION).option in {"narrow", "wide"}


def test_wishes_count_among_those_who_chose_from_what_was_there() -> None:
    events = [*choices("A", 10, 10), *choices("B", 12, 8)]
    events += [choice("square", "A", 7 * week, kind="wished") for week in range(5)]
    model = fit(events)
    assert share(model, "A", "square") == pytest.approx(0.2, abs=0.06)  # 5 of 25
    assert "wish" not in " ".join(model.questions[QUESTION].notes)


def test_an_option_that_was_offered_in_some_places_only() -> None:
    # in A nobody was shown "wide"; where both were shown, wide wins 3 to 1
    events = [choice("narrow", "A", 7 * week, offered=("narrow", "round")) for week in range(20)]
    for region in ("B", "C", "D", "E"):
        events += choices(region, 10, 30)
    model = fit(events)
    assert share(model, "A", "wide") > 0.4
    assert "inferred" in model.questions[QUESTION].notes[0]


def test_looks_and_returns_choose_nothing() -> None:
    with pytest.raises(NoEvents):
        fit([choice("wide", kind="looked"), choice("wide", kind="returned")])
    model = fit([choice("wide")])
    assert update(model, choice("narrow", kind="looked")) is model


def test_one_region_and_one_option_are_answered_and_said() -> None:
    model = fit(choices("A", 3, 1))
    assert share(model, "A", "narrow") > share(model, "A", "wide")
    assert "only one region" in model.questions[QUESTION].notes[0]
    single = fit([choice("only", offered=("only",))])
    assert share(single, "DE-BE", "only") == 1


def test_a_flood_in_one_week_is_capped() -> None:
    steady = [event for r in range(8) for event in choices(f"R{r}", 20, 20)]
    bursts = [
        choice("wide" if (r + week) % 2 else "narrow", f"R{r}", 7 * week + 1)
        for r in range(8)
        for week in range(20)
        for _ in range(8)
    ]
    model = fit(steady + bursts)
    assert model.questions[QUESTION].rho > 0.3
    flooded = model
    for _ in range(2000):
        flooded = update(flooded, choice("wide", "R0", 7 * 30))
    gained = (flooded.questions[QUESTION].regions["R0"].counts - model.questions[QUESTION].regions["R0"].counts).sum()
    assert gained <= 1 / model.questions[QUESTION].rho


def test_unknown_question(world: Model) -> None:
    with pytest.raises(UnknownQuestion):
        world.preferences("BY", "knob", "colour")


def test_continuous_parameter() -> None:
    events = [choice(10.0 + (i % 7) * 0.5, f"R{i % 5}", 7 * i) for i in range(100)]
    events += [choice(14.0 + (i % 5) * 0.25, "BY", 7 * i) for i in range(40)]
    events += [choice(15.0, "HH", 7 * i) for i in range(4)]
    model = fit(events)
    local, network = model.default("BY", *QUESTION), model.default("R0", *QUESTION)
    assert local.regional
    assert 13.5 < float(local.option) < 15
    assert not network.regional
    assert 10 < float(network.option) < 13
    few = model.default("HH", *QUESTION)
    assert (few.regional, few.option) == (False, few.network_option)  # never from fewer than five choices
    assert sum(p.share.value for p in model.preferences("BY", *QUESTION)) == pytest.approx(1)
    assert not update(model, choice(15.0, "nowhere")).default("nowhere", *QUESTION).regional


def test_values_and_options_do_not_mix() -> None:
    with pytest.raises(EventBroken):
        fit([choice("wide"), choice(3.0)])
    with pytest.raises(EventBroken):
        update(fit([choice("wide")]), choice(3.0))


@pytest.mark.parametrize(
    "changes",
    [
        {"product": ""},
        {"region": ""},
        {"kind": "guessed"},
        {"weight": -1.0},
        {"weight": float("nan")},
        {"offered": ("narrow",)},
        {"offered": ("wide", "wide")},
        {"chosen": ""},
        {"chosen": 4.0, "offered": ("narrow",)},
        {"chosen": float("inf"), "offered": ()},
    ],
)
def test_choices_that_contradict_themselves(changes: dict[str, object]) -> None:
    with pytest.raises(EventBroken):
        choice(**{"chosen": "wide", **changes})  # type: ignore[arg-type]


def test_effective_choices() -> None:
    assert effective(1.0, 0.5) == 1
    assert effective(3.0, 0.5) == 1.5  # 3 / (1 + 2 · 0.5)
    assert effective(0.2, 0.5) == pytest.approx(0.2)


def test_overdispersion_is_found() -> None:
    rng = np.random.default_rng(1)
    region = np.repeat(np.arange(20), 30)
    p = rng.dirichlet([4.0 * 0.5, 4.0 * 0.3, 4.0 * 0.2], size=600)  # ρ = 1 / (1 + 4) = 0.2
    weekly = np.array([rng.multinomial(40, row) for row in p]).astype(float)
    assert overdispersion(weekly, region) == pytest.approx(0.2, abs=0.02)
    plain = np.array([rng.multinomial(40, [0.5, 0.3, 0.2]) for _ in range(600)]).astype(float)
    assert overdispersion(plain, region) == pytest.approx(0.0, abs=0.005)


def test_regions_that_agree_are_pooled_and_regions_that_differ_are_not() -> None:
    agree = fit_hierarchy(np.tile([60.0, 40.0], (10, 1)))
    differ = fit_hierarchy(np.array([[95.0, 5.0], [5.0, 95.0]] * 5))
    assert agree.own_voice(100) < 0.5
    assert differ.own_voice(100) > 0.9


def test_intervals_and_medians() -> None:
    assert len(intervals(np.array([3.0]))) == 2
    edges = np.array([0.0, 1.0, 3.0])
    assert median_of(edges, np.array([0.25, 0.75])) == pytest.approx(1 + 2 / 3)
    assert share_below(edges, np.array([0.25, 0.75]), 2.0) == pytest.approx(0.625)
    assert [interval_of(edges, v) for v in (-1.0, 0.5, 1.0, 9.0)] == [0, 0, 1, 1]


def test_how_far_regions_stray_does_not_hang_on_whether_they_ordered_or_tried() -> None:
    rng = np.random.default_rng(4)
    ordered = [
        choice("wide" if rng.random() < 0.2 + 0.03 * r else "narrow", f"R{r}", 7 * week)
        for r in range(20)
        for week in range(12)
    ]
    tried = [replace(event, kind="configured") for event in ordered]
    strengths = [fit(events).questions[QUESTION].hierarchy.weight_in_choices() for events in (ordered, tried)]
    assert strengths[1] == pytest.approx(strengths[0], rel=1e-6)
