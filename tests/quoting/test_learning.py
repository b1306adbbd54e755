"""Factors learn slowly from few prints and fully from many."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from glocal.production.model import SliceResult
from glocal.quoting.errors import BadTerms
from glocal.quoting.exact import use_from_slice
from glocal.quoting.learning import Factors, apply_factors, update_factors
from tests.quoting.builders import a_use


def taught(prints: int, ratio: float, machine: str = "m1", start: Factors | None = None) -> Factors:
    """Return factors after ``prints`` prints that each took ``ratio`` times the estimate."""
    factors = start or Factors()
    for _ in range(prints):
        use = a_use()
        factors = update_factors(
            factors, use, 7200.0 * ratio, 50.0, machine_id=machine, machine_family="mk3", material_id="pla"
        )
    return factors


def test_two_prints_do_not_jump_and_two_hundred_do() -> None:
    """Prints that take 30 % longer move a new machine by less than half of that, an old one almost fully."""
    assert 1.0 < taught(2, 1.3).time_factor("m1", "pla").value < 1.12
    assert taught(200, 1.3).time_factor("m1", "pla").value == pytest.approx(1.3, rel=0.02)


def test_two_prints_by_hand() -> None:
    """With one machine only, the levels' variances add up and the textbook normal-normal formula holds."""
    prior = 0.03**2 + 0.04**2 + 0.05**2 + 0.02**2
    expected = math.log(1.2) * prior / (prior + 0.15**2 / 2)
    assert taught(2, 1.2).time_factor("m1", "pla").value == pytest.approx(math.exp(expected))


def test_a_sibling_learns_from_its_family() -> None:
    """A new machine of the same family leans towards it, one of another family less, and neither fully."""
    factors = taught(50, 1.2)
    own = factors.time_factor("m1", "pla").value
    sibling = factors.time_factor("m2", "pla", "mk3").value
    stranger = factors.time_factor("x", "pla", "ender").value
    assert 1.0 < stranger < sibling < own < 1.2


def test_interval_narrows_to_the_noise_of_one_print() -> None:
    """Data can take away ignorance, not the scatter between prints."""
    few, many = (taught(n, 1.0).time_factor("m1", "pla") for n in (1, 500))
    assert many.high < few.high
    assert math.log(many.high / many.value) == pytest.approx(1.2816 * 0.15, rel=0.02)


def test_a_paused_print_does_not_teach_nonsense() -> None:
    """A print that took a week counts as one that took half as long again."""
    assert taught(1, 84.0) == taught(1, 2.0)


def test_what_was_learnt_is_not_learnt_again() -> None:
    """A use that holds the factor already is compared without it."""
    factors = taught(50, 1.2)
    quoted = apply_factors(a_use(), factors, "m1", "pla", "mk3")
    place = {"machine_id": "m1", "machine_family": "mk3", "material_id": "pla"}
    from_quoted = update_factors(factors, quoted, 8640.0, None, **place).tallies[0].time_log_sum
    from_raw = update_factors(factors, a_use(), 8640.0, None, **place).tallies[0].time_log_sum
    assert from_quoted == pytest.approx(from_raw)
    with pytest.raises(ValueError, match="applied"):
        apply_factors(quoted, factors, "m1", "pla", "mk3")


def test_nobody_weighed_it() -> None:
    """An unknown mass teaches nothing; a mass of zero is refused."""
    place = {"machine_id": "m1", "machine_family": "mk3", "material_id": "pla"}
    factors = update_factors(Factors(), a_use(), 7000.0, None, **place)
    assert (factors.tallies[0].count, factors.tallies[0].mass_count) == (1, 0)
    with pytest.raises(BadTerms, match="mass"):
        update_factors(Factors(), a_use(), None, 0.0, **place)


def test_stored_and_read_again() -> None:
    """JSON keeps everything."""
    factors = taught(3, 1.1)
    assert Factors.from_dict(factors.as_dict()) == factors


def test_exact_use_has_the_slicer_s_number_and_an_honest_interval() -> None:
    """Without prints the value is the slicer's and the interval the stated prior's; a plate is divided."""
    result = SliceResult(Path("x.gcode"), 7200.0, 1e4, 24.0, 30.0, "PrusaSlicer-2.5.0", {}, 50, "hash")
    use = use_from_slice(result, None, pieces=2)
    assert (use.time_s.value, use.mass_g.value, use.method) == (3600.0, 15.0, "exact")
    assert use.time_s.low < 3600 < use.time_s.high
    assert "PrusaSlicer-2.5.0" in use.time_s.source
    assert "prior" in use.time_s.source
    known = use_from_slice(result, taught(200, 1.3), machine_id="m1", material_id="pla")
    assert known.time_s.value == pytest.approx(7200 * 1.3, rel=0.02)
