"""What a shop gets is what `evaluate` judges: the blend with boosting where there is data enough."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand import blend as blends
from glocal.demand.errors import TooLittleData
from glocal.demand.evaluate import all_models
from glocal.demand.event_files import write_events
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.model import Model
from glocal.demand.model_files import model_as_json, model_from_json
from glocal.demand.panel import Panel
from glocal.demand.sales_files import events_of_panel, panel_of_events, read_panel
from glocal.demand.update import update
from tests.demand.builders import START, choice
from tests.demand.worlds import world

QUESTION = ("p", "option")


@pytest.fixture(scope="module")
def priced() -> list[ChoiceEvent]:
    """Choices of 10 regions in 10 weeks among 4 options whose prices move; the slope is about −2."""
    panel, _, _ = world(regions=10, periods=10, per_period=12, seed=1)
    return events_of_panel(panel, "p")


@pytest.fixture(scope="module")
def learnt(priced: list[ChoiceEvent]) -> Model:
    return fit(priced)


def shares(model: Model, region: str, prices: tuple[float, ...] = ()) -> list[float]:
    options = ("o0", "o1", "o2", "o3")
    return [p.share.value for p in model.predict(region, *QUESTION, options, prices)]


def test_the_answer_says_how_much_each_part_speaks_and_what_chose_it(learnt: Model) -> None:
    parts = learnt.questions[QUESTION].parts()
    assert parts.lightgbm > 0
    assert parts.hierarchical + parts.lightgbm == 1
    assert "the last 2 of 10 weeks" in parts.why
    assert sum(shares(learnt, "R1")) == pytest.approx(1)
    assert learnt.preferences("nowhere", *QUESTION)[0].own_voice == 0
    assert 0.2 < learnt.preferences("R1", *QUESTION)[0].own_voice < 1


def test_predict_is_the_blend_that_evaluate_judges(priced: list[ChoiceEvent], learnt: Model) -> None:
    panel = panel_of_events(priced)
    rows = panel.rows(np.arange(len(panel.region)) % 9 == 4)
    models = all_models()
    judged = [models[name](panel, rows) for name in ("hierarchical", "lightgbm", "predict")][-1]
    for t in range(len(rows.region)):
        seen = np.flatnonzero(rows.offered[t])
        names = tuple(rows.options[j] for j in seen)
        answer = learnt.predict(rows.regions[rows.region[t]], *QUESTION, names, tuple(np.exp(rows.x[t, seen, 0])))
        assert [p.share.value for p in answer] == pytest.approx(judged.mean[t, seen].tolist(), abs=0.03)


def test_dearer_is_chosen_less_and_a_choice_is_heard_at_once(priced: list[ChoiceEvent], learnt: Model) -> None:
    usual, dear = shares(learnt, "R1", (1, 1, 1, 1)), shares(learnt, "R1", (2, 1, 1, 1))
    assert dear[0] < 0.6 * usual[0]
    heard = learnt
    last = replace(priced[-1], region="R1", offered=("o0", "o1", "o2", "o3"), prices=(1, 1, 1, 1), weight=1.0)
    for _ in range(20):
        heard = update(heard, replace(last, chosen="o3"))
    assert shares(heard, "R1")[3] > shares(learnt, "R1")[3]
    assert shares(heard, "R2") == shares(learnt, "R2")
    assert heard.preferences("R1", *QUESTION)[0].own_voice > learnt.preferences("R1", *QUESTION)[0].own_voice


def test_wishes_for_what_is_not_offered_keep_their_share(priced: list[ChoiceEvent], learnt: Model) -> None:
    asked = [replace(event, chosen="o9", kind="wished", weight=1.0) for event in priced[::4]]
    model = fit([*priced, *asked])
    found = {p.option: p for p in model.preferences("R1", *QUESTION)}
    assert not found["o9"].offered
    assert 0.03 < found["o9"].share.value < 0.3
    assert sum(p.share.value for p in found.values()) == pytest.approx(1)
    assert shares(model, "R1") == pytest.approx(shares(learnt, "R1"), abs=0.02)


def test_prices_of_what_was_never_offered_are_refused(priced: list[ChoiceEvent]) -> None:
    model = fit([*priced, replace(priced[0], chosen="o9", kind="wished", prices=(), weight=1.0)])
    question = replace(model.questions[QUESTION], price=None)  # as where there are more than 30 options
    unheard = replace(model, questions={QUESTION: question})
    assert sum(shares(unheard, "R1", (1, 1, 1, 1))) == pytest.approx(1)
    with pytest.raises(TooLittleData, match="is not known"):
        unheard.predict("R1", *QUESTION, ("o9",), (2.0,))


def test_a_wish_for_what_is_offered_no_more_is_not_heard_as_a_choice(priced: list[ChoiceEvent], learnt: Model) -> None:
    wish = replace(priced[-1], region="R1", offered=("o0", "o1"), chosen="o3", kind="wished", prices=(), weight=1.0)
    before, after = (model.questions[QUESTION].blend for model in (learnt, update(learnt, wish)))
    assert before is not None
    assert after is before


def test_sales_with_an_option_that_stood_only_where_nothing_sold_are_answered() -> None:
    panel, _, _ = world(regions=10, periods=10, per_period=12, seed=1)
    options, rows = len(panel.options), len(panel.region)
    silent = np.zeros((rows, 1), dtype=bool)
    silent[-1] = True  # the last region's last period: a new option, and no sale at all
    offered = np.hstack([panel.offered & ~silent, silent])
    counts = np.where(offered, np.hstack([panel.counts, np.zeros((rows, 1))]), 0.0)
    x = np.concatenate([panel.x, panel.x[:, :1]], axis=1)
    wider = replace(panel, options=(*panel.options, "new"), counts=counts, offered=offered, x=x)
    model = fit(events_of_panel(wider, "p"), counted=True, known=wider)
    assert model.questions[QUESTION].parts().lightgbm > 0
    assert len(model.preferences("R1", *QUESTION)) == options


def test_a_kept_model_answers_with_the_same_digits_and_one_of_the_release_before_is_read(learnt: Model) -> None:
    kept = json.loads(json.dumps(model_as_json(learnt), allow_nan=False))
    again = model_from_json(kept)
    for prices in ((), (2.0, 1.0, 1.0, 1.0)):
        for region in ("R1", "nowhere"):
            assert shares(again, region, prices) == shares(learnt, region, prices)
    before = {**kept, "form": 4, "questions": [_without(row, "blend", "alone") for row in kept["questions"]]}
    assert model_from_json(before).questions[QUESTION].parts().lightgbm == 0


def _without(row: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"prices": ()}, "no prices were shown"),
        ({"weight": 0.2}, "LightGBM has a say from 200 on"),
        ({"at": START}, "all choices are of one week"),
    ],
)
def test_where_there_is_too_little_regions_answer_alone_and_say_why(
    priced: list[ChoiceEvent], changed: dict[str, object], why: str
) -> None:
    few = [replace(event, **{"weight": 1.0, **changed}) for event in priced]  # type: ignore[arg-type]
    parts = fit(few).questions[QUESTION].parts()
    assert parts.hierarchical == 1
    assert why in parts.in_words()


def test_without_lightgbm_regions_answer_alone_and_a_kept_blend_at_usual_prices(
    priced: list[ChoiceEvent], learnt: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blends, "is_installed", lambda: False)
    assert sum(shares(learnt, "R1")) == pytest.approx(1)
    with pytest.raises(TooLittleData, match="LightGBM has a part"):
        shares(learnt, "R1", (2, 1, 1, 1))
    assert fit(priced).questions[QUESTION].parts().in_words().endswith("LightGBM is not installed here")


def test_the_command_says_the_parts_and_predict_is_judged_without_prices_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    events = [
        choice("wide" if rng.random() < 0.3 + 0.05 * r else "narrow", f"R{r}", 7 * week + day)
        for r in range(6)
        for week in range(6)
        for day in range(3)
    ]
    path = tmp_path / "choices.csv"
    write_events(path, events)
    told = json.loads(CliRunner().invoke(demand, ["predict", str(path), "--region", "R1", "--json"]).output)
    assert told["answers"][0]["parts"]["lightgbm"] == 0
    assert "no prices were shown" in told["answers"][0]["parts"]["why"]
    judged = json.loads(CliRunner().invoke(demand, ["evaluate", str(path), "--volumes", "all", "--json"]).output)
    cells = [cell for cell in judged["cells"] if cell["model"] == "predict"]
    assert len(cells) == 3
    assert all(-1.2 < cell["log_likelihood"] < -0.4 for cell in cells)


def test_evaluate_caps_a_source_as_fit_does_and_says_so(tmp_path: Path) -> None:
    people = [choice("wide" if day % 3 else "narrow", region, day) for region in "AB" for day in range(60)]
    bot = [choice("narrow", "A", 30, source="one") for _ in range(500)]
    path = tmp_path / "choices.csv"
    write_events(path, [*people, *bot])
    panel, notes = read_panel(path, people[-1].at)
    assert panel.counts.sum() == pytest.approx(120 + 3)
    assert notes == ("one source spoke more than 3 times a week; 497 of their choices do not count",)
    told = json.loads(CliRunner().invoke(demand, ["evaluate", str(path), "--volumes", "20", "--json"]).output)
    assert told["notes"] == list(notes)


def test_one_of_several_questions_can_be_evaluated(tmp_path: Path) -> None:
    events = [choice("wide" if day % 3 else "narrow", "A", day) for day in range(60)]
    path = tmp_path / "choices.csv"
    write_events(path, [*events, *(replace(event, parameter="depth") for event in events)])
    asked = ["evaluate", str(path), "--volumes", "20", "--json"]
    refused = CliRunner().invoke(demand, asked)
    assert "2 questions (knob, depth; knob, width)" in str(refused.exception)
    assert CliRunner().invoke(demand, [*asked, "--parameter", "depth"]).exit_code == 0
    assert "no choice of this product" in str(CliRunner().invoke(demand, [*asked, "--product", "pot"]).exception)


def test_what_is_known_of_regions_is_used_from_sales(priced: list[ChoiceEvent]) -> None:
    panel, _, _ = world(regions=10, periods=10, per_period=12, seed=1)
    blend = fit(events_of_panel(panel, "p"), counted=True, known=panel).questions[QUESTION].blend
    assert blend is not None
    assert blend.z.shape == (10, 1)


def test_features_that_never_move_are_none() -> None:
    panel: Panel = panel_of_events([choice("wide", day=day, prices=(1.0, 2.0)) for day in range(300)])
    assert blends.why_alone(panel).startswith("prices hardly moved")
