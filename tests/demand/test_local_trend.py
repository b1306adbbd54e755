"""A trend planted in one region alone is found, followed and said; among regions that do not move nobody cries wolf."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.event_files import write_events
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.local_trend import LocalTrend, fit_local_trends
from glocal.demand.model import Model
from glocal.demand.model_files import model_as_json, model_from_json

QUESTION, OPTIONS = ("sign", "font"), ("a", "b", "c")
SHARES = np.array([0.2, 0.45, 0.35])
REGIONS, WEEKS = 40, 26
FIRST = datetime(2025, 1, 6, 12, tzinfo=UTC)


def planted(
    gain: float, *, where: list[int], rho: float = 0.0, many: int = 60, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choices, region and week of rows: log odds of "a" gain ``gain`` over all weeks in the regions ``where``."""
    rng = np.random.default_rng(seed)
    tastes = rng.dirichlet(40 * SHARES, REGIONS)
    tastes[0] = SHARES
    region, week = (axis.ravel() for axis in np.mgrid[:REGIONS, :WEEKS])
    p = tastes[region]
    p[:, 0] *= np.exp(gain * week / WEEKS * np.isin(region, where))
    p /= p.sum(axis=1, keepdims=True)
    if rho:
        p = rng.gamma(p * (1 / rho - 1))
        p /= p.sum(axis=1, keepdims=True)
    return rng.multinomial(many, p).astype(float), region, week


def trends(
    counts: np.ndarray, region: np.ndarray, week: np.ndarray, *, followed: bool = False
) -> dict[str, LocalTrend]:
    past = np.zeros((REGIONS, 3))
    np.add.at(past, region, counts)
    return fit_local_trends(counts, region, week, [f"R{r}" for r in range(REGIONS)], past, followed=followed)


@pytest.mark.parametrize("gain", [1.5, -1.5])
def test_the_region_that_moves_is_found_and_where_it_has_got_to(gain: float) -> None:
    (found,) = trends(*planted(gain, where=[0])).items()
    assert found[0] == "R0"
    odds = np.log(found[1].past / (1 - found[1].past)) + found[1].level
    truth = np.log(0.25) + gain
    assert found[1].option == 0
    assert abs(odds - truth) < 2.6 * found[1].error
    assert found[1].error < 0.4


def test_where_nothing_moves_none_is_told_however_alike_the_choices_of_a_week_are() -> None:
    assert [trends(*planted(0.0, where=[], rho=rho, seed=seed)) for rho in (0.0, 0.1, 0.3) for seed in (1, 2)] == [
        {}
    ] * 6


def test_what_all_regions_do_is_no_regions_own() -> None:
    everywhere = planted(1.5, where=list(range(REGIONS)))
    assert trends(*everywhere) == {}
    assert trends(*everywhere, followed=True) == {}
    others = planted(1.5, where=list(range(1, REGIONS)))
    assert list(trends(*others, followed=True)) == ["R0"]  # that the answers rise with the others would be wrong there


def events() -> list[ChoiceEvent]:
    return [
        ChoiceEvent(*QUESTION, OPTIONS, option, f"R{r}", FIRST + timedelta(weeks=int(w)), "ordered", float(many))
        for counts, r, w in zip(*planted(2.0, where=[0]), strict=True)
        for option, many in zip(OPTIONS, counts, strict=True)
        if many
    ]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(events())


def test_the_answer_follows_and_says_so(model: Model) -> None:
    question = model.questions[QUESTION]
    assert list(question.change.local) == ["R0"]
    now = next(p.share for p in model.preferences("R0", *QUESTION) if p.option == "a")
    truth = 0.2 * np.exp(2.0) / (0.2 * np.exp(2.0) + 0.8)  # 0.65, where all of the past says 0.4
    assert now.low < truth < now.high
    assert now.value == pytest.approx(truth, abs=0.08)
    assert question.caveats("R0")[-1] == "here, and not elsewhere, ever more choose a: the answer follows them"
    assert "elsewhere" not in " ".join(question.caveats("R1"))
    (moving,) = (insight for insight in model.explain("R0") if insight.past_share is not None)
    assert (moving.option, round(moving.past_share or 0, 1)) == ("a", 0.4)
    assert all(insight.past_share is None for insight in model.explain("R1"))
    kept = model_from_json(json.loads(json.dumps(model_as_json(model), allow_nan=False)))
    assert kept.preferences("R0", *QUESTION) == model.preferences("R0", *QUESTION)


def test_the_command_says_it_too(tmp_path: Path) -> None:
    write_events(tmp_path / "c.csv", events())
    run = CliRunner().invoke
    (told,) = json.loads(run(demand, ["fit", str(tmp_path / "c.csv"), "--json"]).stdout)["questions"]
    assert told["local_trends"]["R0"]["option"] == "a"
    assert "in R0, and not elsewhere, ever more choose a" in run(demand, ["fit", str(tmp_path / "c.csv")]).stdout
