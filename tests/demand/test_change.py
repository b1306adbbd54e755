"""Planted truths: a trend is followed, a flat history is not, a bot is one voice, areas and prices are heard."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.change import NO_CHANGE, fit_change
from glocal.demand.errors import NoEvents, TooLittleData, UnknownQuestion
from glocal.demand.event_files import read_events, write_events
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.flood import PER_SOURCE, tame
from glocal.demand.model import Model

QUESTION = ("sign", "font")
OPTIONS = ("a", "b", "c")
FIRST = datetime(2025, 1, 6, tzinfo=UTC)


def planted(
    *, regions: int = 30, weeks: int = 20, per_week: int = 3, drift: float = 0.0, prefix: str = "R", seed: int = 0
) -> tuple[list[ChoiceEvent], np.ndarray]:
    """Choices from known shares, and the shares at the end; ``drift`` is how much log odds of "a" gain over all."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet([8.0, 5.0, 3.0], regions)
    tilt = np.array([drift, 0.0, 0.0])
    events = []
    for r, share in enumerate(shares):
        for week in range(weeks):
            now = share * np.exp(tilt * week / weeks)
            for option in rng.choice(OPTIONS, per_week, p=now / now.sum()):
                at = FIRST + timedelta(weeks=week)
                events.append(ChoiceEvent(*QUESTION, OPTIONS, str(option), f"{prefix}{r}", at, "ordered"))
    last = shares * np.exp(tilt)
    return events, last / last.sum(axis=1, keepdims=True)


def covered(model: Model, truth: np.ndarray) -> float:
    inside = []
    for r, shares in enumerate(truth):
        answers = {p.option: p.share for p in model.preferences(f"R{r}", *QUESTION)}
        inside += [answers[o].low <= s <= answers[o].high for o, s in zip(OPTIONS, shares, strict=True)]
    return float(np.mean(inside))


def test_the_planted_shares_lie_in_their_intervals_and_nothing_seems_to_move() -> None:
    events, truth = planted()
    model = fit(events)
    assert 0.65 < covered(model, truth) < 0.92  # 0.8 of 90, give or take three deviations
    assert model.questions[QUESTION].change.drift is None
    assert model.questions[QUESTION].change.memory == 1


def test_a_planted_trend_is_followed_and_said() -> None:
    events, truth = planted(drift=2.0)
    model = fit(events)
    assert "taste is moving" in " ".join(model.questions[QUESTION].notes)
    assert covered(model, truth) > 0.6
    average = np.mean(
        [p.share.value for r in range(30) for p in model.preferences(f"R{r}", *QUESTION) if p.option == "a"]
    )
    assert average == pytest.approx(truth[:, 0].mean(), abs=0.06)
    # what the whole past says without a trend is far from it
    past = np.mean([event.chosen == "a" for event in events])
    assert truth[:, 0].mean() - past > 0.15


@pytest.mark.parametrize("source", ["", "one session"])
def test_a_bots_million_choices_count_as_a_busy_week_or_as_one_voice(source: str) -> None:
    events, truth = planted()
    bot = ChoiceEvent(*QUESTION, OPTIONS, "c", "R3", FIRST + timedelta(weeks=5), "ordered", 1e6, (), source)
    calm, flooded = fit(events), fit([*events, bot])
    assert flooded.questions[QUESTION].notes
    elsewhere = [r for r in range(30) if r != 3]
    for r in elsewhere:
        before, after = (m.preferences(f"R{r}", *QUESTION) for m in (calm, flooded))
        assert {p.option: p.share.value for p in after} == pytest.approx(
            {p.option: p.share.value for p in before}, abs=0.05
        )
    if source:
        gained = flooded.questions[QUESTION].regions["R3"].choices - calm.questions[QUESTION].regions["R3"].choices
        assert gained == pytest.approx(PER_SOURCE)
        here, there = (m.preferences("R3", *QUESTION)[0] for m in (calm, flooded))
        assert here.option == there.option
    assert covered(flooded, truth) > 0.65


def test_honest_crowds_are_left_alone() -> None:
    events, _ = planted()
    assert tame(events).notes == ()
    many = [ChoiceEvent(*QUESTION, OPTIONS, "a", "R1", FIRST, "ordered", source=f"s{i}") for i in range(40)]
    assert sum(event.weight for event in tame(many).events) == 40


def test_one_loud_source_is_told_as_one_however_many_weeks_it_speaks() -> None:
    loud = [
        ChoiceEvent(*QUESTION, OPTIONS, "a", "R1", FIRST + timedelta(weeks=week), "ordered", source="bot")
        for week in (0, 0, 0, 0, 1, 1, 1, 1)
    ]
    assert tame(loud).notes == ("one source spoke more than 3 times a week; 2 of their choices do not count",)


def test_a_silent_region_follows_its_neighbours_before_the_network() -> None:
    wide = ("a", "b")
    events = []
    for country, favourite in (("DE", "a"), ("FR", "b"), ("IT", "b"), ("ES", "b")):
        for place in range(4):
            for week in range(15):
                chosen = favourite if week % 5 else next(o for o in wide if o != favourite)
                at = FIRST + timedelta(weeks=week)
                events.append(ChoiceEvent(*QUESTION, wide, chosen, f"{country}-{place}", at, "ordered"))
    model = fit(events)
    answers = {
        region: {p.option: p.share.value for p in model.preferences(region, *QUESTION)}
        for region in ("DE-9", "FR-9", "PL-9")
    }
    assert answers["DE-9"]["a"] > 0.5
    assert answers["FR-9"]["b"] > 0.6
    assert answers["DE-9"]["a"] > answers["PL-9"]["a"] + 0.1
    assert "nobody in 'PL-9'" in model.questions[QUESTION].caveats("PL-9")[-1]


