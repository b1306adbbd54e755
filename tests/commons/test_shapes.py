"""How alike prints are: learnt where many are known, kept beside the log, and used by every question."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from glocal.cli.commons import commons
from glocal.commons import shapes as learning
from glocal.commons.ask import Context, odds_of
from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.odds_data import Grades, Setting, Shape, Trial
from glocal.commons.shapes import (
    ALL,
    FEWEST_LEARNT,
    Learnt,
    keep_shapes,
    learn_shapes,
    load_shapes,
    shapes_at_once,
)
from glocal.commons.trials import NAMES, trials_of
from tests.commons.test_ask import print_of, prints

EVEN = Shape(relevance=(1.0,) * len(NAMES))


def shouted(count, material, shop):
    """Prints whose layers alone decide, of a shop."""
    layers = [0.1 + 0.01 * (number % 20) for number in range(count)]
    return [Trial(Setting((layer, *[0.0] * (len(NAMES) - 1)), material, "m", shop), layer > 0.2) for layer in layers]


@pytest.fixture
def counted(monkeypatch):
    """Count how often a shape is learnt, and learn none."""
    learnt = []

    def fair_shape(trials):
        learnt.append(len(trials))
        return EVEN

    monkeypatch.setattr(learning, "fair_shape", fair_shape)
    return learnt


def test_a_shape_is_learnt_from_a_hundred_prints_on_of_all_and_of_each_material(counted):
    petg, pla = shouted(FEWEST_LEARNT, "petg", "one"), shouted(FEWEST_LEARNT - 1, "pla", "two")
    assert learn_shapes(pla) == {}
    first = learn_shapes([*petg, *pla])
    assert {name: learnt.prints for name, learnt in first.items()} == {ALL: 199, "petg": 100}
    assert counted == [199, 100]
    again = learn_shapes([*petg, *pla, *shouted(1, "pla", "two")], first)
    assert counted == [199, 100, 200, 100], "what rests on the same prints is not learnt again"
    assert again["petg"] is first["petg"]


def test_who_invents_materials_keeps_nobody_learning_for_ever(counted):
    invented = [trial for number in range(30) for trial in shouted(FEWEST_LEARNT, f"made up {number}", "liar")]
    real = [*shouted(60, "petg", "one"), *shouted(60, "petg", "two")]
    learnt = learn_shapes([*invented, *real])
    assert len(learnt) == learning.MOST_MATERIALS + 1
    assert "petg" in learnt, "what two shops print goes before what one does"


def test_a_shop_that_publishes_thousands_has_no_more_rows_than_others(monkeypatch):
    seen = []
    monkeypatch.setattr(learning, "learn_shape", lambda trials, **_: seen.extend(trials) or EVEN)
    others = [trial for shop in range(9) for trial in shouted(40, "petg", f"shop {shop}")]
    learning.fair_shape([*shouted(5000, "petg", "loud"), *others])
    assert sum(trial.setting.node == "loud" for trial in seen) == 40


def test_what_is_kept_is_read_again_and_damage_or_another_version_is_as_nothing(tmp_path):
    path = tmp_path / "shapes.json"
    assert load_shapes(path) == {}
    graded = replace(EVEN, grades=Grades((0.2,), (0.8, 0.9), (-1.0,), (1.0, 2.0)))
    kept = {"petg": Learnt(EVEN, 120, "ab"), "pla": Learnt(replace(EVEN, graded=graded), 120, "cd")}
    keep_shapes(path, kept)
    assert load_shapes(path) == kept
    whole = json.loads(path.read_text())
    for damaged in (
        "",
        "[]",
        "{",
        json.dumps({**whole, "title": "another"}),
        json.dumps({**whole, "settings": ["x"]}),
        json.dumps({**whole, "shapes": {"petg": {"shape": {"relevance": [1.0]}, "prints": 1, "digest": ""}}}),
        json.dumps({**whole, "shapes": {"petg": {"shape": {"unheard_of": 1, "relevance": []}}}}),
    ):
        path.write_text(damaged)
        assert load_shapes(path) == {}


def test_who_has_no_night_learns_when_the_prints_have_changed(tmp_path, counted):
    path, trials = tmp_path / "shapes.json", trials_of(prints(12))
    first = shapes_at_once(path, trials, "petg")
    assert first["petg"].prints == 120
    assert shapes_at_once(path, trials, "petg") == first
    assert counted == [120]
    shapes_at_once(path, trials[1:], "petg")
    assert counted == [120, 119]


def test_odds_ask_with_what_was_learnt_and_say_from_how_many_prints():
    known, context = prints(12), Context("MK3S", "PETG")
    question = [{"layer_height_mm": 0.28, "infill_percent": 15.0}]
    (shipped,), _, basis = odds_of(question, context, known)
    assert basis.learnt_from == 0
    flat = Shape(settings_all=0.001, settings_material=0.001, settings_node=0.001, relevance=(1.0,) * len(NAMES))
    (learnt,), _, basis = odds_of(question, context, known, shapes={"petg": Learnt(flat, 120, "ab")})
    assert basis.learnt_from == 120
    assert abs(learnt.value - 0.5) < 0.1 < shipped.value - 0.5, "to whom layers do not matter, half of all hold"


def test_the_command_learns_once_beside_the_log(tmp_path, counted):
    log = Log.create(tmp_path / "log", "shop.example/commons", create_keys(tmp_path / "keys"))
    records = [{k: v for k, v in known.record.items() if k not in {"epoch", "month"}} for known in prints(12)]
    log.append_many(records, month="2026-11")
    command = ["ask", "--material", "PETG", "--machine", "MK3S", "-s", "layer_height_mm=0.3", "--json"]
    for _ in range(2):
        done = CliRunner().invoke(commons, [*command, "--log", str(tmp_path / "log")])
        assert done.exit_code == 0, done.output
        told = json.loads(done.output[done.output.index("{") :])
        assert told["basis"]["learnt_from"] == 120
    assert counted == [120]


def test_own_prints_count_once_where_others_have_too_few():
    mine = [print_of("me", number, phase="part_fault" if number < 6 else "ok") for number in range(12)]
    few = [print_of("other", number) for number in range(9)]
    context = Context("MK3S", "PETG")
    question = [{"layer_height_mm": 0.2, "infill_percent": 15.0}]
    (together,), _, _ = odds_of(question, context, [*mine, *few], own="me+key")
    assert together.source == "9 prints of 1 shop and 12 of this one"
    (alone,), _, _ = odds_of(question, context, [*mine, *mine, *few], own="me+key")
    assert alone.source == "24 prints of this shop alone"
