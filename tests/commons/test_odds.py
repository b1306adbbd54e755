"""Odds in small worlds whose truth is known."""

import numpy as np
import pytest

from glocal.commons.discrepancy import support_of, trust, voice
from glocal.commons.errors import NothingKnown
from glocal.commons.laplace import Answers, laplace
from glocal.commons.odds import Experience, Setting, Trial, room_for_all
from glocal.commons.odds_shape import Likelihood, learn_shape


def world(nodes, each, *, seed=1, lie=None):
    """Shops that print well below 60 mm/s; shop ``lie`` publishes the opposite."""
    rng = np.random.default_rng(seed)
    trials = []
    for node in range(nodes):
        for _ in range(each):
            speed = float(rng.uniform(20, 100))
            ok = rng.random() < 1 / (1 + np.exp((speed - 60) / 6))
            trials.append(Trial(Setting((speed,), "PETG", "MK3S", f"shop {node}"), bool(ok) != (node == lie)))
    return trials


def ask(experience, speed, *, own=(), material="PETG", node="mine"):
    (estimate,) = experience.odds([Setting((float(speed),), material, "MK3S", node)], own)
    return estimate


def test_the_network_knows_what_it_has_seen():
    experience = Experience(world(8, 20))
    assert ask(experience, 30).value > 0.7
    assert ask(experience, 90).value < 0.3
    assert "160 prints of 8 shops" in ask(experience, 30).source


def test_own_experience_outweighs_the_network():
    experience = Experience(world(8, 20))
    mine = [Trial(Setting((speed,), "PETG", "MK3S", "mine"), False) for speed in (28.0, 30.0, 32.0, 33.0, 35.0, 37.0)]
    assert ask(experience, 31, own=mine).value < ask(experience, 31).value - 0.3


def test_what_nobody_has_tried_has_a_wide_interval():
    experience = Experience(world(8, 20))
    known, unknown = ask(experience, 40), ask(experience, 400, material="PEEK")
    assert unknown.high - unknown.low > 1.3 * (known.high - known.low)


def test_more_trials_make_the_interval_narrower():
    few, many = Experience(world(2, 20)), Experience(world(20, 20))
    assert ask(many, 40).high - ask(many, 40).low < ask(few, 40).high - ask(few, 40).low


def test_one_shop_that_shouts_does_not_drown_the_others():
    honest = world(8, 20)
    liar = [Trial(trial.setting, not trial.ok) for trial in world(1, 800, seed=3)]
    renamed = [Trial(Setting(t.setting.settings, "PETG", "MK3S", "liar"), t.ok) for t in liar]
    experience = Experience([*honest, *renamed])
    assert ask(experience, 30).value > 0.55
    assert ask(experience, 90).value < 0.45


def test_too_little_is_said_to_be_too_little():
    with pytest.raises(NothingKnown, match="19"):
        Experience(world(1, 19))


def test_the_same_trials_give_the_same_odds():
    assert ask(Experience(world(4, 10)), 50) == ask(Experience(world(4, 10)), 50)


def test_settings_that_never_vary_and_certain_outcomes_are_no_trouble():
    always = [Trial(Setting((1.0, 2.0), "PLA", "MK3S", f"shop {n % 3}"), True) for n in range(30)]
    (estimate,) = Experience(always).odds([Setting((1.0, 2.0), "PLA", "MK3S", "mine")])
    assert 0.7 < estimate.value < 1
    assert estimate.low < estimate.value < estimate.high


def test_a_shop_that_contradicts_all_others_counts_less():
    def one(shop, number, ok):
        return Trial(Setting((float(number % 2),), "pla", "m", shop), ok)

    trials = [one(f"shop{shop}", number, number % 2 == 1) for shop in range(8) for number in range(10)]
    trials += [one("liar", number, number % 2 == 0) for number in range(10)]
    experience = Experience(trials)
    assert experience.trust["liar"] < 0.2
    assert min(trust for shop, trust in experience.trust.items() if shop != "liar") > 0.9
    asked = [Setting((1.0,), "pla", "m", "newcomer")]
    assert experience.odds(asked)[0].value > Experience(trials, defended=False).odds(asked)[0].value


@pytest.mark.parametrize(
    ("support", "counted"), [(5.0, 40.0), (0.0, 28.0 * trust(0.0)), (-1.0, 16.0 * trust(-1.0)), (-9.0, 0.0)]
)
def test_who_publishes_much_is_as_loud_as_others_bear_out(support, counted):
    assert voice(support, 16.0, 40.0) == pytest.approx(counted, abs=0.05)