def test_prices_are_answered_to_only_where_they_moved() -> None:
    rng = np.random.default_rng(3)
    events = []
    for index in range(1500):
        prices = (float(rng.uniform(5, 15)), 10.0)
        odds = 1 / (1 + (prices[0] / 10.0) ** 2)  # slope −2
        chosen = "a" if rng.random() < odds else "b"
        at = FIRST + timedelta(weeks=index % 20)
        events.append(ChoiceEvent(*QUESTION, ("a", "b"), chosen, f"R{index % 5}", at, "ordered", prices=prices))
    model = fit(events)
    price = model.questions[QUESTION].price
    assert price is not None
    assert price.slope == pytest.approx(-2, abs=3 * price.error + 0.1)
    cheap, dear = (model.predict("R1", *QUESTION, ("a", "b"), (p, 10.0))[0].share.value for p in (6.0, 14.0))
    assert cheap == pytest.approx(1 / (1 + 0.36), abs=0.06)
    assert dear == pytest.approx(1 / (1 + 1.96), abs=0.06)
    silent = fit(planted(weeks=5)[0])
    with pytest.raises(TooLittleData, match="not known"):
        silent.predict("R1", *QUESTION, ("a", "b"), (6.0, 10.0))


def test_a_set_that_was_never_offered_and_what_to_offer() -> None:
    events, truth = planted()
    model = fit(events)
    pair = model.predict("R0", *QUESTION, ("a", "c"))
    assert sum(p.share.value for p in pair) == pytest.approx(1)
    assert pair[0].share.value == pytest.approx(truth[0, 0] / (truth[0, 0] + truth[0, 2]), abs=0.15)
    assert len(model.assortment("R0", *QUESTION, 2)) == 2
    assert model.assortment("R0", *QUESTION, 1, {"c": 1000.0}) == ("c",)
    with pytest.raises(UnknownQuestion):
        model.predict("R0", *QUESTION, ("a", "nothing"))
    surest = model.explain("R0")[0]
    assert surest.odds_differs > 0.5
    assert model.explain("nowhere") == ()


def test_choices_from_the_future_are_left_out_and_said() -> None:
    events, _ = planted(weeks=4)
    model = fit(events, now=FIRST + timedelta(weeks=2))
    assert "dated in the future" in " ".join(model.questions[QUESTION].notes)
    with pytest.raises(NoEvents, match="future"):
        fit(events, now=FIRST - timedelta(weeks=2))


def test_parquet_and_the_shops_database_say_the_same_as_csv(tmp_path: Path) -> None:
    events, _ = planted(regions=4, weeks=3)
    write_events(tmp_path / "c.csv", events)
    parquet, database = tmp_path / "c.parquet", tmp_path / "shop.sqlite3"
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path / 'c.csv'}')) TO '{parquet}' (FORMAT parquet)")
    with sqlite3.connect(database) as shop:
        shop.execute("CREATE TABLE shop_choice (product_slug, parameter, offered, chosen, region, at, kind, weight)")
        rows = [
            (*QUESTION, json.dumps(e.offered), json.dumps(e.chosen), e.region, e.at.isoformat(), e.kind, 1.0)
            for e in events
        ]
        shop.executemany("INSERT INTO shop_choice VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    answers = []
    for source in (tmp_path / "c.csv", parquet, database):
        read = read_events(source)
        assert sum(event.weight for event in read) == len(events)
        found = fit(read).preferences("R1", *QUESTION)
        answers.append({p.option: p.share.value for p in found})
    # a database gives its rows in another order, so the draws differ in the third digit
    assert answers[1] == pytest.approx(answers[0], abs=0.02)
    assert answers[2] == pytest.approx(answers[0], abs=0.02)
    assert len(read_events(parquet)) < len(events)  # equal choices of one week come summed
    run = CliRunner().invoke(demand, ["predict", str(parquet), "--region", "R1", "--json"])
    assert json.loads(run.stdout)["answers"][0]["preferences"]


def test_voices_of_a_shops_database_are_sources(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.sqlite3") as shop:
        shop.execute(
            "CREATE TABLE shop_choice (product_slug, parameter, offered, chosen, region, at, kind, weight, voice)"
        )
        row = (*QUESTION, json.dumps(OPTIONS), '"a"', "R1", FIRST.isoformat(), "ordered", 1.0)
        shop.executemany(
            "INSERT INTO shop_choice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(*row, "v1")] * 9 + [(*row, "")]
        )
    read = read_events(tmp_path / "shop.sqlite3")
    assert sorted((event.source, event.weight) for event in read) == [("", 1.0), ("v1", 9.0)]


def test_regions_that_want_the_same_do_not_seem_to_move() -> None:
    rng = np.random.default_rng(3)
    region, week = (axis.ravel() for axis in np.mgrid[:60, :16])
    counts = rng.multinomial(rng.poisson(4, region.shape), [0.5, 0.3, 0.2]).astype(float)
    assert fit_change(counts, region, week) == NO_CHANGE
