"""Grades: how well prints came out, beyond good or bad."""

import math
from dataclasses import replace

import numpy as np
import pytest

from glocal.commons.laplace import Answers, laplace
from glocal.commons.odds import Experience, Setting, Shape, Trial
from glocal.commons.odds_data import Grades
from glocal.commons.odds_shape import Likelihood
from glocal.commons.trials import grade_of

GRADES = Grades(bad=(0.4,), good=(0.9,), bad_at=(-1.5,), good_at=(2.0,))
SHAPE = Shape(graded=Shape(grades=GRADES))


def one(x, ok, grade=None, node="shop"):
    return Trial(Setting((float(x),), "pla", "m", node), ok, grade)


def some(grade_of_print, nodes=3):
    return [
        one(number % 5, ok := number % 3 > 0, grade_of_print(ok), f"shop{number % nodes}")
        for number in range(8 * nodes)
    ]


@pytest.mark.parametrize(
    ("trial", "between"),
    [
        (one(0, True, 0.95), (2.0, math.inf)),
        (one(0, True, 0.9), (2.0, math.inf)),
        (one(0, True, 0.5), (0.0, 2.0)),
        (one(0, True), (0.0, math.inf)),
        (one(0, True, math.nan), (0.0, math.inf)),
        (one(0, False, 0.5), (-1.5, 0.0)),
        (one(0, False, 0.1), (-math.inf, -1.5)),
        (one(0, False), (-math.inf, 0.0)),
        (one(0, False, 1e9), (-1.5, 0.0)),  # however well it is praised, a bad print stays bad
        (one(0, True, -1e9), (0.0, 2.0)),
    ],
)
def test_a_grade_orders_good_prints_and_bad_ones_and_makes_neither_of_the_other(trial, between):
    assert GRADES.between(trial) == between


def test_classes_hold_equally_many_prints_and_lie_in_the_order_of_their_grades():
    trials = [one(0, n >= 40, float(n)) for n in range(80)] + [one(0, True)]
    grades = Grades.of(trials)
    assert grades.bad == (10.0, 20.0, 30.0)
    assert grades.good == (50.0, 60.0, 70.0)
    at = [*grades.bad_at, 0.0, *grades.good_at]
    assert at == sorted(set(at))
    assert grades.good_at[1] == pytest.approx(-grades.bad_at[1])


def test_few_grades_or_the_same_for_all_are_no_classes():
    assert Grades.of([one(0, True, 0.5)] * 39) is None
    assert Grades.of([one(0, n % 2 == 0, 1.0) for n in range(60)]) is None


def test_without_grades_the_odds_are_those_of_yes_and_no():
    questions = [Setting((float(x),), "pla", "m", "mine") for x in range(5)]
    own = [one(1, True, node="mine"), one(3, False, node="mine")]
    trials = some(lambda ok: None)
    told = Experience(trials, SHAPE).odds(questions, own)
    plain = Experience(trials, replace(SHAPE, graded=None)).odds(questions, own)
    assert [estimate.value for estimate in told] == pytest.approx([estimate.value for estimate in plain])


@pytest.mark.parametrize("ok", [True, False])
def test_a_better_grade_never_lowers_the_odds_near_it(ok):
    trials, here = some(lambda ok: 0.95 if ok else 0.2), Setting((2.0,), "pla", "m", "mine")
    experience = Experience(trials, SHAPE)
    found = [experience.odds([here], [one(2, ok, grade, node="mine")])[0].value for grade in (0.1, 0.5, 0.95)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_a_good_print_with_the_worst_grade_is_better_than_a_bad_one_with_the_best():
    experience, here = Experience(some(lambda ok: None), SHAPE), Setting((2.0,), "pla", "m", "mine")
    good, bad = (experience.odds([here], [one(2, ok, float(not ok), node="mine")])[0].value for ok in (True, False))
    assert good > bad


def test_classes_are_as_likely_as_the_differences_of_logistic_curves():
    answers, latent = Answers(np.array([-1.0, 2.0, -np.inf]), np.array([2.0, np.inf, -1.0])), np.array([0.5, 0.5, 0.5])
    chance = np.exp(answers.log(latent))
    assert chance.sum() == pytest.approx(1)
    assert chance[0] == pytest.approx(1 / (1 + math.exp(-1.5)) - 1 / (1 + math.exp(1.5)))
    step = 1e-6
    assert answers.slope(latent) == pytest.approx((answers.log(latent + step) - answers.log(latent - step)) / 2 / step)
    bent = (answers.slope(latent + step) - answers.slope(latent - step)) / 2 / step
    assert -answers.curvature(latent) == pytest.approx(bent)


def test_no_grade_pulls_more_than_a_whole_answer():
    far = Answers(np.array([50.0]), np.array([51.0]))
    assert np.abs(laplace(np.eye(1), np.zeros(1), far, np.ones(1)).pull) <= 1


def test_the_slope_of_the_graded_likelihood_is_that_of_its_values():
    rng, trials = np.random.default_rng(0), []
    for number in range(45):
        grade = float(rng.normal())
        setting = Setting(tuple(rng.normal(size=2)), "ab"[number % 2], "m", f"s{number % 5}")
        trials.append(Trial(setting, grade > 0.2, grade if number % 9 else None))
    likelihood = Likelihood(trials, Grades.of(trials))
    place = likelihood.start + 0.2 * rng.normal(size=len(likelihood.start))
    _, slope = likelihood.cost(place)
    for parameter in range(len(place)):
        step = np.zeros(len(place))
        step[parameter] = 1e-5
        by_values = (likelihood.cost(place + step)[0] - likelihood.cost(place - step)[0]) / 2e-5
        assert slope[parameter] == pytest.approx(by_values, abs=1e-4)


@pytest.mark.parametrize(
    ("record", "grade"),
    [
        ({"quality": 0.7}, 0.7),
        ({"quality": 1, "deviation_mm": 0.5}, 1.0),
        ({"deviation_mm": 0.25}, 0.75),
        ({"deviation_mm": 50}, 0.0),
        ({}, None),
        *(({"quality": odd}, None) for odd in ("1", True, 7, -1, math.nan, [0.5])),
        *(({"deviation_mm": odd}, None) for odd in ("0", math.inf, -0.1)),
    ],
)
def test_a_grade_is_what_the_record_says_as_it_should(record, grade):
    assert grade_of(record) == grade
