"""Names: hundreds of options, few choices each; regions differ by a planted Gamma deviation."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.many_options import ManyOptions, fit_many_options
from glocal.demand.model_files import model_as_json, model_from_json
from glocal.demand.update import update
from tests.demand.builders import START

REGIONS, OPTIONS, KAPPA = 20, 300, 2.0


def planted(choices: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Counts (R, J) and the true shares, a Zipf law times Gamma(2, 2)."""
    rng = np.random.default_rng(seed)
    network = 1 / np.arange(1, OPTIONS + 1)
    shares = network * rng.gamma(KAPPA, 1 / KAPPA, (REGIONS, OPTIONS))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.array([rng.multinomial(choices, row) for row in shares]).astype(float), shares


def test_pooling_names_beats_everybody_alike_and_everybody_alone_and_knows_its_doubt() -> None:
    counts, truth = planted()
    learnt = fit_many_options(counts)
    assert 1.0 < learnt.kappa < 4.0
    rng = np.random.default_rng(1)
    losses, covered = np.zeros(3), []
    for own, true in zip(counts, truth, strict=True):
        draws = learnt.draw(own, 2000, rng)
        alone = (own + 0.5) / (own.sum() + 0.5 * OPTIONS)
        for index, told in enumerate((draws.mean(axis=0), learnt.network_shares(), alone)):
            losses[index] += true @ np.log(true / told)  # Kullback–Leibler
        low, high = np.quantile(draws[:, :50], [0.1, 0.9], axis=0)
        covered.append(((low <= true[:50]) & (true[:50] <= high)).mean())
    assert losses[0] < 0.8 * losses[1]
    assert losses[0] < 0.8 * losses[2]
    assert 0.7 < np.mean(covered) < 0.9


def test_what_nobody_has_named_yet_keeps_its_share() -> None:
    rng = np.random.default_rng(2)
    truth = 1 / np.arange(1, 2001)
    seen = rng.multinomial(1500, truth / truth.sum())
    unheard = truth[seen == 0].sum() / truth.sum()
    known = seen[seen > 0].astype(float)
    assert fit_many_options(np.stack([known, known])[:1]).unheard == pytest.approx(unheard, rel=0.35)


def test_a_question_of_very_many_options_is_asked_like_any_other() -> None:
    counts, _ = planted(choices=60)
    options = tuple(f"name {j}" for j in range(OPTIONS))
    events = [
        ChoiceEvent("sign", "word", options, options[j], f"R{r}", START + timedelta(weeks=j % 9), "ordered", count)
        for r, row in enumerate(counts[:6])
        for j, count in enumerate(row.tolist())
        if count
    ]
    model = fit(events)
    question = model.questions["sign", "word"]
    assert isinstance(question.hierarchy, ManyOptions)
    assert "nobody has named before" in question.notes[-1]
    found = model.preferences("R1", "sign", "word")
    assert sum(preference.share.value for preference in found) == pytest.approx(1)
    wished = ChoiceEvent("sign", "word", options, "a new name", "R1", START + timedelta(weeks=10), "wished")
    later = update(model, wished).preferences("R1", "sign", "word")
    assert any(preference.option == "a new name" and not preference.offered for preference in later)
    kept = model_from_json(json.loads(json.dumps(model_as_json(model))))
    assert kept.preferences("R1", "sign", "word") == found