def test_liars_who_publish_four_times_as_much_and_bear_each_other_out_are_found():
    rng = np.random.default_rng(5)
    honest = world(12, 8, seed=5)
    lies = [
        Trial(Setting((float(speed),), "PETG", "MK3S", f"liar {n}"), bool(speed > 60))
        for n in range(3)
        for speed in rng.uniform(20, 100, 32)
    ]
    trusted = Experience([*lies, *honest]).trust
    assert max(trusted[f"liar {n}"] for n in range(3)) < 0.05
    assert min(trusted[f"shop {n}"] for n in range(12)) > 0.8


def test_support_is_the_bayes_factor_of_the_others_for_a_node():
    covariance = np.full((2, 2), 4.0)  # two nodes with one print each at the same place: both ok
    ok, ones = Answers.yes_no(np.ones(2)), np.ones(2)
    support = support_of(["a", "b"], covariance, laplace(covariance, np.zeros(2), ok, ones), ok)
    latent = np.random.default_rng(0).normal(0, 2, 400_000)
    chance = 1 / (1 + np.exp(-latent))
    exact = np.log((chance**2).mean() / chance.mean() ** 2)
    assert support["a"] == pytest.approx(support["b"])
    assert support["a"] == pytest.approx(exact, abs=0.05)


def test_prints_far_from_what_was_expected_are_no_endless_swing():
    covariance = np.full((16, 16), 12.0) + 3 * np.eye(16)
    found = laplace(covariance, np.full(16, -2.0), Answers.yes_no(np.ones(16)), np.ones(16))
    chance = 1 / (1 + np.exp(-found.latent))
    assert found.pull == pytest.approx(1 - chance, abs=1e-3)  # the slope is 0 at the mode
    assert 0 < found.latent.min() < found.latent.max() < 20


def test_who_publishes_thousands_takes_no_place_from_others():
    def some(node, count):
        return [Trial(Setting((float(n),), "PLA", "m", node), True) for n in range(count)]

    kept = room_for_all([*some("small", 3), *some("loud", 5000), *some("larger", 40)], 50)
    assert [sum(t.setting.node == node for t in kept) for node in ("small", "larger", "loud")] == [3, 23, 23]
    assert [t.setting.settings[0] for t in kept if t.setting.node == "loud"] == list(range(4977, 5000))  # the newest
    assert len(room_for_all([some(f"shop {n}", 1)[0] for n in range(90)], 50)) == 50


def test_own_prints_overrule_a_network_that_foretells_them_wrongly():
    trials = [Trial(Setting((0.0,), "pla", "m", f"shop{n % 6}"), ok=False) for n in range(60)]
    here = Setting((0.0,), "pla", "m", "newcomer")
    before = Experience(trials).odds([here])[0].value
    after = Experience(trials).odds([here], [Trial(here, ok=True) for _ in range(8)])[0].value
    assert before < 0.3
    assert after > 0.6


def test_a_setting_that_decides_counts_more_than_one_that_does_not():
    rng = np.random.default_rng(3)
    trials = []
    for number in range(120):
        speed, colour = (float(x) for x in rng.normal(size=2))
        ok = bool(abs(speed) + rng.normal(0, 0.2) < 0.7)
        trials.append(Trial(Setting((speed, colour), "pla", "m", f"shop{number % 6}"), ok))
    shape = learn_shape(trials, rng=rng)
    assert shape.relevance[0] > 3 * shape.relevance[1]
    asked = [Setting((0.0, 2.0), "pla", "m", "mine"), Setting((2.0, 0.0), "pla", "m", "mine")]
    good, bad = Experience(trials, shape).odds(asked)
    assert good.value > 0.8
    assert bad.value < 0.2


def test_the_slope_of_the_likelihood_is_that_of_its_values():
    rng = np.random.default_rng(0)
    trials = [
        Trial(Setting(tuple(rng.normal(size=3)), "ab"[n % 2], "mn"[n % 3 == 0], f"s{n % 5}"), bool(n % 4))
        for n in range(30)
    ]
    likelihood = Likelihood(trials)
    place = likelihood.start + 0.2 * rng.normal(size=len(likelihood.start))
    _, slope = likelihood.cost(place)
    for parameter in range(len(place)):
        step = np.zeros(len(place))
        step[parameter] = 1e-5
        by_values = (likelihood.cost(place + step)[0] - likelihood.cost(place - step)[0]) / 2e-5
        assert slope[parameter] == pytest.approx(by_values, abs=1e-4)


def test_a_shop_that_is_the_opposite_of_all_others_soon_trusts_itself():
    experience = Experience(world(8, 20))
    asked = [Setting((float(speed),), "PETG", "MK3S", "mine") for speed in range(22, 100, 4)]
    like = [Trial(each.setting, each.ok) for each in world(1, 10, seed=5)]
    opposite = [Trial(trial.setting, not trial.ok) for trial in like]

    def differs(own):
        alone = experience.alone().odds(asked, own)
        pairs = zip(experience.odds(asked, own), alone, strict=True)
        return max(abs(one.value - other.value) for one, other in pairs)

    assert differs(opposite) < 0.02 < differs(like)
