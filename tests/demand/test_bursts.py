"""A planted bot without a name hardly moves its region; growth, holidays and what goes on stay heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from glocal.demand.bursts import weigh_bursts
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.heard import heard
from glocal.demand.model import Model
from glocal.demand.update import update

QUESTION, OPTIONS = ("sign", "font"), ("a", "b", "c", "d")
SHARES = np.array([0.5, 0.25, 0.18, 0.07])
FIRST = datetime(2025, 1, 6, 12, tzinfo=UTC)
REGIONS, WEEKS = 30, 26
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


def honest(*, per_week: float = 2.0, busy: np.ndarray | None = None, tilt: np.ndarray | None = None) -> Rows:
    """Choices, region and week of rows; ``busy`` (R, T) and ``tilt`` (T, J) are times the usual choices and shares."""
    rng = np.random.default_rng(0)
    tastes = rng.dirichlet(12 * SHARES, REGIONS)
    region, week = (axis.ravel() for axis in np.mgrid[:REGIONS, :WEEKS])
    many = rng.poisson(per_week * (1.0 if busy is None else busy[region, week]), region.shape)
    p = tastes[region] * (1.0 if tilt is None else tilt[week])
    weekly = rng.gamma(50 * p / p.sum(axis=1, keepdims=True))  # ρ near 0.02
    return rng.multinomial(many, weekly / weekly.sum(axis=1, keepdims=True)).astype(float), region, week


def planted(rows: Rows, weeks: range, *, region: int = 3, option: int = 3, many: int = 50) -> Rows:
    counts = rows[0].copy()
    counts[(rows[1] == region) & np.isin(rows[2], weeks), option] += many
    return counts, *rows[1:]


def share(rows: Rows, worth: np.ndarray) -> float:
    here = (rows[0] * worth[:, None])[rows[1] == 3].sum(axis=0)
    return float(here[3] / here.sum())


def test_a_bot_of_a_few_weeks_is_a_voice_a_week_and_its_region_keeps_its_taste() -> None:
    calm = honest()
    for weeks in (range(20, 21), range(20, 23)):
        bot = planted(calm, weeks)
        worth = weigh_bursts(*bot)
        assert share(bot, np.ones(len(worth))) > 0.45
        assert share(bot, worth) < share(calm, np.ones(len(worth))) + 0.06
        assert (worth < 0.5).sum() == len(weeks)


def test_growth_and_holidays_stay_heard() -> None:
    week = np.arange(WEEKS)
    growth, holidays = np.ones((REGIONS, WEEKS)), np.ones((REGIONS, WEEKS))
    growth[::2] = 1 + 20 * week / WEEKS
    holidays[:, 12:14] = 4
    season = np.ones((WEEKS, 4))
    season[12:14, 2] = 4
    for rows in (honest(), honest(busy=growth), honest(busy=holidays, tilt=season)):
        lost = rows[0].sum() - (rows[0].sum(axis=1) * weigh_bursts(*rows)).sum()
        assert lost < 0.003 * rows[0].sum()


def test_a_bot_that_goes_on_is_one_voice_but_a_new_taste_is_heard() -> None:
    weeks = range(18, 26)
    bot = planted(honest(), weeks)
    assert share(bot, np.ones(len(bot[0]))) > 0.85
    assert share(bot, weigh_bursts(*bot)) < 0.35
    taste = honest()
    for option, many in ((0, 10), (1, 7), (2, 5), (3, 28)):  # 28 of 50 want what 7 of 100 wanted
        taste = planted(taste, weeks, option=option, many=many)
    assert share(taste, weigh_bursts(*taste)) == pytest.approx(share(taste, np.ones(len(taste[0]))), abs=0.01)
    lasts = planted(honest(), range(12, 26))  # longer than what was before
    assert share(lasts, weigh_bursts(*lasts)) > 0.5


def test_bots_in_some_regions_at_once_are_no_holiday() -> None:
    bots = honest(per_week=20.0)
    for region in range(6):
        bots = planted(bots, range(9, 10), region=region, many=400)
    assert np.flatnonzero(weigh_bursts(*bots) < 0.5).tolist() == [26 * region + 9 for region in range(6)]


def events(rows: Rows) -> list[ChoiceEvent]:
    found = []
    for counts, region, week in zip(*rows, strict=True):
        at = FIRST + timedelta(weeks=int(week))
        found += [
            ChoiceEvent(*QUESTION, OPTIONS, option, f"R{region}", at, "ordered", float(many))
            for option, many in zip(OPTIONS, counts, strict=True)
            if many
        ]
    return found


def share_of_d(model: Model) -> float:
    return next(p.share.value for p in model.preferences("R3", *QUESTION) if p.option == "d")


@pytest.fixture(scope="module")
def calm() -> Model:
    return fit(events(honest()))


def test_the_answer_stays_and_says_what_did_not_count(calm: Model) -> None:
    flooded = fit(events(planted(honest(), range(20, 21))))
    assert share_of_d(flooded) < share_of_d(calm) + 0.06
    assert flooded.default("R3", *QUESTION).option == calm.default("R3", *QUESTION).option
    assert "count as one voice: R3 in 2025-W22 (d: 49 of 50)" in " ".join(flooded.questions[QUESTION].notes)
    assert "one voice" not in " ".join(calm.questions[QUESTION].notes)
    counted = fit(events(planted(honest(), range(20, 21))), counted=True)  # a till has no bots
    assert share_of_d(counted) > share_of_d(flooded) + 0.1


def test_choice_by_choice_a_bot_gets_no_further_than_at_night(calm: Model) -> None:
    model = calm
    for _ in range(60):
        model = update(model, ChoiceEvent(*QUESTION, OPTIONS, "d", "R3", FIRST + timedelta(weeks=26), "configured"))
        assert share_of_d(model) < share_of_d(calm) + 0.12
    assert share_of_d(model) < share_of_d(calm) + 0.06
    assert model.questions[QUESTION].regions["R3"].choices == pytest.approx(
        calm.questions[QUESTION].regions["R3"].choices + 12
    )


def test_sums_for_other_shops_hold_one_voice_as_one() -> None:
    def said(found: list[ChoiceEvent]) -> float:
        return sum(event.weight for event in found if (event.region, event.chosen) == ("R3", "d"))

    calm = events(honest())
    assert said(heard(calm)) == said(calm)
    assert said(heard(events(planted(honest(), range(20, 21))))) < said(calm) + 1.01
